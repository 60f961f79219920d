# ---
# minutes: 45
# refrain: [embed, attend, predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # Graduation: your GPT, in one file
#
# At the end you can
#
# - show a file of your own that trains a GPT with nothing but Python;
# - prove that it computes what others compute, number by number;
# - say which of its lines matter, and how a missing one shows itself;
# - train it on a text of your own.
#
# You need 01 to 08, or as much of them as you have done: what is missing is filled in.

# %%
import math

from micrograd.checks import Lesson

lesson = Lesson("10")

# %% [markdown]
# ## Your file
#
# In notebook 00 `my_gpt.py` was empty. Every core exercise that you passed went into it.
# `graduate()` puts it together: your answers in the order of the course, what the course gave, and
# a main program. Where an answer is missing, the course's stands in, and says so.
#
# Each name that is listed as missing is a link to its notebook, and once that is open, to the
# exercise. Do it, come back, and run the cell again.

# %%
from micrograd.checks import graduate

file = graduate()
file

# %% [markdown]
# Here is the file from top to bottom, as long as it is. Each row is what one notebook gave, each
# box a piece. Open it beside this notebook: double-click on `my_gpt.py` in the list of files at the
# left.

# %%
from micrograd.viz import file_map

sections = file.sections()
file_map(sections)

# %% tags=["assert"]
pieces = [piece for section in sections for piece in section.pieces]
assert len(pieces) == 45 and sum(not piece.is_called for piece in pieces) == 13

# %% [markdown]
# The pale ones are your first steps: slopes by nudging, the chain rule by hand. The program does
# not call them, and without them you would not have understood it.
#
# ## Beside the published program
#
# [*microgpt*](https://karpathy.github.io/2026/02/12/microgpt/) has 200 lines. These are its blocks,
# by the line numbers of its first version, and where the same is done in your file.

# %%
blocks = {
    "the weights": ("74–90", ["matrix", "new_state", "parameters"]),
    "for each step": ("153", ["training"]),
    "predict, and the loss": ("163–169", ["document_loss", "cross_entropy"]),
    "gradients": ("172", ["topological_order", "backward"]),
    "update": ("174–182", ["adam_step", "linear_decay"]),
    "use": ("186–200", ["apply_temperature", "sample_from", "generate"]),
}
for block, (theirs, names) in blocks.items():
    print(f"{block:22} microgpt {theirs:8} mine {file.lines(*names)}")

# %%
from micrograd.checks.graduation import count_code

whole = len(file.text.splitlines())
print(f"{whole} lines, of which {count_code(file.text)} do something")

# %% tags=["assert"]
assert whole > 500 and count_code(file.text) < 320

# %% [markdown]
# Yours is longer. Much of it is blank lines, comments, and sentences on what each piece does; and
# there are the pale ones. The algorithm is the same.
#
# ## It is a program
#
# In a terminal, `python my_gpt.py` runs it. Here we load it as a module, so that we can look
# inside. This graph is made of its own `Value`: the loss of a guess between two letters, of which
# the first is right.

# %%
from micrograd.viz import draw_graph

my = file.load()
logits = [my.Value(1.0), my.Value(0.0)]
for name, logit in zip("ab", logits):
    logit.label = f"logit {name}"
loss = my.cross_entropy(logits, 0)
loss.label = "loss"
my.backward(loss)
draw_graph(loss, direction="TB")

# %% tags=["assert"]
assert abs(loss.data - math.log(1 + math.exp(-1))) < 1e-12 and round(loss.data, 2) == 0.31
assert abs(logits[0].grad + 0.27) < 0.01 and abs(logits[1].grad - 0.27) < 0.01

# %% [markdown]
# The loss is 0.31. The gradient of the right letter's logit is −0.27, that of the other one 0.27:
# up with the one, down with the other.
#
# ## The first hundred steps
#
# Now the names, a tenth held out. `training` is the loop of the main program: it hands out the
# loss of each step. Its plan is 1,000 steps; we take a hundred, and watch. Give it some seconds.
# Run the second cell again for the next hundred.

# %%
from itertools import islice
from random import Random

from micrograd.datasets import load, split

docs, held_out = split(load("names"), 0.1, Random(42))
chars = my.build_vocabulary(docs)
config = my.Config(len(chars) + 1)
state = my.new_state(config, Random(42))
start = {name: [[w.data for w in row] for row in table] for name, table in state.items()}
run, losses = my.training(docs, chars, state, config, steps=1000), []

# %%
import time

from micrograd.viz import watch_all


def keep(steps):
    for loss in steps:
        losses.append(loss)
        yield loss


blind, began, before = (math.log(27), "blind guess"), time.monotonic(), len(losses)
watch_all(keep(islice(run, 100)), total=before + 100, history=losses, baseline=blind)
seconds = (time.monotonic() - began) / max(1, len(losses) - before)

# %% tags=["assert"]
assert len(losses) == 100 and sum(losses[-30:]) / 30 < 2.9 < losses[0]

# %% tags=["nbval-ignore-output"]
left = 1000 - len(losses)
print(f"a step takes {seconds:.2f} s; the other {left} take {left * seconds / 60:.1f} minutes")

# %% [markdown]
# That is the time for the rest, here or by `python my_gpt.py` in a terminal. Notebook 09 is about
# nothing but making it shorter.
#
# ## Is it right? Loss by loss
#
# The package has a GPT, an Adam and a loop of its own, and its tests compare it with the published
# program. If your file is right, the same first weights and the same names must give the same
# losses. By how much do they differ at most?

# %%
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

model = GPT(GPTConfig(27), Random(0))
model.load_state_dict(start)
optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
training = Training(model, CharTokenizer(chars), docs, optimizer, steps=1000)
theirs = [step.loss for step in train(training, len(losses))]

# %% tags=["nbval-ignore-output"]
gaps = [abs(a - b) for a, b in zip(losses, theirs)]
print(f"{len(gaps)} losses, the largest difference is {max(gaps):.1e}")

# %% tags=["assert"]
assert len(gaps) == 100 and max(gaps) < 1e-9

# %% [markdown]
# Where it says `e-14` or less, even the largest difference is in the fourteenth decimal place or
# beyond. That is rounding: the two add up some numbers in another order.
#
# ## Gradient by gradient
#
# [PyTorch](https://pytorch.org) is what many people train with. It shares no line with your file.
# Here it gets your weights as they are now, and one name. All 4,192 gradients are compared.


# %% tags=["nbval-ignore-output"]
def gradients_of(name):
    my.zero_grad(my.parameters(state))
    my.backward(my.document_loss(my.encode(name, chars), state, config))
    return {name: [[w.grad for w in row] for row in table] for name, table in state.items()}


mine = gradients_of(held_out[0])
try:
    from micrograd.fast.pytorch import GPT as TorchGPT

    judge = TorchGPT(GPTConfig(27), Random(0))
    judge.load_state_dict({n: [[w.data for w in row] for row in t] for n, t in state.items()})
    other = judge.loss_and_gradients([my.encode(held_out[0], chars)])[1]
    pairs = [(a, b) for n in mine for x, y in zip(mine[n], other[n]) for a, b in zip(x, y)]
    print(f"{len(pairs):,} gradients, largest difference {max(abs(a - b) for a, b in pairs):.1e}")
except ImportError as error:
    print(f"Nothing to compare with: {error}")

# %% tags=["assert"]
try:
    import torch  # noqa: F401
except ImportError:
    pass
else:
    assert len(pairs) == 4192 and max(abs(a - b) for a, b in pairs) < 1e-12

# %% [markdown]
# ## The delete-a-line tournament
#
# Which of your lines matters most? Delete them, one at a time, and train what is left. To save time
# the model is small (8 numbers a token, 2 heads), names are short, and a trial takes 60 steps.
# The judge stands outside: it measures the surprise at 20 held-out names by itself, since a file
# that lacks a line may also measure wrongly.
#
# **Predict** twice before you run it.

# %% tags=["exercise"]
# exercise: deleted

# %% tags=["exercise"]
# exercise: damage

# %%
from micrograd.checks.tournament import Plan, tournament

short = [name for name in docs if len(name) <= 7][:300]
judges = [name for name in held_out if len(name) <= 7][:20]
plan = Plan(short, judges, chars, steps=60)
lines = file.trained_lines()
print(f"{len(lines)} lines, such as line {lines[0].number}: {lines[0].text}")

# %% [markdown]
# In notebook 00 luck was a way to find something out. Here is another: try everything. Each trial
# is a Python of its own, so that one that never ends harms nobody. This takes a while; the bar
# shows how far it is.

# %%
from tqdm.auto import tqdm

from micrograd.viz import damage_sheet, is_static

runs = tournament(file.text, [None, *lines], plan)
whole, *trials = tqdm(runs, total=1 + len(lines), disable=is_static())
damage_sheet(whole, trials, math.log(27))

# %% tags=["assert"]
kinds = [trial.kind for trial in trials]
assert (len(lines), kinds.count("ended"), kinds.count("endless")) == (71, 54, 1)
cost = {trial.line.text: round(trial.surprise, 2) for trial in trials if trial.learnt}
assert round(whole.surprise, 2) == 2.82 and cost["zero_grad(params)"] == 2.80
assert cost["backward(loss)"] == 3.33
assert cost["x = block(x, state, layer, config.n_head, cache)"] == 2.96
assert [value for line, value in cost.items() if line.startswith("values.append")] == [2.84]

# %%
lesson.reveal("deleted")

# %%
lesson.reveal("damage")

# %% [markdown]
# In the course's answers 54 of 71 lines stop the program, the friendly way to be missed. Others end
# only the learning: without `backward(loss)` the loss stays at 3.33. Others cost little, for now:
# without attention it is 2.84, in the place of 2.82.
#
# And setting gradients to 0, of which 03b said so much? Without it the loss is *lower*, 2.80.
# **Predict** what more steps make of that.

# %% tags=["exercise"]
# exercise: later

# %%
from dataclasses import replace

longer = replace(plan, docs=[name for name in docs if len(name) <= 7][:600], steps=200)
ahead = [trial.line for trial in trials if trial.surprise < whole.surprise - 0.01]
for trial in tournament(file.text, [None, *ahead[-1:]], longer):
    missing = f"without line {trial.line.number}" if trial.line else "the whole file"
    print(f"{missing:18} {trial.surprise:.2f}")

# %%
lesson.reveal("later")

# %% tags=["assert"]
assert trial.line.text == "zero_grad(params)" and round(trial.surprise, 1) == 3.0

# %% [markdown]
# After 200 steps the whole file stands at 2.62, and the one without `zero_grad` at about 3.0.
#
# So a short trial can praise a fault. That is why the tests of this course compare gradients, and
# not how well something seems to learn: learning hides mistakes.
#
# ## Ten questions, again
#
# Notebook 00 asked ten questions before you knew anything. Here are ten about the same ideas, in
# other clothes. Click on what you think, and press *Keep*.

# %%
lesson.survey()

# %%
lesson.gained()

# %% [markdown]
# ## Bring your own text
#
# Nothing in your file knows that it learns names. Paste a list into the next cell, one entry a
# line: villages, plants, dishes, pieces of code. Or give the path of a file, as
# `own_text("my_list.txt")`. Best are hundreds of lines, each short. `own_text` looks at them and
# says what will go well and what will not.
#
# Here is a small one to begin with: rivers of Europe.

# %%
from micrograd.checks import own_text

RIVERS = """
danube rhine elbe oder vistula loire seine garonne rhone thames severn trent tagus ebro duero
guadiana tiber arno adige drava sava tisza morava vltava neisse warta bug neman daugava neva volga
dnieper dniester don ural kama oka pechora torne kemi glomma dalalven klar gota shannon liffey lee
boyne tay tweed clyde spey meuse moselle main neckar isar inn lech saale havel spree weser aller ems
lahn ruhr lippe somme marne oise aisne yonne allier cher vienne dordogne lot tarn aude isere saone
"""
text = own_text(RIVERS.split())
text

# %%
small = my.Config(len(my.build_vocabulary(text.documents)) + 1, n_head=2, n_embd=8)
letters = my.build_vocabulary(text.documents)
weights = my.new_state(small, Random(1))
rivers = list(my.training(text.documents, letters, weights, small, steps=100))
print(f"loss {sum(rivers[:10]) / 10:.2f} at first, {sum(rivers[-10:]) / 10:.2f} at the end")
print(", ".join(my.generate(weights, small, letters, 0.5, Random(seed)) for seed in range(8)))

# %% tags=["assert"]
assert text.can_train and len(text.documents) == 82
assert sum(rivers[-10:]) / 10 < 2.9 < sum(rivers[:10]) / 10

# %% [markdown]
# A hundred steps on 82 rivers, with a small model. For more, the card above has the command.
#
# ## A page to keep
#
# Last, let your GPT write. Of 30 names that it draws we keep those that are not in the list, and of
# these the ten that surprise it least. (After a hundred steps do not expect much. Take more above,
# and run this again.)


# %%
def surprise(name):
    return my.document_loss(my.encode(name, chars), state, config).data


rng, known = Random(7), set(load("names"))
drawn = {my.generate(state, config, chars, 0.5, rng) for _ in range(30)}
new = sorted((surprise(name), name) for name in drawn - known if len(name) > 2)
best = [(name, score) for score, name in new[:10]]
for name, score in best[:3]:
    print(f"{name:16} {score:.2f}")

# %% tags=["assert"]
assert len(best) == 10 and best[0][1] < best[-1][1] < math.log(27)

# %%
from micrograd.checks import keepsake
from micrograd.viz import loss_curve

keepsake(losses, best, loss_curve(losses, baseline=blind), file_map(sections))

# %% [markdown]
# The page holds your curve, your names, what you have passed, and what to read next, each with the
# reason why it comes there. It is one file, its pictures inside.
#
# ## What you can say now
#
# I have written a GPT: numbers that remember, the way back, attention, training, sampling. It
# computes what PyTorch computes. Large models are the same machine, with more layers, more text and
# faster code.
#
# *An open question:* what will you make it learn?

# %% tags=["nbval-ignore-output"]
from micrograd.checks import progress

progress()

# %% [markdown]
# **In the library** you have now read everything that your file does, in
# [`engine.py`](../micrograd/engine.py), [`gpt.py`](../micrograd/gpt.py),
# [`train.py`](../micrograd/train.py) and [`sample.py`](../micrograd/sample.py). How the file is put
# together stands in [`assemble.py`](../micrograd/checks/assemble.py).
#
# In PyTorch the whole of it is `loss.backward()`, `torch.optim.Adam` and a few modules. You know
# what is inside.
