"""Notebook 07b: clipping, other plans of the rate, and two bugs in how a run is judged."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_backward import weight
from micrograd.checks.exercises.embedding import listed
from micrograd.checks.exercises.training_practice import some_weights

# -------------------------------------------------------------------------------------- clip


def clip(params, largest):
    """If the gradient is longer than largest, shorten it to that; its direction stays."""
    length = sum(p.grad**2 for p in params) ** 0.5
    if length > largest:
        for p in params:
            p.grad *= largest / length


def length_of(params):
    return sum(p.grad**2 for p in params) ** 0.5


def each_cut(params, largest):
    for p in params:
        p.grad = max(-largest, min(largest, p.grad))


def always_scaled(params, largest):
    length = length_of(params) or 1.0
    for p in params:
        p.grad *= largest / length


def thrown_away(params, largest):
    if length_of(params) > largest:
        for p in params:
            p.grad = 0.0


def only_the_long(params, largest):
    for p in params:
        if abs(p.grad) > largest:
            p.grad *= largest / abs(p.grad)


def measured(length):
    """Clipped by another measure of how long the gradient is."""

    def wrong(params, largest):
        long = length([p.grad for p in params])
        if long > largest:
            for p in params:
                p.grad *= largest / long

    return wrong


def measured_again(params, largest):
    for p in params:
        if length_of(params) > largest:
            p.grad *= largest / length_of(params)


def data_clipped(params, largest):
    length = length_of(params)
    if length > largest:
        for p in params:
            p.data *= largest / length


def clip_seen(_, inputs):
    return {
        "gradients": [p.grad for p in inputs[0]],
        "weights": [p.data for p in inputs[0]],
    }


CLIP = Exercise(
    lesson="07b",
    solution=clip,
    weight="practice",
    minutes=4,
    difficulty=2,
    task="The gradient of all weights together is one arrow. If its length, the root of the sum of "
    "the squares, is more than largest, multiply every gradient by the same factor, so that the "
    "length is largest. A shorter one stays as it is.",
    cases=(
        ([weight(1.0, 3.0), weight(1.0, -4.0)], 1.0),
        ([weight(1.0, 3.0), weight(1.0, -4.0)], 10.0),
        ([weight(2.0, 0.3), weight(-1.0, 0.4), weight(0.5, 1.2)], 1.0),
        ([weight(1.0, 0.0), weight(2.0, 0.0)], 1.0),
    ),
    fresh=lambda rng: (some_weights(rng, 4), rng.choice([0.5, 1.0, 20.0])),
    why=lambda params, largest: (
        f"the gradients are {listed([p.grad for p in params])}, whose squares add up to "
        f"{length_of(params) ** 2:.6g}, so the arrow is "
        f"{length_of(params):.6g} long, and {largest:g} is the most that is allowed"
    ),
    observe=clip_seen,
    observed="the gradients after the call, then the weights",
    holds="No arrow is longer than the largest, its direction is as before, and short ones are "
    "left alone.",
    hints=(
        "Add up the squares of all gradients, and take the root: that is the length.",
        "Which factor makes a length of 5 one of 1?",
        "Know the length before you change the first gradient.",
    ),
    misconceptions=(
        Misconception(
            "each entry cut by itself",
            "Every gradient is now between −largest and largest. But the arrow has another "
            "direction: [3, −4] points another way than [1, −1].",
            each_cut,
            also=(only_the_long,),
        ),
        Misconception(
            "short ones made long",
            "An arrow that was short enough has been stretched, or set to largest. Only longer "
            "ones are changed.",
            always_scaled,
        ),
        Misconception(
            "thrown away",
            "The gradient is gone. It still says which way; only its length is too much.",
            thrown_away,
        ),
        Misconception(
            "the square for the length",
            "The sum of the squares is the square of the length. Where is the root?",
            measured(lambda grads: sum(g * g for g in grads)),
        ),
        Misconception(
            "the sum of the sizes",
            "3 to the side and 4 down is 5 away, not 7.",
            measured(lambda grads: sum(map(abs, grads))),
        ),
        Misconception(
            "the largest entry for the length",
            "The longest entry is not the arrow: [3, −4] is 5 long.",
            measured(lambda grads: max(map(abs, grads))),
        ),
        Misconception(
            "the mean for the sum",
            "You average the squares. A length adds them.",
            measured(lambda grads: (sum(g * g for g in grads) / len(grads)) ** 0.5),
        ),
        Misconception(
            "measured while it changes",
            "The first gradient is shortened before the length is taken for the second. Take it "
            "once, before the loop.",
            measured_again,
        ),
        Misconception(
            "the weights clipped",
            "The weights have changed. It is the gradients that are too long.",
            data_clipped,
        ),
    ),
)


# ------------------------------------------------------------------- stretch: other schedules


def cosine(step, steps, lr):
    """The rate at a step, counted from 0: from lr to 0 along half a wave of cosine."""
    return lr * (1 + math.cos(math.pi * step / steps)) / 2


COSINE = Exercise(
    lesson="07b",
    solution=cosine,
    weight="stretch",
    minutes=3,
    difficulty=2,
    task="math.cos goes from 1 at 0 to −1 at math.pi, slowly at both ends. Let the rate do the "
    "same between lr, at step 0, and 0, at step = steps.",
    cases=((0, 1000, 0.01), (500, 1000, 0.01), (1, 3, 1.0), (1000, 1000, 0.01)),
    fresh=lambda rng: (rng.randrange(1, 50), rng.randrange(50, 200), rng.choice([0.01, 0.1, 2.0])),
    why=lambda step, steps, lr: (
        f"the wave is at π · {step} / {steps}, where the cosine is "
        f"{math.cos(math.pi * step / steps):.6g}, between 1 for the whole rate and −1 for none"
    ),
    holds="The rate stays high at first, falls fastest half-way, and glides into 0.",
    hints=(
        "Which part of the plan is made? Multiply it by math.pi.",
        "A cosine lies between −1 and 1. How does one make 0 to 1 of that?",
    ),
    misconceptions=(
        Misconception(
            "below 0",
            "The cosine itself goes down to −1, and with a negative rate the weights walk uphill.",
            lambda step, steps, lr: lr * math.cos(math.pi * step / steps),
        ),
        Misconception(
            "a quarter of a wave",
            "To π / 2 the cosine falls from 1 to 0, but it is fastest at the end. Asked is the "
            "half wave, which glides into 0.",
            lambda step, steps, lr: lr * math.cos(math.pi / 2 * step / steps),
        ),
        Misconception(
            "a whole wave",
            "Your rate comes back up to lr at the end. Half a wave is π, not 2π.",
            lambda step, steps, lr: lr * (1 + math.cos(2 * math.pi * step / steps)) / 2,
        ),
        Misconception(
            "degrees",
            "math.cos counts in radians: half a circle is math.pi, not 180.",
            lambda step, steps, lr: lr * (1 + math.cos(180 * step / steps)) / 2,
        ),
        Misconception(
            "up to twice the rate",
            "1 + cos lies between 0 and 2.",
            lambda step, steps, lr: lr * (1 + math.cos(math.pi * step / steps)),
        ),
        Misconception(
            "upside down",
            "Your rate begins at 0 and rises.",
            lambda step, steps, lr: lr * (1 - math.cos(math.pi * step / steps)) / 2,
        ),
    ),
)


def warm_up(step, steps, lr, warm):
    """Up a straight line to lr in the first `warm` steps, then down a line to 0 at steps."""
    if step < warm:
        return lr * (step + 1) / warm
    return lr * (steps - step) / (steps - warm)


def warming(up, down):
    return lambda step, steps, lr, warm: (
        up(step, steps, lr, warm) if step < warm else down(step, steps, lr, warm)
    )


def rises(step, steps, lr, warm):
    return lr * (step + 1) / warm


def falls(step, steps, lr, warm):
    return lr * (steps - step) / (steps - warm)


def plan(rng):
    warm = rng.randint(2, 6)
    steps = rng.randint(20, 60)
    step = rng.randrange(warm) if rng.random() < 0.5 else rng.randrange(warm, steps)
    return step, steps, rng.choice([0.01, 0.1, 2.0]), warm


WARM_UP = Exercise(
    lesson="07b",
    solution=warm_up,
    weight="stretch",
    minutes=4,
    difficulty=3,
    task="In the first warm steps the rate climbs evenly: with warm = 4 it is a quarter of lr at "
    "step 0, a half at step 1, and lr at step 3. From step = warm, where it is lr, it falls in a "
    "straight line that reaches 0 at step = steps.",
    cases=((0, 10, 1.0, 4), (3, 10, 1.0, 4), (4, 10, 1.0, 4), (7, 10, 1.0, 4)),
    fresh=plan,
    why=lambda step, steps, lr, warm: (
        f"step {step} is number {step + 1} of {warm} that warm up"
        if step < warm
        else f"after the warm-up {steps - warm} steps are left to fall in, and {steps - step} of "
        "them are still to come"
    ),
    holds="The rate climbs to lr, never starts at 0, and falls to 0 over what is left of the plan.",
    hints=(
        "Two straight lines, so an if: which of them is it at this step?",
        "On the way up, step 0 is the first of warm equal parts.",
        "On the way down, steps − warm is how many steps the fall takes in all.",
    ),
    misconceptions=(
        Misconception(
            "the first step does nothing",
            "At step 0 your rate is 0, so a step is wasted. It is the first of warm equal parts.",
            warming(lambda step, steps, lr, warm: lr * step / warm, falls),
        ),
        Misconception(
            "a jump after the warm-up",
            "From the top you fall on to the line that began at step 0, so the rate drops at once. "
            "Count the fall from where the warm-up ends.",
            warming(rises, lambda step, steps, lr, warm: lr * (1 - step / steps)),
        ),
        Misconception(
            "no fall",
            "After the warm-up your rate stays at lr.",
            warming(rises, lambda step, steps, lr, warm: lr),
        ),
        Misconception(
            "no warm-up",
            "The rate begins at the top.",
            warming(lambda step, steps, lr, warm: lr, falls),
        ),
        Misconception(
            "past the top",
            "Your rate goes on rising after the warm-up.",
            rises,
        ),
        Misconception(
            "the end too late",
            "The fall has steps − warm steps, and yours is spread over all steps: it does not "
            "reach 0.",
            warming(rises, lambda step, steps, lr, warm: lr * (1 - (step - warm) / steps)),
        ),
    ),
)


# ------------------------------------------------------------------------------ find the bugs


def repair_split(names, n):
    """Two lists: the names to train on, and n others, held out, that no step may see."""
    held_out = names[:n]
    train = names[n:]
    return train, held_out


def buggy_split(names, n):
    """Two lists: the names to train on, and n others, held out, that no step may see."""
    held_out = names[:n]
    train = names
    return train, held_out


POOL = ["ada", "bela", "chen", "dara", "emma", "femi", "goran", "hana", "ines", "jun"]


def some_names(rng):
    return rng.sample(POOL, rng.randint(4, 8)), rng.randint(1, 3)


REPAIR_SPLIT = Exercise(
    lesson="07b",
    solution=repair_split,
    given=buggy_split,
    kind="repair",
    weight="practice",
    minutes=2,
    difficulty=1,
    task="With these two lists a model looks as good on held-out names as on its own, however much "
    "it learns by heart. Find out why, and repair one place.",
    cases=((["ada", "bela", "chen", "dara"], 1), (["emma", "femi", "goran", "hana", "ines"], 2)),
    fresh=some_names,
    why=lambda names, n: (
        f"there are {len(names)} names, {n} of them to be held out, so {len(names) - n} are left"
    ),
    holds="No name is in both lists, and none is lost.",
    hints=(
        "Write down both lists for four names and n = 1. Is a name in both?",
        "names[:n] are the first n. Which slice has the others?",
    ),
    misconceptions=(
        Misconception(
            "held-out trained on",
            "A name that is held out is still in train. What the model has seen cannot judge it.",
            lambda names, n: (list(names), names[:n]),
        ),
        Misconception(
            "the same names twice",
            "Both lists are the same now.",
            lambda names, n: (names[:n], names[:n]),
        ),
        Misconception(
            "one name lost",
            "Between the two lists a name is missing.",
            lambda names, n: (names[n + 1 :], names[:n]),
        ),
        Misconception(
            "one name in both",
            "One is still in both lists.",
            lambda names, n: (names[n - 1 :], names[:n]),
        ),
        Misconception(
            "the last n dropped, the first n held out",
            "You take n names away at the end and hold out n at the beginning. It must be the same "
            "ones.",
            lambda names, n: (names[:-n], names[:n]),
        ),
        Misconception(
            "the lists swapped",
            "The few are trained on and the many are held out, or the lists come back in the other "
            "order.",
            lambda names, n: (names[:n], names[n:]),
        ),
    ),
)


def repair_rate(losses, n, lr):
    """The rate to go on with: half of it if the last n losses are no better than the n before."""
    now = sum(losses[-n:]) / n
    before = sum(losses[-2 * n : -n]) / n
    return lr if now < before else lr / 2


def buggy_rate(losses, n, lr):
    """The rate to go on with: half of it if the last n losses are no better than the n before."""
    now = losses[-1]
    before = sum(losses[-2 * n : -n]) / n
    return lr if now < before else lr / 2


def noisy_losses(rng):
    """Losses in which the last one, and the lowest, say the opposite of the mean."""
    n = rng.randint(3, 4)

    def between(low, high, count=1):
        return [round(rng.uniform(low, high), 2) for _ in range(count)]

    if rng.random() < 0.5:  # better: an easy name before, a hard one at the end
        before = between(3.3, 3.5, n - 1) + between(2.0, 2.1)
        now = between(2.5, 2.6, n - 1) + between(3.2, 3.3)
    else:  # worse: an easy name at the end
        before, now = between(2.6, 2.65, n), between(2.95, 3.1, n - 1) + between(2.1, 2.3)
    rng.shuffle(before)
    return between(2.0, 4.0, rng.randint(1, 3)) + before + now, n, rng.randint(10, 99) / 1000


def told_rate(losses, n, lr):
    now, before = losses[-n:], losses[-2 * n : -n]
    return (
        f"the last {n} losses {now} have the mean {sum(now) / n:.6g}, the {n} before {before} have "
        f"{sum(before) / n:.6g}"
    )


def halved_if(better):
    """Half the rate unless `better(the last n, the n before)`."""
    return lambda losses, n, lr: lr if better(losses[-n:], losses[-2 * n : -n]) else lr / 2


REPAIR_RATE = Exercise(
    lesson="07b",
    solution=repair_rate,
    given=buggy_rate,
    kind="repair",
    weight="practice",
    minutes=3,
    difficulty=2,
    task="Somebody halves the rate when the loss no longer falls. It is halved at odd moments, "
    "and then again not when it should be. What is compared here? Repair one line.",
    cases=(
        ([3.2, 2.0, 2.4, 2.7], 2, 0.01),
        ([2.5, 2.5, 3.2, 2.0], 2, 0.01),
        ([4.0, 3.4, 2.0, 3.3, 2.5, 2.5, 3.2], 3, 0.1),
        ([3.0, 3.0, 2.0, 2.1], 2, 0.02),
        ([2.1, 2.0, 3.0, 3.0], 2, 0.02),
    ),
    fresh=noisy_losses,
    why=told_rate,
    holds="Two means are compared, so no single easy or hard name decides.",
    hints=(
        "before is a mean of n losses. What is now?",
        "One easy name has a low loss without anybody having learnt anything.",
    ),
    misconceptions=(
        Misconception(
            "one low step is progress",
            "You look for a single loss that is lower. There is nearly always one.",
            halved_if(lambda now, before: min(now) < sum(before) / len(before)),
            also=(halved_if(lambda now, before: min(now) < min(before)),),
        ),
        Misconception(
            "compared the wrong way round",
            "The rate is halved when the loss falls, and kept when it does not.",
            halved_if(lambda now, before: sum(now) >= sum(before)),
        ),
        Misconception(
            "never halved",
            "The rate stays what it is, whatever the losses do.",
            lambda losses, n, lr: lr,
        ),
        Misconception(
            "always halved",
            "The rate is halved at every call. Is a sum compared with a mean?",
            lambda losses, n, lr: lr / 2,
        ),
    ),
)
