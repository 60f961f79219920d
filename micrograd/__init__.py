"""A GPT from scratch, in the order in which a learner meets it.

Read the modules from the bottom up: `engine` (a number that remembers), `nn` (layers of such
numbers), `gpt` (the model), `optim` and `train` (learning), `sample` (names it invents).
"""

from micrograd.engine import Value

__all__ = ["Value"]
__version__ = "0.1.0"
