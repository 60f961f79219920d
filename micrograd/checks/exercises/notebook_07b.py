"""What notebook 07b asks, in its order."""

from micrograd.checks.exercises.questions_07 import (
    FIFTY_NAMES,
    RECALL_DISEASES,
    WHICH_DISEASE,
)
from micrograd.checks.exercises.training_care import (
    CLIP,
    COSINE,
    REPAIR_RATE,
    REPAIR_SPLIT,
    WARM_UP,
)

TASKS = (
    *RECALL_DISEASES,
    COSINE,
    WARM_UP,
    REPAIR_RATE,
    CLIP,
    REPAIR_SPLIT,
    FIFTY_NAMES,
    WHICH_DISEASE,
)
