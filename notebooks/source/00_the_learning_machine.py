# ---
# minutes: 45
# refrain: [embed, attend, predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # The learning machine
#
# At the end you can
#
# - work with a notebook: run, predict, answer, check, and mend what is broken;
# - tell a loss, which is one number, from advice, which says which way to go;
# - say why guessing fails where there are many knobs, and advice does not;
# - name the six verbs by which a language model learns, having watched one learn.
#
# You need school algebra and a little Python: variables, lists, functions.

# %% [markdown]
# ## Run a cell
#
# A notebook is text, like this, with cells of Python in between. Click into the next cell, hold
# Shift and press Enter. Python runs it, writes its result below, and goes on to the next.
#
# At its left, `[*]` means still running, and a number means done. Run all cells from the top down:
# later ones need the earlier ones. Code that only draws need not be read.

# %%
from micrograd.checks import Lesson

lesson = Lesson("00")
print("Python is ready.")

# %% [markdown]
# ## An archer at a gorge
#
# An archer wants to hit a target across a gorge, 40 m ahead and 5 m up. There are two knobs: the
# *angle* of the bow, and the *force*, of which 100 % sends the arrow off at 50 m/s.
#
# Move the sliders by mouse or arrow keys, or type behind them, until the arrow is within half a
# metre of the target. Then find a second aim, far from your first.

# %%
from micrograd.viz import Slider, draw_shot, explore, play, shoot

angles = Slider("angle (°)", 10, 60, 45, 0.1)
forces = Slider("force (%)", 40, 80, 50, 0.1)
explore(draw_shot, angle=angles, force=forces, stills=[{}, {"angle": 30, "force": 48}])

# %% tags=["assert"]
assert all(abs(shoot(*aim)) < 0.5 for aim in [(30, 48), (20, 61), (50, 42)])

# %% [markdown]
# ## One number
#
# A friend near the [target](../docs/glossary.md#target) calls: "2 metres too high, and 1 metre to
# the right!" That says which way to go. *How far* off the shot was is one number: the straight
# distance, the long side of a right triangle. By Pythagoras it is the root of 2² + 1².
#
# It is called the [loss](../docs/glossary.md#loss). There is no direction in it. Where directions
# come from is what this course is about.

# %%
import math

math.sqrt(2**2 + 1**2)

# %% tags=["assert"]
assert round(math.sqrt(2**2 + 1**2), 2) == 2.24

# %% [markdown]
# ## Your first exercise
#
# Write that distance as a function, `miss`. A place is a list of two numbers, metres to the right
# and metres up. In `shot = [2.0, 3.0]` these are `shot[0]` and `shot[1]`; the target is such a list
# too.
#
# The next cell is where you will write, and the one below checks it. Run both as they are.
# (*Practice*, 4 minutes.)

# %% tags=["exercise"]
# exercise: miss

# %%
miss = lesson.check(miss)

# %% [markdown]
# *Not started*: the three dots are still there. Now answer wrongly, on purpose.
#
# 1. In the place of the dots, as far from the left, write
#    `return abs(shot[0] - target[0]) + abs(shot[1] - target[1])`. (`abs` drops a minus sign.)
# 2. Run that cell, then the check. *Not yet*: it shows a case that failed, and knows the mistake.
# 3. Mend your line, and run both again. Stuck? Make a new cell with the button +, and run
#    `lesson.hint("miss")` in it.

# %% [markdown]
# ## When something breaks
#
# You cannot damage anything, and you can always go on: until you pass, the course's own answer
# stands in for yours.
#
# Delete the opening bracket in the cell with `math.sqrt`, and run it. The red text ends with what
# is wrong. Put it back.
#
# A cell never ends? The button ■. All confused? Menu *Kernel*, *Restart Kernel and Run up to
# Selected Cell*. A fresh notebook? Rename your copy, and run `start.py` again.

# %% [markdown]
# ## Search by luck
#
# Now blindfold the archer. The simplest plan: aim anyhow, shoot, and go on until the arrow is
# within half a metre.
#
# `shoot(angle, force)` says how many metres too high an arrow arrives; too low is negative.
# `Random(8)` draws the same "random" numbers on every machine, so you see what we see.

# %%
from random import Random


def random_aim(rng):
    return rng.uniform(10, 60), rng.uniform(40, 80)


rng = Random(8)
tries = [random_aim(rng)]
while abs(shoot(*tries[-1])) > 0.5:  # the star hands over both numbers
    tries.append(random_aim(rng))
draw_shot(*tries[-1], before=tries[:-1], title=f"Hit with try {len(tries)}")

# %% [markdown]
# It works. People say that whoever wants to make something small needs calculus, the
# mathematics of slopes. That is not so: luck does it too. What matters is how many tries it takes.
# So search a thousand times, and count.


# %%
def tries_needed(rng):
    count = 1
    while abs(shoot(*random_aim(rng))) > 0.5:
        count += 1
    return count


counts = [tries_needed(rng) for _ in range(1000)]
average = sum(counts) / len(counts)
print(f"from {min(counts)} to {max(counts)} tries, {average:.0f} on average")

# %% tags=["assert"]
assert min(counts) == 1 and max(counts) > 100 and round(average) == 29

# %% [markdown]
# ## Ask for advice
#
# About 29 tries. Now the friend helps, and says of each knob which way to turn it. Where could such
# advice come from? Turn one knob a little, and see what becomes of the loss.
#
# From here on the loss is the miss *squared*: never negative, and the larger the farther off, above
# the target or below.


# %%
def loss_of(angle, force):
    return shoot(angle, force) ** 2


print(f"loss {loss_of(45, 50):.0f}; 1° more {loss_of(46, 50):.0f}; 1 % more {loss_of(45, 51):.0f}")

# %% tags=["assert"]
assert round(loss_of(46, 50) - loss_of(45, 50)) == 10
assert round(loss_of(45, 51) - loss_of(45, 50)) == 20

# %% [markdown]
# One degree more costs about 10 m², one percent more about 20. So turn both *down*.
#
# But every knob has cost a shot of its own, and the model that you will train has 4,192 knobs. One
# shot can give all the advice, if it is computed with numbers that remember how they were made.
# Such a number is a [`Value`](../docs/glossary.md#value), and this is what it remembers:

# %%
from micrograd import Value
from micrograd.viz import draw_graph

angle, force = Value(45.0, label="angle"), Value(50.0, label="force")
loss = loss_of(angle, force)
loss.label = "loss"
loss.backward()
draw_graph(loss, direction="TB")

# %% tags=["assert"]
boxes = {value.label: value for value in [angle, force, loss, *loss._prev, *loss._prev[0]._prev]}
assert [round(boxes[name].data, 2) for name in ("straight", "fall", "miss")] == [35, 25.11, 9.89]
assert round(loss.data, 2) == 97.74 and round(40 / (25 * math.cos(math.radians(45))), 2) == 2.26
assert [round(x.grad, 1) for x in (angle, force)] == [10.3, 19.9]

# %% [markdown]
# Blue, downwards, is the shot. On a straight line the arrow would pass 35 m above the
# target. In 2.26 seconds it falls 25.11 m, so it misses by 9.89; squared, 97.74.
#
# Orange, `grad`, was written upwards, by `backward()`: how fast the loss grows with each number.
# For the knobs that is 10.3 and 19.9, near our nudges. Together these two are the
# [gradient](../docs/glossary.md#gradient). No eyes were needed for it.

# %% [markdown]
# ## Follow the advice
#
# The loss grows with both knobs, so both go down, *against* the gradient. How far? Not far: the
# advice is a tenth of it. It is written above the picture, and drawn as an arrow at the bow.
#
# Set the sliders as the friend says, read the new advice, and go on. How many shots does it take?


# %%
def advice(angle, force):  # what to add to the two knobs
    aim = Value(angle), Value(force)
    loss_of(*aim).backward()
    return [-0.1 * knob.grad for knob in aim]


def advised(angle, force):
    return draw_shot(angle, force, advice=advice(angle, force))


explore(advised, angle=angles, force=forces, stills=[{}, {"angle": 20, "force": 50}])

# %% tags=["assert"]
assert [round(change) for change in advice(45.0, 50.0)] == [-1, -2]
assert min(advice(20.0, 50.0)) > 0

# %% [markdown]
# ## Blindfolded
#
# Nobody has to see anything to follow such advice. So let the machine shoot: measure the loss, ask
# for advice, follow it, twelve times. This is
# [gradient descent](../docs/glossary.md#gradient-descent).
#
# Step through the shots with the button *on*. The [curve](../docs/glossary.md#loss-curve) under
# them shows their losses.


# %%
def descend(aim, steps):
    path = [aim]
    for _ in range(steps):
        (angle, force), change = path[-1], advice(*path[-1])
        path.append((angle + change[0], force + change[1]))
    return path


path = descend((45.0, 50.0), steps=12)
play(lambda i: draw_shot(*path[i], before=path[:i]), 13, label="shot", stills=[12])

# %%
from micrograd.viz import loss_curve

SMALL = (4.8, 2.2)  # inches
losses = [loss_of(*aim) for aim in path]
loss_curve(losses, unit="m²", smooth=1, title="Every shot is better", inches=SMALL)

# %% tags=["assert"]
assert all(later < earlier for earlier, later in zip(losses, losses[1:], strict=False))
assert len(path) == 13 and 0.01 < abs(shoot(*path[-1])) < 0.1
assert shoot(15.0, 45.0) < 0 and abs(shoot(*descend((15.0, 45.0), 30)[-1])) < 0.5

# %% [markdown]
# ## The same walk on a map
#
# Every place on this map is an aim: the angle to the right, the force upwards. As a hiking map
# joins places of one height, its lines join aims with one loss. This is the
# [loss surface](../docs/glossary.md#loss-surface): the aims that hit lie on the floor of a valley.
#
# Another walk, from a shot too weak, ends at another right aim. The machine sees no map. It knows
# its loss and two slopes.

# %%
from micrograd.viz import contours

walks = {"too strong": path, "too weak": descend((15.0, 45.0), 30)}
window = {"x_range": (10, 60), "y_range": (38, 62), "levels": [1, 10, 100, 400]}
words = {"names": ("angle (degrees)", "force (%)"), "title": "Two aims lead to two hits"}
contours(loss_of, walks, **window, **words, inches=(4.6, 2.9))

# %% [markdown]
# ## Fifty knobs
#
# Two knobs are few. Put 25 archers side by side, their walls 30 to 50 m away: 50 knobs. All
# together they are told *one* number, how far off the typical arrow is. It is small only if nobody
# misses by much.
#
# **Predict** what luck costs now: run the next cell, and click on what you believe. Your guess is
# kept, and nobody else sees it.

# %% tags=["exercise"]
# exercise: tries

# %%
# 25 archers, each with a wall of its own
distances = [30 + (10 + archer) % 21 for archer in range(25)]


def misses(aims):
    return [shoot(*aim, far) for aim, far in zip(aims, distances, strict=True)]


def typical_miss(aims):  # the squares are averaged, then comes the root
    return math.sqrt(sum(m**2 for m in misses(aims)) / len(aims))


# %%
# by luck: the best of a thousand tries
rng = Random(1)
start = best = [random_aim(rng) for _ in range(25)]
for number in range(2, 1001):
    best = min(best, [random_aim(rng) for _ in range(25)], key=typical_miss)
    if number in (10, 100, 1000):
        print(f"best of {number:5,} tries: off by {typical_miss(best):5.2f} m")
print(f"29 to the power 25 is {29**25:,}")

# %%
from micrograd.viz import draw_wall


def follow_advice(aims):  # one backward() gives all 50 slopes
    aims = [(Value(angle), Value(force)) for angle, force in aims]
    sum(m**2 for m in misses(aims)).backward()
    return [(a.data - 0.1 * a.grad, f.data - 0.1 * f.grad) for a, f in aims]


aims = start  # the first of those tries
for number in range(1, 51):
    aims = follow_advice(aims)
    if number in (1, 10, 50):
        print(f"step {number:2} by advice: off by {typical_miss(aims):5.2f} m")
draw_wall({"by luck": misses(best), "by advice": misses(aims)})

# %% tags=["assert"]
assert typical_miss(best) > 7 and typical_miss(aims) < 0.3
assert max(map(abs, misses(aims))) < 0.5 and sum(abs(m) < 0.5 for m in misses(best)) <= 5

# %%
lesson.reveal("tries")

# %% [markdown]
# Advice needs no luck. It says something about *each* knob, so all 50 turn at once, and take no
# more steps than the slowest archer alone. A step costs a little more than a try: once forward,
# once back.
#
# Told its own miss, each archer could search alone. In a network nobody can: what one knob should
# do depends on all the others.

# %% [markdown]
# ## The archer is a network
#
# A network learns in the steps of the archer. Its aim is a long list of numbers, its
# [parameters](../docs/glossary.md#parameter) or [weights](../docs/glossary.md#weight). It shoots:
# that is a [prediction](../docs/glossary.md#prediction). The loss says how far off it was; the
# gradient, computed from the very steps of the prediction, which way for each weight. An
# [optimizer](../docs/glossary.md#optimizer) says how much, and moves them. Then comes the next
# shot. Many shots are [training](../docs/glossary.md#training).

# %% [markdown]
# | the archer | the network | in the folder `micrograd` | lines |
# |---|---|---|---|
# | has an aim | parameters | `gpt.py`: `GPT.parameters` | 74–90 |
# | 1. shoots | prediction | `gpt.py`: `GPT.logits` | 163–168 |
# | 2. hears how far off | loss | `nn.py`: `cross_entropy` | 169 |
# | 3. hears which way | gradients | `engine.py`: `Value.backward` | 172 |
# | 4. turns the knobs a little | update | `optim.py`: `Adam.step` | 174–182 |
# | 5. shoots again | next step | `train.py`: `train` | 153 |
#
# The lines are those of *microgpt* by Andrej Karpathy, first version.

# %% [markdown]
# ## Six verbs
#
# At the top of every notebook stand six verbs: one [step](../docs/glossary.md#step) of a model that
# reads letters. Its shot has three parts. *Embed* turns each letter into numbers, *attend* looks at
# the letters before it, *predict* gives every possible next letter a chance. The other three you
# know from the archer.
#
# Put all six in order, without looking up. (*Practice*, 1 minute.) Run the cell, move its lines
# with the buttons, then press *Check*.

# %% tags=["exercise"]
# exercise: six_verbs

# %% [markdown]
# ## Three phases
#
# *microgpt* is a [GPT](../docs/glossary.md#gpt), a language model, in 200 lines of Python; the
# second half of the course follows it. It does three things in order. You will now see each, on our
# model of the same kind.
#
# | phase | lines | what you will see |
# |---|---|---|
# | build | 1–144 | random weights: no letter stands out |
# | train | 146–184 | a loss that jumps about, and falls |
# | use | 186–200 | invented names, some of which exist |

# %% [markdown]
# ## First phase: build
#
# The machine predicts names, letter by letter. It has 27 signs, called
# [tokens](../docs/glossary.md#token): the letters a to z, and one for "here the name ends". Its
# 4,192 weights are random so far. What does it expect after `emm`?
#
# (A tenth of the names is put aside; notebook 07 says what for.)

# %%
from micrograd.datasets import load, split
from micrograd.gpt import GPT, GPTConfig
from micrograd.tokenizer import CharTokenizer

names, put_aside = split(load("names"), held_out=0.1, rng=Random(42))
tokenizer = CharTokenizer.from_documents(names)
model = GPT(GPTConfig(tokenizer.vocab_size), Random(42))
print(f"{len(names):,} names: {', '.join(names[:5])}, ...")
print(f"{tokenizer.vocab_size} tokens, {len(model.parameters()):,} weights")

# %%
from micrograd.sample import choices


def expected(prompt):
    first = next(choices(model, tokenizer, Random(0), prompt=prompt))
    return first.probabilities


top = sorted(zip(expected("emm"), tokenizer.chars, strict=False), reverse=True)
print("   ".join(f"{letter} {chance:.1%}" for chance, letter in top[:6]))

# %% [markdown]
# These are its six likeliest letters, and none stands out: whoever knows nothing gives each token
# one chance in 27, which is 3.7 %. And what *should* come? `a`, as in emma, say many texts. Look
# at the fourth letter of all the names that begin with `emm`:

# %%
from collections import Counter

Counter(name[3] for name in load("names") if name.startswith("emm"))

# %% tags=["assert"]
assert Counter(n[3] for n in load("names") if n.startswith("emm")).keys() == set("aeiy")
assert tokenizer.vocab_size == 27 and len(model.parameters()) == 4192
assert max(expected("emm")) < 0.1 and round(100 / 27, 1) == 3.7

# %% [markdown]
# `a` is right, and so are `e`, `i` and `y`. There are several answers, as there were several aims.
# So a model does not name one letter; it gives each a chance.

# %% [markdown]
# ## Second phase: train
#
# The loss of a prediction is its [surprise](../docs/glossary.md#surprise): −ln of the chance that
# it gave to the letter that came. (ln is the natural logarithm, in Python `math.log`.) Certainty
# has a loss of −ln 1 = 0; a blind guess among 27 has −ln(1/27) = ln 27 = 3.30.
#
# The next cell takes 300 steps, each with one name, in a few seconds. Watch the loss.

# %%
from micrograd.optim import Adam
from micrograd.train import Training, train
from micrograd.viz import watch_all

optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
training = Training(model, tokenizer, names, optimizer, steps=300)
blind = (math.log(27), "blind guess, ln 27")
watch_all(train(training), total=300, baseline=blind, inches=SMALL)

# %%
every = [step.loss for step in training.history]  # of single steps, as they are
print([round(every[i - 1], 2) for i in (1, 2, 3, 100, 101, 102, 298, 299, 300)])
rises = sum(every[i] > every[i - 1] for i in range(1, 300))
print(f"{rises} of 299 steps have a higher loss than the step before")

# %% tags=["assert"]
assert round(math.log(27), 2) == 3.30 == round(-math.log(1 / 27), 2) and 120 <= rises <= 180
assert sum(every[-50:]) < sum(every[:50]) - 50 * 0.25

# %% [markdown]
# Tutorials like to show losses such as 3.89, 2.46, 1.82, 1.50: lower at every look. (3.89 would be
# worse than a blind guess.) Here about half of the steps go *up*. Nothing is wrong: some names are
# harder than others, for anybody. Only the average over many steps tells whether it learns.
#
# And what does it expect after `emm` now?

# %%
from micrograd.viz import next_token_bars

title = "After emm: vowels are the likeliest now"
next_token_bars(expected("emm"), tokenizer.chars, top=10, title=title, inches=SMALL)

# %% tags=["assert"]
assert sum(expected("emm")[tokenizer.chars.index(vowel)] for vowel in "aeiou") > 0.5

# %% [markdown]
# ## Third phase: use
#
# A model like yours that was trained for 2,000 steps comes with the course. Many a text says that
# such a model invents names that do not exist, and shows some: emma, ariel, kaya, suri, livia. Look
# these five up in our list of names before you believe it, and then ten that our model writes.

# %%
from micrograd import checkpoint
from micrograd.datasets import data_file
from micrograd.sample import generate

trained = checkpoint.load(data_file("names-gpt.safetensors"), names)
known = set(load("names"))
rng, writer = Random(2), trained.model
invented = [generate(writer, tokenizer, rng, temperature=0.5) for _ in range(10)]
for name in ["emma", "ariel", "kaya", "suri", "livia", *invented]:
    print(f"{name:10} {'in the list' if name in known else 'not in the list'}")

# %% tags=["assert"]
assert {"emma", "ariel", "kaya", "livia"} <= known and "suri" not in known
assert len(trained.history) == 2000 and 0 < sum(name in known for name in invented) < 10

# %% [markdown]
# Four of the five are in our list, and suri is in the longer one that *microgpt* learns from.
# Nothing was invented there. Of our model's ten, some are in the list and some are not, and nobody
# can tell by looking. So "new" has a meaning only beside a list. Notebook 08 looks closer.

# %% [markdown]
# ## "Everything else is efficiency"
#
# The 200 lines are the whole algorithm, says their author; everything else is
# [efficiency](../docs/glossary.md#efficiency). Nearly so:
#
# | in large models | the same? |
# |---|---|
# | more layers, weights and text | the same, larger |
# | graphics processors, many computers | the same results, sooner |
# | FlashAttention, a faster *attend* | the same results, sooner |
# | pieces of words (BPE) instead of letters | no: another choice |
# | beam search, nucleus sampling | no: other texts come out |
#
# Notebook 09 proves the second row; new names can wait.

# %% [markdown]
# ## The road ahead
#
# - [01](01_scalars_and_derivatives.ipynb), [02](02_chain_rule.ipynb): slopes, and how they multiply
# - [03a](03a_autograd_forward.ipynb), [03b](03b_autograd_backward.ipynb): a number that remembers,
#   and the way back
# - [04a](04a_neural_networks.ipynb), [04b](04b_robot_arm.ipynb): neurons, networks, a robot's arm
# - [05a](05a_tokenization.ipynb), [05b](05b_byte_pairs.ipynb): letters become numbers
# - [06a](06a_attention.ipynb), [06b](06b_the_gpt.ipynb): attention, and the whole GPT
# - [07](07_training.ipynb), [08](08_sampling.ipynb): train it; let it write
# - [09](09_everything_else_is_efficiency.ipynb): the same, much faster
# - [10](10_graduation.ipynb): your own GPT, in one file
#
# 04b and 05b can be skipped. Where Python or mathematics looks strange, the
# [toolbox](A_toolbox.ipynb) helps.

# %% [markdown]
# ## Your file and your map
#
# From notebook 01 on, every *core* exercise that you pass goes into a file of your own,
# `my_gpt.py`. At the end of the course it trains a GPT. Today it holds nothing but its first lines.
#
# Below it, `progress()` draws the map of the course: what you have passed and tried, and how your
# predictions did. It works in every notebook.

# %% tags=["nbval-ignore-output"]
from micrograd.checks import growing_file, progress

print(growing_file())
progress()

# %% [markdown]
# ## Ten questions
#
# They span the whole course, so you are not supposed to know the answers. Click on what you think,
# leave out what you cannot say, and press *Keep* at the end. Nothing is marked. Notebook 10 asks
# for the same ideas again, and then you will see what has changed.

# %%
lesson.survey()

# %% [markdown]
# ## What you can say now
#
# A loss is one number: how far off a prediction is, and nothing of where to go. The gradient says
# of each knob which way, and how fast, the loss changes; it is computed from the steps that made
# the loss. With many knobs luck is hopeless, and small steps against the gradient are not.
#
# *An open question:* the advice was a tenth of the gradient. What would happen with all of it?

# %%
lesson.summary()

# %% [markdown]
# **In the library** you have used nearly every module once, and none needs to be read yet. If you
# are curious: [`archer.py`](../micrograd/viz/archer.py) begins with the flight of the arrow, and
# [`train.py`](../micrograd/train.py) holds the loop of the five steps.
#
# In PyTorch, which most people use, a `Value` is a *tensor*, many numbers at once, and the advice
# comes from the same call, `loss.backward()`.
