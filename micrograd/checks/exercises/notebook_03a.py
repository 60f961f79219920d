"""What notebook 03a gives and asks, in its order."""

from micrograd.checks.exercises.autograd_forward import ADD, EXP, LOG, MUL, POWER, RELU
from micrograd.checks.exercises.autograd_practice import RECIPROCAL, TANH
from micrograd.checks.exercises.given import VALUE
from micrograd.checks.exercises.questions_03 import COUNT_VALUES, RECALL_FORWARD, RULES, STALE

TASKS = (
    *RECALL_FORWARD,
    COUNT_VALUES,
    STALE,
    VALUE,
    ADD,
    MUL,
    POWER,
    RECIPROCAL,
    EXP,
    LOG,
    RELU,
    TANH,
    RULES,
)
