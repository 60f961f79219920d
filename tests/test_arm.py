"""Pictures of the robot arm: the hand is where the angles put it, and the words say so."""

import math

import pytest

from micrograd.engine import Value
from micrograd.viz import draw_arm, draw_guesses, fingertip
from micrograd.viz.arm import hand


def test_a_stretched_arm_reaches_as_far_as_its_bones():
    assert hand((0.0, 0.0)) == (1.8, 0.0)
    assert "hand at (1.80, 0.00)" in draw_arm(0, 0).alt


def test_the_elbow_bends_from_the_direction_of_the_upper_arm():
    x, y = hand((math.pi / 2, math.pi / 2))
    assert math.isclose(x, -0.8)
    assert math.isclose(y, 1.0)


def test_values_draw_like_numbers():
    assert draw_arm(Value(0.3), Value(1.0)).image == draw_arm(0.3, 1.0).image


def test_the_title_and_the_words_say_how_far_the_target_is():
    picture = draw_arm(0, 0, target=(1.8, 0.5), before=[(1.0, 0.0)])
    assert "The hand is 0.50 m from the target" in picture.image
    assert "is 0.50 m off, 1.31 m at the start" in picture.alt
    assert "come by 1 earlier pose." in picture.alt


def test_many_earlier_poses_stay_a_small_picture():
    poses = [(0.01 * i, 0.5) for i in range(300)]
    assert len(draw_arm(3.0, 0.5, before=poses).image) < 15_000


def test_an_arm_turned_many_times_is_drawn_where_it_stands():
    once, often = draw_arm(0.5, 0.5), draw_arm(0.5 + 20 * math.pi, 0.5)
    assert often.image.split("<polyline")[2] == once.image.split("<polyline")[2]


def test_guesses_are_measured_against_the_truth():
    picture = draw_guesses([(0, 0), (1, 0)], [(0.3, 0.4), (1, 0)])
    assert "0.25 m apart on average, 0.50 m at most" in picture.alt
    assert "miss by 0.25 m on average" in picture.image


@pytest.mark.parametrize("bad", ["left", [1.0], (1.0, 2.0, 3.0), (1.0, math.nan), None])
def test_what_is_no_place_is_refused_with_a_sentence(bad):
    with pytest.raises(ValueError, match="A place is two numbers, metres ahead and metres up; got"):
        draw_guesses([(0, 0)], [bad])


def test_what_is_no_pose_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="A pose is two angles in radians"):
        draw_arm("up", 0)


def test_a_guess_without_a_truth_is_refused():
    with pytest.raises(ValueError, match="got 1 places and 2 guesses"):
        draw_guesses([(0, 0)], [(0, 0), (1, 1)])


def test_a_fingertip_is_told_by_cosine_and_sine():
    assert "At the angle 0.50: 0.88 ahead, 0.48 up" in fingertip(0.5).image
    assert "0.00 ahead, 1.00 up" in fingertip(math.pi / 2).alt


def test_a_fingertip_moves_at_a_right_angle_to_the_arm():
    assert "ahead at the rate 0.00, the height at the rate 1.00" in fingertip(0.0).alt
    assert "ahead at the rate −1.00, the height at the rate 0.00" in fingertip(math.pi / 2).alt


def test_a_fingertip_takes_a_value_and_words_of_its_own():
    assert fingertip(Value(0.5)).image == fingertip(0.5).image
    picture = fingertip(0.5, title="A title", alt="A text.")
    assert "A title" in picture.image and picture.alt == "A text."


def test_an_angle_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="The angle is a number of radians; got nan"):
        fingertip(math.nan)


def test_a_hand_behind_the_shoulder_has_a_true_minus():
    assert "The hand is −1.80 m ahead and 0.00 m up" in draw_arm(math.pi, 0).image
