"""Notebook 00: a prediction, a puzzle, and the ten questions that notebook 10 asks again."""

from micrograd.checks.declare import Question, WrongAnswer

TRIES = Question(
    lesson="00",
    name="tries",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="One archer needs about 29 random tries. How many do 25 archers need, if all of them must "
    "hit in the same try?",
    options=(
        ("A", "fewer than 29: with so many archers somebody hits soon"),
        ("B", "about 29: they try at the same time"),
        ("C", "about 25 · 29 = 725"),
        ("D", "about 29 · 29 · ... · 29, with 25 factors"),
    ),
    answer="D",
    because="About one try in 29 is good for the first archer; one in 29 of those is good for the "
    "second as well, and so on. Luck has to be lucky 25 times at once.",
    wrong=(
        WrongAnswer(
            "one of them for all of them",
            "Somebody hits soon, yes. Here one number speaks for all, and it is small only when "
            "nobody misses.",
            ("A",),
        ),
        WrongAnswer(
            "trying at once helps",
            "After 29 tries each archer has hit about once, but hardly ever in the same try as the "
            "others.",
            ("B",),
        ),
        WrongAnswer(
            "knobs cost a sum",
            "725 would do if each archer were told of its own hit and could stop. Here one "
            "number speaks for all.",
            ("C",),
        ),
    ),
)

SIX_VERBS = Question(
    lesson="00",
    name="six_verbs",
    kind="order",
    minutes=1,
    difficulty=1,
    task="Put one step of learning in order, from the letters of a name to better weights.",
    options=(
        ("A", "update: move every weight a little"),
        ("B", "predict: give each possible next letter a chance"),
        ("C", "measure the error: one number, the loss"),
        ("D", "embed: turn each letter into numbers"),
        ("E", "compute gradients: which way, for every weight"),
        ("F", "attend: look at the letters before"),
    ),
    answer="D F B C E A",
    because="The first three are the shot, then come how far off, which way, and by how much.",
    hints=(
        "Three of the six belong to the shot. Which ones?",
        "A machine computes with numbers. What has to be done with a letter first?",
        "Gradients say how the loss would change. What must be known before them?",
    ),
    wrong=(
        WrongAnswer(
            "the gradient before the error",
            "A gradient says how fast the loss changes. Can it be computed before there is a loss?",
            ("D F B E C A",),
        ),
        WrongAnswer(
            "moved before asking which way",
            "How does the update know whether a weight should go up or down?",
            ("D F B C A E", "D F B A C E", "D F B A E C", "A D F B C E"),
        ),
        WrongAnswer(
            "letters looked at before they are numbers",
            "To attend is to compute, with the numbers of this letter and of those before it.",
            ("F D B C E A",),
        ),
        WrongAnswer(
            "predicted before looking",
            "What the next letter may be depends on the letters before it.",
            ("D B F C E A", "B D F C E A"),
        ),
    ),
)


def survey(name, difficulty, task, options, answer, because, **wrong):
    """A question of the survey; `wrong` has for each other letter a name and a hint."""
    return Question(
        lesson="00",
        name=name,
        role="survey",
        kind="choose",
        minutes=1,
        difficulty=difficulty,
        task=task,
        options=tuple(zip("ABCD", options, strict=True)),
        answer=answer,
        because=because,
        wrong=tuple(
            WrongAnswer(mistake, hint, (letter,)) for letter, (mistake, hint) in wrong.items()
        ),
    )


SURVEY = (
    survey(
        "before_slope",
        1,
        "A machine gives 9 for the input 3, and 9.06 for the input 3.01. About how large is its "
        "slope at 3?",
        ("0.06", "6", "9", "3"),
        "B",
        "A slope is the change of the result for each unit of change of the input: 0.06 / 0.01.",
        A=("not divided by the nudge", "0.06 is the change. How large was the nudge?"),
        C=("the slope is the height", "9 is how high it is there, not how fast it rises."),
        D=("the slope is the place", "3 is where you stand."),
    ),
    survey(
        "before_gradient",
        1,
        "The gradient of the loss with respect to a weight is −4. What should the weight do, so "
        "that the loss falls?",
        ("become a little smaller", "become −4", "become a little larger", "become 4 larger"),
        "C",
        "A negative slope means that the loss falls when the weight rises; how far that holds, it "
        "does not say.",
        A=("uphill for downhill", "Minus 4: the loss falls when the weight goes which way?"),
        B=("the gradient is the new weight", "The gradient says which way, not where to."),
        D=("the gradient is the distance", "It is the steepness here, not the way that is left."),
    ),
    survey(
        "before_chain",
        1,
        "h moves 2 times as fast as x, and y moves 3 times as fast as h. How fast does y move, "
        "measured by x?",
        ("6 times as fast", "5 times as fast", "1.5 times as fast", "3 times as fast"),
        "A",
        "Along a path the slopes multiply, as with gears.",
        B=("slopes added along a path", "Move x by 1. By how much does h move, and then y?"),
        C=("divided", "Both links make it faster."),
        D=("only the last link", "y follows h, and h itself moves faster than x."),
    ),
    survey(
        "before_paths",
        2,
        "A number is used in two places of a computation. What is its gradient?",
        (
            "what comes back from the place that is nearer to the result",
            "the larger of the two",
            "what comes back from both, averaged",
            "what comes back from both, added",
        ),
        "D",
        "Nudge the number, and both places move the result; the two effects add up.",
        A=("the last one counts", "The other place moves the result as well."),
        B=("the larger one counts", "The smaller effect is there too."),
        C=("averaged", "Nobody halves the nudge: both places get the whole of it."),
    ),
    survey(
        "before_token",
        1,
        "In a language model of letters, e has the number 4 and f has the number 5. What do the "
        "numbers tell the model?",
        (
            "that f is worth more than e",
            "that f comes after e in names",
            "only that the two are different",
            "that f is rarer than e",
        ),
        "C",
        "A token's number is a place in a table, where the model keeps what it has learnt of it.",
        A=("the number is a size", "Number the letters in another order: would names change?"),
        B=("the number is an order", "It is the order of the alphabet, which no name follows."),
        D=("the number is a rank", "How often each comes is for the model to learn."),
    ),
    survey(
        "before_guess",
        2,
        "A model knows nothing and gives each of 27 letters the same chance. How large is its "
        "loss, the surprise −log(chance), at the letter that comes?",
        ("0", "1/27, about 0.04", "26/27, about 0.96", "ln 27, about 3.3"),
        "D",
        "−log(1/27) is log(27): what a model has learnt is how far it is below that.",
        A=("no knowledge, no loss", "0 is the loss of a model that was certain, and right."),
        B=("the chance is the loss", "Likelier letters must surprise less, not more."),
        C=(
            "the share of wrong letters",
            "The loss is not the chance of being wrong, but −log of the chance of what came.",
        ),
    ),
    survey(
        "before_attention",
        3,
        "In attention, each letter looks back at the ones before it, at some more than at others. "
        "Where do these shares come from?",
        (
            "they are computed anew for every text",
            "they are learnt once and are then fixed",
            "they grow with nearness",
            "they are drawn by chance",
        ),
        "A",
        "What is learnt is how to compute them: from what a letter asks for and what the others "
        "offer.",
        B=(
            "attention weights are parameters",
            "The same place holds other letters in other names.",
        ),
        C=("near means important", "The first letter may matter most to the last."),
        D=("drawn by chance", "The same text gives the same shares every time."),
    ),
    survey(
        "before_held_out",
        2,
        "While a model trains, its loss on the training names goes on falling, but its loss on "
        "names put aside begins to rise. What is happening?",
        (
            "it gets better and better",
            "it learns the training names by heart",
            "its steps are too small",
            "the names put aside get harder",
        ),
        "B",
        "Names that it never trained on are the judge of whether it has learnt a pattern.",
        A=("training loss is progress", "Better at what it has seen, worse at what it has not."),
        C=("too small steps", "Then both losses would fall, slowly."),
        D=("the judge changed", "They are the same names all the time."),
    ),
    survey(
        "before_temperature",
        2,
        "A model writes names at a lower temperature than before. What changes?",
        (
            "the names become true ones",
            "all letters become about equally likely",
            "likely letters become likelier still",
            "rare letters become impossible",
        ),
        "C",
        "A low temperature is caution: it makes large chances larger and small ones smaller.",
        A=("low is truer", "It writes what is common. Whether a name exists, nobody looked up."),
        B=("high for low", "That is what a high temperature does."),
        D=("removed", "They become rarer; only at the temperature 0 is one letter left."),
    ),
    survey(
        "before_efficiency",
        2,
        "The same model is trained by a plain loop, and by fast code on a graphics processor. What "
        "is different about the gradients?",
        (
            "the fast ones are estimates",
            "they follow another rule",
            "the fast ones are better",
            "nothing, apart from rounding",
        ),
        "D",
        "Fast code multiplies the same slopes, many at a time.",
        A=("fast is approximate", "Apart from the last digits, fast code computes the same."),
        B=("another rule", "The chain rule holds on every machine."),
        C=("fast is better", "It is sooner done, and no better."),
    ),
)
