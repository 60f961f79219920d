"""What the course gives for notebooks 03a and 03b, so that nobody types it twice.

`Value` is the class whose operations the learner writes in 03a as plain functions. `OPERATORS`
hangs these functions on the class in 03b, so that `a * b + 1` can be written from then on.

Three classes of that text meet in a check. Inputs of 03a are made of `BareValue`, which has no
operators, so that `add` cannot be answered by `a + b`. Later inputs are made of the `Value` of
`autograd_forward`, which has those of the reference solutions. The third class is the one of the
learner's notebook. So nothing here, and no answer, may ask for the class of a value.
"""

from typing import Any

from micrograd.checks.declare import Given

VALUE = Given(
    lesson="03a",
    name="Value",
    text='''\
class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, parents=(), local=(), op=""):
        self.data = data  # the number
        self.grad = 0.0  # how fast the result moves with this number, once that is known
        self._prev = parents  # the Values that it was made from
        self._local = local  # how fast it moves with each of them, in the same order
        self._op = op  # the operation that made it

    def __repr__(self):
        return f"Value({self.data})"
''',
)

OPERATORS = Given(
    lesson="03b",
    name="operators",
    text='''\
def as_value(x):
    """A plain number becomes a Value; a Value stays what it is."""
    return Value(x) if isinstance(x, (int, float)) else x


Value.__add__ = lambda a, b: add(a, as_value(b))  # a + b
Value.__radd__ = lambda a, b: add(as_value(b), a)  # 2 + a
Value.__mul__ = lambda a, b: mul(a, as_value(b))  # a * b
Value.__rmul__ = lambda a, b: mul(as_value(b), a)  # 2 * a
Value.__neg__ = lambda a: a * -1.0  # -a
Value.__sub__ = lambda a, b: a + -as_value(b)  # a - b
Value.__rsub__ = lambda a, b: as_value(b) + -a  # 2 - a
Value.__pow__ = lambda a, n: power(a, n)  # a ** 2
Value.__truediv__ = lambda a, b: a * as_value(b) ** -1  # a / b
Value.__rtruediv__ = lambda a, b: as_value(b) * a**-1  # 2 / a
Value.exp = lambda a: exp(a)  # a.exp()
Value.log = lambda a: log(a)  # a.log()
Value.relu = lambda a: relu(a)  # a.relu()
''',
)


def made_from_text() -> Any:
    """A class of its own, made from the text that the learner sees."""
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(VALUE.text, namespace)
    return namespace["Value"]


BareValue = made_from_text()
