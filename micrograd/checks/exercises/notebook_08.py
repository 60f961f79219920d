"""What notebook 08 asks, in its order."""

from micrograd.checks.exercises.questions_08 import (
    COUNT_CALLS,
    LIKELIEST_WORD,
    LOOKED_UP,
    RECALL,
    TRUER,
    WHICH_INVENTED,
)
from micrograd.checks.exercises.sampling import APPLY_TEMPERATURE, SAMPLE_FROM
from micrograd.checks.exercises.sampling_practice import (
    BEAM_STEP,
    GREEDY,
    REPAIR_NAMES,
    TOP_K,
    TOP_P,
)
from micrograd.checks.exercises.writing import GENERATE

TASKS = (
    *RECALL,
    SAMPLE_FROM,
    APPLY_TEMPERATURE,
    GENERATE,
    TRUER,
    COUNT_CALLS,
    REPAIR_NAMES,
    GREEDY,
    LIKELIEST_WORD,
    BEAM_STEP,
    TOP_K,
    TOP_P,
    WHICH_INVENTED,
    LOOKED_UP,
)
