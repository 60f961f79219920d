# ---
# minutes: 45
# reads: [micrograd/tokenizer.py, micrograd/datasets.py]
# refrain: [embed, predict, measure the error]
# ---

# %% [markdown]
# # Text becomes numbers
#
# At the end you can
#
# - turn a text into tokens, and tokens into a text;
# - say in one number how surprised a model is by what comes next;
# - train a table of 729 numbers, and show that it has learnt to count.
#
# You need `Value` and `backward` from 03a and 03b, and tables from 04a; the first cell brings them.
# Short of time? Exercises called *practice* can wait.

# %%
import math
from random import Random

from micrograd.checks import Lesson

lesson = Lesson("05a")
lesson.catch_up(globals())
lesson.recall()

# %% [markdown]
# ## Ten thousand names
#
# In 04a the inputs were numbers. How does a *name* get into a model? Here is a list of given names.
# Each is a [document](../docs/glossary.md#document), a text that stands by itself; together they
# are our [data set](../docs/glossary.md#data-set).
#
# Look at your data before you train on them. What is in there is all that a model can learn.

# %%
from collections import Counter

from micrograd.datasets import data_file, load, split
from micrograd.viz import Strip, count_bars

names = load()
print(len(names), "names:", *Random(1).sample(names, 8))
lengths = Counter(sorted(len(name) for name in names))
firsts = Counter(sorted(name[0] for name in names))
long = count_bars(lengths, title="Most have 5 or 6 letters", xlabel="letters", width=400)
first = count_bars(firsts, title="One in seven begins with a", xlabel="first letter", width=400)
Strip((long, first))

# %% tags=["assert"]
assert len(names) == 10865
assert sorted(lengths, key=lengths.get)[-2:] == [6, 5] and round(len(names) / firsts["a"]) == 7

# %% [markdown]
# A second file says in which of 40 languages, or groups of them, each name is at home. We read it
# into a *dict* ([a box on dicts, Σ and “given”](A_toolbox.ipynb#Dicts,-sums-and-given)).
#
# How do the names of one language *end*? Filled bars are that language, open bars all names. Press
# the buttons: which letter gives a Greek name away? A model that reads them all learns a mixture.
# ([What this list cannot claim.](../data/README.md))

# %%
import csv

from micrograd.viz import Choice, explore, last_letters

with data_file("names-origins.csv").open(encoding="utf-8") as file:
    origins = {row["name"]: row["origins"].split() for row in csv.DictReader(file)}

explore(
    lambda kind: last_letters([n for n in names if kind in origins[n]], names, kind),
    kind=Choice("language", ["italian", "greek", "chinese", "welsh", "yoruba", "french"]),
    stills=[{}, {"kind": "greek"}, {"kind": "chinese"}],
)

# %% tags=["assert"]
assert len({language for of_name in origins.values() for language in of_name}) == 40
greek = Counter(name[-1] for name in names if "greek" in origins[name])
assert greek.most_common(1)[0][0] == "s"

# %% [markdown]
# ## A letter gets a number
#
# A model computes, so each letter must become a number. We list the characters that occur, and
# number them from 0. Such a number is called an id, and it stands for a
# [token](../docs/glossary.md#token).
#
# Write `build_vocabulary(docs)`, which makes that list, the
# [vocabulary](../docs/glossary.md#vocabulary): each character once, sorted. For `["emma", "ava"]`
# it is `['a', 'e', 'm', 'v']`, so there `e` has the id 1. (*Core, 2 minutes.*)

# %% tags=["exercise"]
# exercise: build_vocabulary

# %%
build_vocabulary = lesson.check(build_vocabulary)

# %% [markdown]
# ## Where does a name end?
#
# `emma` is a name, and so is `emmanuel`. After `e m m a` a model must be able to say: it is over.
# For this there is one more token, [BOS](../docs/glossary.md#bos), *beginning of sequence*. Its id
# is the first one that is free.
#
# It stands at *both* ends. In a row of names, BOS emma BOS ava BOS, one ends where the next begins:
# one token serves both.

# %% tags=["assert"]
assert {"emma", "emmanuel", "ava"} <= set(names)

# %% [markdown]
# With the four characters a, e, m and v, the free id is 4. So `encode("ava", ["a", "e", "m", "v"])`
# is `[4, 0, 3, 0, 4]`, and `decode` makes `"ava"` of that again.
#
# Write both. Fill each cell in the place of the dots, and run it and the one below. (*Core*:
# `encode` *3 minutes*, `decode` *2 minutes*.)

# %% tags=["exercise"]
# exercise: encode

# %%
encode = lesson.check(encode)

# %% tags=["exercise"]
# exercise: decode

# %%
decode = lesson.check(decode)

# %% tags=["assert"]
assert encode("ava", ["a", "e", "m", "v"]) == [4, 0, 3, 0, 4]

# %% [markdown]
# ## One question, again and again
#
# A language model is asked a single question: *what comes next?* A name asks it several times.
# Press *on* to go through `emma`. Blue is what is shown, the
# [context](../docs/glossary.md#context). Green and dashed is what is asked for, the
# [target](../docs/glossary.md#target). Grey is not there yet. The numbers below are the ids.

# %%
from micrograd.viz import id_strip, play

chars = build_vocabulary(names)
emma = encode("emma", chars)
print(len(chars), "characters; emma is", emma, "and back again", decode(emma, chars))
strips = [id_strip(emma, chars, asked=place) for place in range(1, len(emma))]
play(lambda i: strips[i], len(strips), label="question", stills=[0, 2, 4])

# %% tags=["assert"]
assert "".join(chars) == "abcdefghijklmnopqrstuvwxyz" and emma == [26, 4, 12, 12, 0, 26]
assert all(decode(encode(name, chars), chars) == name for name in names)

# %% [markdown]
# Four letters, five questions. BOS is the first context, and the last answer: stop. And no question
# shows its own answer: the target is always *one place further*.
#
# Write `windows(tokens, size)`: all questions of a document as pairs (context, target), with the
# nearest `size` tokens, or fewer, as context. For `[4, 0, 3, 0, 4]` and 2 the first three are
# `([4], 0)`, `([4, 0], 3)` and `([0, 3], 0)`. (*Practice, 5 minutes.*)

# %% tags=["exercise"]
# exercise: windows

# %%
windows = lesson.check(windows)

# %% tags=["assert"]
assert windows([4, 0, 3, 0, 4], 2)[:3] == [([4], 0), ([4, 0], 3), ([0, 3], 0)]

# %% [markdown]
# ## A model that counts
#
# Begin with the shortest context, one token. Then a model can be a table of how often each token
# came after each other one. For the names `ab` and `b`:
#
# | | then a | then b | then BOS |
# |---|---|---|---|
# | **after a** | 0 | 1 | 0 |
# | **after b** | 0 | 0 | 2 |
# | **after BOS** | 1 | 1 | 0 |
#
# Two neighbours are a [bigram](../docs/glossary.md#bigram). Write `bigram_counts(docs, chars)`,
# which makes such a table. (*Practice, 4 minutes.*)

# %% tags=["assert"]
assert encode("ab", ["a", "b"]) == [2, 0, 1, 2] and encode("b", ["a", "b"]) == [2, 1, 2]

# %% tags=["exercise"]
# exercise: bigram_counts

# %%
bigram_counts = lesson.check(bigram_counts)


# %% tags=["assert"]
assert bigram_counts(["ab", "b"], ["a", "b"]) == [[0, 1, 0], [0, 0, 2], [1, 1, 0]]


# %%
def shares(counts):
    """Each count divided by the sum of its row."""
    return [[count / sum(row) for count in row] for row in counts]


counts = bigram_counts(names, chars)
probs = shares(counts)
v, i = chars.index("v"), chars.index("i")
print("a v stands there", sum(counts[v]), "times, and i comes next", counts[v][i], "times")
print("share:", round(probs[v][i], 3), "  all 27 shares together:", round(sum(probs[v]), 9))

# %% tags=["assert"]
assert (sum(counts[v]), counts[v][i], round(probs[v][i], 3)) == (894, 307, 0.343)
assert all(abs(sum(row) - 1) < 1e-12 for row in probs)

# %% [markdown]
# In the row of `v`, 307 of 894 is 0.343. That is a [probability](../docs/glossary.md#probability),
# written P(i | v) =
# 0.343: the probability of i, *given* v. The 27 shares of a row sum to 1, and such a list is a
# [distribution](../docs/glossary.md#distribution). It is what a language model answers, and never a
# single letter.
#
# **Predict** what this model says to a beginning that you know.

# %% tags=["exercise"]
# exercise: next_letter

# %%
after_n = dict(zip([*chars, "BOS"], probs[chars.index("n")]))
title = "After n the name is over, or an a comes"
count_bars(after_n, title=title, xlabel="next token", ylabel="probability")

# %%
lesson.reveal("next_letter")

# %% tags=["assert"]
assert sorted(after_n, key=after_n.get)[-2:] == ["a", "BOS"]
assert (round(after_n["BOS"], 2), round(after_n["a"], 2)) == (0.24, 0.19)

# %% [markdown]
# The table has forgotten the `a` and the first `n`. It sees one token, ever. Here is all that it
# knows, 27 rows of 27 probabilities; bright is likely.
#
# Find the row of `q`: what comes next? Then look down the columns of the vowels. Which row says how
# names begin, and which column where they end?

# %%
from micrograd.viz import pair_table

title = "Vowels follow most letters; u follows q"
pair_table(probs, chars, most=0.5, title=title, inches=(5.2, 4.8))

# %% tags=["assert"]
assert len(probs) * len(probs[0]) == 729
assert max(range(27), key=lambda b: probs[chars.index("q")][b]) == chars.index("u")
often = [sum(row[chars.index(v)] for v in "aeiou") for row in probs[:26]]
assert sum(share > 0.4 for share in often) >= 18

# %% [markdown]
# The row of BOS says how names begin, the column of BOS where they end. So the table can also
# write. Begin at BOS, draw the next token by the probabilities of its row, go on from there, and
# stop when BOS comes: [sampling](../docs/glossary.md#sampling).
#
# The second line is written by a blind guesser, who gives each of the 27 tokens the same chance.


# %%
def invent(probs, rng):
    bos = len(chars)
    tokens = [bos]
    while len(tokens) == 1 or tokens[-1] != bos:
        tokens += rng.choices(range(bos + 1), probs[tokens[-1]])
    return decode(tokens, chars)


rng, blind = Random(1), [[1 / 27] * 27] * 27
print("counted:", *[invent(probs, rng) for _ in range(6)])
print("blind:  ", *[invent(blind, rng) for _ in range(2)])

# %% [markdown]
# ## How surprised?
#
# Some of these could almost be names. How much better than blind is the table, in one number? Let p
# be the probability that a model gave to what then *came*. If it gave 1/2, its
# [surprise](../docs/glossary.md#surprise) is −log(1/2), or 0.693. In general it is −log p: 0 for
# the certain, larger the less likely. The unit is the [nat](../docs/glossary.md#nat).
#
# **Predict** the surprise of the blind guesser.

# %% tags=["exercise"]
# exercise: guesser

# %%
for p in (0.99, 0.5, 0.1, 1 / 27, 0.01, 0.0001):
    print(f"p = {p:<7.4g} surprise {-math.log(p):.3f}")

# %%
lesson.reveal("guesser")

# %% tags=["assert"]
assert abs(math.log(27) - 3.296) < 0.0005 and abs(math.log(27) + math.log(1 / 27)) < 1e-12
assert (
    round(-math.log(0.5), 3) == 0.693
    and round(-math.log(0.01), 1) == 4.6
    and round(-math.log(0.0001), 1) == 9.2
)

# %% [markdown]
# A probability a hundred times smaller costs 4.6 more, wherever you begin. And ln 27 = 3.296 is the
# bar: every model of these names has to get under it. (ln is another way to write our log.)
#
# Now a whole name, `ava`: four questions, what the table gave to each right answer, and how
# surprised it was.

# %%
tokens = encode("ava", chars)
found = [probs[a][b] for a, b in zip(tokens, tokens[1:])]
surprises = [-math.log(p) for p in found]
print("p       ", [round(p, 3) for p in found], "  product", round(math.prod(found), 6))
print("surprise", [round(s, 2) for s in surprises], "  sum", round(sum(surprises), 2))
print("mean surprise", round(sum(surprises) / len(surprises), 2))

# %% tags=["assert"]
assert abs(sum(surprises) + math.log(math.prod(found))) < 1e-12
assert (round(found[1], 3), round(math.prod(found), 6)) == (0.021, 0.000205)
assert round(sum(surprises) / 4, 2) == 2.12
assert round(surprises[1], 2) == 3.88 == max(round(s, 2) for s in surprises)

# %% [markdown]
# The `v` cost most: the table had given it only 0.021. Multiplied, the four are the chance of the
# whole name, 0.000205; where probabilities multiply, surprises *add*. Their mean over n questions,
# (Σᵢ −log pᵢ) / n ([signs](../docs/notation.md)), is the loss, called
# [cross-entropy](../docs/glossary.md#cross-entropy).
#
# Put the steps in order, then write `average_nll(probs, docs, chars)`: the mean surprise over all
# questions of all documents. (*Practice, 2 and 4 minutes.*) The name is short for *average negative
# log-likelihood*.

# %% tags=["exercise"]
# exercise: score_order

# %% tags=["exercise"]
# exercise: average_nll

# %%
average_nll = lesson.check(average_nll)

# %%
loss = average_nll(probs, names, chars)
print("counted", round(loss, 3), "  blind", round(math.log(27), 3))

# %% tags=["assert"]
assert round(loss, 2) == 2.54

# %% [markdown]
# ## An id is a name
#
# The table's mean surprise is 2.54, well below the guesser's 3.296. Would it be better or worse
# with other ids? `b` is 1 and `z` is 25. Does it matter that 25 is more? We give the ids out by
# lot, count again, and score again.
#
# **Predict** what becomes of the mean surprise.

# %% tags=["exercise"]
# exercise: renumbered

# %%
shuffled = Random(3).sample(chars, 26)
print("a was", chars.index("a"), "and is now", shuffled.index("a"))
other = shares(bigram_counts(names, shuffled))
print("loss", average_nll(other, names, shuffled), "and before", loss)

# %%
lesson.reveal("renumbered")

# %% tags=["assert"]
assert abs(average_nll(other, names, shuffled) - loss) < 1e-12 and shuffled != chars
assert chars[(chars.index("a") + chars.index("y")) // 2] == "m"

# %% [markdown]
# So never calculate with ids. Half way between `a`, 0, and `y`, 24, is `m`, 12, and that means
# nothing. An id only says *which row*.

# %% [markdown]
# ## Names it has never seen
#
# The table was scored on the very names that it had counted. Has it only looked up its own answers?
# Put a tenth of the names aside, [held out](../docs/glossary.md#held-out), and count the others
# anew. Is there a pair in the held-out names that was never counted?

# %%
train, held_out = split(names, 0.1, Random(42))
counts = bigram_counts(train, chars)
probs = shares(counts)
print(len(train), "names counted,", len(held_out), "held out")
new = bigram_counts(held_out, chars)
for a in range(27):
    for b in range(27):
        if new[a][b] > 0 and counts[a][b] == 0:
            pair = decode([a, b], chars)
            print(pair, "was never counted:", *[name for name in held_out if pair in name])

# %% tags=["assert"]
assert (len(train), len(held_out)) == (9779, 1086)
assert round(average_nll(probs, train, chars), 3) == 2.541
pairs = [(a, b) for name in held_out for a, b in zip(encode(name, chars), encode(name, chars)[1:])]
assert [decode(pair, chars) for pair in pairs if probs[pair[0]][pair[1]] == 0] == ["tx"]

# %% [markdown]
# One pair in one of 1,086 names, and it is enough. The `x` after the `t` has the probability 0, and
# −log p grows without end as p gets near 0. So the mean over *all* held-out names would be
# infinite. “Never counted” is not “impossible”.
#
# The function below still calls such a pair impossible. Repair it: act as if every pair had been
# met once more than it was. (*Practice, 4 minutes.*)

# %% tags=["exercise"]
# exercise: repair_unseen

# %%
repair_unseen = lesson.check(repair_unseen)

# %%
probs = repair_unseen(counts)
print("counted names ", round(average_nll(probs, train, chars), 3))
print("held-out names", round(average_nll(probs, held_out, chars), 3))

# %% tags=["assert"]
assert round(average_nll(probs, train, chars), 3) == 2.543
assert round(average_nll(probs, held_out, chars), 3) == 2.526

# %% [markdown]
# ## Place your bets
#
# On names it never saw the table does as well; by luck, 2.526 is even less than 2.543. It knows no
# name by heart. Are *you* less surprised?
#
# What comes after each beginning? Type your eight letters in a row, a full stop for “it is over”,
# and press Enter. *Sure* is the probability that you put on each; the other 26 tokens share the
# rest.

# %%
from micrograd.viz import Slider, Words, bet_rounds, bet_sheet

rng = Random(7)
rounds = bet_rounds(rng.sample(held_out, 8), probs, chars, rng)
explore(
    lambda letters, sure: bet_sheet(rounds, letters, sure),
    letters=Words("your letters", ""),
    sure=Slider("sure, in %", 5, 95, 50, 5),
    stills=[{}, {"letters": ".imfn.ro"}],
)

# %% tags=["assert"]
assert [came for _, came, _ in rounds] == list(".asrn.sp")
assert (round(-math.log(0.95), 2), round(-math.log(0.05 / 26), 2)) == (0.05, 6.25)

# %% [markdown]
# Move *sure* to 95. Now a hit costs next to nothing, 0.05, and a miss 6.25, far more than a blind
# guess: confidence is not correctness. It pays to say 50 % where one is right half of the time, and
# this loss teaches that to models.
#
# You read the whole beginning, and the table only its last letter. The GPT of 06b reads it all.

# %% [markdown]
# ## A table that learns
#
# Could gradient descent find the 729 probabilities too, without counting? There is an obstacle.
# They must be at least 0, and those of a row must sum to 1. A step against the gradient keeps to
# neither.
#
# So let the table hold scores, any numbers at all, called [logits](../docs/glossary.md#logit). The
# probabilities are made of them, whenever they are needed.

# %% tags=["assert"]
assert len(probs) * len(probs[0]) == 729

# %% [markdown]
# Made how? To divide each by the sum fails: −1, 0 and 1 have the sum 0. But
# [exp](A_toolbox.ipynb#exp-and-log) makes every number positive. Exp of each logit z, divided by
# the sum of all of these, is [softmax](../docs/glossary.md#softmax).
#
# Move a, b and c: are the shares in proportion to the logits? Then move *add to all*, to the end.
# What changes, and what does not?

# %%
from micrograd.viz import softmax_bars

explore(
    lambda a, b, c, more: softmax_bars([a + more, b + more, c + more], "abc"),
    a=Slider("a", -3, 3, 1, 0.5),
    b=Slider("b", -3, 3, 2, 0.5),
    c=Slider("c", -3, 3, 3, 0.5),
    more=Slider("add to all", 0, 1000, 0, 100),
    stills=[{}, {"a": -1, "b": 0, "c": 1}, {"more": 1000}],
)

# %% tags=["assert"]
three = [math.exp(z) / sum(math.exp(z) for z in (1, 2, 3)) for z in (1, 2, 3)]
assert [f"{share:.0%}" for share in three] == ["9%", "24%", "67%"] and three[2] / three[0] > 7
assert all(f"{letter}, logit" in softmax_bars([1001, 1002, 1003], "abc").alt for letter in "abc")
assert "share 67%" in softmax_bars([1001, 1002, 1003], "abc").alt
assert "share 67%" in softmax_bars([-1, 0, 1], "abc").alt

# %% [markdown]
# In proportion they are not: with 1, 2 and 3, c is three times a, and its share, 67 %, more than
# seven times 9 %. A step of 1 in a logit multiplies its power by *e*. And all are shares of one
# sum: what one gains, the others lose.
#
# And adding the same to all changes nothing: only *differences* count.

# %% [markdown]
# But e to the power 1003 is too large for a float. Then how did the picture find the shares? It
# took one and the same number away from all logits first. Which number makes every power safe?
#
# Write `softmax(logits)`, for a list of `Value`s. A `Value` has its number in `data`, and `exp()`.
# (*Core, 6 minutes.*)

# %% tags=["exercise"]
# exercise: softmax

# %%
softmax = lesson.check(softmax)

# %% [markdown]
# ## The loss of one prediction
#
# It is the surprise at the target: −log(e^z / total), with the target's logit z and the sum of all
# powers, the total. But where e^z is rounded to 0, there is no log. So take the fraction apart
# *before* you compute. log(6 / 2) is log 6 − log 2; then what is log(e^z / total)?
#
# Write `cross_entropy(logits, target)`. As in softmax, take the largest away first. (*Core,
# 7 minutes.*)

# %% tags=["assert"]
assert abs(math.log(6 / 2) - (math.log(6) - math.log(2))) < 1e-12

# %% tags=["exercise"]
# exercise: cross_entropy

# %%
cross_entropy = lesson.check(cross_entropy)

# %% [markdown]
# One prediction as a graph. There are three tokens, with the logits 0, 1 and 2, and token 1 is the
# one that came. Its surprise is the log of the total less its own logit. Compare the gradients of
# the three logits with the probabilities, printed above the graph.

# %%
from micrograd.viz import draw_graph

z = [Value(0.0), Value(1.0), Value(2.0)]
for i in range(3):
    z[i].label = f"z[{i}]"
total = exp(z[0]) + exp(z[1]) + exp(z[2])  # they are small: nothing to take away
loss = log(total) - z[1]
backward(loss)
print("probabilities", [round(p.data, 3) for p in softmax(z)])
draw_graph(loss, direction="TB")

# %% tags=["assert"]
wanted = [p.data - (i == 1) for i, p in enumerate(softmax(z))]
assert all(abs(want - logit.grad) < 1e-12 for want, logit in zip(wanted, z))
assert abs(loss.data - cross_entropy(z, 1).data) < 1e-12 and round(loss.data, 3) == 1.408
assert [round(p.data, 3) for p in softmax(z)] == [0.09, 0.245, 0.665]
assert round(z[1].grad, 3) == -0.755

# %% [markdown]
# Each gradient is the token's probability, and 1 less for the token that came: 0.245 − 1 = −0.755.
# So a step raises the logit of what came, and lowers each other one by as much as that was believed
# in.
#
# Now a famous bug: with the loss below, training comes down to almost 0 on any text. What does the
# table learn? Repair one place. (*Practice, 3 minutes.*)

# %% tags=["exercise"]
# exercise: repair_loss

# %%
repair_loss = lesson.check(repair_loss)

# %% [markdown]
# ## 729 Values
#
# The model is a table: 27 rows of 27 logits, all 0 at first. The token that stands there picks the
# row. (Zeros made twins in 04a. Here each logit has a count of its own to find.)
#
# The loss is the mean surprise over 68,834 questions. Many are the same: after `v` came `i`, 273
# times. Their surprise is computed once, and counted 273 times.

# %%
table = [[Value(0.0) for _ in range(27)] for _ in range(27)]
questions = sum(map(sum, counts))


def mean_surprise(table):
    total = Value(0.0)
    for logits, row in zip(table, counts):
        for p, count in zip(softmax(logits), row):
            if count > 0:
                total = total - count * log(p)
    return total / questions


# %% tags=["assert"]
assert (questions, counts[chars.index("v")][chars.index("i")]) == (68834, 273)

# %% [markdown]
# Zeros are the blind guesser, so the first loss is ln 27. Where will it end? The next cell makes
# 150 steps with your own engine, ten seconds or so, and prints every tenth loss.
#
# A rate of 60 looks wild. But the loss is a mean over 68,834 questions, and a single logit has its
# part in few of them. So its gradient is tiny.

# %%
params = parameters({"table": table})
losses, snapshots = [], []
for step in range(151):
    zero_grad(params)
    loss = mean_surprise(table)
    backward(loss)
    losses.append(loss.data)
    if step % 10 == 0:
        snapshots.append([[p.data for p in softmax(logits)] for logits in table])
        print(round(loss.data, 2), end=" ")
    for p in params:
        p.data -= 60 * p.grad

# %% tags=["assert"]
of_rows = [sum(row) / questions for row in counts]
for a in range(27):  # the gradient is the share predicted less the share counted, for each row
    predicted = snapshots[-1][a]
    for b in range(27):
        by_counting = (predicted[b] - counts[a][b] / sum(counts[a])) * of_rows[a]
        assert abs(table[a][b].grad - by_counting) < 1e-12
assert len(params) == 729

# %%
from micrograd.viz import loss_curve

counted = shares(counts)
best = average_nll(counted, train, chars)
title = f"From {losses[0]:.2f} to {losses[-1]:.2f}; counting gives {best:.2f}"
runs = {"gradient descent": losses, "counting": [best] * len(losses)}
loss_curve(runs, smooth=1, title=title, inches=(5.2, 2.7))

# %% tags=["assert"]
assert round(losses[0], 3) == 3.296 and 0 < losses[-1] - best < 0.01

# %% [markdown]
# The two losses nearly meet. And the tables? The one that changes is what gradient descent has
# found, the other was counted. Press *play*, or *on* again and again: each picture is ten steps
# further.

# %%
scale = {"most": 0.5, "inches": (4.0, 3.7)}
right = pair_table(counted, chars, title="counted", **scale)


def beside(i):
    return Strip((pair_table(snapshots[i], chars, title=f"after {10 * i} steps", **scale), right))


play(beside, len(snapshots), label="picture", stills=[len(snapshots) - 1])

# %% tags=["assert"]
learned = snapshots[-1]
gaps = [max(abs(p - q) for p, q in zip(*rows)) for rows in zip(learned, counted)]
assert {chars[a] for a in range(27) if gaps[a] > 0.03} == {"q", "x"}

# %% [markdown]
# **Learning is counting.** Nobody told the table to count. Why does it? For one question the
# gradient was the probability, and 1 less for what came. Averaged over all questions of a row, that
# is the share predicted less the share counted. So downhill ends where the two are equal.
#
# Only the rows of `q` and `x` are behind: they are so seldom asked. (07 has a remedy.)

# %%
learned = snapshots[-1]
print("held-out names: learnt", round(average_nll(learned, held_out, chars), 3))
one, two = Random(1), Random(1)
for _ in range(4):
    print(f"counted: {invent(counted, one):16} learnt: {invent(learned, two)}")

# %% tags=["assert"]
assert min(map(min, learned)) > 0 and round(average_nll(learned, held_out, chars), 2) == 2.53
one, two = Random(1), Random(1)
assert all(invent(counted, one) == invent(learned, two) for _ in range(4))

# %% [markdown]
# With the same dice, both write the same names. And the learnt table needs no repair for names that
# it has not seen: e to any power is above 0, so it calls nothing impossible.
#
# A last puzzle. The rate is good, and there is all the time in the world: where does the loss on
# its own names end? (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: lowest_loss

# %% [markdown]
# ## What you can say now
#
# A text becomes ids, which are names and not sizes, with BOS at both ends. A prediction is a
# distribution over the next token, and its loss is minus the log of what it gave to the one that
# came. Trained on that, a table of logits learns what counting finds.
#
# *An open question:* for ten letters of context a table needs 27¹⁰ rows. How else could a model
# read them?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** `CharTokenizer`, a [tokenizer](../docs/glossary.md#tokenizer), in
# [`tokenizer.py`](../micrograd/tokenizer.py), your three functions as a class; and
# [`datasets.py`](../micrograd/datasets.py), whose `split` keeps all copies of a name on one side.
#
# In PyTorch the loss is `torch.nn.functional.cross_entropy`, which takes logits as yours does, and
# a table of rows is `torch.nn.Embedding(27, 27)`.

# %% tags=["assert"]
from micrograd import Value as PackageValue
from micrograd import nn
from micrograd.tokenizer import CharTokenizer

tokenizer = CharTokenizer.from_documents(names)
assert tokenizer.chars == chars and tokenizer.encode("emma") == encode("emma", chars)
logits = [PackageValue(0.0), PackageValue(1.0), PackageValue(2.0)]
assert abs(nn.cross_entropy(logits, 1).data - cross_entropy(logits, 1).data) < 1e-12
