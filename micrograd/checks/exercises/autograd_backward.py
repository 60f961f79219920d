"""Notebook 03b, the core: an order to go back in, the way back, a clean slate, and a checker."""

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.graphs import (
    DEEP,
    Rule,
    chain,
    gradients,
    graph,
    random_graph,
)
from micrograd.checks.exercises.slopes import gradient, number

DIAMOND = "s = 3.0 * a; t = s * b; root = s + t"
DIAMOND_TURNED = "s = 3.0 * a; t = s * b; root = t + s"
LONG_AND_SHORT = "s = a * b; t = s ** 2; u = t * a; root = u + s"

# ------------------------------------------------------------------------ topological_order


def topological_order(root):
    """root and all that it was made from, as a list: each after its parents, none twice."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_are_listed = stack.pop()
        if parents_are_listed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            for parent in node._prev:
                stack.append((parent, False))
    return order


def listing(order, _):
    """Which numbers are in the list, from the smallest up, and whether parents come first."""
    if not isinstance(order, list | tuple):
        raise TypeError("a list was expected")
    listed = set()
    first = "each after its parents"
    for node in order:
        if any(parent not in listed for parent in node._prev):
            first = "some before their parents"
        listed.add(node)
    return sorted(node.data for node in order), first


def order_why(root):
    count = len(topological_order(root))
    return f"{root.story}; that makes {count:,} Values, and parents come first"


def no_visited_set(root):
    order = []
    for parent in root._prev:
        order += no_visited_set(parent)
    return [*order, root]


def no_visited_set_but_a_stack(root):
    order, stack = [], [root]
    while stack:
        order.append(stack.pop())
        stack.extend(order[-1]._prev)
    return order[::-1]


def recursive_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node._prev:
                visit(parent)
            order.append(node)

    visit(root)
    return order


def first_met(root, newest_first=True):
    """Everything in the order in which a walk from root meets it."""
    met, waiting = {}, [root]
    while waiting:
        node = waiting.pop() if newest_first else waiting.pop(0)
        if node not in met:
            met[node] = True
            waiting.extend(node._prev)
    return list(met)


def root_outwards(root):
    """Everything by how few steps it is away from root, marked when it is put in line."""
    line, marked = [root], {root}
    for node in line:
        for parent in node._prev:
            if parent not in marked:
                marked.add(parent)
                line.append(parent)
    return line


TOPOLOGICAL_ORDER = Exercise(
    lesson="03b",
    solution=topological_order,
    minutes=9,
    difficulty=3,
    task="List every Value of the graph, once, and only when its parents are in the list already.",
    cases=(
        (graph("s = a * b; root = s + c", a=2.0, b=-3.0, c=10.0),),
        (graph(DIAMOND, a=2.0, b=4.0),),
        (graph(DIAMOND_TURNED, a=2.0, b=4.0),),
        (graph(LONG_AND_SHORT, a=2.0, b=-1.0),),
        (graph("s = a * b; root = s + a", a=2.0, b=2.0),),  # two Values with one number
        (chain(DEEP),),
    ),
    fresh=lambda rng: (random_graph(rng),),
    why=order_why,
    observe=listing,
    observed="the numbers in the list, sorted, and whether each Value stands after its parents",
    holds=f"Every Value once, after its parents, in diamonds and in a chain of {DEEP:,} links.",
    hints=(
        "When you meet a Value, put it aside, see to its parents, and list it when they are done.",
        "A set remembers whom you have met already, so that nobody is listed twice.",
        "A list can keep what is put aside: append puts something on top, pop takes it from there.",
        "Put a Value aside together with a note that says whether its parents have been seen to. "
        "With the note False, put it back with True and its parents on top of it; with the note "
        "True, list it.",
    ),
    misconceptions=(
        Misconception(
            "recursion ends at a thousand",
            "Right for small graphs. On a long chain the function calls itself inside itself "
            "thousands of times, and Python stops that. A list of your own that serves as a stack "
            "has no such end.",
            recursive_order,
        ),
        Misconception(
            "visited set missing",
            "A Value that is used twice is listed twice, and so is all that it was made from. "
            "Remember in a set whom you have met.",
            no_visited_set,
            also=(no_visited_set_but_a_stack,),
        ),
        Misconception(
            "order reversed",
            "All are there, with root in front. This is the way back; the list should be the way "
            "there, from the leaves to root.",
            lambda root: topological_order(root)[::-1],
        ),
        Misconception(
            "listed when first met",
            "On a chain that is right. In a diamond a short way can meet a Value before somebody "
            "else who still needs it. List a Value when its parents are listed, not when you "
            "arrive.",
            lambda root: first_met(root)[::-1],
            also=(
                lambda root: first_met(root, newest_first=False)[::-1],
                lambda root: root_outwards(root)[::-1],
            ),
        ),
        Misconception(
            "the leaves left out",
            "Values without parents are missing. They are the ones whose gradients we want most.",
            lambda root: [node for node in topological_order(root) if node._prev],
        ),
        Misconception(
            "root left out",
            "The result itself belongs in the list, at its end: the way back begins there.",
            lambda root: topological_order(root)[:-1],
        ),
        Misconception(
            "only the nearest parents",
            "The parents have parents too.",
            lambda root: [*root._prev, root],
            also=(lambda root: list(root._prev),),
        ),
    ),
)


# --------------------------------------------------------------------------------- backward


def backward(root):
    """Add to the grad of every Value below root how fast root moves with it."""
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad


def handing_on(rule, seed=lambda root: 1.0, order=lambda root: topological_order(root)[::-1]):
    """A backward pass with something wrong: what is handed on, the start, or the order."""

    def wrong(root):
        root.grad = seed(root)
        for node in order(root):
            for parent, local in zip(node._prev, node._local):
                parent.grad += rule(parent, local, node)

    return wrong


def chain_rule(parent, local, node):
    return local * node.grad


def assigned(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad = local * node.grad


def wiped_first(root):
    for node in topological_order(root):
        node.grad = 0.0
    backward(root)


def along_every_path(root):
    def push(node, arrived):
        node.grad += arrived
        for parent, local in zip(node._prev, node._local):
            push(parent, local * arrived)

    push(root, 1.0)


def one_after_another(root):
    def push(node):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad
            push(parent)

    root.grad = 1.0
    push(root)


def into_the_data(root):
    backward(root)
    for node in topological_order(root):
        node.data -= 0.1 * node.grad


BACKWARD = Exercise(
    lesson="03b",
    solution=backward,
    minutes=7,
    difficulty=2,
    task="Give root its 1, go through the graph from root to the leaves, and let every Value hand "
    "on to its parents what has arrived at it, times the local derivative. What a leaf has "
    "already, from another loss, stays in: yours is added to it.",
    cases=(
        (graph("s = a * b; root = s + c", a=2.0, b=-3.0, c=10.0),),
        (graph("root = a * a", a=3.0),),
        (graph(DIAMOND, a=2.0, b=4.0),),
        (graph(DIAMOND_TURNED, a=2.0, b=4.0),),
        (graph(LONG_AND_SHORT, a=2.0, b=-1.0),),
        (graph("root = a * b", old={"a": 10.0}, a=2.0, b=-3.0),),
        (chain(DEEP),),
    ),
    fresh=lambda rng: (random_graph(rng),),
    why=lambda root: root.story,
    observe=gradients,
    observed="the gradients after the call, by name",
    holds="Right where paths meet, on deep graphs, and added to what another loss has left. "
    "(What happens on a second call is another story: see further down.)",
    hints=(
        "How fast does root move with root? That is where the gradients begin.",
        "topological_order lists parents first. Which function goes through a list from its end?",
        "zip(node._prev, node._local) pairs each parent with its local derivative.",
        "A parent that is used twice gets something twice. What keeps the first share?",
    ),
    misconceptions=(
        Misconception(
            "assigned instead of added",
            "A Value that is used twice gets two shares, and the second one has overwritten the "
            "first.",
            assigned,
        ),
        Misconception(
            "no seed",
            "Every gradient is 0, since 0 times anything is. Where does the first number other "
            "than 0 come from?",
            handing_on(chain_rule, seed=lambda root: 0.0),
        ),
        Misconception(
            "the forward number for the seed",
            "You begin with how large root is. Begin with how fast root moves with itself.",
            handing_on(chain_rule, seed=lambda root: root.data),
        ),
        Misconception(
            "order reversed",
            "You begin at the leaves, where nothing has arrived yet, so they have nothing to hand "
            "on; only root's own parents get something.",
            handing_on(chain_rule, order=topological_order),
            also=(handing_on(chain_rule, order=lambda root: [root]),),
        ),
        Misconception(
            "the order of a walk from the front",
            "On a chain it is right. In a diamond a Value hands on before all its shares have "
            "arrived. It has to wait for everybody who was made from it.",
            handing_on(chain_rule, order=first_met),
            also=(
                handing_on(chain_rule, order=lambda root: first_met(root, newest_first=False)),
                handing_on(chain_rule, order=root_outwards),
            ),
        ),
        Misconception(
            "each parent handed on at once",
            "You go on from a parent as soon as it has got one share, and come back with the next "
            "one: what arrived first goes on twice.",
            one_after_another,
        ),
        Misconception(
            "every path on its own",
            "For small graphs that is right. On a long chain the calls inside calls reach Python's "
            "end, and where Values are used twice the paths double at each of them. In a "
            "topological order each Value hands on once.",
            along_every_path,
        ),
        Misconception(
            "the operand's own value as its local derivative",
            "You multiply by the parent's number. The local derivatives wait in _local.",
            handing_on(lambda parent, local, node: parent.data * node.grad),
        ),
        Misconception(
            "the local derivative left out",
            "You hand on what has arrived, unchanged. Each link has a rate of its own.",
            handing_on(lambda parent, local, node: node.grad),
        ),
        Misconception(
            "what has arrived left out",
            "You hand on the local derivatives alone. That is right for root's own parents; rates "
            "along a path multiply.",
            handing_on(lambda parent, local, node: local),
        ),
        Misconception(
            "what the parent has, instead of what has arrived",
            "You multiply by the parent's own grad, which is still 0. What is handed on is the "
            "grad of the Value that hands on.",
            handing_on(lambda parent, local, node: local * parent.grad),
        ),
        Misconception(
            "rates added along a path",
            "The rates of a path are multiplied. What is added is the shares of several paths.",
            handing_on(lambda parent, local, node: local + node.grad),
        ),
        Misconception(
            "a sum splits the slope",
            "You divide what has arrived among the parents. Move one of them by 1 and hold the "
            "other: how far does the sum move?",
            handing_on(lambda parent, local, node: local * node.grad / len(node._prev)),
        ),
        Misconception(
            "backward wipes the leaves",
            "A leaf may serve two losses, and the gradient of the first was lost. Clearing is what "
            "zero_grad is for.",
            wiped_first,
        ),
        Misconception(
            "backward changes the weights",
            "The gradients say where to go. Going there is another step, and the numbers must stay "
            "as they are until all gradients are known.",
            into_the_data,
        ),
    ),
)


# -------------------------------------------------------------------------------- zero_grad


def zero_grad(params):
    """Set the grad of every Value in the list to 0."""
    for p in params:
        p.grad = 0.0


def weights(rng):
    return ([weight(number(rng), number(rng)) for _ in range(3)],)


def weight(data, grad):
    value = Value(data)
    value.grad = grad
    return value


def zero_the_data(params):
    for p in params:
        p.data = 0.0


def both_to_zero(params):
    for p in params:
        p.data = p.grad = 0.0


def only_the_first(params):
    params[0].grad = 0.0


def only_the_last(params):
    params[-1].grad = 0.0


def to_none(params):
    for p in params:
        p.grad = None


def one_step_down(params):
    for p in params:
        p.data -= p.grad
        p.grad = 0.0


ZERO_GRAD = Exercise(
    lesson="03b",
    solution=zero_grad,
    minutes=2,
    difficulty=1,
    task="Clear the gradients of all these Values, and leave their numbers alone.",
    cases=(([weight(2.0, -24.0), weight(-1.0, 5.0)],), ([weight(0.5, 3.0)],)),
    fresh=weights,
    why=lambda params: (
        "the gradients "
        + ", ".join(f"{p.grad:g}" for p in params)
        + " are cleared, and the numbers "
        + ", ".join(f"{p.data:g}" for p in params)
        + " stay"
    ),
    observe=lambda _, inputs: [(p.data, p.grad) for p in inputs[0]],
    observed="data and grad of each Value after the call",
    holds="Every gradient is 0 again, and every weight is where it was.",
    hints=("Go through the list.", "A Value keeps its gradient in grad; give that a new number."),
    misconceptions=(
        Misconception(
            "the weights themselves set to 0",
            "The number in data is what the network has learned. The gradient is in grad.",
            zero_the_data,
            also=(both_to_zero,),
        ),
        Misconception(
            "only one is cleared",
            "One of them has lost its gradient, and the others still have theirs. Does a return "
            "end the loop too early?",
            only_the_first,
            also=(only_the_last,),
        ),
        Misconception(
            "nothing is cleared",
            "The gradients are still there. Giving the loop's own name a new meaning, or making "
            "new Values, does not change those in the list.",
            lambda params: [Value(p.data) for p in params],
        ),
        Misconception(
            "nothing instead of 0",
            "None is no number, and the next backward wants to add to it.",
            to_none,
        ),
        Misconception(
            "a step of learning as well",
            "The weights have moved. Here only the gradients should change.",
            one_step_down,
        ),
    ),
)


# -------------------------------------------------------------------------------- gradcheck


def gradcheck(f, point):
    """How far backward and nudging disagree at most on a slope of f(*values) at point."""
    values = [Value(x) for x in point]
    backward(f(*values))
    slopes = gradient(lambda numbers: f(*[Value(x) for x in numbers]).data, point, 1e-5)
    return max(abs(value.grad - slope) for value, slope in zip(values, slopes))


def both_ways(f, point, h=1e-5):
    """The slopes that backward finds, and those that nudging finds."""
    values = [Value(x) for x in point]
    backward(f(*values))
    return [v.grad for v in values], gradient(
        lambda numbers: f(*[Value(x) for x in numbers]).data, point, h
    )


def comparing(rule):
    """A checker that makes one number of the two lists in another way."""
    return lambda f, point: rule(*both_ways(f, point))


def comparing_with(f, point, between):
    """A checker that hands `between` to gradient."""
    nudged = gradient(between, point, 1e-5)
    return max(gaps(both_ways(f, point)[0], nudged))


def gaps(graph_slopes, nudged):
    return [abs(g - n) for g, n in zip(graph_slopes, nudged)]


def gradcheck_why(f, point):
    told = [
        f"backward gives {round(g, 4):g} and nudging {round(n, 4):g}"
        for g, n in zip(*both_ways(f, point))
    ]
    return "; then ".join(told) + ", in the order of the inputs"


def wrong_somewhere(rng):
    a, b, c = number(rng), number(rng), number(rng)
    name = rng.choice("ab")
    return Rule("a, b", f"a * b + {c} * bad_square({name})"), [a, b]


GRADCHECK = Exercise(
    lesson="03b",
    solution=gradcheck,
    minutes=7,
    difficulty=2,
    task="Find the slopes of f twice: with backward, and by nudging with gradient from notebook "
    "01. How far are the two apart where they disagree most? (bad_square and split_add are "
    "operations with a wrong rule in them.)",
    cases=(
        (Rule("a, b", "a * b + b"), [2.0, -3.0]),
        (Rule("a", "bad_square(a)"), [3.0]),
        (Rule("a, b", "split_add(a * b, 3 * a)"), [2.0, 5.0]),
        (Rule("a, b", "b.exp() - 2 * bad_square(a)"), [1.5, 0.5]),
    ),
    fresh=wrong_somewhere,
    why=gradcheck_why,
    observe=lambda result, _: round(float(result), 4),
    observed="the result, rounded to four places",
    holds="It is silent about right rules, and says of wrong ones how wrong they are.",
    hints=(
        "Make one Value for each number of the point. f(*values) hands them to f one by one.",
        "After backward, each of your Values holds its slope in grad.",
        "gradient(f, point, h) wants an f that takes a list of numbers and gives a number. A "
        "lambda can make Values of the list, call f, and take the data.",
        "abs gives the size of a difference, and max the largest of several.",
    ),
    misconceptions=(
        Misconception(
            "backward never called",
            "The gradients are still 0, so you compare nudging with nothing.",
            lambda f, point: max(abs(n) for n in both_ways(f, point)[1]),
        ),
        Misconception(
            "f handed to gradient as it is",
            "gradient calls its function with one list of plain numbers, and wants a plain number "
            "back. Your f takes Values, one by one, and gives a Value. A lambda can stand between.",
            lambda f, point: gradient(f, point, 1e-5),
            also=(
                lambda f, point: comparing_with(f, point, lambda numbers: f(*numbers)),
                lambda f, point: comparing_with(
                    f, point, lambda numbers: f(*[Value(x) for x in numbers])
                ),
            ),
        ),
        Misconception(
            "compared with itself",
            "You find no gap where a rule is wrong. Do both slopes come from the same place? One "
            "should come from backward, the other from nudging alone.",
            lambda f, point: 0.0,
        ),
        Misconception(
            "the sign kept",
            "A rule that is 3 too low is as wrong as one that is 3 too high. How large is the gap?",
            comparing(lambda one, two: max(g - n for g, n in zip(one, two))),
            also=(comparing(lambda one, two: max(n - g for g, n in zip(one, two))),),
        ),
        Misconception(
            "only the first input",
            "One slope is compared. A rule can be wrong for another input.",
            comparing(lambda one, two: gaps(one, two)[0]),
            also=(comparing(lambda one, two: gaps(one, two)[-1]),),
        ),
        Misconception(
            "added up instead of the largest",
            "You add the gaps of all inputs, or take their mean. Asked for is the largest.",
            comparing(lambda one, two: sum(gaps(one, two))),
            also=(comparing(lambda one, two: sum(gaps(one, two)) / len(one)),),
        ),
        Misconception(
            "the smallest gap",
            "Where the two agree best tells nothing about where they do not.",
            comparing(lambda one, two: min(gaps(one, two))),
        ),
        Misconception(
            "the number for the slope",
            "You compare with how large f is. Compare with how fast it moves.",
            lambda f, point: max(
                abs(g - f(*[Value(x) for x in point]).data) for g in both_ways(f, point)[0]
            ),
        ),
        Misconception(
            "yes or no",
            "Return how large the largest gap is. Whether that is small enough, the reader sees.",
            comparing(lambda one, two: max(gaps(one, two)) < 1e-6),
        ),
    ),
)
