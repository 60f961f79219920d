"""What notebook 10 gives and asks, in its order."""

from micrograd.checks.exercises.program import PROGRAM
from micrograd.checks.exercises.questions_10 import DAMAGE, DELETED, LATER, SURVEY_AFTER

TASKS = (
    PROGRAM,
    DELETED,
    DAMAGE,
    LATER,
    *SURVEY_AFTER,
)
