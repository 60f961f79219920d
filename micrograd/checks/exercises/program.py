"""What the course gives for the learner's own file: the main program, which calls their answers."""

from micrograd.checks.declare import Given

PROGRAM = Given(
    lesson="10",
    name="program",
    text='''\
import argparse
import gc
from pathlib import Path


def find_text(named):
    """The text to learn from: the one that was named, else the names of the course."""
    here = Path(__file__).resolve().parent
    names = [here / "names.txt", here.parent / "data" / "names.txt"]
    there = [path for path in ([Path(named)] if named else names) if path.is_file()]
    if not there:
        raise SystemExit(f"There is no file {named or names[0]}: name a text, one document a line.")
    return there[0]


def read_documents(path):
    """The lines of a text file, each a document; those with nothing in them are left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SystemExit(f"{path} is no text in UTF-8: save it as such, then try again.") from None
    docs = [line.strip() for line in text.splitlines() if line.strip()]
    if not docs:
        raise SystemExit(f"{path} holds no line with anything in it.")
    return docs


def training(docs, chars, state, config, steps, lr=0.01):
    """Take so many steps, one document each, and hand out the loss of every one of them."""
    params = parameters(state)
    m, v = [0.0] * len(params), [0.0] * len(params)  # what Adam remembers of each weight
    for step in range(steps):
        tokens = encode(docs[step % len(docs)], chars)
        rate = linear_decay(step, steps, lr)
        gc.disable()  # Values go as they came; nobody has to search for those that are left
        try:
            loss = train_step(tokens, state, config, params, m, v, step, rate)
        finally:
            gc.enable()
        yield loss


def main():
    """Learn from a text, and show the loss meanwhile; then invent twenty lines like it."""
    options = argparse.ArgumentParser(description="Train a GPT on the lines of a text.")
    options.add_argument("text", nargs="?", help="a text file; without one, the course's names")
    options.add_argument("--steps", type=int, default=1000, help="how many (1000)")
    options.add_argument("--seed", type=int, default=42, help="of the random numbers (42)")
    chosen = options.parse_args()

    path, rng = find_text(chosen.text), random.Random(chosen.seed)
    docs = read_documents(path)
    rng.shuffle(docs)
    chars = build_vocabulary(docs)
    config = Config(len(chars) + 1)
    state = new_state(config, rng)
    print(f"{path.name}: {len(docs):,} documents, {len(chars)} different characters")
    blind = math.log(len(chars) + 1)  # the loss of somebody who knows nothing
    print(f"a GPT of {len(parameters(state)):,} weights; a blind guess has a loss of {blind:.2f}")

    losses = []
    try:
        for loss in training(docs, chars, state, config, chosen.steps):
            losses.append(loss)
            latest = losses[-100:]  # one alone says little: some documents are harder than others
            end = "\\n" if len(losses) % 100 == 0 else "\\r"
            told = f"step {len(losses):5} of {chosen.steps}   loss {sum(latest) / len(latest):.3f}"
            print(told, end=end, flush=True)
    except KeyboardInterrupt:
        print(f"\\nstopped after {len(losses)} steps")
    print()
    for _ in range(20):
        print(generate(state, config, chars, 0.5, rng))
''',
)
