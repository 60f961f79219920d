"""The exercises of notebook 02, in the order in which it asks."""

from micrograd.checks.exercises.chain import DIAMOND, FORWARD, HAND_GRADIENT
from micrograd.checks.exercises.chain_practice import GRAD_W1, GRAD_W2
from micrograd.checks.exercises.questions_02 import COUNT, FACTORS, LINKS, ORDER, RECALL, STEPS
from micrograd.checks.exercises.updating import FIND_THE_BUG, UPDATE

TASKS = (
    *RECALL,
    FORWARD,
    GRAD_W2,
    LINKS,
    FACTORS,
    GRAD_W1,
    HAND_GRADIENT,
    COUNT,
    DIAMOND,
    STEPS,
    UPDATE,
    FIND_THE_BUG,
    ORDER,
)
