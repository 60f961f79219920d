# ---
# minutes: 20
# reads: micrograd/sample.py
# refrain: predict
# ---

# %% [markdown]
# # Sampling: names that the model invents
#
# At the end you can
#
# - follow a language model as it writes, one token at a time;
# - say what temperature does to its choices;
# - find out which of the names it writes are new.
#
# You need notebook 07. This one begins with a model that has been trained already, for 2,000 steps
# of the same kind.

# %% [markdown]
# ## A trained model
#
# First the names that it was trained on, in the same order; we shall need them to see what is new.

# %%
from random import Random

from micrograd.datasets import data_file, load, split

names, held_out = split(load("names"), held_out=0.1, rng=Random(42))

# %% [markdown]
# The model comes with the course, in a file that holds its weights and the history of its training.

# %%
from micrograd import checkpoint

training = checkpoint.load(data_file("names-gpt.safetensors"), names)
model, tokenizer = training.model, training.tokenizer

# %% [markdown]
# How well does it predict? Its loss while it was trained:

# %%
import math

from micrograd.viz import loss_curve

loss_curve(training.history, baseline=(math.log(27), "blind guess, ln 27"))

# %% [markdown]
# ## One letter at a time
#
# A model does not write a name. It says how likely each *next* token is. Here is what it says after
# `mari`.

# %%
from micrograd.sample import choices
from micrograd.viz import next_token_bars

choice = next(choices(model, tokenizer, Random(0), prompt="mari"))
next_token_bars(choice.probabilities, tokenizer.chars)

# %% [markdown]
# To write, draw one token by these probabilities, put it at the end, and ask again. When BOS is
# drawn, which the picture calls "end", the name is over. This is called *autoregression*: the model
# feeds on its own output.

# %%
text = "mari"
for choice in choices(model, tokenizer, Random(8), prompt="mari"):
    drawn, chance = tokenizer.name(choice.token), choice.probabilities[choice.token]
    print(f"{text:10} then {drawn:3}, which had probability {chance:.2f}")
    text += tokenizer.decode([choice.token])

# %% [markdown]
# ## Temperature
#
# Before scores become probabilities they may be divided by a number, the **temperature**. The graph
# shows it on three scores, 2, 1 and 0, of which we follow the first. The result `p` is its
# probability.

# %%
from micrograd import Value
from micrograd.viz import draw_graph

score, temperature = Value(2.0, label="score"), Value(0.5, label="temperature")
others = (1 / temperature).exp() + 1
p = 1 / (1 + others / (score / temperature).exp())
p.label = "p"
p.backward()
draw_graph(p)

# %% [markdown]
# The gradient at `temperature` is negative: raise it, and the leading score loses probability.
#
# **Predict:** at a temperature of 0.2, will the names below be more alike, or more different from
# each other, than at 1? And at 2?

# %% tags=["assert"]
assert temperature.grad < 0 and abs(p.data - 1 / (1 + math.exp(-2) + math.exp(-4))) < 1e-12

# %%
from micrograd.sample import generate

for t in (0.2, 0.5, 1.0, 2.0):
    rng = Random(1)
    print(t, [generate(model, tokenizer, rng, temperature=t) for _ in range(6)])

# %% [markdown]
# Low temperatures keep to the likeliest letters, so the names look sound and much alike. High ones
# let unlikely letters through, and soon anything goes. Low is not truer: it is more cautious.

# %% [markdown]
# ## Is it new?
#
# People like to say that such a model invents names "that do not exist". Do not believe it, look
# it up. Here are twenty, each with the answer.

# %%
known, rng = set(load("names")), Random(5)
written = [generate(model, tokenizer, rng, temperature=0.5) for _ in range(20)]
for name in written:
    print(f"{name:12} {'in the data' if name in known else 'new'}")


# %%
def part_in_data(t, n=300):
    rng = Random(11)
    return sum(generate(model, tokenizer, rng, temperature=t) in known for _ in range(n)) / n


for t in (0.2, 0.5, 1.0):
    print(f"temperature {t}: {part_in_data(t):.0%} of 300 names are in the data")

# %% tags=["assert"]
assert part_in_data(0.2) > part_in_data(1.0)
assert 0 < sum(name in known for name in written) < 20

# %% [markdown]
# The model keeps no list of names: a few thousand numbers would not hold them. It writes real ones
# because real names are what its patterns lead to, and the more cautiously it writes, the more
# often. The others are its own.

# %% [markdown]
# ## What you can say now
#
# A language model writes by drawing one next token after another from its own predictions. The
# temperature sets how far it strays from the likeliest. Whether a text is new is a question about
# the data, and it can be answered.
#
# *An open question:* among the "new" names above, would you call some of them names all the same?

# %% [markdown]
# **In the library** you have used [`sample.py`](../micrograd/sample.py): `choices` hands out each
# step with its distribution, `generate` joins them to a text. In other libraries the same settings
# are called `temperature`, `top_k` and `top_p`; the last two are there to try.
