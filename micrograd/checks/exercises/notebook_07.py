"""What notebook 07 gives and asks, in its order."""

from micrograd.checks.exercises.questions_07 import (
    ADAMS_FIRST,
    FIFTY_NAMES,
    FIRST_LOSS,
    LOOP_ORDER,
    RECALL,
    WHICH_DISEASE,
)
from micrograd.checks.exercises.training import (
    ADAM_STEP,
    DOCUMENT_LOSS,
    LINEAR_DECAY,
    TRAIN_STEP,
)
from micrograd.checks.exercises.training_practice import (
    CLIP,
    COSINE,
    MOMENTUM_STEP,
    REPAIR_RATE,
    REPAIR_SPLIT,
    SGD_STEP,
    SMOOTHED,
    WARM_UP,
)

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
    COSINE,
    WARM_UP,
    CLIP,
    LOOP_ORDER,
    SMOOTHED,
    REPAIR_SPLIT,
    FIFTY_NAMES,
    WHICH_DISEASE,
    REPAIR_RATE,
)
