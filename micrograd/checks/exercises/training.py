"""Notebook 07, the core: the loss of a document, a falling rate, Adam, and one whole step."""

import math
from random import Random
from typing import Any

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_backward import backward, weight, zero_grad
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.blocks import (
    Config,
    State,
    block_tables,
    gpt,
    new_cache,
    slopes,
    small_mat,
    tables_of,
)
from micrograd.checks.exercises.embedding import listed
from micrograd.checks.exercises.networks import numbers, parameters
from micrograd.checks.exercises.slopes import number
from micrograd.checks.exercises.surprise import cross_entropy, softmax

# ------------------------------------------------------------------------------------ inputs


def small_model(rng, n_layer=1):
    """Three tokens, the last of them BOS, a context of 4, and weights that make a difference."""
    tables = {name: small_mat(rng, rows, 2) for name, rows in TABLES.items()}
    for layer in range(n_layer):
        tables |= block_tables(rng, layer, 2)
    return State(tables), Config(3, 4, n_layer, 2, 2)


class Named(list[Any]):
    """A long list that a card calls by its name."""

    def __init__(self, name, items):
        super().__init__(items)
        self.name = name

    def __repr__(self):
        return self.name


TABLES = {"wte": 3, "wpe": 4, "lm_head": 3}


def silent_model():
    """The same with every weight at 0."""
    state, config = small_model(Random(0))
    zeros = {name: [[Value(0.0) for _ in row] for row in rows] for name, rows in state.items()}
    return State(zeros), config


def document(rng, letters):
    return [2, *[rng.randrange(2) for _ in range(letters)], 2]


# ----------------------------------------------------------------------------- document_loss


def document_loss(tokens, state, config):
    """The mean surprise at every next token, as far as the context goes; a Value."""
    n = min(config.block_size, len(tokens) - 1)
    cache = new_cache(config)
    losses = []
    for position in range(n):
        logits = gpt(tokens[position], position, state, config, cache)
        losses.append(cross_entropy(logits, tokens[position + 1]))
    return sum(losses) / n


def surprises(
    tokens,
    state,
    config,
    target=lambda tokens, i: tokens[i + 1],
    count=lambda tokens, config: min(config.block_size, len(tokens) - 1),
    place=lambda i: i,
    keep=True,
    surprise=cross_entropy,
):
    """The surprises one by one, with something changed: what is asked, how often, from where."""
    cache, losses = new_cache(config), []
    for i in range(count(tokens, config)):
        cache = cache if keep else new_cache(config)
        logits = gpt(tokens[i], place(i), state, config, cache)
        losses.append(surprise(logits, target(tokens, i)))
    return losses


def mean(losses):
    return sum(losses) / len(losses)


def mean_surprise(**changed):
    return lambda tokens, state, config: mean(surprises(tokens, state, config, **changed))


def probability(logits, target):
    return softmax(logits)[target]


def the_next_but_one(tokens, i):
    return tokens[min(i + 2, len(tokens) - 1)]


def loss_seen(result, inputs):
    _, state, config = inputs
    if not hasattr(result, "_prev"):
        return {"loss": result, "gradients": "none: the loss is a number, not a Value"}
    tables = {name: state[name] for name in TABLES}
    for layer in range(config.n_layer):
        tables[f"all tables of layer {layer}"] = list(tables_of(state, layer).values())
    return {"loss": result.data, **slopes([result], [], tables)}


def loss_why(tokens, state, config):
    found = surprises(tokens, state, config)
    n = len(found)
    pairs = [f"{a} then {b}" for a, b in zip(tokens[:n], tokens[1:])]
    said = f"the questions are {', '.join(pairs)}"
    if n < len(tokens) - 1:
        said += f" (the context holds {config.block_size} tokens, so the rest is not read)"
    shares = [math.exp(-loss.data) for loss in found]
    said += f"; the right answers were given the probabilities {listed(shares)}"
    return f"{said}, which are surprises of {listed(numbers(found))}; this is their mean"


DOCUMENT_LOSS = Exercise(
    lesson="07",
    solution=document_loss,
    minutes=6,
    difficulty=2,
    task="Read the tokens one after the other with gpt, in one cache. After each, ask how "
    "surprising the next one is. Return the mean of these surprises. The last token has no next "
    "one, and a document may be longer than the context: read at most config.block_size tokens.",
    cases=(
        ([2, 0, 1, 2], *silent_model()),
        ([2, 0, 1, 2], *small_model(Random(3))),
        ([2, 1, 1, 0, 1, 0, 2], *small_model(Random(4), n_layer=2)),
        ([2, 2], *small_model(Random(5))),
    ),
    fresh=lambda rng: (document(rng, rng.randint(1, 5)), *small_model(rng)),
    why=loss_why,
    observe=loss_seen,
    observed="the loss, and the gradients that backward finds from it, added up for each table",
    holds="Each token is asked for after those before it, however long the document is, and every "
    "weight hears of it.",
    hints=(
        "Four tokens are three questions: the second after the first, and so on. So count "
        "positions up to the last but one, and never more than config.block_size.",
        "Make a cache with new_cache before the loop: all tokens of a document share it.",
        "gpt gives the logits after tokens[position]. cross_entropy compares them with the token "
        "that comes next.",
        "Collect the surprises in a list; add them up and divide by how many there are.",
    ),
    misconceptions=(
        Misconception(
            "targets off by one",
            "The model is asked for the very token that it was shown. It can learn to copy, and "
            "its loss will go to 0.",
            mean_surprise(target=lambda tokens, i: tokens[i]),
        ),
        Misconception(
            "one token is skipped",
            "You ask for the token after the next.",
            mean_surprise(target=the_next_but_one),
            also=(
                lambda tokens, state, config: mean(
                    surprises(
                        tokens,
                        state,
                        config,
                        target=lambda tokens, i: tokens[i + 2],
                        count=lambda tokens, config: min(config.block_size, len(tokens) - 2),
                    )
                ),
            ),
        ),
        Misconception(
            "the end not asked for",
            "The last question, whether the document ends here, is left out. A model trained so "
            "never learns to stop.",
            mean_surprise(count=lambda tokens, config: min(config.block_size, len(tokens) - 2)),
        ),
        Misconception(
            "the beginning not asked for",
            "The first question, with what a document begins, is left out.",
            lambda tokens, state, config: mean(surprises(tokens, state, config)[1:]),
        ),
        Misconception(
            "past the end of the list",
            "The last token has no next one, so it is not asked about.",
            mean_surprise(count=lambda tokens, config: len(tokens)),
            also=(mean_surprise(count=lambda tokens, config: min(config.block_size, len(tokens))),),
        ),
        Misconception(
            "longer than the context",
            "Right for short documents. In a long one you ask for a position that wpe has no row "
            "for: stop at config.block_size.",
            mean_surprise(count=lambda tokens, config: len(tokens) - 1),
        ),
        Misconception(
            "one question too few in long documents",
            "The context holds config.block_size tokens, and the last of them is asked about too.",
            mean_surprise(
                count=lambda tokens, config: min(config.block_size, len(tokens)) - 1,
            ),
        ),
        Misconception(
            "sum for mean",
            "The questions are right. A long name should not be worse only because it is long.",
            lambda tokens, state, config: sum(surprises(tokens, state, config)),
        ),
        Misconception(
            "divided by the number of tokens",
            "Divide by how many questions were asked. There is one question less than tokens.",
            lambda tokens, state, config: sum(surprises(tokens, state, config)) / len(tokens),
        ),
        Misconception(
            "divided by the context",
            "Divide by how many questions were asked, not by how many there could have been.",
            lambda tokens, state, config: sum(surprises(tokens, state, config)) / config.block_size,
        ),
        Misconception(
            "log of the mean for mean of logs",
            "You average the probabilities and take the log at the end. Each surprise comes first, "
            "then their mean.",
            lambda tokens, state, config: (
                -mean(surprises(tokens, state, config, surprise=probability)).log()
            ),
        ),
        Misconception(
            "probabilities for surprises",
            "This is the mean of the probabilities. A loss is to become small: take the surprise.",
            mean_surprise(surprise=probability),
        ),
        Misconception(
            "only the last question",
            "One surprise comes back, and the others are lost. Keep them all, and take the mean "
            "after the loop.",
            lambda tokens, state, config: surprises(tokens, state, config)[-1],
        ),
        Misconception(
            "only the first question",
            "Does a return inside the loop end it?",
            lambda tokens, state, config: surprises(tokens, state, config)[0],
        ),
        Misconception(
            "a new cache for each token",
            "Nobody finds the tokens before. Make the cache once, before the loop.",
            mean_surprise(keep=False),
        ),
        Misconception(
            "position left at 0",
            "Every token is read as if it were the first.",
            mean_surprise(place=lambda i: 0),
        ),
        Misconception(
            "softmax twice",
            "cross_entropy wants the logits as they are.",
            mean_surprise(surprise=lambda logits, target: cross_entropy(softmax(logits), target)),
        ),
        Misconception(
            "plain numbers",
            "The number is right, and nothing can learn from it. Add up the Values.",
            lambda tokens, state, config: document_loss(tokens, state, config).data,
        ),
    ),
)


# ------------------------------------------------------------------------------ linear_decay


def linear_decay(step, steps, lr):
    """The rate at a step, counted from 0: from lr down a straight line, to 0 after the last."""
    return lr * (1 - step / steps)


LINEAR_DECAY = Exercise(
    lesson="07",
    solution=linear_decay,
    minutes=2,
    difficulty=1,
    task="steps are planned, and step of them are made. The rate is lr at the first one, when step "
    "is 0, half of lr half-way, and would be 0 when step has reached steps.",
    cases=((0, 1000, 0.01), (500, 1000, 0.01), (3, 4, 1.0)),
    fresh=lambda rng: (rng.randrange(1, 50), rng.randrange(50, 200), rng.choice([0.01, 0.1, 2.0])),
    why=lambda step, steps, lr: (
        f"{step} of {steps} steps are made, so {steps - step} of {steps} parts of {lr:g} are left"
    ),
    holds="The rate falls by the same amount at every step.",
    hints=(
        "Which part of the plan is done after step of steps? Which part is left?",
        "What is left of the plan is what is left of the rate.",
    ),
    misconceptions=(
        Misconception(
            "what is done, not what is left",
            "Your rate begins at 0 and rises.",
            lambda step, steps, lr: lr * step / steps,
        ),
        Misconception(
            "whole division",
            "// drops what is behind the point, so your rate does not fall until the end.",
            lambda step, steps, lr: lr * (1 - step // steps),
            also=(lambda step, steps, lr: lr,),
        ),
        Misconception(
            "the last step has no rate",
            "The line reaches 0 at the last step, which then does nothing. It is to reach 0 "
            "after it.",
            lambda step, steps, lr: lr * (1 - step / (steps - 1)),
        ),
        Misconception(
            "steps counted from 1",
            "The first step is number 0, and has the whole rate.",
            lambda step, steps, lr: lr * (1 - (step + 1) / steps),
        ),
        Misconception(
            "the part subtracted from the rate",
            "From a rate of 0.01 you take up to 1 away. Take that part of the rate itself.",
            lambda step, steps, lr: lr - step / steps,
        ),
        Misconception(
            "the rate left out",
            "This is the part that is left. Of what?",
            lambda step, steps, lr: 1 - step / steps,
        ),
        Misconception(
            "divided by the steps made",
            "A rate that is divided by 1, 2, 3 … falls fast, then slowly. A straight line falls "
            "evenly.",
            lambda step, steps, lr: lr / (step + 1),
        ),
    ),
)


# --------------------------------------------------------------------------------- adam_step


def adam_step(params, m, v, step, lr):
    """One step of Adam for all params. m and v are changed in place; step counts from 0."""
    for i, p in enumerate(params):
        m[i] = 0.85 * m[i] + 0.15 * p.grad
        v[i] = 0.99 * v[i] + 0.01 * p.grad**2
        m_hat = m[i] / (1 - 0.85 ** (step + 1))
        v_hat = v[i] / (1 - 0.99 ** (step + 1))
        p.data -= lr * m_hat / (v_hat**0.5 + 1e-8)


def adam(
    first=lambda m, g: 0.85 * m + 0.15 * g,
    second=lambda v, g: 0.99 * v + 0.01 * g**2,
    m_part=lambda step: 1 - 0.85 ** (step + 1),
    v_part=lambda step: 1 - 0.99 ** (step + 1),
    move=lambda m, v, g, lr: lr * m / (v**0.5 + 1e-8),
    kept=lambda mean, corrected: mean,
):
    """Adam with something changed: a mean, a correction, the move, or what is remembered."""

    def wrong(params, m, v, step, lr):
        for i, p in enumerate(params):
            new_m, new_v = first(m[i], p.grad), second(v[i], p.grad)
            m_hat, v_hat = new_m / m_part(step), new_v / v_part(step)
            m[i], v[i] = kept(new_m, m_hat), kept(new_v, v_hat)
            p.data -= move(m_hat, v_hat, p.grad, lr)

    return wrong


def one(step):
    return 1.0


def adam_forgetful(params, m, v, step, lr):
    """New lists under the old names, so that the caller's stay as they were."""
    adam_step(params, list(m), list(v), step, lr)


def adam_late(params, m, v, step, lr):
    """The weights move by the means as they were before this gradient."""
    for i, p in enumerate(params):
        m_hat = m[i] / (1 - 0.85 ** (step + 1))
        v_hat = v[i] / (1 - 0.99 ** (step + 1))
        p.data -= lr * m_hat / (v_hat**0.5 + 1e-8)
        m[i] = 0.85 * m[i] + 0.15 * p.grad
        v[i] = 0.99 * v[i] + 0.01 * p.grad**2


def adam_only_one(params, m, v, step, lr):
    adam_step(params[:1], m, v, step, lr)


def adam_state(rng):
    """Weights, gradients of very different sizes, and what Adam remembers of earlier ones."""
    step = rng.randrange(6)
    sizes = [1.0, 100.0, 1e-8]
    params = [weight(number(rng), number(rng) * size) for size in sizes]
    if step == 0:
        return params, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], step, 0.1
    m = [number(rng) * size for size in sizes]
    v = [number(rng, 0.5, 2.0) * size**2 for size in sizes]
    return params, m, v, step, rng.choice([0.01, 0.1])


def adam_seen(_, inputs):
    params, m, v, _, _ = inputs
    return {"weights": [p.data for p in params], "m": list(m), "v": list(v)}


def adam_why(params, m, v, step, lr):
    g, old_m, old_v = params[0].grad, m[0], v[0]
    at = params[0].data
    adam_step(params, m, v, step, lr)
    power = step + 1
    m_hat, v_hat = m[0] / (1 - 0.85**power), v[0] / (1 - 0.99**power)
    return (
        f"for the first weight, m goes from {old_m:g} to {m[0]:.6g} and v from {old_v:g} to "
        f"{v[0]:.6g}, for the gradient is {g:g}; corrected for {power} "
        f"step{'s' if power > 1 else ''} they are {m_hat:.6g} and {v_hat:.6g}; so the weight goes "
        f"from {at:g} to {params[0].data:.6g}"
    )


ADAM_STEP = Exercise(
    lesson="07",
    solution=adam_step,
    minutes=8,
    difficulty=3,
    task="For each weight, bring its two means up to date, in the lists m and v themselves: m of "
    "the gradient (0.85 of the old, 0.15 of the new), v of its square (0.99 and 0.01). Divide m by "
    "1 − 0.85ⁿ and v by 1 − 0.99ⁿ, where n is the number of steps with this one; step is 0 at the "
    "first. The weight moves by lr · m / (√v + 1e-8), of these corrected means, downhill.",
    cases=(
        ([weight(1.0, 0.5), weight(2.0, -2000.0)], [0.0, 0.0], [0.0, 0.0], 0, 0.1),
        ([weight(1.0, 0.5), weight(2.0, 0.0)], [0.2, 0.0], [0.04, 0.0], 3, 0.1),
        ([weight(0.0, 2e-8), weight(-1.0, 3.0)], [1e-8, -1.0], [4e-16, 2.0], 1, 0.01),
    ),
    fresh=adam_state,
    why=adam_why,
    observe=adam_seen,
    observed="the weights after the step, then m, then v",
    holds="Every weight moves by a distance near the rate, whatever the size of its gradient, and "
    "m and v are ready for the next step.",
    hints=(
        "A loop over the index i reaches params[i], m[i] and v[i] together.",
        "m[i] = … changes the list that you were given, so that the next call finds it.",
        "The corrected means are for this step only: give them names of their own, and leave m[i] "
        "and v[i] as they are.",
        "x ** 0.5 is the root. The small number 1e-8 is added to the root, not under it.",
    ),
    misconceptions=(
        Misconception(
            "bias correction missing",
            "m and v began at 0, so after few steps both are far too small. Divide each by its "
            "own correction.",
            adam(m_part=one, v_part=one),
            also=(adam(m_part=one), adam(v_part=one)),
        ),
        Misconception(
            "bias correction of the wrong power",
            "step counts from 0, and 0.85⁰ is 1. How many steps are there, this one included?",
            adam(m_part=lambda step: 1 - 0.85**step, v_part=lambda step: 1 - 0.99**step),
            also=(
                adam(m_part=lambda step: 1 - 0.85, v_part=lambda step: 1 - 0.99),
                adam(
                    m_part=lambda step: 1 - 0.85 ** (step + 2),
                    v_part=lambda step: 1 - 0.99 ** (step + 2),
                ),
            ),
        ),
        Misconception(
            "multiplied instead of raised",
            "** raises to a power. Your correction multiplies by the number of steps.",
            adam(
                m_part=lambda step: 1 - 0.85 * (step + 1),
                v_part=lambda step: 1 - 0.99 * (step + 1),
            ),
        ),
        Misconception(
            "the corrected means remembered",
            "What is kept for the next step are the means themselves. Corrected again at every "
            "step, they grow too large.",
            adam(kept=lambda mean, corrected: corrected),
        ),
        Misconception(
            "epsilon inside the root",
            "For a gradient of 1e-8 this makes a great difference: √1e-8 is 1e-4. Add it after the "
            "root.",
            adam(move=lambda m, v, g, lr: lr * m / (v + 1e-8) ** 0.5),
        ),
        Misconception(
            "epsilon forgotten",
            "A weight whose gradient has always been 0 has v = 0, and nothing can be divided by "
            "that.",
            adam(move=lambda m, v, g, lr: lr * m / v**0.5),
        ),
        Misconception(
            "Adam needs no rate",
            "Without lr each weight moves by about 1, which is far. Adam evens the gradients out; "
            "how far to go, the rate says.",
            adam(move=lambda m, v, g, lr: m / (v**0.5 + 1e-8)),
        ),
        Misconception(
            "uphill for downhill",
            "The weights move with their gradients, and the loss will rise.",
            adam(move=lambda m, v, g, lr: -lr * m / (v**0.5 + 1e-8)),
        ),
        Misconception(
            "nothing remembered",
            "The weights move rightly this once, and m and v are as before. Put the new means into "
            "the lists that you were given: m[i] = …",
            adam_forgetful,
        ),
        Misconception(
            "the square forgotten",
            "v is to be a mean of sizes. Square the gradient first, so that none is below 0.",
            adam(second=lambda v, g: 0.99 * v + 0.01 * g),
        ),
        Misconception(
            "the root forgotten",
            "v is a mean of squares. Its root is the usual size of the gradient.",
            adam(move=lambda m, v, g, lr: lr * m / (v + 1e-8)),
        ),
        Misconception(
            "the gradient itself for its mean",
            "The weight moves by this one gradient. It is to move by the mean, m.",
            adam(move=lambda m, v, g, lr: lr * g / (v**0.5 + 1e-8)),
        ),
        Misconception(
            "momentum without a size",
            "You move by the mean of the gradients, and v is not used. Divide by the root of v.",
            adam(move=lambda m, v, g, lr: lr * m),
        ),
        Misconception(
            "the two betas swapped",
            "m forgets fast and keeps 0.85; v forgets slowly and keeps 0.99.",
            adam(
                first=lambda m, g: 0.99 * m + 0.01 * g,
                second=lambda v, g: 0.85 * v + 0.15 * g**2,
                m_part=lambda step: 1 - 0.99 ** (step + 1),
                v_part=lambda step: 1 - 0.85 ** (step + 1),
            ),
        ),
        Misconception(
            "the usual betas",
            "0.9 and 0.999 are common, and right elsewhere. Here they are 0.85 and 0.99.",
            adam(
                first=lambda m, g: 0.9 * m + 0.1 * g,
                second=lambda v, g: 0.999 * v + 0.001 * g**2,
                m_part=lambda step: 1 - 0.9 ** (step + 1),
                v_part=lambda step: 1 - 0.999 ** (step + 1),
            ),
        ),
        Misconception(
            "a sum for a mean",
            "0.85 of the old and all of the new is a growing sum. How much of the new belongs in, "
            "so that both parts make 1?",
            adam(first=lambda m, g: 0.85 * m + g, second=lambda v, g: 0.99 * v + g**2),
            also=(adam(first=lambda m, g: 0.85 * m + g),),
        ),
        Misconception(
            "old and new swapped",
            "Most of the old mean is to stay: 0.85 of it, and 0.99.",
            adam(
                first=lambda m, g: 0.15 * m + 0.85 * g,
                second=lambda v, g: 0.01 * v + 0.99 * g**2,
            ),
        ),
        Misconception(
            "moved before the means are up to date",
            "The weights move by the old means, and this gradient counts only next time.",
            adam_late,
        ),
        Misconception(
            "only the first weight",
            "One weight moves, and the others stay. The loop is over all of them.",
            adam_only_one,
        ),
    ),
)


# -------------------------------------------------------------------------------- train_step


def train_step(tokens, state, config, params, m, v, step, lr):
    """One whole step of training on a document; returns its loss before the step, a number."""
    zero_grad(params)
    loss = document_loss(tokens, state, config)
    backward(loss)
    adam_step(params, m, v, step, lr)
    return loss.data


def stepping(*parts):
    """A step that does these parts, in this order, and returns the loss as a number."""

    def wrong(tokens, state, config, params, m, v, step, lr):
        loss = document_loss(tokens, state, config)
        for part in parts:
            part(loss, params, m, v, step, lr)
        return loss.data

    return wrong


def zeroing(loss, params, m, v, step, lr):
    zero_grad(params)


def going_back(loss, params, m, v, step, lr):
    backward(loss)


def updating(loss, params, m, v, step, lr):
    adam_step(params, m, v, step, lr)


def plain_step(loss, params, m, v, step, lr):
    for p in params:
        p.data -= lr * p.grad


def one_step_ahead(loss, params, m, v, step, lr):
    adam_step(params, m, v, step + 1, lr)


def measured_after(tokens, state, config, params, m, v, step, lr):
    train_step(tokens, state, config, params, m, v, step, lr)
    return document_loss(tokens, state, config).data


def with_the_graph(tokens, state, config, params, m, v, step, lr):
    zero_grad(params)
    loss = document_loss(tokens, state, config)
    backward(loss)
    adam_step(params, m, v, step, lr)
    return loss


def silently(tokens, state, config, params, m, v, step, lr):
    train_step(tokens, state, config, params, m, v, step, lr)


def of_train_step(rng, step=None, letters=None):
    """A small model in the middle of its training: gradients, m and v are left from before."""
    state, config = small_model(rng)
    params = Named("params", parameters(state))
    step = rng.randrange(4) if step is None else step
    m, v = (Named(name, [0.0] * len(params)) for name in "mv")
    for i, p in enumerate(params):
        p.grad = number(rng, -0.5, 0.5)
        if step:
            m[i], v[i] = number(rng, -0.1, 0.1), number(rng, 0.01, 0.05)
    letters = rng.randint(1, 3) if letters is None else letters
    return document(rng, letters), state, config, params, m, v, step, 0.1


def step_seen(result, inputs):
    _, state, _, params, m, v, _, _ = inputs
    places = range(1, len(params) + 1)
    return {
        "what came back": "a Value, with its graph" if hasattr(result, "_prev") else result,
        "lm_head": numbers(state["lm_head"]),
        "1 · the first weight + 2 · the second and so on": weighed(
            places, [p.data for p in params]
        ),
        "the same of m": weighed(places, m),
        "the same of v": weighed(places, v),
    }


def weighed(places, entries):
    return sum(place * entry for place, entry in zip(places, entries))


def step_why(tokens, state, config, params, m, v, step, lr):
    before = numbers(state["lm_head"])[0]
    zero_grad(params)
    loss = document_loss(tokens, state, config)
    backward(loss)
    slope = [p.grad for p in state["lm_head"][0]]
    adam_step(params, m, v, step, lr)
    return (
        f"before the step the loss of {tokens} is {loss.data:.6g}; with the old gradients gone, "
        f"the first row of lm_head, {listed(before)}, has the gradients {listed(slope)}, and Adam "
        f"makes {listed(numbers(state['lm_head'])[0])} of it"
    )


TRAIN_STEP = Exercise(
    lesson="07",
    solution=train_step,
    minutes=5,
    difficulty=2,
    task="Put one step together from what you have: clear the gradients, which hold what an "
    "earlier loss has left, then the loss of the document, backward, and Adam. Return what the "
    "loss was, as a plain number.",
    cases=(of_train_step(Random(1), 0, 1), of_train_step(Random(2), 2, 2)),
    fresh=of_train_step,
    why=step_why,
    observe=step_seen,
    observed="what came back, the table lm_head after the step, then all weights, m and v",
    holds="The gradients are those of this document alone, every weight has moved, and the loss "
    "came back as a number that holds no graph.",
    hints=(
        "Four functions, each called once: zero_grad, document_loss, backward, adam_step.",
        "Gradients are added to what is there. So when must they be cleared?",
        "A Value keeps its whole graph alive. A number that stands in its data does not.",
    ),
    misconceptions=(
        Misconception(
            "zero_grad forgotten",
            "The old gradients are still in the sum, and the weights follow a mixture of two "
            "losses.",
            stepping(going_back, updating),
            also=(stepping(going_back, updating, zeroing),),
        ),
        Misconception(
            "the update sees no gradient",
            "When adam_step runs, every gradient is 0: backward has not run yet, or what it found "
            "has been cleared.",
            stepping(zeroing, updating),
            also=(stepping(zeroing, updating, going_back), stepping(going_back, zeroing, updating)),
        ),
        Misconception(
            "updated with old gradients",
            "The weights move by what an earlier loss has left. This document's gradients come too "
            "late, or not at all.",
            stepping(updating),
            also=(stepping(updating, zeroing, going_back),),
        ),
        Misconception(
            "no update",
            "The gradients are known, and nobody uses them: no weight has moved.",
            stepping(zeroing, going_back),
        ),
        Misconception(
            "gradient descent for Adam",
            "The weights move by rate · gradient, and m and v stay as they were. Call adam_step.",
            stepping(zeroing, going_back, plain_step),
        ),
        Misconception(
            "one step ahead",
            "adam_step counts from 0 as well. Give it the step as you got it.",
            stepping(zeroing, going_back, one_step_ahead),
        ),
        Misconception(
            "two updates",
            "The weights move twice by the same gradients.",
            stepping(zeroing, going_back, updating, updating),
        ),
        Misconception(
            "backward twice",
            "Each run of backward adds to the gradients, so they are twice as large as they should "
            "be.",
            stepping(zeroing, going_back, going_back, updating),
        ),
        Misconception(
            "the loss after the step",
            "This is the loss of the new weights, which costs the model a second reading. Asked is "
            "the one that the gradients belong to.",
            measured_after,
        ),
        Misconception(
            "a Value came back",
            "The loss came back with all of its graph. Whoever keeps a thousand of these keeps "
            "millions of Values. Return the number in it.",
            with_the_graph,
        ),
        Misconception(
            "nothing came back",
            "The step is right. Return the loss, so that somebody can draw it.",
            silently,
        ),
    ),
)
