"""The exercises of notebook 01, in the order in which it asks."""

from micrograd.checks.exercises.descent import DESCEND, DESCENT_STEP
from micrograd.checks.exercises.questions_01 import (
    ARROW,
    FLAT,
    GROWTH_BASE,
    MATCH,
    RECALL,
    SMALL_H,
    TABLE,
)
from micrograd.checks.exercises.slope_practice import BEST_H, LOWEST, PARTIAL
from micrograd.checks.exercises.slopes import GRADIENT, LINEAR_ESTIMATE, SLOPE

TASKS = (
    *RECALL,
    SLOPE,
    SMALL_H,
    BEST_H,
    TABLE,
    MATCH,
    GROWTH_BASE,
    PARTIAL,
    GRADIENT,
    ARROW,
    LINEAR_ESTIMATE,
    DESCENT_STEP,
    DESCEND,
    FLAT,
    LOWEST,
)
