"""The exercises of the toolbox: one for each station, and one more for the last."""

from micrograd.checks.exercises.toolbox_functions import (
    ADD_AND_SCORE,
    CHANCE,
    COLUMN,
    RAISED_COPY,
    TWICE,
)
from micrograd.checks.exercises.toolbox_questions import (
    HALF_WAY,
    IN_PLACE,
    LOG_EIGHT,
    PURSES,
    TWO_SLOPES,
    WALK_ORDER,
)

TASKS = (
    TWICE,
    RAISED_COPY,
    HALF_WAY,
    TWO_SLOPES,
    PURSES,
    WALK_ORDER,
    LOG_EIGHT,
    COLUMN,
    CHANCE,
    ADD_AND_SCORE,
    IN_PLACE,
)
