"""The GPT in PyTorch: the scalar model's losses, gradients and texts, and its checkpoints."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from conftest import EXTRAS, require

from micrograd import checkpoint, datasets, gpt, optim
from micrograd.engine import Value
from micrograd.gpt import GPTConfig
from micrograd.sample import beam_search, generate
from micrograd.tokenizer import CharTokenizer

require(EXTRAS["needs_torch"])

import torch  # noqa: E402

from micrograd.fast import pytorch  # noqa: E402

SMALL = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4, init_std=0.3)
FIRST = GPTConfig(5, 6, 2, 2, 4, "relu2", init_std=0.3)
NAMES = [[4, 0, 1, 2, 4], [4, 3, 4], [4, 1, 1, 0, 2, 3, 3, 0, 4]]  # the last: beyond the context
TRAINED = datasets.data_file("names-gpt.safetensors")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def both(config: GPTConfig = SMALL, dtype: str = "float64") -> tuple[gpt.GPT, Any]:
    """The scalar model and PyTorch's with the same weights."""
    return gpt.GPT(config, Random(3)), pytorch.GPT(config, Random(3), dtype)


def scalar_batch(model: gpt.GPT, documents: list[list[int]]) -> tuple[float, dict[str, Any]]:
    """The mean of the documents' losses, and its gradient, by the engine."""
    for p in model.parameters():
        p.grad = 0.0
    total: Value = sum([model.loss(document) for document in documents], Value(0.0))
    loss = total * (1 / len(documents))
    loss.backward()
    return loss.data, {
        n: np.array([[p.grad for p in r] for r in w]) for n, w in model.weights.items()
    }


def assert_equal_gradients(ours: dict[str, Any], theirs: dict[str, Any], rel: float) -> None:
    assert list(ours) == list(theirs)
    for name, gradient in ours.items():
        scale = np.abs(gradient).max()
        assert scale > 0, f"no gradient reaches {name}"
        assert theirs[name] == pytest.approx(gradient, rel=rel, abs=rel * scale), name


@pytest.mark.parametrize("config", [SMALL, FIRST], ids=["relu", "relu2"])
@pytest.mark.parametrize("documents", [NAMES[:1], NAMES], ids=["one", "three"])
def test_losses_and_gradients_are_the_scalar_models(config, documents):
    ours, theirs = both(config)
    loss, gradients = scalar_batch(ours, documents)
    found, their_gradients = theirs.loss_and_gradients(documents)
    assert found == pytest.approx(loss, rel=1e-12)
    assert_equal_gradients(gradients, their_gradients, rel=1e-9)


def test_in_32_bits_they_agree_as_far_as_32_bits_go():
    ours, theirs = both(dtype="float32")
    loss, gradients = scalar_batch(ours, NAMES)
    found, their_gradients = theirs.loss_and_gradients(NAMES)
    assert found == pytest.approx(loss, rel=1e-5)
    assert found != pytest.approx(loss, rel=1e-12)
    assert_equal_gradients(gradients, their_gradients, rel=1e-3)


def test_one_document_needs_no_brackets():
    _, theirs = both()
    assert theirs.loss(NAMES[0]).item() == theirs.loss(NAMES[:1]).item()


def test_filling_changes_nothing():
    _, theirs = both()
    alone = [theirs.loss(name).item() for name in NAMES]
    assert theirs.loss(NAMES).item() == pytest.approx(sum(alone) / 3, rel=1e-14)


def test_gradients_of_two_calls_do_not_add_up():
    _, theirs = both()
    _, first = theirs.loss_and_gradients(NAMES)
    first = {name: gradient.copy() for name, gradient in first.items()}
    _, second = theirs.loss_and_gradients(NAMES)
    assert all((first[name] == second[name]).all() for name in first)


def test_no_token_sees_the_future():
    _, theirs = both()
    tokens = torch.tensor([[4, 0, 1, 2, 3]])
    changed = tokens.clone()
    changed[0, 3] = 0
    assert torch.equal(theirs(tokens)[0, :3], theirs(changed)[0, :3])
    assert not torch.equal(theirs(tokens)[0, 3], theirs(changed)[0, 3])


# Writing.


def test_with_the_cache_the_scores_are_the_scalar_models():
    ours, theirs = both()
    here, there = ours.new_cache(), theirs.new_cache()
    for position, token in enumerate([4, 0, 1, 2]):
        scores = theirs.logits(token, position, there)
        assert scores.shape == (5,)
        expected = [value.data for value in ours.logits(token, position, here)]
        assert scores.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-13)


def test_texts_side_by_side_have_the_scores_that_each_has_alone():
    _, theirs = both()
    together, texts = theirs.new_cache(), torch.tensor([[4, 0, 1], [4, 3, 2]])
    alone = [theirs.new_cache(), theirs.new_cache()]
    for position in range(3):
        scores = theirs.logits(texts[:, position], position, together)
        assert scores.shape == (2, 5)
        for row in range(2):
            one = theirs.logits(texts[row, position], position, alone[row])
            torch.testing.assert_close(scores[row], one, rtol=1e-12, atol=1e-13)


def test_the_package_writes_the_same_text_with_either_model():
    scalar, tokenizer = checkpoint.load_model(TRAINED)
    theirs, same = pytorch.load_model(TRAINED)
    texts = [generate(model, tokenizer, Random(5)) for model in (scalar, theirs)]
    assert texts[0] == texts[1] != ""
    assert same.state_dict() == tokenizer.state_dict()


def test_a_beam_follows_the_same_texts_with_either_model():
    scalar, tokenizer = checkpoint.load_model(TRAINED)
    theirs, _ = pytorch.load_model(TRAINED)
    ours, found = (beam_search(model, tokenizer, 3, "ma") for model in (scalar, theirs))
    assert [text for text, _ in found] == [text for text, _ in ours]
    assert [p for _, p in found] == pytest.approx([p for _, p in ours], rel=1e-9)


def test_texts_written_side_by_side_follow_the_models_probabilities():
    model = pytorch.GPT(GPTConfig(3, block_size=1, n_head=1, n_embd=1, init_std=0.0), Random(1))
    model.load_state_dict({**model.state_dict(), "wte": [[1.0]] * 3, "lm_head": [[0], [1], [2]]})
    tokenizer = CharTokenizer("ab")
    texts = pytorch.generate(model, tokenizer, 4000, 1.0, torch.Generator().manual_seed(1))
    exponentials = np.exp([0.0, 1.0, 2.0])
    wanted = exponentials / exponentials.sum()
    found = [texts.count(text) / 4000 for text in ("a", "b", "")]
    assert found == pytest.approx(wanted, abs=0.03)


def test_texts_end_at_bos_and_repeat_with_their_generator():
    model, tokenizer = pytorch.load_model(TRAINED, "float32")
    one, same, other = (
        pytorch.generate(model, tokenizer, 20, 0.5, torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    )
    assert one == same != other
    assert len(set(map(len, one))) > 1
    assert all(text.isalpha() and len(text) <= 16 for text in one)


def test_a_temperature_of_0_is_refused():
    model, tokenizer = pytorch.load_model(TRAINED)
    with pytest.raises(ValueError, match=r"The temperature must be above 0 here, not 0\."):
        pytorch.generate(model, tokenizer, 1, 0)


# Weights.


def test_weights_go_to_the_scalar_model_and_back():
    ours, theirs = both()
    assert theirs.state_dict() == ours.state_dict()
    other = pytorch.GPT(SMALL, Random(9))
    other.load_state_dict(ours.state_dict())
    ours.load_state_dict(other.state_dict())
    assert other.state_dict() == theirs.state_dict() == ours.state_dict()


def test_the_names_of_pytorchs_parameters_are_ours():
    _, theirs = both()
    assert [name for name, _ in theirs.named_parameters()] == list(SMALL.shapes())


def test_weights_of_another_shape_are_refused_and_nothing_is_changed():
    _, theirs = both()
    before = theirs.state_dict()
    with pytest.raises(ValueError, match="wpe is 1 x 4; this model needs 6 x 4"):
        theirs.load_state_dict({**before, "wte": [[1.0] * 4] * 5, "wpe": [[1.0] * 4]})
    assert theirs.state_dict() == before


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="dtype must be one of float64, float32, not 'float16'"):
        pytorch.GPT(SMALL, Random(1), "float16")


def test_a_model_is_where_it_is_asked_for():
    assert pytorch.GPT(SMALL, Random(1), device="meta").wte.device.type == "meta"
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert pytorch.GPT(SMALL, Random(1)).wte.device.type == expected


# Its optimizer.


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adam_takes_the_steps_of_ours(weight_decay):
    ours, theirs = both()
    settings: dict[str, Any] = {"betas": (0.85, 0.99), "eps": 1e-8, "weight_decay": weight_decay}
    a = optim.Adam(ours.parameters(), lr=0.1, **settings)
    b = pytorch.Adam(theirs.parameters(), lr=0.1, **settings)
    for step in range(5):
        a.lr = b.lr = optim.linear_decay(step, 10, 0.1)
        a.zero_grad()
        ours.loss(NAMES[0]).backward()
        a.step()
        b.zero_grad()
        theirs.loss(NAMES[0]).backward()
        b.step()
    for name, weights in ours.state_dict().items():
        assert theirs.state_dict()[name] == pytest.approx(np.array(weights), rel=1e-9, abs=1e-12)
    left, right = a.state_dict(), b.state_dict()
    assert list(left) == list(right)
    for name in left:
        assert right[name] == pytest.approx(left[name], rel=1e-9, abs=1e-15), name


def test_adam_goes_on_from_the_state_of_ours():
    ours, theirs = both()
    a = optim.Adam(ours.parameters(), lr=0.1, betas=(0.85, 0.99))
    for _ in range(3):
        a.zero_grad()
        ours.loss(NAMES[0]).backward()
        a.step()
    b = pytorch.Adam(theirs.parameters(), lr=0.5)
    b.load_state_dict(a.state_dict())
    assert b.state_dict() == a.state_dict()
    theirs.load_state_dict(ours.state_dict())
    for model, optimizer in ((ours, a), (theirs, b)):
        optimizer.zero_grad()
        model.loss(NAMES[1]).backward()
        optimizer.step()
    for name, weights in ours.state_dict().items():
        assert theirs.state_dict()[name] == pytest.approx(np.array(weights), rel=1e-9, abs=1e-12)


def test_moments_of_another_model_are_refused():
    adam = pytorch.Adam(both()[1].parameters(), lr=0.1)
    state = adam.state_dict()
    with pytest.raises(ValueError, match="'v' holds 1 numbers, one for each parameter of another"):
        adam.load_state_dict({**state, "v": [0.0]})
