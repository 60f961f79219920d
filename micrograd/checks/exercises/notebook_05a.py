"""The exercises of notebook 05a, in the order in which it asks."""

from micrograd.checks.exercises.counting import AVERAGE_NLL, BIGRAM_COUNTS, REPAIR_UNSEEN
from micrograd.checks.exercises.questions_05 import (
    GUESSER,
    LOWEST_LOSS,
    NEXT_LETTER,
    RECALL_TOKENS,
    RENUMBERED,
    SCORE_ORDER,
)
from micrograd.checks.exercises.surprise import CROSS_ENTROPY, REPAIR_LOSS, SOFTMAX
from micrograd.checks.exercises.tokens import BUILD_VOCABULARY, DECODE, ENCODE, WINDOWS

TASKS = (
    *RECALL_TOKENS,
    BUILD_VOCABULARY,
    ENCODE,
    DECODE,
    WINDOWS,
    BIGRAM_COUNTS,
    NEXT_LETTER,
    GUESSER,
    SCORE_ORDER,
    AVERAGE_NLL,
    RENUMBERED,
    REPAIR_UNSEEN,
    SOFTMAX,
    CROSS_ENTROPY,
    REPAIR_LOSS,
    LOWEST_LOSS,
)
