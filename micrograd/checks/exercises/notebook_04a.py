"""The exercises of notebook 04a, in the order in which it asks."""

from micrograd.checks.exercises.networks import LINEAR, MATRIX, MSE, NEURON, PARAMETERS
from micrograd.checks.exercises.networks_practice import (
    COUNT_PARAMETERS,
    LAYER,
    MERGED,
    MLP,
    REPAIR_TABLE,
)
from micrograd.checks.exercises.questions_04a import (
    DEAD_NEURON,
    RECALL,
    STEP_ORDER,
    TWINS,
    TWO_LINEAR,
    XOR_WEIGHT,
)

TASKS = (
    *RECALL,
    NEURON,
    TWO_LINEAR,
    XOR_WEIGHT,
    LINEAR,
    MERGED,
    MATRIX,
    REPAIR_TABLE,
    LAYER,
    MLP,
    PARAMETERS,
    COUNT_PARAMETERS,
    MSE,
    STEP_ORDER,
    TWINS,
    DEAD_NEURON,
)
