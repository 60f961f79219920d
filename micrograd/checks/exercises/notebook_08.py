"""What notebook 08 asks, in its order."""

from micrograd.checks.exercises.sampling import APPLY_TEMPERATURE, GENERATE, SAMPLE_FROM

TASKS = (
    APPLY_TEMPERATURE,
    SAMPLE_FROM,
    GENERATE,
)
