"""What notebook 09 gives and asks, in its order."""

from micrograd.checks.exercises.efficiency import (
    ATTENTION_AT_ONCE,
    CAUSAL_MASK,
    LINEAR_AT_ONCE,
    NUMPY,
    PADDED_MEAN_LOSS,
    PRODUCT_GRADIENTS,
    SOFTMAX_ROWS,
)
from micrograd.checks.exercises.efficiency_practice import (
    ATTEND_IN_BLOCKS,
    AVERAGE_GRADIENTS,
    REPAIR_SHARES,
)
from micrograd.checks.exercises.questions_09 import (
    BATCH_TIME,
    FEWER_NODES,
    OTHER_CHOICES,
    PADDING_SHARE,
    RECALL_EFFICIENCY,
    YEARS_OF_WORK,
)

TASKS = (
    *RECALL_EFFICIENCY,
    FEWER_NODES,
    NUMPY,
    LINEAR_AT_ONCE,
    PRODUCT_GRADIENTS,
    CAUSAL_MASK,
    SOFTMAX_ROWS,
    ATTENTION_AT_ONCE,
    REPAIR_SHARES,
    PADDING_SHARE,
    PADDED_MEAN_LOSS,
    BATCH_TIME,
    AVERAGE_GRADIENTS,
    ATTEND_IN_BLOCKS,
    YEARS_OF_WORK,
    OTHER_CHOICES,
)
