# ---
# minutes: 25
# reads: [micrograd/train.py, micrograd/optim.py]
# refrain: [predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # Training: a GPT learns names
#
# At the end you can
#
# - say what the loss of a language model measures, and what it is before any training;
# - train a GPT on real names and watch its loss fall;
# - tell from names it was never shown whether it has learnt or only memorised.
#
# You need notebook 03a. The model itself is another notebook's subject; here it is a machine with
# thousands of weights, and we turn them.

# %% [markdown]
# ## What there is to learn
#
# The course comes with given names from many languages. A tenth of them is put aside, *held out*:
# the model never trains on those, and they will be the judge.

# %%
from random import Random

from micrograd.datasets import load, split

names, held_out = split(load("names"), held_out=0.1, rng=Random(42))
print(f"{len(names):,} names to train on, {len(held_out):,} held out")
print(names[:10])

# %% [markdown]
# A model computes with numbers, so each letter becomes one: its place in the alphabet, from 0. One
# more number, 26, stands for the beginning and the end of a name. It is called BOS.

# %%
from micrograd.tokenizer import CharTokenizer

tokenizer = CharTokenizer.from_documents(names)
tokenizer.encode("emma")

# %% [markdown]
# ## The machine, untrained
#
# A GPT takes the letters so far and gives each of the 27 possible next tokens a score. Its weights
# begin as small random numbers.

# %%
from micrograd.gpt import GPT, GPTConfig

model = GPT(GPTConfig(tokenizer.vocab_size), Random(42))
print(f"{len(model.parameters()):,} weights")

# %% [markdown]
# The loss is its *surprise*. If the model gave the right next letter the probability p, the
# surprise at that letter is −log p: 0 when it was certain, more the less it expected it. The loss
# of a name is the average over its letters.
#
# **Predict:** whoever guesses blindly gives each of 27 tokens the probability 1/27. How surprised
# is the untrained model, about?

# %%
import math


def average_loss(names):
    return sum(model.loss(tokenizer.encode(name)).data for name in names) / len(names)


print(f"blind guess   {math.log(27):.3f}")
print(f"untrained     {average_loss(held_out[:200]):.3f}")

# %% tags=["assert"]
assert len(model.parameters()) == 4192 and tokenizer.vocab_size == 27
assert abs(average_loss(held_out[:200]) - math.log(27)) < 0.2

# %% [markdown]
# ## Which way to turn the scores
#
# Here is one prediction in small: three possible letters, their scores, and the surprise at the
# letter that came, `m`. The gradients say what the loss would like.

# %%
from micrograd import Value
from micrograd.nn import cross_entropy
from micrograd.viz import draw_graph

scores = [Value(1.0, label="score of e"), Value(0.5, label="of m"), Value(-1.0, label="of z")]
surprise = cross_entropy(scores, target=1)
surprise.label = "loss"
surprise.backward()
draw_graph(surprise)

# %% [markdown]
# Only `m`, the letter that came, has a negative gradient: the loss falls when its score rises. The
# others should sink, and the likelier one more. In the model each score was computed from weights,
# and `backward()` carries the wish on to all 4,192 of them.

# %% tags=["assert"]
assert scores[1].grad < 0 < scores[2].grad < scores[0].grad

# %% [markdown]
# ## One thousand steps
#
# One step: take a name, predict each of its letters, measure the error, compute gradients, update.
# Adam is a rule for the update, and 0.01, the learning rate, is about how far it moves each weight
# at first. The rate shrinks to 0 towards the end.

# %%
from micrograd.optim import Adam
from micrograd.train import Training, train

optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
training = Training(model, tokenizer, names, optimizer, steps=1000)

# %% [markdown]
# The next cell trains for about 20 seconds, and draws as it goes. Stop it half-way if you like (the
# button ■ above): nothing is lost, and running the cell again goes on from there. To start anew,
# run the cells that made `model` and `training` first.
#
# `train` is a [generator](A_toolbox.ipynb#Generators,-dataclasses,-mutate-or-return): it hands out
# a record of each step, and waits until somebody asks for the next.

# %%
from micrograd.viz import watch_all

watch_all(train(training), total=1000, history=training.history)

# %% [markdown]
# Each faint point is one name, and names differ: some are hard to guess for anybody. That is why
# one low point is not progress. Progress is the line, an average over many names.
#
# Has it learnt, or does it know these names by heart? Ask the held-out ones.

# %%
print(f"blind guess          {math.log(27):.3f}")
print(f"trained, held out    {average_loss(held_out[:200]):.3f}")
print(f"trained, its own     {average_loss(names[:200]):.3f}")

# %% tags=["assert"]
assert average_loss(held_out[:200]) < 2.75
assert abs(average_loss(held_out[:200]) - average_loss(names[:200])) < 0.15

# %% [markdown]
# The two are close, so it has not memorised: with one thousand steps it has not even seen most of
# the names. It has found patterns that hold for names in general.
#
# ## What it invents
#
# Let it write. After each letter it draws the next one, by its own probabilities, until BOS.

# %%
from micrograd.sample import generate

rng = Random(7)
for _ in range(10):
    print(generate(model, tokenizer, rng, temperature=0.5))

# %% [markdown]
# ## What you can say now
#
# The loss of a language model is its average surprise at the next token. Training is one small loop
# that lowers it: predict, measure the error, compute gradients, update. Only texts that it never
# trained on can tell whether it has learnt.
#
# *An open question:* could the loss ever reach 0? Think of two names that begin alike.

# %% [markdown]
# **In the library** you have used [`train.py`](../micrograd/train.py), whose `make_step` is the
# loop's body, and [`optim.py`](../micrograd/optim.py). In PyTorch the same lines are
# `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`.
