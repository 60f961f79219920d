"""The exercises of notebook 04b, in the order in which it asks."""

from micrograd.checks.exercises.arm import COS, HAND, LAZY_COST, SIN
from micrograd.checks.exercises.questions_04b import (
    RECALL_LINEAR,
    RECALL_OPERATION,
    RECALL_SIGN,
    TOUCH,
)

TASKS = (
    RECALL_SIGN,
    RECALL_OPERATION,
    RECALL_LINEAR,
    SIN,
    COS,
    HAND,
    TOUCH,
    LAZY_COST,
)
