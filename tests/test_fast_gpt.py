"""The GPT on arrays: the scalar model's losses and gradients, however documents are laid out."""

from __future__ import annotations

import math
import warnings
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd import checkpoint, datasets, gpt, optim
from micrograd.fast import nn
from micrograd.fast.common import padded
from micrograd.fast.gpt import GPT, packed
from micrograd.fast.optim import SGD, Adam
from micrograd.fast.tensor import Tensor, topological_order
from micrograd.gpt import GPTConfig
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOKENIZER = CharTokenizer(LETTERS)
SMALL = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4, init_std=0.3)
DOCUMENTS = [[4, 0, 1, 4], [4, 3, 4], [4, 0, 1, 2, 3, 0, 1, 2, 4], [4, 4]]
VERSIONS: list[dict[str, Any]] = [
    {},
    {"activation": "relu2"},
    {"n_layer": 1, "n_head": 1},
    {"n_head": 4},
    {"n_embd": 6, "n_head": 3, "block_size": 3},
]


def pair(**changes: Any) -> tuple[GPT, gpt.GPT]:
    """Both models with the same weights."""
    config = GPTConfig(**{**vars(SMALL), **changes})
    return GPT(config, Random(3)), gpt.GPT(config, Random(3))


def scalar_gradients(model: gpt.GPT, documents: list[list[int]]) -> tuple[float, dict[str, Any]]:
    """Of the mean over the documents."""
    model.zero_grad()
    losses = [model.loss(document) for document in documents]
    loss = sum(losses[1:], losses[0]) / len(losses)
    loss.backward()
    grads = {name: np.array([[p.grad for p in r] for r in w]) for name, w in model.weights.items()}
    return loss.data, grads


def assert_close(ours: dict[str, Any], expected: dict[str, Any], rel: float = 1e-10) -> None:
    assert ours.keys() == expected.keys()
    for name, grad in expected.items():
        largest = np.abs(grad).max()
        assert largest > 0, f"no gradient reaches {name}"
        np.testing.assert_allclose(ours[name], grad, rtol=rel, atol=rel * largest, err_msg=name)


# The same numbers as the scalar model's.


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("documents", [DOCUMENTS[:1], DOCUMENTS[2:3], DOCUMENTS], ids=str)
def test_loss_and_every_gradient_are_the_scalar_models(version, documents):
    fast, scalar = pair(**version)
    loss, grads = fast.loss_and_gradients(documents)
    expected, wanted = scalar_gradients(scalar, documents)
    assert loss == pytest.approx(expected, rel=1e-12)
    assert_close(grads, wanted)


def test_at_the_published_sizes_too():
    config = GPTConfig(27, init_std=0.3)
    documents = [TOKENIZER.encode(name) for name in ("alexandria", "bo", "emma")]
    loss, grads = GPT(config, Random(1)).loss_and_gradients(documents)
    expected, wanted = scalar_gradients(gpt.GPT(config, Random(1)), documents)
    assert loss == pytest.approx(expected, rel=1e-12)
    assert_close(grads, wanted)


def test_with_zeroed_projections_the_weights_begin_as_the_scalar_models():
    fast, scalar = pair(zero_init_projections=True)
    assert fast.state_dict() == scalar.state_dict()
    assert list(fast.state_dict()) == list(scalar.state_dict())


def test_one_document_need_not_be_a_list_of_documents():
    fast, scalar = pair()
    for document in DOCUMENTS:
        expected = scalar.loss(document).data
        assert float(fast.loss(document)) == pytest.approx(expected, rel=1e-12)
        assert float(fast.loss([document])) == pytest.approx(expected, rel=1e-12)
        assert float(fast.loss(np.array(document))) == pytest.approx(expected, rel=1e-12)


documents_of = st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=9), min_size=1, max_size=5)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(documents_of)
def test_packed_is_padded_is_one_by_one(documents):
    model = pair()[0]
    batch = padded(documents, model.config)

    def gradients(tokens: Any) -> tuple[float, Any]:
        model.zero_grad()
        loss = model.loss(tokens)
        loss.backward()
        return float(loss), model.flat.grad.copy()

    loss, grad = gradients(packed(batch))
    with_filling, with_filling_grad = gradients(packed(batch, filling=True))
    alone = [gradients([document]) for document in documents]
    assert len(packed(batch).tokens) == sum(min(len(d) - 1, 6) for d in documents)
    assert len(packed(batch, filling=True).tokens) == batch.tokens.size
    assert with_filling == pytest.approx(loss, rel=1e-12)
    assert np.mean([loss for loss, _ in alone]) == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(with_filling_grad, grad, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(np.mean([g for _, g in alone], axis=0), grad, rtol=1e-9, atol=1e-13)


def test_a_batch_or_its_rows_may_be_made_beforehand():
    model = pair()[0]
    batch = padded(DOCUMENTS, model.config)
    losses = {float(model.loss(tokens)) for tokens in (DOCUMENTS, batch, packed(batch))}
    assert len(losses) == 1


def test_later_tokens_change_no_earlier_scores():
    model = pair()[0]
    first, second = (
        model.logits_at(packed(padded([[4, 0, 1, 2, token, 0]], SMALL))).data for token in (1, 3)
    )
    assert first[:4].tolist() == second[:4].tolist()
    assert first[4].tolist() != second[4].tolist()


def test_documents_of_a_batch_do_not_see_each_other():
    model = pair()[0]
    first, second = (
        model.logits_at(packed(padded([[4, 0, 1], other], SMALL))).data[:2]
        for other in ([4, 1, 1, 1], [0, 3, 2, 2])
    )
    np.testing.assert_allclose(first, second, rtol=1e-13)


def test_in_single_precision_the_numbers_are_near():
    config = GPTConfig(27, init_std=0.3)
    documents = [TOKENIZER.encode(name) for name in ("alexandria", "bo")]
    model = GPT(config, Random(1), dtype="float32")
    loss, grads = model.loss_and_gradients(documents)
    expected, wanted = GPT(config, Random(1)).loss_and_gradients(documents)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert_close(grads, wanted, rel=1e-4)
    assert all(node.data.dtype == np.float32 for node in topological_order(model.loss(documents)))


# Each fused node against the same written with plain operations.


def close(a: Tensor, b: Tensor, leaves: list[Tensor], weights: Any) -> None:
    grads = []
    for result in (a, b):
        for leaf in leaves:
            leaf.grad[...] = 0
        (result * weights).sum().backward()
        grads.append([leaf.grad.copy() for leaf in leaves])
    np.testing.assert_allclose(a.data, b.data, rtol=1e-12, atol=1e-14)
    for ours, plain in zip(*grads, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-11, atol=1e-13)


RNG = np.random.default_rng(7)


def test_the_fused_nodes_are_their_plain_operations():
    x, w = Tensor(RNG.normal(size=(5, 6))), Tensor(RNG.normal(size=(4, 6)))
    close(nn.linear(x, w), x @ w.T, [x, w], RNG.normal(size=(5, 4)))
    weights = RNG.normal(size=(5, 6))
    close(nn.add(x, x), x + x, [x], weights)
    close(nn.relu(x), x.relu(), [x], weights)
    close(nn.relu(x, squared=True), x.relu() ** 2, [x], weights)
    close(nn.rmsnorm(x), x / ((x * x).mean(1, True) + 1e-5) ** 0.5, [x], weights)
    ids, more = np.array([0, 3, 3, 1]), np.array([2, 2, 0, 2])
    close(nn.embed(w, ids), w[ids], [w], RNG.normal(size=(4, 6)))
    close(nn.embed(w, ids, more), w[ids] + w[more], [w], RNG.normal(size=(4, 6)))


def test_the_fused_cross_entropy_is_its_plain_operations():
    logits, targets = Tensor(RNG.normal(size=(4, 5))), np.array([0, 4, 2, 2])
    weights = np.array([0.5, 0.25, 0.25, 0.0])
    totals = (logits - logits.max(1, True)).exp().sum(1).log() + logits.max(1)
    plain = ((totals - logits[np.arange(4), targets]) * weights).sum()
    close(nn.cross_entropy(logits, targets, weights), plain, [logits], 3.0)


def test_the_fused_attention_is_its_plain_operations():
    b, t, n_head, h = 2, 3, 2, 4
    qkv = Tensor(RNG.normal(size=(b * t, 3 * n_head * h)))
    split = qkv.reshape(b, t, 3, n_head, h).transpose(2, 0, 3, 1, 4)
    scores = split[0] @ split[1].transpose(0, 1, 3, 2) / math.sqrt(h)
    exponentials = (scores + np.triu(np.full((t, t), -np.inf), 1)).exp()
    mixed = (exponentials / exponentials.sum(-1, True)) @ split[2]
    plain = mixed.transpose(0, 2, 1, 3).reshape(b * t, -1)
    close(nn.attention(qkv, n_head, (b, t)), plain, [qkv], RNG.normal(size=(b * t, n_head * h)))


def test_packed_attention_is_that_of_the_rows_with_filling():
    places = np.array([0, 1, 2, 3])  # of two documents the second has one token
    full = np.zeros((6, 12))
    full[places] = RNG.normal(size=(4, 12))
    filled, rows = Tensor(full), Tensor(full[places])
    weights = RNG.normal(size=(4, 4))
    ours = nn.attention(rows, 2, (2, 3), places)
    (ours * weights).sum().backward()
    (nn.attention(filled, 2, (2, 3))[places] * weights).sum().backward()
    np.testing.assert_allclose(rows.grad, filled.grad[places], rtol=1e-12)
    assert not filled.grad[4:].any()


@pytest.mark.parametrize("size", [1e4, 1e300])
def test_scores_of_any_size_give_a_finite_loss(size):
    loss = nn.cross_entropy(Tensor([[size, -size, 0.0]]), np.array([0]), np.array([1.0]))
    assert float(loss) == 0.0
    mixed = nn.attention(Tensor(np.full((3, 6), 1e4)), 1, (1, 3))
    assert mixed.data.tolist() == [[1e4, 1e4]] * 3


def test_a_spoiled_weight_spoils_the_loss_and_prints_no_warning():
    for poison in (math.inf, math.nan):
        model = pair()[0]
        model.weights["layer0.attn_wq"].data[0, 0] = poison
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            loss, _ = model.loss_and_gradients(DOCUMENTS)
        assert math.isnan(loss)


# Weights in one place.


def test_all_weights_and_gradients_are_windows_onto_two_arrays():
    model = pair()[0]
    (flat,) = model.parameters()
    model.loss(DOCUMENTS).backward()
    assert flat.data.tolist() == [x for w in model.weights.values() for x in w.data.ravel()]
    assert flat.grad.tolist() == [x for w in model.weights.values() for x in w.grad.ravel()]
    assert flat.grad.any()
    flat.data[:] = 0.0
    assert float(model.loss(DOCUMENTS)) == pytest.approx(math.log(5), rel=1e-14)
    model.zero_grad()
    assert not flat.grad.any()


def test_weights_move_between_the_models():
    fast, scalar = pair()
    other = GPT(SMALL, Random(9))
    other.load_state_dict(scalar.state_dict())
    assert other.state_dict() == fast.state_dict() == scalar.state_dict()
    scalar.load_state_dict(GPT(SMALL, Random(9)).state_dict())
    assert float(GPT(SMALL, Random(9)).loss([4, 1, 4])) == pytest.approx(
        scalar.loss([4, 1, 4]).data
    )


def test_weights_of_another_shape_are_refused_and_change_nothing():
    model = pair()[0]
    before = model.state_dict()
    state = model.state_dict()
    state["layer1.attn_wk"].append([0.0] * 4)
    with pytest.raises(ValueError, match=r"layer1\.attn_wk is 5 x 4; this model needs 4 x 4"):
        model.load_state_dict(state)
    assert model.state_dict() == before


@pytest.mark.parametrize("part", ["data", "grad"])
def test_data_that_was_replaced_rather_than_changed_is_noticed(part):
    model = pair()[0]
    setattr(model.weights["wpe"], part, np.zeros((6, 4)))
    with pytest.raises(ValueError, match=r"of wpe was replaced.*in place"):
        model.parameters()


@pytest.mark.parametrize(
    ("tokens", "fault", "words"),
    [
        ([], ValueError, "This batch is empty"),
        ([4], ValueError, "1 tokens has no next token"),
        ([[4, 1], [4]], ValueError, "1 tokens has no next token"),
        ([4, 5], IndexError, "Token 5 is not one of the 5"),
        ([[4, -1]], IndexError, "Token -1 is not one of the 5"),
    ],
)
def test_documents_that_cannot_be_are_refused(tokens, fault, words):
    with pytest.raises(fault, match=words):
        pair()[0].loss(tokens)


# Training, checkpoints.


def run_of(kind: Any, lr: float = 0.02, **changes: Any) -> Training:
    """Twelve steps of a model of either engine."""
    model = kind(GPTConfig(4, block_size=4, n_head=2, n_embd=4), Random(1))
    documents = ["abc", "bca", "c", "abcabc"]
    settings = {"steps": 12, "rng": Random(5), **changes}
    optimizer = model.optimizers[settings.pop("optimizer", "Adam")](model.parameters(), lr)
    return Training(model, CharTokenizer("abc"), documents, optimizer, **settings)


def state(run: Training) -> tuple[Any, ...]:
    records = [(s.number, s.loss, s.lr, s.tokens) for s in run.history]
    return run.model.state_dict(), run.optimizer.state_dict(), records, run.rng.getstate()


def numbers(run: Training) -> list[float]:
    return [x for w in run.model.state_dict().values() for row in w for x in row]


single = partial(GPT, dtype="float32")
kinds = pytest.mark.parametrize("kind", [GPT, single], ids=["float64", "float32"])


@pytest.mark.parametrize("changes", [{}, {"clip": 0.1}, {"optimizer": "SGD"}], ids=str)
def test_a_run_is_the_scalar_models(changes):
    fast, scalar = run_of(GPT, **changes), run_of(gpt.GPT, **changes)
    for ours, expected in zip(train(fast), train(scalar), strict=True):
        assert ours.loss == pytest.approx(expected.loss, rel=1e-11)
        assert (ours.number, ours.lr, ours.tokens) == (
            expected.number,
            expected.lr,
            expected.tokens,
        )
        assert type(ours.loss) is float
    assert numbers(fast) == pytest.approx(numbers(scalar), rel=1e-9)


@pytest.mark.slow
def test_a_thousand_losses_are_the_scalar_models():
    names = datasets.load("names")
    Random(42).shuffle(names)
    losses = []
    for kind, adam in ((GPT, Adam), (gpt.GPT, optim.Adam)):
        model = kind(GPTConfig(27), Random(42))
        optimizer = adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
        run = Training(model, TOKENIZER, names, optimizer, steps=1000)
        losses.append([step.loss for step in train(run, 200)])
    assert losses[0] == pytest.approx(losses[1], rel=0, abs=1e-9)


@kinds
def test_a_run_that_was_saved_goes_on_bit_for_bit(kind, tmp_path):
    whole, stopped = run_of(kind), run_of(kind)
    list(train(whole))
    list(train(stopped, 5))
    checkpoint.save(tmp_path / "run", stopped)
    resumed = checkpoint.load(tmp_path / "run", stopped.documents, kind)
    assert state(resumed) == state(stopped)
    list(train(resumed))
    assert state(resumed) == state(whole)


@pytest.mark.parametrize("optimizer", ["Adam", "SGD"])
@pytest.mark.parametrize(
    "kinds", [(GPT, gpt.GPT), (gpt.GPT, GPT)], ids=["to scalar", "from scalar"]
)
def test_a_run_goes_on_in_the_other_engine_and_back(kinds, optimizer, tmp_path):
    here, there = kinds
    run = run_of(here, optimizer=optimizer)
    list(train(run, 5))
    checkpoint.save(tmp_path / "run", run)
    other = checkpoint.load(tmp_path / "run", run.documents, there)
    assert state(other) == state(run)
    assert type(other.model) is there
    list(train(other))
    list(train(run))
    assert numbers(other) == pytest.approx(numbers(run), rel=1e-9)
    checkpoint.save(tmp_path / "run", other)
    assert state(checkpoint.load(tmp_path / "run", run.documents, here)) == state(other)


@kinds
def test_a_loss_that_is_no_number_stops_the_run_and_spares_the_weights(kind):
    run = run_of(kind)
    list(train(run, 4))
    run.model.weights["layer0.mlp_fc1"].data[0, 0] = math.nan
    before = run.model.flat.data.copy()
    with pytest.raises(FloatingPointError, match=r"step 5\b.*learning rate"):
        list(train(run))
    np.testing.assert_array_equal(run.model.flat.data, before)


@kinds
@pytest.mark.parametrize("lr", [1e3, 1e30, 1e38, 1e60, 1e150, 1e300])
def test_a_learning_rate_far_too_high_never_puts_a_nan_into_the_weights(kind, lr):
    run = run_of(kind, lr=lr)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            list(train(run))
        except FloatingPointError as stopped:
            assert f"step {run.step + 1}" in str(stopped)
    assert not np.isnan(run.model.flat.data).any()
    assert all(math.isfinite(record.loss) for record in run.history)


def test_parameters_and_optimizer_must_belong_together():
    run = run_of(GPT)
    run.optimizer = SGD(run_of(GPT).model.parameters(), 0.1)
    with pytest.raises(ValueError, match="holds other parameters"):
        list(train(run))
