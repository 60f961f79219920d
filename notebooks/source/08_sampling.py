# ---
# minutes: 45
# reads: micrograd/sample.py
# refrain: predict
# ---

# %% [markdown]
# # Sampling: names that the model invents
#
# At the end you can
#
# - let your GPT write, one token after the other, and say what each setting does to its choices;
# - show that a cache saves work and changes nothing;
# - find out whether what a model wrote is new.
#
# You need 06b and 07; the first cell brings their functions. Exercises called *practice* and
# *stretch* come on top of the 45 minutes.

# %%
import math
from functools import cache as remember
from random import Random

from micrograd.checks import Lesson

lesson = Lesson("08")
lesson.catch_up(globals())
lesson.recall()

# %% [markdown]
# ## A trained model
#
# A model that you have trained for minutes is still young. So we borrow one, trained in the same
# way on 2,000 names, one at each step; here is its loss on the way. A tenth of all names was
# [held out](../docs/glossary.md#held-out): nobody has shown them to it. There its loss is 2.44, as
# you saw in 06b. (The curve ends at 2.48, on other names.) What does that height mean for what it
# will write?

# %%
from dataclasses import replace

from micrograd import checkpoint
from micrograd.datasets import data_file, load, split
from micrograd.viz import loss_curve

everything = load("names")
train, held_out = split(everything, 0.1, Random(42))
training = checkpoint.load(data_file("names-gpt.safetensors"), train)
model, tokenizer, chars = training.model, training.tokenizer, training.tokenizer.chars
print(f"typical p: {math.exp(-2.44):.3f}, as if one of {math.exp(2.44):.1f} were drawn blindly")

steps, ends = training.history, range(100, 2001, 50)
means = [replace(steps[n - 1], loss=sum(s.loss for s in steps[n - 100 : n]) / 100) for n in ends]
blind = (math.log(27), "blind guess")
title = f"After 2,000 names: {means[-1].loss:.2f}"
alt = f"{title}. The mean loss of 100 names began at {means[0].loss:.2f}; a blind guess has 3.30."
loss_curve({"mean of 100": means}, baseline=blind, title=title, alt=alt, inches=(5.4, 2.8))

# %% tags=["assert"]
assert len(everything) == 10865 and len(train) == 9779 and len(held_out) == 1086
assert training.step == 2000 == len(set(train[:2000])) and round(means[-1].loss, 2) == 2.48
assert round(math.exp(2.44), 1) == 11.5 and round(math.exp(-2.44), 3) == 0.087

# %% [markdown]
# On the right token the model puts, typically, e^−2.44 = 0.087. It is as unsure as if it chose
# among 11.5 tokens, all alike: better than 27, and far from sure. Do not expect perfect names.
#
# Its weights become your `Value`s, and your own `gpt` reads with them. `after` says what it expects
# behind a text; a full stop stands for the end.

# %%
state = {
    name: [[Value(x) for x in row] for row in table] for name, table in model.state_dict().items()
}
config = Config(27)


def read(tokens):
    """The logits after each token of a text."""
    memory = new_cache(config)
    return [gpt(token, p, state, config, memory) for p, token in enumerate(tokens)]


# %%
@remember  # what it has answered once, it gives again without computing
def after(text):
    """The probability of each character as the next one, and of the end."""
    probs = softmax(read(encode(text, chars)[:-1])[-1])
    return dict(zip([*chars, "."], [p.data for p in probs]))


mari = after("mari")
print({char: round(p, 3) for char, p in mari.items() if p > 0.05}, round(sum(mari.values()), 9))

# %% tags=["assert"]
assert len(parameters(state)) == 4192 and abs(sum(mari.values()) - 1) < 1e-12

# %% [markdown]
# ## A needle on a line
#
# 27 probabilities, and no letter. To *write*, one must be chosen, so that likely ones come often
# and unlikely ones seldom.
#
# Lay the probabilities end to end. They fill a line from 0 to 1, for their sum is 1. A random
# number between 0 and 1 is a needle that falls on the line. Move it: on whose piece does it fall?

# %%
from micrograd.viz import Slider, chance_lines, count_bars, draw_graph, explore


def fall(x):
    probs = list(mari.values())
    ends = [sum(probs[: token + 1]) for token in range(27)]
    owner = next((token for token, end in enumerate(ends) if x < end), 26)
    return chance_lines([("mari", probs, owner)], chars, needles=[x])


explore(fall, x=Slider("needle", 0, 0.999, 0.5, 0.001), stills=[{}, {"x": 0.9}])

# %% tags=["assert"]
assert "marked is n" in fall(0.5).alt and "marked is end, with 19%" in fall(0.9).alt
assert max(mari, key=mari.get) == "." and round(mari["."], 2) == 0.19

# %% [markdown]
# The end has the longest piece, 19 %, and so the needle falls on it in 19 of 100 cases.
#
# *Core, 6 minutes:* write `sample_from(probs, rng)`, which draws one token. `rng.random()` is the
# needle. (Python's `rng.choices` could do it; by hand you see that nothing is hidden in there.) The
# check draws a thousand times and counts.

# %% tags=["exercise"]
# exercise: sample_from

# %%
sample_from = lesson.check(sample_from)

# %% [markdown]
# ## Feeding on its own output
#
# Draw a token, put it behind the others, ask again, and so on until BOS is drawn:
# [autoregression](../docs/glossary.md#autoregressive). The model reads what it has written itself.
#
# Below a name comes into being. Each line is one prediction, and the marked piece was drawn. Was a
# thin piece ever hit? What was drawn stays, and the model goes on from there as well as it can. Run
# the cell again with another seed in `Random(5)`.

# %%
rng, memory, token, rows, text = Random(5), new_cache(config), len(chars), [], ""
for position in range(config.block_size):
    chances = [p.data for p in softmax(gpt(token, position, state, config, memory))]
    token = sample_from(chances, rng)
    rows.append((text or "BOS", chances, token))
    if token == len(chars):
        break
    text += chars[token]
chance_lines(rows, chars, title=f"{text}, from BOS to the end")

# %% tags=["assert"]
assert text == "mirwi" and rows[3][2] == chars.index("w") and rows[3][1][rows[3][2]] < 0.01

# %% [markdown]
# ## Temperature
#
# For a more cautious writer, or a wilder one, divide all logits by one number, the
# [temperature](../docs/glossary.md#temperature), *before* softmax: softmax(z/T), `logit / t` in
# code ([signs](../docs/notation.md)). With logits 2 and 0, the first is e² = 7.4 times as likely.
# At 0.5 they are 4 and 0, which makes 54.6 times; at 2 they are 1 and 0, 2.7 times.
#
# *Core, 5 minutes:* write `apply_temperature(logits, t)`, which returns plain numbers. At 0 the
# likeliest token has everything.

# %% tags=["assert"]
assert [round(math.exp(2 / t), 1) for t in (1, 0.5, 2)] == [7.4, 54.6, 2.7]

# %% tags=["exercise"]
# exercise: apply_temperature

# %%
apply_temperature = lesson.check(apply_temperature)

# %% [markdown]
# Move the temperature. Filled bars are yours, open ones those at 1; all of it after `mari`. Where
# does the end have half of everything, and where are all 27 nearly alike?

# %%
logits = read(encode("mari", chars)[:-1])[-1]


def bars(t):
    hot = dict(zip(mari, apply_temperature(logits, t)))
    title = f"At temperature {t:g} the likeliest token has {max(hot.values()):.0%}"
    return count_bars(hot, beside=mari, title=title, xlabel="next token", ylabel="probability")


explore(bars, t=Slider("temperature", 0, 4, 0.5, 0.1), stills=[{"t": 0.2}, {"t": 0.5}, {"t": 3}])

# %% tags=["assert"]
largest = {t: max(apply_temperature(logits, t)) for t in (0, 0.3, 0.5, 4)}
assert largest[0] == 1 and largest[0.5] < 0.5 < largest[0.3] and largest[4] < 2 / 27

# %% [markdown]
# And how fast do the chances move with it? Here the temperature is a `Value`: two logits, 2 and 0,
# at 0.5; `p` is the share of the first. Which sign has the temperature's gradient?

# %%
z, t = [Value(2.0), Value(0.0)], Value(0.5)
a, b = [exp(logit / t) for logit in z]
p = a / (a + b)
z[0].label, z[1].label, t.label, p.label = "z[0]", "z[1]", "temperature", "p"
backward(p)
draw_graph(p, direction="TB")

# %% tags=["assert"]
assert t.grad < 0 < z[0].grad and abs(p.data - apply_temperature(z, 0.5)[0]) < 1e-12
assert (round(p.data, 3), round(t.grad, 2)) == (0.982, -0.14)

# %% [markdown]
# It is −0.14: warmer, and the first loses what the other gains. (That was a prediction with two
# tokens. Before the one after `mari` there are nearly 38,000 operations more, as 06b counted.)
#
# ## It writes
#
# *Core, 8 minutes:* now the whole loop as a function, `generate(state, config, chars, temperature,
# rng)`. It returns the text. A text is also over when the context is full: `config.block_size`
# positions, and not one more.

# %% tags=["exercise"]
# exercise: generate

# %%
generate = lesson.check(generate)

# %%
for temperature in (0.2, 0.5, 1, 2):
    rng = Random(2)
    print(temperature, [generate(state, config, chars, temperature, rng) for _ in range(5)])

# %% [markdown]
# **Your GPT writes**, by functions that you know from the first `add` on.
#
# At 0.2 the names are smooth and much alike, at 2 they fall apart. What would be the *right*
# temperature? There is one, if we ask the loss: how surprised is the model at names that it has
# never seen?
#
# **Predict** which temperature is best there.

# %% tags=["exercise"]
# exercise: truer

# %%
from micrograd.gpt import forward
from micrograd.gpt import new_cache as their_cache
from micrograd.nn import cross_entropy as their_cross_entropy

weights, questions = model.state_dict(), []
for name in held_out:  # by the package's gpt, on plain numbers: yours would need minutes
    ids, memory = encode(name, chars), their_cache(model.config)
    for position, (token, target) in enumerate(zip(ids, ids[1:])):
        questions.append((forward(token, position, weights, model.config, memory), target))


# %%
found = {}
for t in (0.2, 0.5, 0.8, 1, 1.2, 2):
    losses = [their_cross_entropy([z / t for z in one], target) for one, target in questions]
    found[t] = round(sum(losses) / len(losses), 3)
count_bars(found, title=f"Lowest at 1: {found[1]}", xlabel="temperature", ylabel="surprise (nats)")

# %%
lesson.reveal("truer")

# %% tags=["assert"]
assert len(questions) == 7642 and min(found, key=found.get) == 1
assert (found[0.2], found[0.5], found[1], found[2]) == (5.346, 2.824, 2.436, 2.616)
assert found[0.2] > math.log(27)

# %% [markdown]
# At 0.2 it is worse than a blind guesser, 5.346 against 3.296. *Low is not truer.* It is more
# cautious, and where the unlikely happens it is very wrong.
#
# Then why does *microgpt* write at 0.5? Because a reader judges each text by itself, and one odd
# letter spoils a name. The price is that all names become alike.

# %% [markdown]
# ## The height of the loss, heard
#
# Three models, three losses: the blind guesser; your table of pairs from 05a, counted anew; and the
# GPT. All write at temperature 1. The first step down, from 3.30 to 2.53, everybody hears.
#
# The second is 0.09 nats a token. In a name of six letters, with its end seven tokens, that makes
# 7 · 0.09 = 0.63, so the GPT gives it nearly twice the probability. Can you hear it?


# %%
def write_by(table, rng):
    ids = [*rng.choices(range(26), table[26][:26])]  # some letter first, so that no name is empty
    while ids[-1] != 26:
        ids.append(sample_from(table[ids[-1]], rng))
    return decode(ids, chars)


counted, rng = repair_unseen(bigram_counts(train, chars)), Random(4)
for loss, table, count in [(3.30, [[1 / 27] * 27] * 27, 2), (2.53, counted, 6)]:
    print(f"{loss:.2f}:", *[write_by(table, rng) for _ in range(count)])
print(f"{found[1]:.2f}:", *[generate(state, config, chars, 1, rng) for _ in range(6)])

# %% tags=["assert"]
assert round(average_nll([[1 / 27] * 27] * 27, held_out, chars), 2) == 3.30
of_table = average_nll(counted, held_out, chars)
assert round(of_table, 2) == 2.53 and round(of_table - found[1], 2) == 0.09
assert 1.8 < math.exp(7 * (of_table - found[1])) < 2

# %% [markdown]
# ## What the cache saves
#
# Each new token needs the keys and values of all before it. They change no more, so the
# [cache](../docs/glossary.md#kv-cache) keeps them. Without it, all of the text is read anew for
# each token. Does that change a result? We read `annabel` both ways; `==` allows no difference at
# all.
#
# And the work? We count the `Value`s made by operations, as in 06b: filled bars with the cache,
# open ones without.

# %%
ids = encode("annabel", chars)[:-1]
with_cache = read(ids)
without = [read(ids[: n + 1])[-1] for n in range(len(ids))]  # each time from the start
same = [a.data == b.data for two in zip(with_cache, without) for a, b in zip(*two)]
print(sum(same), "of", len(same), "logits are the same")

# %% tags=["assert"]
assert sum(same) == len(same) == 8 * 27 == 216


# %%
def operations(logits):
    end = Value(0.0, tuple(z for one in logits for z in one))
    return sum(len(value._prev) > 0 for value in topological_order(end)) - 1


anew = [operations(with_cache[: n + 1]) for n in range(len(ids))]
added = [after - before for before, after in zip([0, *anew], anew)]
filled, hollow = (dict(enumerate(n / 1000 for n in row)) for row in (added, anew))
title = f"With the cache {sum(added):,} operations, without {sum(anew):,}"
count_bars(filled, beside=hollow, title=title, xlabel="position", ylabel="thousands")

# %% tags=["assert"]
assert 4.3 < sum(anew) / sum(added) < 4.5 and added == sorted(added)
assert added[-1] / added[0] < 1.15

# %% [markdown]
# All 216 are the same. The filled bars grow a little, since each token attends to one more. The
# open ones grow and grow.
#
# *Practice, 2 minutes:* how does it go on?

# %% tags=["exercise"]
# exercise: count_calls

# %% [markdown]
# With the cache there are n calls for n tokens, without it n · (n + 1) / 2: at a thousand tokens
# 500,500. The saving is paid in memory. Each layer keeps a key and a value of every token, which
# makes 2 · 16 = 32 numbers a token here, and 2 · 96 · 12,288 = 2,359,296 in GPT-3, with its 96
# layers.
#
# And a cache belongs to *one* text. *Practice, 4 minutes:* somebody has forgotten that. Find the
# bug, and repair it.

# %% tags=["assert"]
assert 16 * 17 // 2 == 136 and 1000 * 1001 // 2 == 500_500
assert 2 * 16 == 32 and 2 * 96 * 12288 == 2_359_296

# %% tags=["exercise"]
# exercise: repair_names

# %%
repair_names = lesson.check(repair_names)

# %% [markdown]
# ## Without dice
#
# Why draw at all? Take the likeliest token each time: [greedy](../docs/glossary.md#greedy) choice.
#
# *Practice, 2 minutes:* write `greedy(probs)`. The function below it writes with any way to choose,
# and goes on from any beginning. Such a beginning is called a
# [prompt](../docs/glossary.md#prompt): its tokens are read like all others, and no token is drawn
# until it is over.

# %% tags=["exercise"]
# exercise: greedy

# %%
greedy = lesson.check(greedy)


# %%
def write(choose, prompt="", t=1.0):
    """A text that begins with the prompt; choose(probs) gives each token after it."""
    ids, memory = encode(prompt, chars)[:-1], new_cache(config)
    for position in range(config.block_size):
        logits = gpt(ids[position], position, state, config, memory)
        if position == len(ids) - 1:  # the last token that there is
            ids.append(choose(apply_temperature(logits, t)))
        if ids[-1] == len(chars):
            break
    return decode(ids, chars)


for prompt in ("", "b", "chr", "joh", "alexan"):
    print(f"{prompt or 'nothing':8}", [write(greedy, prompt) for _ in range(3)])

# %% tags=["assert"]
assert write(greedy) == "anan" == generate(state, config, chars, 0, Random(1))

# %% [markdown]
# Always the same. Without a prompt a greedy model knows one name, `anan`, in all eternity.
#
# But then at least it is the *likeliest* name? Try it where everything can be counted: two letters,
# and the chances of what comes after each. (*Practice, 3 minutes.*)

# %% tags=["exercise"]
# exercise: likeliest_word

# %%
from micrograd.viz import text_tree

following = {"": {"a": 0.6, "b": 0.4}, "a": {"a": 0.3, "b": 0.4, ".": 0.3}}
following["b"] = {"a": 0.05, "b": 0.05, ".": 0.9}
all_texts, beam = {}, [("", 1.0)]
for _ in range(3):
    open_ones = [(text, p) for text, p in beam if not text.endswith(".")]
    beam = [(text + c, p * q) for text, p in open_ones for c, q in following[text[-1:]].items()]
    all_texts |= dict(beam)
title = "Greedy finds ab, 22%; b has 36%"
text_tree(all_texts, kept=["a", "ab", "ab."], best="b.", title=title)

# %% tags=["assert"]
assert round(all_texts["ab."], 3) == 0.216 and round(all_texts["b."], 2) == 0.36
assert max(all_texts, key=lambda text: all_texts[text] * text.endswith(".")) == "b."

# %% [markdown]
# A full stop is the end; what is over has round edges. The first step looked best for `a`. But the
# words behind `a` share its 60 % among many, and nearly all of `b` goes to one word. Greedy never
# looks back.
#
# ## Several ways at once (stretch)
#
# [Beam search](../docs/glossary.md#beam-search) follows the few likeliest beginnings instead of
# one. *Stretch, 8 minutes:* write `beam_step(beam, chances, width)`.

# %% tags=["exercise"]
# exercise: beam_step

# %%
beam_step = lesson.check(beam_step)

# %% [markdown]
# With it, your GPT's tree. In each column the `width` likeliest stay, filled; dashed are the next
# ones, which were given up. From which width on is `mara` found? (Each new width takes a second or
# two.)


# %%
def beams(width, steps=5):
    beam, seen, kept = [("", 1.0)], {}, []
    for _ in range(steps):
        found = beam_step(beam, after, width + 2)
        beam = found[:width]
        seen |= dict(found)
        kept += [text for text, _ in beam]
    over = [text for text, _ in beam if text.endswith(".")]
    best = max(over, key=seen.get, default="none yet")
    title = f"Width {width}, best: {best.rstrip('.')}"
    return text_tree(seen, kept=kept, best=best, title=title)


explore(beams, width=Slider("width", 1, 5, 3, 1), stills=[{"width": 1}, {"width": 3}])

# %% tags=["assert"]
assert ["best: anan." in beams(w).alt for w in range(1, 6)] == [True, True, False, False, False]
assert ["best: mara." in beams(w).alt for w in range(1, 6)] == [False, False, True, True, True]

# %% [markdown]
# With three, `mara` is found, likelier than `anan`. So a wider beam finds better names? Here is the
# package's own beam search, wider and wider.

# %%
from micrograd.sample import beam_search

for width in (1, 3, 30, 100):
    (text, log_p), *_ = beam_search(model, tokenizer, width)
    print(f"width {width:3}: {text!r:8} with p = {math.exp(log_p):.5f}")

# %% tags=["assert"]
best = {width: beam_search(model, tokenizer, width)[0] for width in (1, 3, 30, 100)}
assert [text for text, _ in best.values()] == ["anan", "mara", "mara", ""]
assert 10 < math.exp(best[100][1] - best[3][1]) < 12

# %% [markdown]
# The likeliest of all is *the empty text*: it ends at once, and no long name has a chance against a
# single step. It is more than ten times as likely as `mara`. In a large translation model the same
# was [found](https://arxiv.org/abs/1908.10090) for more than half of the sentences.
#
# So “likeliest” is not “best”. For names and stories one draws.

# %% [markdown]
# ## Leave the unlikely out
#
# At temperature 1 a letter with less than 1 % comes now and then, and can spoil a name. Two
# filters leave such letters out; what stays is divided by its sum. Of the chances
# 0.5, 0.25, 0.15 and 0.1,
#
# - [top-k](../docs/glossary.md#top-k) with k = 2 leaves 0.667, 0.333, 0 and 0;
# - [top-p](../docs/glossary.md#top-p), or *nucleus sampling*, with p = 0.6 leaves the same: the
#   fewest that reach 0.6.
#
# *Practice, 5 and 6 minutes:* write `top_k(probs, k)` and `top_p(probs, p)`.

# %% tags=["exercise"]
# exercise: top_k

# %%
top_k = lesson.check(top_k)

# %% tags=["exercise"]
# exercise: top_p

# %%
top_p = lesson.check(top_p)


# %% tags=["assert"]
for kept in (top_k([0.5, 0.25, 0.15, 0.1], 2), top_p([0.5, 0.25, 0.15, 0.1], 0.6)):
    assert [round(q, 3) for q in kept] == [0.667, 0.333, 0, 0]

# %% [markdown]
# Where do they differ? After `mari` the model is unsure, after `alexan` it is less so. Move p, and
# count the filled bars for both. Would one k suit both?

# %%
from micrograd.viz import Choice, Words, share_bars


def filtered(text, p):
    kept = dict(zip(mari, top_p(list(after(text).values()), p)))
    title = f"After {text}, p = {p:g}: {sum(q > 0 for q in kept.values())} of 27 tokens stay"
    return count_bars(kept, beside=after(text), title=title, ylabel="probability")


texts, stills = Choice("after", ["mari", "alexan", "q"]), [{}, {"text": "alexan"}]
explore(filtered, text=texts, p=Slider("p", 0, 1, 0.8, 0.05), stills=stills)

# %% tags=["assert"]
stay = [sum(q > 0 for q in top_p([*after(text).values()], 0.8)) for text in ("mari", "alexan")]
assert stay == [10, 4]

# %%
rng = Random(6)
print("all 27:   ", *[write(lambda probs: sample_from(probs, rng)) for _ in range(6)])
print("top-k 5:  ", *[write(lambda probs: sample_from(top_k(probs, 5), rng)) for _ in range(6)])
print("top-p 0.8:", *[write(lambda probs: sample_from(top_p(probs, 0.8), rng)) for _ in range(6)])

# %% [markdown]
# ## Is it new?
#
# Names are called new when nobody at the table has heard them, as emma, ariel, kaya, suri and livia
# in 00. Four are in our list, and all five among the 32,033 names of
# [makemore](https://github.com/karpathy/makemore) that *microgpt* learns from: lines 1, 154, 1024,
# 1647 and 676 ([measured](../docs/long-runs.md)).
#
# So [novelty](../docs/glossary.md#novelty) is not felt but looked up. Now you: the model wrote
# these at temperature 0.5, ten in our list and ten not. **Predict** which are invented.

# %% tags=["assert"]
five = ("emma", "ariel", "kaya", "suri", "livia")
assert [name for name in five if name not in everything] == ["suri"]

# %% tags=["exercise"]
# exercise: which_invented

# %%
from micrograd.sample import generate as their_generate

known, rng, written = set(everything), Random(10), {True: [], False: []}
while min(map(len, written.values())) < 10:
    name = their_generate(model, tokenizer, rng, temperature=0.5)
    kind = written[name in known]
    if len(name) >= 4 and name not in kind and len(kind) < 10:
        kind.append(name)
print("in the list:", *sorted(written[True]))
print("invented:   ", *sorted(written[False]))

# %%
lesson.reveal("which_invented")

# %% tags=["assert"]
from micrograd.checks.exercises.questions_08 import INVENTED, LETTERS, TWENTY

assert tuple(sorted(written[True] + written[False])) == TWENTY
chosen = [name for letter, name in zip(LETTERS, TWENTY) if letter in INVENTED.split()]
assert chosen == sorted(written[False])

# %% [markdown]
# `zarin` and `sanek` might well be names. That they stand in no list of ours is all that we know.
#
# Twenty are few. Here are a thousand names at each of four temperatures (ten seconds or so). Many
# are in the list. **Predict** below where the model has them from.


# %%
many = {}
for t in (0.2, 0.5, 1, 2):
    rng = Random(11)
    many[t] = [their_generate(model, tokenizer, rng, temperature=t) for _ in range(1000)]
    print(f"{t}: {len(set(many[t]))} different names in 1,000:", *many[t][:6])

# %% tags=["assert"]
assert [sum(name in known for name in names) for names in many.values()] == [776, 248, 48, 14]
assert [len(set(names)) for names in many.values()] == [171, 855, 996, 983]

# %% tags=["exercise"]
# exercise: looked_up

# %%
was_read, never_read = set(train[:2000]), set(held_out)
hits = [name for name in many[0.5] if name in known]
print(len(hits), "in the list,", sum(name in was_read for name in hits), "of them read in training")
print("held out, never shown:", *sorted({name for name in hits if name in never_read}))

# %%
lesson.reveal("looked_up")

# %% tags=["assert"]
assert len(hits) == 248 and sum(name in was_read for name in hits) == 61 and 248 - 61 == 187
assert sum(map(len, train[:2000])) == 12074 and 2000 / 10865 < 1 / 5

# %% [markdown]
# 187 names that it has never read! There is no list in it to look up. Real names come because they
# are what its patterns lead to, and people's names follow such patterns too.
#
# And the invented ones, how far are they from real ones? *One edit* is one letter replaced, left
# out or put in.


# %%
def one_edit(name):
    """All texts that are one letter away."""
    cuts = [(name[:i], name[i:]) for i in range(len(name) + 1)]
    changed = {left + c + right[1:] for left, right in cuts for c in ["", *chars]}
    return changed | {left + c + right for left, right in cuts for c in chars}


def kind_of(name):
    if name in known:
        return "read in training" if name in was_read else "in the list"
    return "one edit away" if one_edit(name) & known else "further off"


# %%
kinds = ("read in training", "in the list", "one edit away", "further off")
many["0.5, shuffled"] = ["".join(Random(i).sample(n, len(n))) for i, n in enumerate(many[0.5])]
found = {t: list(map(kind_of, names)) for t, names in many.items()}
shares = {f"at {t}": {kind: got.count(kind) for kind in kinds} for t, got in found.items()}
share_bars(shares, title="The wilder, the newer; at 0.2 three of four are in the list")

# %% tags=["assert"]
assert [row["read in training"] for row in shares.values()][:4] == [130, 61, 9, 1]
assert [row["further off"] for row in shares.values()][:4] == [5, 158, 599, 844]

# %% [markdown]
# The last bar is there to compare with: the names of 0.5 with their letters shuffled. 82 of these
# are in the list too (its first two parts), and 485 more are one edit away. Short texts are near
# some name by chance. What the model has learnt about the order of letters is the difference: 248
# against 82.
#
# And new depends on the list: of the 752 that ours does not know, the longer list [knows
# 119](../docs/long-runs.md).

# %% tags=["assert"]
assert list(shares["at 0.5, shuffled"].values())[2:] == [485, 433] and 1000 - 485 - 433 == 82
assert sum(name not in known for name in many[0.5]) == 752

# %% [markdown]
# ## How likely is your name?
#
# The other way round: the model reads a name, and we look at what it gave to each letter;
# multiplied, that is the chance of exactly this name. Type your own (a to z, up to 15 letters) and
# press Enter.
#
# Compare the mean surprise with 2.44. Above that, your name follows patterns that 2,000 names did
# not teach. It says nothing about the name, and a lot about the data.


# %%
def likelihood(name):
    name = "".join(letter for letter in name.lower() if letter in chars)[:15]
    begun, ids = [name[:n] for n in range(len(name) + 1)], encode(name, chars)[1:]
    rows = [(text or "BOS", list(after(text).values()), token) for text, token in zip(begun, ids)]
    given = [line[token] for _, line, token in rows]
    mean = -sum(map(math.log, given)) / len(given)
    title = f"{name or 'no letter'}: 1 in {1 / math.prod(given):,.0f}; mean surprise {mean:.2f}"
    return chance_lines(rows, chars, title=title)


explore(likelihood, name=Words("a name", "maria"))

# %% tags=["assert"]
assert "maria: 1 in 15,964; mean surprise 1.61" in likelihood("maria").alt
assert "no letter: 1 in 293" in likelihood(" ").alt

# %% [markdown]
# ## What you can say now
#
# A language model writes by drawing one token after another from its own predictions; a cache saves
# work in that and changes nothing. Temperature and filters decide how far it strays from the
# likely, which is neither the true nor the best. Whether a text is new is a question about the
# data, and can be looked up.
#
# *An open question:* how would you write a thousand names at once?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** [`sample.py`](../micrograd/sample.py), where `choices` hands out each step
# with its distribution, and `generate` joins them; it is your loop on plain numbers, with all
# filters.
#
# In PyTorch a draw is `torch.multinomial(probs, 1)`. In the library
# [transformers](https://huggingface.co/docs/transformers), `generate` takes `temperature`, `top_k`,
# `top_p` and `num_beams`: you have written all four.
