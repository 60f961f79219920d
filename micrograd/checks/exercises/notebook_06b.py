"""What notebook 06b gives and asks, in its order."""

from micrograd.checks.exercises.attention_practice import (
    COUNT_WEIGHTS,
    REPAIR_MEMORY,
    REPAIR_RESIDUAL,
)
from micrograd.checks.exercises.blocks import (
    ATTENTION,
    BLOCK,
    CONFIG,
    FEED_FORWARD,
    GPT,
    STATE,
)
from micrograd.checks.exercises.questions_06 import (
    BLOCK_ORDER,
    COUNT_SCORES,
    RECALL_GPT,
    SILENT_PARTS,
    WHERE_WEIGHTS,
)

TASKS = (
    *RECALL_GPT,
    CONFIG,
    STATE,
    ATTENTION,
    COUNT_SCORES,
    FEED_FORWARD,
    SILENT_PARTS,
    BLOCK_ORDER,
    BLOCK,
    REPAIR_RESIDUAL,
    WHERE_WEIGHTS,
    COUNT_WEIGHTS,
    GPT,
    REPAIR_MEMORY,
)
