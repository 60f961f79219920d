"""The exercises of notebook 05b, in the order in which it asks."""

from micrograd.checks.exercises.byte_pairs import (
    COUNT_PAIRS,
    DECODE_BPE,
    ENCODE_BPE,
    MERGE,
    REPAIR_MERGE,
    TRAIN_BPE,
)
from micrograd.checks.exercises.questions_05 import (
    FIRST_MERGE,
    HOW_MANY_BYTES,
    MERGE_BY_HAND,
    RECALL_BYTES,
    USERS_BOS,
)

TASKS = (
    *RECALL_BYTES,
    HOW_MANY_BYTES,
    COUNT_PAIRS,
    FIRST_MERGE,
    MERGE,
    REPAIR_MERGE,
    MERGE_BY_HAND,
    TRAIN_BPE,
    ENCODE_BPE,
    DECODE_BPE,
    USERS_BOS,
)
