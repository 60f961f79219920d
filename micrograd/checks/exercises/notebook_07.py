"""What notebook 07 gives and asks, in its order."""

from micrograd.checks.exercises.training import (
    ADAM_STEP,
    DOCUMENT_LOSS,
    LINEAR_DECAY,
    TRAIN_STEP,
)

TASKS = (
    DOCUMENT_LOSS,
    ADAM_STEP,
    TRAIN_STEP,
    LINEAR_DECAY,
)
