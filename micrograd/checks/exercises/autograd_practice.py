"""Notebooks 03a and 03b, to choose from: one rule by algebra, tanh, and five bugs to find."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_backward import (
    DIAMOND,
    DIAMOND_TURNED,
    LONG_AND_SHORT,
    assigned,
    backward,
    chain_rule,
    first_met,
    handing_on,
    topological_order,
    wiped_first,
    zero_grad,
)
from micrograd.checks.exercises.autograd_forward import (
    Value,
    forgets,
    no_comma,
    not_the_number,
    nudging,
)
from micrograd.checks.exercises.given import BareValue
from micrograd.checks.exercises.graphs import (
    DEEP,
    after_backward,
    chain,
    gradients,
    graph,
    random_graph,
    traced,
)
from micrograd.checks.exercises.slopes import number

# ---------------------------------------------------------------------- a rule, by algebra


def reciprocal_slope(x, h):
    """(1 / (x + h) - 1 / x) / h with h cancelled by algebra, so that h may even be 0."""
    below = x * (x + h)
    above = -1
    return above / below


def reciprocal_with_gaps(x, h):
    """(1 / (x + h) - 1 / x) / h with h cancelled by algebra, so that h may even be 0."""
    below = x * (x + h)
    above = ...
    return above / below


RECIPROCAL = Exercise(
    lesson="03a",
    solution=reciprocal_slope,
    given=reciprocal_with_gaps,
    kind="complete",
    weight="practice",
    minutes=5,
    difficulty=2,
    task="Bring 1 / (x + h) and 1 / x over the common denominator x · (x + h). What is left above "
    "the line once you have divided by h?",
    cases=((2.0, 0.5), (-1.0, 0.25), (2.0, 0.0)),
    fresh=lambda rng: (number(rng, 0.5, 3.0), rng.choice([0.0, 0.1, 0.5, 2.0])),
    why=lambda x, h: (
        f"at h = 0 nothing but the slope of 1 / x at {x:g} is left"
        if h == 0
        else f"1 / x goes from {1 / x:.6g} to {1 / (x + h):.6g} while x moves by {h:g}"
    ),
    holds="It is exact for every h. At h = 0 it is the rule: the slope of 1 / x is −1 / x².",
    hints=(
        "1 / (x + h) is x over the common denominator. What is 1 / x?",
        "Above the line stands x − (x + h). Take the brackets away.",
        "−h is left above, and the whole is still to be divided by h.",
    ),
    misconceptions=(
        Misconception(
            "the sign is lost",
            "1 / x falls as x grows (to the right of 0). Its slope is below 0.",
            lambda x, h: 1 / (x * (x + h)),
        ),
        Misconception(
            "not divided by h",
            "This is the rise. At h = 0 nothing rises at all; a slope is the rise for each h.",
            lambda x, h: -h / (x * (x + h)),
            also=(lambda x, h: h / (x * (x + h)),),
        ),
        Misconception(
            "divided by h too early",
            "At h = 0 this divides 0 by 0. The h above and the h below have to cancel first.",
            lambda x, h: (1 / (x + h) - 1 / x) / h,
        ),
        Misconception(
            "divided by h twice",
            "The h below has met the h above already, and both are gone.",
            lambda x, h: -1 / (h * x * (x + h)),
        ),
        Misconception(
            "the 1s subtracted",
            "Fractions with different denominators: make them the same before you subtract above.",
            lambda x, h: 0.0,
        ),
    ),
)


# -------------------------------------------------------------------------------------- tanh


def tanh(a):
    """The hyperbolic tangent of a as a new Value; its slope is 1 - tanh²."""
    t = math.tanh(a.data)
    return Value(t, (a,), (1 - t**2,), "tanh")


def tanh_with(local):
    return lambda a: Value(math.tanh(a.data), (a,), (local(a.data, math.tanh(a.data)),), "tanh")


def one_traced(result, inputs):
    """The number, and the slope with respect to the first input, however many steps away."""
    numbers, slopes = traced([result], inputs)
    return numbers[0], slopes[0]


TANH = Exercise(
    lesson="03a",
    solution=tanh,
    weight="practice",
    minutes=5,
    difficulty=2,
    task="Make the Value of tanh(a), in one operation with math.tanh, or out of your own exp, add, "
    "mul and power: (e²ᵃ − 1) / (e²ᵃ + 1).",
    cases=((BareValue(0.5),), (BareValue(-1.0),), (BareValue(0.0),)),
    fresh=lambda rng: (BareValue(round(rng.uniform(-2.0, 2.0), 2)),),
    why=nudging(math.tanh),
    observe=one_traced,
    observed="its data, and how fast that moves with a",
    holds="Steepest at 0 and flat at both ends, whichever way it is built.",
    hints=(
        "math.tanh gives the number. Call it t.",
        "The slope needs t and not a: it is 1 at t = 0, and 0 when t is 1 or −1.",
        "Built of others: mul(a, Value(2.0)), then exp, then one sum above and one below; power "
        "with −1 divides.",
    ),
    misconceptions=(
        forgets(lambda a: math.tanh(a.data)),
        not_the_number(lambda a: Value(math.tanh(a), (a,), (1 - math.tanh(a) ** 2,), "tanh")),
        Misconception(
            "the square of a instead of the result's",
            "1 − a² is below 0 from 1 on, and tanh never falls. It is the result that is squared.",
            tanh_with(lambda a, t: 1 - a**2),
        ),
        Misconception(
            "the square left out",
            "At a = −1 your slope is more than 1. The curve is steepest at 0, with slope 1.",
            tanh_with(lambda a, t: 1 - t),
        ),
        Misconception(
            "the height for the slope",
            "At 0 the curve is 0 high, and it climbs.",
            tanh_with(lambda a, t: t),
        ),
        Misconception(
            "the slope of exp",
            "exp is as steep as it is high. tanh levels off.",
            tanh_with(lambda a, t: math.exp(a)),
        ),
        no_comma(lambda a: Value(math.tanh(a.data), (a), (1 - math.tanh(a.data) ** 2), "tanh")),
    ),
)


# ------------------------------------------------------------------------ find the bug: = for +=


def repair_shares(root):
    """Set the gradient of everything below root. It goes wrong where a Value is used twice."""
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad


def buggy_shares(root):
    """Set the gradient of everything below root. It goes wrong where a Value is used twice."""
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad = local * node.grad


def larger_share(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad = max(parent.grad, local * node.grad)


def first_share(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad = parent.grad or local * node.grad


GRADIENTS = "the gradients after the call, by name"

REPAIR_SHARES = Exercise(
    lesson="03b",
    solution=repair_shares,
    given=buggy_shares,
    kind="repair",
    weight="practice",
    minutes=2,
    difficulty=1,
    task="For root = a * a with a at 3 this says 3, and nudging says 6. Repair one place.",
    cases=(
        (graph("root = a * a", a=3.0),),
        (graph("s = a + b; root = s * a", a=2.0, b=-5.0),),
        (graph(DIAMOND, a=2.0, b=4.0),),
    ),
    fresh=lambda rng: (random_graph(rng),),
    why=lambda root: root.story,
    observe=gradients,
    observed=GRADIENTS,
    holds="Every share that arrives is added to those that came before.",
    hints=(
        "a gets two shares. What becomes of the first when the second arrives?",
        "One character is missing.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "The last share that arrives still takes the place of the ones before.",
            assigned,
        ),
        Misconception(
            "the larger share wins",
            "Both ways carry something, and root feels both.",
            larger_share,
        ),
        Misconception(
            "the first share wins",
            "Now the second share is lost instead of the first.",
            first_share,
        ),
        Misconception(
            "doubled everywhere",
            "Right for a * a, where both shares are the same, and wrong where they differ.",
            handing_on(lambda parent, local, node: 2 * local * node.grad),
        ),
    ),
)


# ---------------------------------------------------------------- find the bug: the wrong order


def repair_order(root):
    """Set the gradient of everything below root. On a diamond it comes out wrong."""
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad


def buggy_order(root):
    """Set the gradient of everything below root. On a diamond it comes out wrong."""
    root.grad = 1.0
    done, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        if node not in done:
            done.add(node)
            for parent, local in zip(node._prev, node._local):
                parent.grad += local * node.grad
                waiting.append(parent)


def as_often_as_met(root):
    root.grad = 1.0
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad
            waiting.append(parent)


REPAIR_ORDER = Exercise(
    lesson="03b",
    solution=repair_order,
    given=buggy_order,
    kind="repair",
    weight="practice",
    minutes=4,
    difficulty=2,
    task="This walk goes from root to parents, to their parents, and on, and no Value hands on "
    "twice. Yet a diamond comes out wrong. Which Value handed on too early? You have written what "
    "helps.",
    cases=(
        (graph(DIAMOND_TURNED, a=2.0, b=4.0),),
        (graph(DIAMOND, a=2.0, b=4.0),),
        (graph(LONG_AND_SHORT, a=2.0, b=-1.0),),
    ),
    fresh=lambda rng: (random_graph(rng),),
    why=lambda root: root.story,
    observe=gradients,
    observed=GRADIENTS,
    holds="Nobody hands on before all that was made from it has done so.",
    hints=(
        "In root = t + s, with t made from s: who must hand on before s does?",
        "The walk meets s by the short way first. What had not arrived at s by then?",
        "A list in which parents stand first, read from its end, lets everybody wait long enough.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "A Value still hands on when it is first met. Which share has not arrived by then?",
            handing_on(chain_rule, order=first_met),
        ),
        Misconception(
            "the bug has changed sides",
            "By taking the oldest that waits instead of the newest you mend one diamond and break "
            "another. Neither knows who has to wait for whom.",
            handing_on(chain_rule, order=lambda root: first_met(root, newest_first=False)),
        ),
        Misconception(
            "handed on as often as it is met",
            "Now nothing comes too early, but what arrived first is handed on again with every "
            "later visit.",
            as_often_as_met,
        ),
        Misconception(
            "from the wrong end",
            "Your list has the leaves in front. The gradient starts at root.",
            handing_on(chain_rule, order=topological_order),
        ),
    ),
)


# ------------------------------------------------------------ find the bug: gradients left over


def repair_training(start, lr, steps):
    """The losses of gradient descent on (w - 3) ** 2. They should fall, and they swing."""
    w = Value(start)
    losses = []
    for _ in range(steps):
        loss = (w - 3) ** 2
        losses.append(loss.data)
        zero_grad([w])
        backward(loss)
        w.data -= lr * w.grad
    return losses


def buggy_training(start, lr, steps):
    """The losses of gradient descent on (w - 3) ** 2. They should fall, and they swing."""
    w = Value(start)
    losses = []
    for _ in range(steps):
        loss = (w - 3) ** 2
        losses.append(loss.data)
        backward(loss)
        w.data -= lr * w.grad
    return losses


def losses_with(start, lr, steps, move):
    """The losses when `move(w, g, old)` gives the next weight; old is the sum of slopes so far."""
    w, total, losses = start, 0.0, []
    for _ in range(steps):
        losses.append((w - 3) ** 2)
        slope = 2 * (w - 3)
        total += slope
        w = move(w, lr * slope, lr * total)
    return losses


REPAIR_TRAINING = Exercise(
    lesson="03b",
    solution=repair_training,
    given=buggy_training,
    kind="repair",
    weight="practice",
    minutes=3,
    difficulty=1,
    task="Each step should use the slope of the place where w stands now. What is left in w.grad "
    "from the steps before? Clear it, at the right moment.",
    cases=((0.0, 0.1, 5), (5.0, 0.25, 4)),
    fresh=lambda rng: (number(rng), round(rng.uniform(0.05, 0.4), 2), rng.randint(4, 7)),
    why=lambda start, lr, steps: (
        f"at {start:g} the slope is {2 * (start - 3):g}, so the first step leads to "
        f"{start - lr * 2 * (start - 3):.6g}, and each later step asks again where it stands"
    ),
    holds="Every step follows the slope of its own place.",
    hints=(
        "Print w.grad in each turn: in which turn is it no longer 2 · (w − 3)?",
        "A leaf adds what arrives to what it has. Who takes the old away?",
        "zero_grad wants a list. It must come when the last step is taken, and before the next "
        "slope is found.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "The slopes of all steps so far are still added up. Clearing once, before the loop, "
            "clears nothing that comes later.",
            lambda start, lr, steps: losses_with(start, lr, steps, lambda w, g, old: w - old),
        ),
        Misconception(
            "cleared too early for the step",
            "The loss no longer changes: w never moves. Was its gradient cleared after it was "
            "found and before it was used, or is w made anew in each turn?",
            lambda start, lr, steps: losses_with(start, lr, steps, lambda w, g, old: w),
        ),
        Misconception(
            "the weight cleared instead of its gradient",
            "After the first step w is 0 in every turn: its number was cleared, not its slope.",
            lambda start, lr, steps: [(start - 3) ** 2, *[9.0] * (steps - 1)],
        ),
        Misconception(
            "uphill for downhill",
            "The sign of the step was right.",
            lambda start, lr, steps: losses_with(start, lr, steps, lambda w, g, old: w + g),
        ),
    ),
)


# --------------------------------------------------------------- find the bug: backward twice


def repair_twice(root):
    """Add the gradients of root to the leaves, and only that, on a second call as well."""
    order = topological_order(root)
    for node in order:
        if node._prev:
            node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad


def buggy_twice(root):
    """Add the gradients of root to the leaves, and only that, on a second call as well."""
    order = topological_order(root)
    root.grad = 1.0
    for node in reversed(order):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad


def only_leaves_cleared(root):
    for node in topological_order(root):
        if not node._prev:
            node.grad = 0.0
    backward(root)


def cleared_afterwards(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad
        if node._prev:
            node.grad = 0.0


def all_cleared_afterwards(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad
        node.grad = 0.0


def seed_added(root):
    for node in topological_order(root):
        if node._prev and node is not root:
            node.grad = 0.0
    root.grad += 1.0
    handing_on(chain_rule, seed=lambda root: root.grad)(root)


REPAIR_TWICE = Exercise(
    lesson="03b",
    solution=repair_twice,
    given=buggy_twice,
    kind="repair",
    weight="practice",
    minutes=5,
    difficulty=3,
    task="Called a second time, a leaf should get the same share once more and so have twice its "
    "gradient. It gets too much: the Values on the way still hold what arrived the first time, and "
    "hand that on again. Let them start afresh, and leave the leaves what they have.",
    cases=(
        (after_backward(graph("s = 2.0 * a; root = 3.0 * s", a=5.0)),),
        (after_backward(graph(DIAMOND, a=2.0, b=4.0)),),
        (graph("s = a * b; root = s + a", a=2.0, b=-3.0),),
    ),
    fresh=lambda rng: (after_backward(random_graph(rng)),),
    why=lambda root: root.story,
    observe=gradients,
    observed=GRADIENTS,
    holds="Leaves add up over calls, and what lies between starts from 0 each time, as in the "
    "package's own backward.",
    hints=(
        "Which Values lie between? Those that were made from something: _prev is not empty.",
        "Before the seed is set, go through the order once and clear the grad of these.",
        "if node._prev: asks whether there are parents.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "What lies between still hands on the first call's share with the second's.",
            backward,
        ),
        Misconception(
            "the leaves cleared too",
            "Now a second call gives the same as the first. But two losses that share a weight "
            "could not add up their gradients any more.",
            wiped_first,
        ),
        Misconception(
            "cleared afterwards",
            "You clear a Value when it has handed on. By then the old share has gone along with "
            "the new one. What is old must go before the pass begins.",
            cleared_afterwards,
            also=(all_cleared_afterwards,),
        ),
        Misconception(
            "the leaves cleared, and what lies between not",
            "It is the other way round: the leaves keep, and those between start again.",
            only_leaves_cleared,
        ),
        Misconception(
            "root keeps its seed and gets another",
            "root was at 1 from the first call and is at 2 now, so everything counts twice.",
            seed_added,
        ),
    ),
)


# --------------------------------------------------------------- find the bug: too deep a graph


def repair_depth(root):
    """The number of steps from root back to a leaf on the longest way; a leaf alone has 0."""
    steps = {}
    for node in topological_order(root):
        steps[node] = 0
        for parent in node._prev:
            steps[node] = max(steps[node], steps[parent] + 1)
    return steps[root]


def buggy_depth(root):
    """The number of steps from root back to a leaf on the longest way; a leaf alone has 0."""
    longest = 0
    for parent in root._prev:
        longest = max(longest, repair_depth(parent) + 1)
    return longest


def deep_recursion(root):
    longest = 0
    for parent in root._prev:
        longest = max(longest, deep_recursion(parent) + 1)
    return longest


def shortest_way(root):
    level, steps = [root], 0
    while all(node._prev for node in level):
        level = [parent for node in level for parent in node._prev]
        steps += 1
    return steps


REPAIR_DEPTH = Exercise(
    lesson="03b",
    solution=repair_depth,
    given=buggy_depth,
    kind="repair",
    weight="practice",
    minutes=6,
    difficulty=3,
    task="Right for small graphs. For a chain of thousands the function calls itself, which calls "
    "itself, until Python stops it. Make it work without a call to itself.",
    cases=(
        (chain(1),),
        (graph(LONG_AND_SHORT, a=2.0, b=-1.0),),
        (graph(DIAMOND, a=2.0, b=4.0),),
        (chain(DEEP),),
    ),
    fresh=lambda rng: (chain(rng.randint(2, 300)),),
    why=lambda root: root.story,
    holds=f"Counted along the longest way, {DEEP:,} links deep, with no call inside a call.",
    hints=(
        "topological_order has been everywhere already, and it lists parents first.",
        "Keep the steps of each Value in a dict. When you come to a Value, those of its parents "
        "are known.",
        "One more than the largest of its parents' steps; 0 where there are no parents.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "It still calls itself for each parent, so a deep graph needs as many calls inside "
            "calls as it has links.",
            deep_recursion,
        ),
        Misconception(
            "all Values counted",
            "This is how many Values there are. A way does not pass all of them.",
            lambda root: len(topological_order(root)),
            also=(lambda root: len(topological_order(root)) - 1,),
        ),
        Misconception(
            "the shortest way",
            "There are several ways to a leaf. Asked for is the longest.",
            shortest_way,
        ),
        Misconception(
            "Values counted for steps",
            "From one Value to the next is one step, so there is one step less than there are "
            "Values on the way.",
            lambda root: repair_depth(root) + 1,
        ),
    ),
)
