"""What notebook 07 asks, in its order."""

from micrograd.checks.exercises.questions_07 import ADAMS_FIRST, FIRST_LOSS, LOOP_ORDER, RECALL
from micrograd.checks.exercises.training import (
    ADAM_STEP,
    DOCUMENT_LOSS,
    LINEAR_DECAY,
    TRAIN_STEP,
)
from micrograd.checks.exercises.training_practice import MOMENTUM_STEP, SGD_STEP, SMOOTHED

TASKS = (
    *RECALL,
    FIRST_LOSS,
    DOCUMENT_LOSS,
    SGD_STEP,
    MOMENTUM_STEP,
    ADAMS_FIRST,
    ADAM_STEP,
    TRAIN_STEP,
    LINEAR_DECAY,
    LOOP_ORDER,
    SMOOTHED,
)
