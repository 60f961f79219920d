"""The benchmarks compare equal things. Nothing here looks at a time."""

import math
from itertools import islice

import pytest

from benchmarks import scalar


def same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=0, abs_tol=1e-9)


@pytest.mark.parametrize("steps", [scalar.steps_as_trained, scalar.steps_untouched])
@pytest.mark.parametrize("kind", [scalar.GPT, scalar.TwoParents])
def test_our_losses_are_the_plain_programs(steps, kind):
    plain = list(islice(scalar.plain_steps(), 3))
    assert all(map(same, islice(steps(kind), 3), plain))
    assert plain[0] != plain[1]


def test_our_texts_are_the_plain_programs():
    assert list(islice(scalar.our_texts(), 3)) == list(islice(scalar.plain_texts(), 3))


def test_a_chain_gives_one_slope_for_each_of_its_factors():
    assert next(scalar.chains(50, 200)) == 1


def test_memory_does_not_grow_with_the_steps_of_a_run():
    (row,) = scalar.growth(5, 40)
    first, last = (int(number.replace(",", "")) for number in row.measured.split()[0:3:2])
    assert last - first < 20_000


def test_a_node_takes_the_memory_that_it_is_said_to_take():
    for row in scalar.memory(500):
        measured, goal = (int(text.split()[0]) for text in (row.measured, row.goal))
        assert 100 < measured < goal + 30
