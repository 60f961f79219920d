"""The GPT: the published program's numbers, those of the model in PyTorch, and no leak."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import plain_gpt
from micrograd import datasets, gpt
from micrograd.engine import Value
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

if TYPE_CHECKING:
    from micrograd.fast import pytorch

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOKENIZER = CharTokenizer(LETTERS)
SMALL = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4)
VERSIONS: dict[str, dict[str, Any]] = {  # of the published program
    "first": {"activation": "relu2", "init_std": 0.02, "zero_init_projections": True},
    "latest": {},
}
both_versions = pytest.mark.parametrize("version", VERSIONS)


def full_size(version: str = "latest", **changes: Any) -> GPTConfig:
    return GPTConfig(**{"vocab_size": 27, **VERSIONS[version], **changes})


def some_names(count: int) -> list[str]:
    names = datasets.load("names")
    Random(42).shuffle(names)
    return names[:count]


def in_torch(model: GPT) -> pytorch.GPT:
    """The model in PyTorch, which reads whole documents and has a mask, with our weights."""
    import torch

    from micrograd.fast import pytorch

    torch.set_num_threads(1)
    theirs = pytorch.GPT(model.config, Random(0))
    theirs.load_state_dict(model.state_dict())
    return theirs


# Sizes and beginnings.


def test_the_published_sizes_have_4192_weights():
    assert len(GPT(full_size(), Random(1)).parameters()) == 4192


def test_the_defaults_are_the_published_programs():
    assert GPTConfig(27) == GPTConfig(
        vocab_size=27,
        block_size=16,
        n_layer=1,
        n_head=4,
        n_embd=16,
        activation="relu",
        init_std=0.08,
        zero_init_projections=False,
    )


def test_weights_are_filled_from_gauss_in_the_published_order():
    shapes = {"wte": (5, 4), "wpe": (6, 4), "lm_head": (5, 4)}
    for i in range(2):
        shapes |= {f"layer{i}.attn_w{x}": (4, 4) for x in "qkvo"}
        shapes |= {f"layer{i}.mlp_fc1": (16, 4), f"layer{i}.mlp_fc2": (4, 16)}
    rng = Random(7)
    expected = {
        name: [[rng.gauss(0, 0.08) for _ in range(n_in)] for _ in range(n_out)]
        for name, (n_out, n_in) in shapes.items()
    }
    state = GPT(SMALL, Random(7)).state_dict()
    assert state == expected
    assert list(state) == list(shapes)


def test_with_zeroed_projections_only_those_begin_at_0():
    state = GPT(full_size("first"), Random(1)).state_dict()
    zero = {name for name, w in state.items() if not any(x for row in w for x in row)}
    assert zero == {"layer0.attn_wo", "layer0.mlp_fc2"}


def test_a_zeroed_projection_uses_up_its_random_numbers():
    with_zeros, without = (
        GPT(full_size(zero_init_projections=zeros), Random(1)).state_dict()
        for zeros in (True, False)
    )
    assert with_zeros["layer0.mlp_fc1"] == without["layer0.mlp_fc1"]  # drawn after attn_wo


def test_the_deviation_of_the_weights_is_the_one_asked_for():
    weights = [p.data for p in GPT(full_size(init_std=0.02), Random(1)).parameters()]
    deviation = (sum(w * w for w in weights) / len(weights)) ** 0.5
    assert deviation == pytest.approx(0.02, rel=0.05)


def test_parameters_are_the_weights_in_order():
    model = GPT(SMALL, Random(1))
    flat = [x for w in model.state_dict().values() for row in w for x in row]
    assert [p.data for p in model.parameters()] == flat


def test_before_training_every_letter_is_about_as_likely():
    loss = GPT(full_size(), Random(1)).loss(TOKENIZER.encode("emma"))
    assert loss.data == pytest.approx(math.log(27), abs=0.3)


def test_with_zeroed_weights_the_loss_is_the_logarithm_of_27():
    model = GPT(full_size(init_std=0.0), Random(1))
    assert model.loss(TOKENIZER.encode("emma")).data == pytest.approx(math.log(27), rel=1e-14)


# Configurations that cannot be.


@pytest.mark.parametrize("size", [0, -1, 2.0, "16", None])
@pytest.mark.parametrize("name", ["vocab_size", "block_size", "n_layer", "n_head", "n_embd"])
def test_a_size_that_is_no_size_is_named(name, size):
    sizes = {"vocab_size": 5, "n_head": 1, name: size}
    with pytest.raises(ValueError, match=rf"{name} must be a whole number of at least 1, not "):
        GPTConfig(**sizes)


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match=r"n_embd \(16\) must be a multiple of n_head \(3\)"):
        GPTConfig(5, n_head=3)


def test_an_unknown_activation_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r'"relu" or "relu2", not \'gelu\''):
        GPTConfig(5, activation="gelu")


# Against the model in PyTorch.


@pytest.mark.needs_torch
@both_versions
@pytest.mark.parametrize(
    "sizes",
    [{}, {"n_layer": 3}, {"n_head": 1}, {"n_head": 16}, {"block_size": 5, "n_embd": 8}],
    ids=["published", "three layers", "one head", "sixteen heads", "small"],
)
def test_loss_and_every_gradient_agree_with_pytorch(version, sizes):
    model = GPT(full_size(version, **{**sizes, "init_std": 0.3}), Random(3))
    for p in model.parameters():
        p.data += 0.01  # so that zeroed projections take part
    tokens = TOKENIZER.encode("alexandria")
    loss = model.loss(tokens)
    loss.backward()
    expected, gradients = in_torch(model).loss_and_gradients(tokens)
    assert loss.data == pytest.approx(expected, rel=1e-12, abs=0)
    assert gradients.keys() == model.weights.keys()
    for name, rows in model.weights.items():
        flat = [p.grad for row in rows for p in row]
        largest = max(map(abs, flat))
        assert largest > 0, f"no gradient reaches {name}"
        wanted = gradients[name].ravel().tolist()
        assert flat == pytest.approx(wanted, rel=1e-9, abs=1e-12 * largest), name


def losses_side_by_side(version: str, steps: int) -> tuple[list[float], list[float]]:
    """Losses of the first steps out of 1,000 with the published settings: ours, PyTorch's."""
    names = some_names(steps)
    model = GPT(full_size(version), Random(42))
    theirs = in_torch(model)
    return ours(model, names), pytorchs(theirs, names)


def ours(model: GPT, names: list[str]) -> list[float]:
    optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    run = Training(model, TOKENIZER, names, optimizer, steps=1000)
    return [step.loss for step in train(run, len(names))]


def pytorchs(model: pytorch.GPT, names: list[str]) -> list[float]:
    import torch

    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / 1000)
    losses = []
    for name in names:
        optimizer.zero_grad()
        loss = model.loss(TOKENIZER.encode(name))
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses


@pytest.mark.needs_torch
@both_versions
def test_the_first_30_losses_agree_with_pytorch(version):
    ours, theirs = losses_side_by_side(version, 30)
    assert ours == pytest.approx(theirs, rel=0, abs=1e-9)


@pytest.mark.needs_torch
@pytest.mark.slow
@both_versions
def test_the_first_200_losses_agree_with_pytorch(version):
    ours, theirs = losses_side_by_side(version, 200)
    assert ours == pytest.approx(theirs, rel=0, abs=1e-9)
    assert sum(ours[-50:]) < sum(ours[:50])


@pytest.mark.needs_torch
@pytest.mark.full
@both_versions
def test_all_1000_losses_agree_with_pytorch(version):
    ours, theirs = losses_side_by_side(version, 1000)
    assert ours == pytest.approx(theirs, rel=0, abs=1e-9)


# Against the published program's recipe, written out plainly.


def losses_beside_the_plain_program(version: str, steps: int) -> Iterator[tuple[float, float]]:
    names = some_names(steps)
    model = GPT(full_size(version), Random(42))
    plain = plain_gpt.losses(
        model.state_dict(),
        [TOKENIZER.encode(name) for name in names],
        plan=1000,
        activation=model.config.activation,
    )
    return zip(ours(model, names), plain, strict=True)


@pytest.mark.slow
@both_versions
def test_the_first_5_losses_equal_the_plain_programs(version):
    for ours, plain in losses_beside_the_plain_program(version, 5):
        assert ours == pytest.approx(plain, rel=0, abs=1e-9)


@pytest.mark.full
@pytest.mark.timeout(3600)
@both_versions
def test_all_1000_losses_equal_the_plain_programs(version):
    for ours, plain in losses_beside_the_plain_program(version, 1000):
        assert ours == pytest.approx(plain, rel=0, abs=1e-9)


# What it may and may not see.


def all_logits(model: GPT, tokens: list[int]) -> list[list[float]]:
    cache = model.new_cache()
    return [
        [z.data for z in model.logits(token, position, cache)]
        for position, token in enumerate(tokens)
    ]


def test_later_tokens_do_not_change_earlier_logits():
    model = GPT(SMALL, Random(1))
    first, second = all_logits(model, [4, 0, 1, 2, 3]), all_logits(model, [4, 0, 1, 3, 0])
    assert first[:3] == second[:3]
    assert first[3] != second[3]
    assert first[4] != second[4]


def test_earlier_tokens_do_change_later_logits():
    model = GPT(SMALL, Random(1))
    assert all_logits(model, [4, 0, 1])[2] != all_logits(model, [4, 2, 1])[2]


def test_a_position_changes_the_logits():
    model = GPT(SMALL, Random(1))
    first, second = (model.logits(0, position, model.new_cache()) for position in (0, 1))
    assert [z.data for z in first] != [z.data for z in second]


def test_the_loss_of_a_token_has_no_gradient_in_later_embeddings():
    model = GPT(SMALL, Random(1))
    cache = model.new_cache()
    logits = [model.logits(token, position, cache) for position, token in enumerate([4, 0, 1, 2])]
    logits[1][0].backward()

    def reached(row: list[Value]) -> bool:
        return any(p.grad for p in row)

    assert [reached(row) for row in model.weights["wpe"]] == [True, True] + 4 * [False]
    assert [reached(row) for row in model.weights["wte"]] == [True, False, False, False, True]


@pytest.mark.needs_torch
def test_with_the_cache_or_the_whole_document_at_once_the_logits_are_the_same():
    import torch

    model = GPT(full_size(n_layer=2, init_std=0.3), Random(1))
    tokens = TOKENIZER.encode("alexandria")
    at_once = in_torch(model)(torch.tensor([tokens]))[0]
    for ours, theirs in zip(all_logits(model, tokens), at_once.tolist(), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-13)


def test_with_the_cache_or_from_the_beginning_the_logits_are_the_same():
    model = GPT(SMALL, Random(1))
    tokens = [4, 0, 1, 2, 3]
    for end, cached in enumerate(all_logits(model, tokens), start=1):
        assert all_logits(model, tokens[:end])[-1] == cached


def test_documents_do_not_see_each_other():
    model = GPT(SMALL, Random(1))
    alone = model.loss([4, 2, 4]).data
    model.loss([4, 0, 1, 4])
    assert model.loss([4, 2, 4]).data == alone


def test_floats_give_exactly_the_logits_of_values():
    model = GPT(full_size(init_std=0.3), Random(1))
    squared = GPT(full_size(activation="relu2", n_layer=2, init_std=0.3), Random(1))
    for m in (model, squared):
        cache, floats = m.new_cache(), m.state_dict()
        tokens = TOKENIZER.encode("alexandria")
        from_floats = [gpt.forward(t, i, floats, m.config, cache) for i, t in enumerate(tokens)]
        assert from_floats == all_logits(m, tokens)
        assert all(type(z) is float for z in from_floats[-1])


# Documents.


def test_the_loss_is_the_mean_surprise_at_each_next_token():
    model = GPT(SMALL, Random(1))
    tokens = [4, 0, 3, 4]
    surprises = [
        math.log(sum(math.exp(z) for z in logits)) - logits[target]
        for logits, target in zip(all_logits(model, tokens[:-1]), tokens[1:], strict=True)
    ]
    assert model.loss(tokens).data == pytest.approx(sum(surprises) / 3, rel=1e-13)


def test_a_document_longer_than_the_context_is_read_as_far_as_it_goes():
    model = GPT(SMALL, Random(1))
    tokens = [4, 0, 1, 2, 3, 0, 1, 2, 3, 4]
    assert model.loss(tokens).data == model.loss(tokens[:7]).data
    assert model.loss(tokens).data != model.loss(tokens[:6]).data


@pytest.mark.needs_torch
def test_a_document_longer_than_the_context_agrees_with_pytorch():
    model = GPT(SMALL, Random(1))
    tokens = [4, 0, 1, 2, 3, 0, 1, 2, 3, 4]
    assert model.loss(tokens).data == pytest.approx(in_torch(model).loss(tokens).item(), rel=1e-12)


def test_a_document_that_fills_the_context_exactly_is_read_whole():
    model = GPT(SMALL, Random(1))
    assert model.loss([4, 0, 1, 2, 3, 0, 4]).data != model.loss([4, 0, 1, 2, 3, 0, 1]).data


@pytest.mark.parametrize("tokens", [[], [4]])
def test_a_document_without_a_next_token_is_refused(tokens):
    with pytest.raises(ValueError, match=rf"{len(tokens)} tokens has no next token to predict"):
        GPT(SMALL, Random(1)).loss(tokens)


@pytest.mark.parametrize("token", [-1, 5, 100])
def test_a_token_outside_of_the_vocabulary_is_refused(token):
    model = GPT(SMALL, Random(1))
    with pytest.raises(IndexError, match=rf"Token {token} is not one of the 5 tokens"):
        model.logits(token, 0, model.new_cache())
    with pytest.raises(IndexError, match=rf"{token} is not one of the 5 tokens"):
        model.loss([4, token])


@pytest.mark.parametrize("position", [-1, 6])
def test_a_position_outside_of_the_context_is_refused(position):
    model = GPT(SMALL, Random(1))
    with pytest.raises(IndexError, match=rf"Position {position} is outside of the context of 6"):
        model.logits(0, position, model.new_cache())


# Weights in and out.


def test_weights_come_back_as_they_were():
    first, second = GPT(SMALL, Random(1)), GPT(SMALL, Random(2))
    second.load_state_dict(first.state_dict())
    assert second.state_dict() == first.state_dict()
    assert second.loss([4, 1, 4]).data == first.loss([4, 1, 4]).data


def test_a_state_is_a_copy_in_both_directions():
    model = GPT(SMALL, Random(1))
    state = model.state_dict()
    original = state["wte"][0][0]
    state["wte"][0][0] = 99.0
    assert model.weights["wte"][0][0].data == original
    model.load_state_dict(state)
    state["wte"][0][0] = -1.0
    assert model.weights["wte"][0][0].data == 99.0


def test_loading_changes_the_values_in_place_so_that_an_optimizer_keeps_them():
    model = GPT(SMALL, Random(1))
    before = model.parameters()
    model.load_state_dict(GPT(SMALL, Random(2)).state_dict())
    assert all(a is b for a, b in zip(before, model.parameters(), strict=True))


def test_a_wrong_shape_is_named_and_changes_nothing():
    model = GPT(SMALL, Random(1))
    state = GPT(SMALL, Random(2)).state_dict()
    state["layer1.attn_wk"].append([0.0] * 4)
    before = model.state_dict()
    with pytest.raises(ValueError, match=r"layer1\.attn_wk is 5 x 4; this model needs 4 x 4"):
        model.load_state_dict(state)
    assert model.state_dict() == before


def test_rows_of_uneven_length_are_named():
    model = GPT(SMALL, Random(1))
    state = model.state_dict()
    state["lm_head"][2].pop()
    with pytest.raises(ValueError, match=r"lm_head is 5 x 3/4; this model needs 5 x 4"):
        model.load_state_dict(state)


def test_a_missing_and_an_unknown_matrix_are_named():
    model = GPT(SMALL, Random(1))
    state = model.state_dict()
    state["lm_haed"] = state.pop("lm_head")
    with pytest.raises(ValueError, match=r"lm_head, lm_haed|lm_haed, lm_head"):
        model.load_state_dict(state)


def test_something_that_is_no_number_among_the_weights_is_refused_and_changes_nothing():
    model = GPT(SMALL, Random(1))
    state = GPT(SMALL, Random(2)).state_dict()
    state["layer1.mlp_fc2"][3][15] = "0.5"
    before = model.state_dict()
    with pytest.raises(TypeError, match="this is str"):
        model.load_state_dict(state)
    assert model.state_dict() == before
