"""The exercises of notebook 06a, in the order in which it asks."""

from micrograd.checks.exercises.attending import ATTEND, ATTENTION_WEIGHTS
from micrograd.checks.exercises.attention_practice import LOOK_BACK, REPAIR_LEAK
from micrograd.checks.exercises.embedding import EMBED, RMSNORM, SPLIT_HEADS
from micrograd.checks.exercises.questions_06 import (
    BY_HAND,
    FUTURE,
    MORE_HEADS,
    RECALL_ATTENTION,
    SHUFFLED,
    WHAT_IS_LEARNED,
)

TASKS = (
    *RECALL_ATTENTION,
    EMBED,
    RMSNORM,
    BY_HAND,
    ATTENTION_WEIGHTS,
    ATTEND,
    SHUFFLED,
    LOOK_BACK,
    FUTURE,
    REPAIR_LEAK,
    MORE_HEADS,
    SPLIT_HEADS,
    WHAT_IS_LEARNED,
)
