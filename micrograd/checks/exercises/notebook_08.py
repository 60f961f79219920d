"""What notebook 08 asks, in its order."""

from micrograd.checks.exercises.sampling import APPLY_TEMPERATURE, GENERATE, SAMPLE_FROM
from micrograd.checks.exercises.sampling_practice import (
    BEAM_STEP,
    GREEDY,
    REPAIR_NAMES,
    TOP_K,
    TOP_P,
)

TASKS = (
    SAMPLE_FROM,
    APPLY_TEMPERATURE,
    GENERATE,
    REPAIR_NAMES,
    GREEDY,
    BEAM_STEP,
    TOP_K,
    TOP_P,
)
