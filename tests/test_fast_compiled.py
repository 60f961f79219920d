"""The compiled GPT: the scalar model's losses, gradients and training, and nothing hidden."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from conftest import EXTRAS, require

from micrograd import datasets, gpt, optim
from micrograd.gpt import GPTConfig
from micrograd.optim import Adam, constant, cosine_decay
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

require(EXTRAS["needs_numba"])

from micrograd.fast import jit  # noqa: E402
from micrograd.fast.compiled import GPT  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
TOKENIZER = CharTokenizer("abcdefghijklmnopqrstuvwxyz")
PUBLISHED = GPTConfig(27)
SMALL = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4, init_std=0.3)
DOCUMENTS = [[4, 0, 1, 2, 3, 0], [4, 1], [4, 2, 2, 4]]
SETTINGS: dict[str, Any] = {"lr": 0.01, "betas": (0.85, 0.99)}


def scalar_gradients(model: gpt.GPT, documents: Any) -> tuple[float, dict[str, Any]]:
    """The mean loss of a batch, and its gradient, by the scalar model."""
    model.zero_grad()
    loss = sum((model.loss(d) for d in documents), 0.0) * (1 / len(documents))
    loss.backward()
    grads = {name: np.array([[p.grad for p in r] for r in m]) for name, m in model.weights.items()}
    return loss.data, grads


def pair(config: GPTConfig, seed: int = 1) -> tuple[gpt.GPT, GPT]:
    """The scalar model, and the compiled one with the same weights, none of them 0."""
    scalar = gpt.GPT(config, Random(seed))
    for p in scalar.parameters():
        p.data += 0.01
    fast = GPT(config, Random(0))
    fast.load_state_dict(scalar.state_dict())
    return scalar, fast


def some_names(count: int) -> list[str]:
    names = datasets.load("names")
    Random(42).shuffle(names)
    return names[:count]


def random_document(rng: Random, vocab_size: int, length: int) -> list[int]:
    return [rng.randrange(vocab_size) for _ in range(length)]


# The same losses and gradients as the scalar model.


def assert_equal_gradients(config: GPTConfig, documents: list[list[int]], seed: int = 1) -> None:
    scalar, fast = pair(config, seed)
    expected, wanted = scalar_gradients(scalar, documents)
    loss, grads = fast.loss_and_gradients(documents)
    assert loss == pytest.approx(expected, rel=1e-12, abs=0)
    assert list(grads) == list(wanted)
    for name, grad in grads.items():
        largest = abs(wanted[name]).max()
        assert largest > 0, f"no gradient reaches {name}"
        np.testing.assert_allclose(
            grad, wanted[name], rtol=1e-9, atol=1e-13 * largest, err_msg=name
        )


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"activation": "relu2", "zero_init_projections": True},
        {"n_layer": 3},
        {"n_head": 1},
        {"n_head": 16},
        {"n_embd": 10, "n_head": 5, "block_size": 9},
        {"n_embd": 1, "n_head": 1},
        {"vocab_size": 40, "n_embd": 20},
    ],
    ids=str,
)
def test_loss_and_every_gradient_equal_the_scalar_models(sizes):
    config = GPTConfig(**{"vocab_size": 27, "init_std": 0.3, **sizes})
    assert_equal_gradients(config, [TOKENIZER.encode("alexandria")])


@pytest.mark.parametrize("seed", range(10))
def test_so_they_do_in_random_sizes_and_batches(seed):
    rng = Random(seed)
    n_head = rng.randint(1, 3)
    config = GPTConfig(
        vocab_size=rng.randint(2, 40),
        block_size=rng.randint(1, 12),
        n_layer=rng.randint(1, 3),
        n_head=n_head,
        n_embd=n_head * rng.randint(1, 4),
        activation=rng.choice(["relu", "relu2"]),
        init_std=0.4,
    )
    documents = [random_document(rng, config.vocab_size, rng.randint(3, 15)) for _ in range(4)]
    scalar, fast = pair(config, seed)
    expected, wanted = scalar_gradients(scalar, documents)
    loss, grads = fast.loss_and_gradients(documents)
    assert loss == pytest.approx(expected, rel=1e-12, abs=0)
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, wanted[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.slow
def test_a_long_document_is_no_exception():
    config = GPTConfig(vocab_size=9, block_size=150, n_layer=2, n_head=2, n_embd=8, init_std=0.3)
    assert_equal_gradients(config, [random_document(Random(3), 9, 151)])


@pytest.mark.parametrize("length", range(2, 11))
def test_every_length_of_a_document_is_read_whole(length):
    scalar, fast = pair(GPTConfig(vocab_size=5, block_size=9, n_head=2, n_embd=4, init_std=0.3))
    document = random_document(Random(length), 5, length)
    expected, wanted = scalar_gradients(scalar, [document])
    loss, grads = fast.loss_and_gradients([document])
    assert loss == pytest.approx(expected, rel=1e-12, abs=0)
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, wanted[name], rtol=1e-9, atol=1e-13, err_msg=name)


def test_a_document_longer_than_the_context_is_read_as_far_as_it_goes():
    _, fast = pair(SMALL)
    tokens = [4, 0, 1, 2, 3, 0, 1, 2, 3, 4]
    assert fast.loss_and_gradients([tokens])[0] == fast.loss_and_gradients([tokens[:7]])[0]
    assert fast.loss_and_gradients([tokens])[0] != fast.loss_and_gradients([tokens[:6]])[0]


def test_a_batch_is_the_mean_of_its_documents():
    _, fast = pair(SMALL)
    alone = [fast.loss_and_gradients([document]) for document in DOCUMENTS]
    loss, grads = fast.loss_and_gradients(DOCUMENTS)
    assert loss == pytest.approx(sum(one for one, _ in alone) / 3, rel=1e-14)
    for name, grad in grads.items():
        mean = sum(one[name] for _, one in alone) / 3
        np.testing.assert_allclose(grad, mean, rtol=1e-12, atol=1e-16, err_msg=name)


def test_documents_do_not_see_each_other():
    _, fast = pair(SMALL)
    alone = fast.loss_and_gradients([[4, 2, 4]])[0]
    fast.loss_and_gradients([[4, 0, 1, 2, 3, 4]])
    assert fast.loss_and_gradients([[4, 2, 4]])[0] == alone


@pytest.mark.slow  # a translation of its own
def test_single_precision_agrees_to_its_digits():
    scalar, double = pair(PUBLISHED)
    single = GPT(PUBLISHED, Random(0), dtype="float32")
    single.load_state_dict(scalar.state_dict())
    document = TOKENIZER.encode("alexandria")
    loss, grads = single.loss_and_gradients([document])
    expected, wanted = double.loss_and_gradients([document])
    assert loss == pytest.approx(expected, rel=1e-6)
    assert loss != expected
    for name, grad in grads.items():
        assert grad.dtype == np.float32
        np.testing.assert_allclose(grad, wanted[name], rtol=1e-3, atol=1e-6, err_msg=name)


# The same training.


def scalar_losses(config: GPTConfig, names: list[str], plan: int = 1000) -> list[float]:
    model = gpt.GPT(config, Random(42))
    run = Training(model, TOKENIZER, names, Adam(model.parameters(), **SETTINGS), steps=plan)
    return [step.loss for step in train(run, len(names))]


def compiled_losses(config: GPTConfig, names: list[str], plan: int = 1000) -> list[float]:
    documents = [TOKENIZER.encode(name) for name in names]
    return GPT(config, Random(42)).train(documents, len(names), plan=plan, **SETTINGS)


@pytest.mark.parametrize("activation", ["relu", "relu2"])
def test_the_first_20_losses_equal_the_scalar_models(activation):
    config, names = GPTConfig(27, activation=activation), some_names(20)
    expected = scalar_losses(config, names)
    assert compiled_losses(config, names) == pytest.approx(expected, rel=0, abs=1e-9)
    assert len(set(expected)) == 20


@pytest.mark.slow
@pytest.mark.parametrize(
    "config",
    [
        PUBLISHED,
        GPTConfig(27, activation="relu2", init_std=0.02, zero_init_projections=True),
    ],
    ids=["latest", "first"],
)
def test_all_1000_losses_equal_the_scalar_models(config):
    names = some_names(1000)
    ours = compiled_losses(config, names)
    assert ours == pytest.approx(scalar_losses(config, names), rel=0, abs=1e-9)
    assert sum(ours[-100:]) < sum(ours[:100])


def test_a_batch_is_trained_on_as_the_scalar_optimizer_would():
    scalar, fast = pair(SMALL)
    settings: dict[str, Any] = {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}
    adam = Adam(scalar.parameters(), lr=0.02, **settings)
    expected = []
    for _ in range(6):
        loss, _ = scalar_gradients(scalar, DOCUMENTS)
        adam.step()
        expected.append(loss)
    losses = [fast.step(DOCUMENTS, lr=0.02, **settings) for _ in range(6)]
    assert losses == pytest.approx(expected, rel=1e-11)
    for name, rows in scalar.state_dict().items():
        np.testing.assert_allclose(fast.state_dict()[name], rows, rtol=1e-9, atol=1e-12)


def test_batches_are_taken_in_order_and_begin_anew_after_the_last():
    _, one = pair(SMALL)
    _, other = pair(SMALL)
    losses = one.train(DOCUMENTS, 3, batch_size=2, schedule=constant, **SETTINGS)
    batches = [DOCUMENTS[:2], [DOCUMENTS[2], DOCUMENTS[0]], DOCUMENTS[1:]]
    assert losses == [other.step(batch, **SETTINGS) for batch in batches]


def test_two_calls_of_train_are_one_long_one():
    _, whole = pair(SMALL)
    _, parts = pair(SMALL)
    losses = parts.train(DOCUMENTS, 4, plan=7, **SETTINGS)
    losses += parts.train(DOCUMENTS, 3, plan=7, **SETTINGS)
    assert losses == whole.train(DOCUMENTS, 7, **SETTINGS)
    assert parts.state_dict() == whole.state_dict()
    assert parts.steps == 7


def test_a_run_in_parts_between_which_an_interrupt_gets_through_is_the_same(monkeypatch):
    _, whole = pair(SMALL)
    _, parts = pair(SMALL)
    monkeypatch.setattr(parts, "_steps_at_once", lambda batch_size: 2)
    assert parts.train(DOCUMENTS, 5, **SETTINGS) == whole.train(DOCUMENTS, 5, **SETTINGS)


def test_an_interrupted_run_is_whole_and_goes_on(monkeypatch):
    _, whole = pair(SMALL)
    _, stopped = pair(SMALL)
    monkeypatch.setattr(stopped, "_steps_at_once", lambda batch_size: 2)

    def interrupt(step: int, steps: int, lr: float) -> float:
        if step == 2:
            raise KeyboardInterrupt
        return lr

    with pytest.raises(KeyboardInterrupt):
        stopped.train(DOCUMENTS, 5, schedule=interrupt)
    assert stopped.steps == 2
    stopped.train(DOCUMENTS, 3, schedule=constant)
    whole.train(DOCUMENTS, 5, schedule=constant)
    assert stopped.state_dict() == whole.state_dict()


def test_the_schedule_decides_the_rate():
    _, fast = pair(SMALL)
    _, other = pair(SMALL)
    fast.train(DOCUMENTS, 3, lr=0.02, schedule=cosine_decay)
    for i in range(3):
        other.step([DOCUMENTS[i]], lr=optim.cosine_decay(i, 3, 0.02))
    assert fast.state_dict() == other.state_dict()


def test_no_steps_change_nothing():
    _, fast = pair(SMALL)
    before = fast.state_dict()
    assert fast.train(DOCUMENTS, 0) == []
    assert fast.state_dict() == before


@pytest.mark.slow  # a translation of its own
def test_single_precision_learns_too():
    names = some_names(300)
    model = GPT(PUBLISHED, Random(42), dtype="float32")
    losses = model.train([TOKENIZER.encode(name) for name in names], 300, **SETTINGS)
    assert losses[:5] == pytest.approx(compiled_losses(PUBLISHED, names, 300)[:5], abs=1e-4)
    assert sum(losses[-50:]) < sum(losses[:50])


def test_what_was_rounded_up_stays_0():
    fast = GPT(GPTConfig(5, block_size=6, n_head=1, n_embd=3), Random(1))
    fast.train(DOCUMENTS, 20)
    for array in fast._by_name(fast.w).values():
        array[:] = 0
    assert not fast.flat[0].any()


# Weights in and out.


def test_it_begins_with_the_scalar_models_weights():
    for config in (SMALL, GPTConfig(27, init_std=0.02, zero_init_projections=True)):
        state = GPT(config, Random(7)).state_dict()
        assert state == gpt.GPT(config, Random(7)).state_dict()
        assert list(state) == list(config.shapes())


def test_a_state_is_a_copy():
    model = GPT(SMALL, Random(1))
    state = model.state_dict()
    state["wte"][0][0] += 1
    assert model.state_dict() != state


def test_weights_of_another_model_are_refused_and_change_nothing():
    model = GPT(SMALL, Random(1))
    before = model.state_dict()
    other = GPT(SMALL, Random(2)).state_dict()
    other["layer1.attn_wk"].append([0.0] * 4)
    with pytest.raises(ValueError, match=r"layer1\.attn_wk is 5 x 4; this model needs 4 x 4"):
        model.load_state_dict(other)
    assert model.state_dict() == before


# What cannot be, in a sentence.


def test_another_kind_of_number_is_refused():
    with pytest.raises(ValueError, match='"float64" or "float32", not \'float16\''):
        GPT(SMALL, Random(1), dtype="float16")


@pytest.mark.parametrize(
    ("documents", "error", "sentence"),
    [
        ([], ValueError, "This batch is empty"),
        ([[4, 1], []], ValueError, "A document of 0 tokens has no next token"),
        ([[4]], ValueError, "A document of 1 tokens has no next token"),
        ([[4, 5]], IndexError, "Token 5 is not one of the 5 tokens"),
        ([[4, 0], [-1, 0]], IndexError, "Token -1 is not one of the 5 tokens"),
    ],
)
def test_documents_that_cannot_be_read_are_named(documents, error, sentence):
    model = GPT(SMALL, Random(1))
    before = model.state_dict()
    for use in (model.loss_and_gradients, model.step, lambda d: model.train(d, 3)):
        with pytest.raises(error, match=sentence):
            use(documents)
    assert model.state_dict() == before
    assert model.steps == 0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("name", ["wte", "lm_head", "layer0.attn_wq", "layer1.mlp_fc1"])
def test_a_weight_that_is_not_finite_is_never_hidden(name, bad):
    model = GPT(SMALL, Random(1))
    state = model.state_dict()
    state[name] = [[bad] * len(row) for row in state[name]]
    model.load_state_dict(state)
    loss, _ = model.loss_and_gradients([[4, 3, 4]])
    assert math.isnan(loss)
    before = repr(model.state_dict())
    with pytest.raises(FloatingPointError, match="At step 1 the loss is nan"):
        model.train([[4, 3, 4]], 5)
    assert repr(model.state_dict()) == before
    assert model.steps == 0


def test_good_weights_after_bad_ones_give_good_losses():
    _, model = pair(SMALL)
    good, bad = model.state_dict(), model.state_dict()
    bad["wte"][4] = [math.nan] * 4
    wanted = model.loss_and_gradients(DOCUMENTS)
    model.load_state_dict(bad)
    model.loss_and_gradients(DOCUMENTS)
    model.load_state_dict(good)
    loss, grads = model.loss_and_gradients(DOCUMENTS)
    assert loss == wanted[0]
    assert all((grads[name] == wanted[1][name]).all() for name in grads)


def test_a_rate_that_is_too_high_stops_the_run_with_a_sentence():
    model = GPT(SMALL, Random(1))
    with pytest.raises(FloatingPointError, match="learning rate that is too high"):
        model.train(DOCUMENTS, 50, lr=1e200)
    assert 0 < model.steps < 50


@pytest.mark.parametrize("steps", [-1, 2.5])
def test_a_number_of_steps_that_is_none_is_refused(steps):
    with pytest.raises(ValueError, match="steps is a whole number of at least 0"):
        GPT(SMALL, Random(1)).train(DOCUMENTS, steps)


@pytest.mark.parametrize("batch_size", [0, -1, 1.5])
def test_a_batch_of_no_size_is_refused(batch_size):
    with pytest.raises(ValueError, match="batch_size is a whole number of at least 1"):
        GPT(SMALL, Random(1)).train(DOCUMENTS, 1, batch_size=batch_size)


# Translating.


def test_a_long_translation_is_announced_and_timed(monkeypatch, capsys):
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)
    with jit.translating("the loops", after=0) as said:
        assert said.wait(60)
    told = capsys.readouterr()
    assert told.out == "Translating the loops into machine code ... 0 seconds.\n"
    assert told.err == ""  # which a notebook shows in red


def test_a_short_one_is_not(monkeypatch, capsys):
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)
    with jit.translating("the loops", after=3600):
        pass
    assert capsys.readouterr() == ("", "")


def test_static_mode_says_nothing(monkeypatch, capsys):
    monkeypatch.setenv("MICROGRAD_STATIC", "1")
    with jit.translating("the loops", after=0) as said:
        assert not said.wait(0.2)
    assert capsys.readouterr() == ("", "")


def test_where_no_folder_can_be_written_the_code_is_not_kept(monkeypatch):
    njit = jit.numba.njit

    def no_folder(function: Any, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(function, **options)

    monkeypatch.setattr(jit.numba, "njit", no_folder)
    assert jit.jit(lambda x: x + 1)(2) == 3


def test_without_numba_one_sentence_says_how_to_get_it():
    program = "import sys; sys.modules['numba'] = None; import micrograd.fast.{}"
    for module in ("compiled", "replay"):
        done = subprocess.run(
            [sys.executable, "-c", program.format(module)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        last = done.stderr.splitlines()[-1]
        assert last.startswith("ImportError: ")
        assert "pip install numba" in last
