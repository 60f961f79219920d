"""Notebook 10: three predictions, and the ten questions of notebook 00 in other clothes."""

from dataclasses import replace

from micrograd.checks.declare import Question, WrongAnswer
from micrograd.checks.exercises.questions_00 import survey

DELETED = Question(
    lesson="10",
    name="deleted",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=1,
    task="One line of your answers is deleted, any one, by chance. What is most likely to "
    "happen then?",
    options=(
        ("A", "the program ends in an error"),
        ("B", "it runs, and learns nothing"),
        ("C", "it runs, and learns a little worse"),
        ("D", "nothing that anybody would notice"),
    ),
    answer="A",
    because="Most lines make something that the next line uses. Python misses it at once, and that "
    "is the friendly way to fail.",
    wrong=(
        WrongAnswer(
            "a missing line spoils the learning",
            "Such lines exist, and they are the dangerous ones. There are fewer of them.",
            ("B",),
        ),
        WrongAnswer(
            "a line for every bit of skill",
            "A program is no crowd, each doing a little: what one line makes, the next one needs.",
            ("C",),
        ),
        WrongAnswer(
            "lines to spare",
            "You wrote hardly any line that nothing depends on.",
            ("D",),
        ),
    ),
    confidence=True,
)

DAMAGE = Question(
    lesson="10",
    name="damage",
    role="prediction",
    kind="order",
    minutes=2,
    difficulty=3,
    task="Each of four trials lacks one line and takes 60 steps. Put them in order by the loss at "
    "held-out names that they come to, the lowest first.",
    options=(
        ("A", "in gpt, the line that calls block"),
        ("B", "in train_step, the line that calls backward"),
        ("C", "in train_step, the line that calls zero_grad"),
        ("D", "in block, the line that adds what attention says"),
    ),
    answer="C D A B",
    because="Without backward nothing is learnt. Without a block the model is a table of pairs, "
    "without attention it is hardly worse off so early. Without zero_grad it is even a little "
    "ahead: for 60 steps, old gradients work as momentum.",
    wrong=(
        WrongAnswer(
            "old gradients ruin it at once",
            "The old gradients point about the same way for a while. When do they stop helping?",
            ("D A C B", "D A B C", "D C A B", "A D C B", "A D B C"),
        ),
        WrongAnswer(
            "attention does most of the work",
            "In 60 steps a model learns which letters are frequent, and which follow each other. "
            "What of that needs the letters before the last one?",
            ("C A D B", "A C D B"),
        ),
        WrongAnswer(
            "a model can learn without the way back",
            "What would update a weight, if no gradient ever arrives?",
            ("B C D A", "C B D A", "C D B A", "B D A C", "B A D C"),
        ),
    ),
)

LATER = Question(
    lesson="10",
    name="later",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="After 60 steps the file without zero_grad was a little ahead. Both are trained anew, for "
    "200 steps. How do they compare now?",
    options=(
        ("A", "it is still ahead: this is a better way to train"),
        ("B", "both are level: it evens out"),
        ("C", "it is far behind"),
        ("D", "it has ended in an error"),
    ),
    answer="C",
    because="The pile of old gradients grows, and points where the loss was to be lowered long "
    "ago. A new gradient can hardly turn it any more.",
    wrong=(
        WrongAnswer(
            "one low loss is progress",
            "A short trial told you that it is ahead. What else could a short trial have told?",
            ("A",),
        ),
        WrongAnswer(
            "it evens out",
            "Old gradients are never taken away, and each step adds one more.",
            ("B",),
        ),
        WrongAnswer(
            "a fault shows itself",
            "Python has no idea of what a gradient should be. It adds up whatever it is given.",
            ("D",),
        ),
    ),
    confidence=True,
)


def after(name: str, *told, **wrong) -> Question:
    """A question of the second survey; notebook 00 asks for the same idea with other numbers."""
    asked: Question = survey(f"after_{name}", *told, **wrong)
    return replace(asked, lesson="10")


SURVEY_AFTER = (
    after(
        "slope",
        1,
        "A machine gives 20 for the input 5, and 19.92 for the input 5.02. About how large is its "
        "slope at 5?",
        ("5", "20", "−0.08", "−4"),
        "D",
        "The change, −0.08, for each unit of the input: −0.08 / 0.02.",
        A=("the slope is the place", "5 is where you stand."),
        B=("the slope is the height", "20 is how high it is there, not how fast it rises."),
        C=("not divided by the nudge", "−0.08 is the change. How large was the nudge?"),
    ),
    after(
        "gradient",
        1,
        "The gradient of the loss with respect to a weight is 0.5. What should the weight do, so "
        "that the loss falls?",
        ("become a little smaller", "become 0.5", "become a little larger", "become 0.5 smaller"),
        "A",
        "A positive slope means that the loss grows with the weight; how far that holds, it does "
        "not say.",
        B=("the gradient is the new weight", "The gradient says which way, not where to."),
        C=("uphill for downhill", "Plus 0.5: the loss grows when the weight goes which way?"),
        D=("the gradient is the distance", "It is the steepness here, not the way that is left."),
    ),
    after(
        "chain",
        1,
        "h moves 8 times as fast as x, and y moves half as fast as h. How fast does y move, "
        "measured by x?",
        ("8.5 times as fast", "half as fast", "4 times as fast", "16 times as fast"),
        "C",
        "Along a path the slopes multiply: 8 · 0.5.",
        A=("slopes added along a path", "Move x by 1. By how much does h move, and then y?"),
        B=("only the last link", "y follows h, and h itself moves faster than x."),
        D=("divided", "The second link makes it slower."),
    ),
    after(
        "paths",
        2,
        "A weight of the table for queries is used once for each of the five tokens of a name. "
        "What is its gradient?",
        (
            "what comes back from the last token",
            "what comes back from all five, added",
            "what comes back from all five, averaged",
            "the largest of the five",
        ),
        "B",
        "Nudge the weight, and all five places move the loss; their effects add up.",
        A=("the last one counts", "The other places move the loss as well."),
        C=("averaged", "Nobody divides the nudge: each place gets the whole of it."),
        D=("the larger one counts", "The smaller effects are there too."),
    ),
    after(
        "token",
        1,
        "Somebody numbers the letters in another order, q as 0, c as 1 and so on, and trains the "
        "same model anew. What becomes of it?",
        (
            "it learns worse, as neighbours in the alphabet are apart",
            "letters with large numbers count for more",
            "letters with small numbers come more often",
            "it learns about as well as before",
        ),
        "D",
        "A token's number only says which row of a table is its own.",
        A=("the number is an order", "Which part of the model looks at the next number?"),
        B=("the number is a size", "Is the number itself ever added to anything?"),
        C=("the number is a rank", "How often each comes, the model learns from the names."),
    ),
    after(
        "guess",
        2,
        "A model knows nothing and gives each of 100 characters the same chance. How large is its "
        "loss, the surprise −log(chance), at the character that comes?",
        ("ln 100, about 4.6", "1/100, which is 0.01", "99/100, which is 0.99", "0"),
        "A",
        "−log(1/100) is log(100): more characters to choose from, a larger first loss.",
        B=("the chance is the loss", "Likelier characters must surprise less, not more."),
        C=(
            "the share of wrong letters",
            "The loss is not the chance of being wrong, but −log of the chance of what came.",
        ),
        D=("no knowledge, no loss", "0 is the loss of a model that was certain, and right."),
    ),
    after(
        "attention",
        3,
        "A trained model reads first anna, then otto. What of the share of its attention that the "
        "last letter gives to the first one?",
        (
            "it is the same in both: training has fixed it",
            "it is the same in both: the distance is the same",
            "it may differ: it is computed from the letters",
            "it may differ: it is drawn by chance",
        ),
        "C",
        "Fixed after training are the tables that make queries and keys; the shares come from "
        "what these make of the letters.",
        A=(
            "attention weights are parameters",
            "Which of the nine tables holds these shares?",
        ),
        B=("near means important", "The positions count, and the letters count too."),
        D=("drawn by chance", "The same text gives the same shares every time."),
    ),
    after(
        "held_out",
        2,
        "Model P has a loss of 2.10 on its training names and of 2.50 on names put aside. Model Q "
        "has 2.30 and 2.35. Which has learnt more about names?",
        (
            "P, as its training loss is lower",
            "neither, as both have about 2.3 on average",
            "Q, as its loss on the names put aside is lower",
            "nobody can say, as the losses are of different names",
        ),
        "C",
        "Names that it never trained on are the judge; P knows its own names by heart.",
        A=("training loss is progress", "A model that learns by heart has the lowest of all."),
        B=("both losses count", "What is learnt by heart helps with no new name."),
        D=("the judge changed", "The names put aside are the same for both."),
    ),
    after(
        "temperature",
        2,
        "A model writes names at a higher temperature than before. What changes?",
        (
            "likely letters become likelier still",
            "its loss becomes lower",
            "rare letters become impossible",
            "rare letters become less rare",
        ),
        "D",
        "A high temperature is boldness: it makes small chances larger at the cost of large ones.",
        A=("low for high", "That is what a low temperature does."),
        B=("temperature teaches", "No weight changes when it writes."),
        C=("removed", "Nothing is removed; what is rare comes more often."),
    ),
    after(
        "efficiency",
        2,
        "Your GPT is written again in PyTorch and trained on a graphics processor, from the same "
        "weights, with the same names in the same order. What are its losses?",
        (
            "the same, apart from rounding",
            "lower, as it is faster",
            "others, as its gradients are estimates",
            "others, as it follows another rule",
        ),
        "A",
        "The same slopes are multiplied, many at a time.",
        B=("fast is better", "It is sooner done, and no better."),
        C=("fast is approximate", "Apart from the last digits, fast code computes the same."),
        D=("another rule", "The chain rule holds on every machine."),
    ),
)
