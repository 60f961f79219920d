"""What notebook 03b gives and asks, in its order."""

from micrograd.checks.exercises.autograd_backward import (
    BACKWARD,
    GRADCHECK,
    TOPOLOGICAL_ORDER,
    ZERO_GRAD,
)
from micrograd.checks.exercises.autograd_practice import (
    REPAIR_DEPTH,
    REPAIR_ORDER,
    REPAIR_SHARES,
    REPAIR_TRAINING,
    REPAIR_TWICE,
)
from micrograd.checks.exercises.given import OPERATORS
from micrograd.checks.exercises.questions_03 import (
    BACKWARD_ORDER,
    CALLED_TWICE,
    NAIVE_ORDER,
    RECALL_BACKWARD,
    USED_TWICE,
    WHAT_BACKWARD_DOES,
)

TASKS = (
    *RECALL_BACKWARD,
    OPERATORS,
    NAIVE_ORDER,
    TOPOLOGICAL_ORDER,
    REPAIR_ORDER,
    REPAIR_DEPTH,
    BACKWARD,
    WHAT_BACKWARD_DOES,
    BACKWARD_ORDER,
    USED_TWICE,
    REPAIR_SHARES,
    ZERO_GRAD,
    REPAIR_TRAINING,
    CALLED_TWICE,
    REPAIR_TWICE,
    GRADCHECK,
)
