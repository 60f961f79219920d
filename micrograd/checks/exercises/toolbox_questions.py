"""The toolbox: what a learner works out at its stations without writing a function."""

from micrograd.checks.declare import Question, WrongAnswer

HALF_WAY = Question(
    lesson="A",
    name="half_way",
    kind="number",
    minutes=1,
    difficulty=1,
    task="On a log axis, which number lies half-way between 1 and 100?",
    answer="10",
    because="From 1 to 10 is one factor of ten, and from 10 to 100 another: equal factors take "
    "equal room.",
    wrong=(
        WrongAnswer(
            "added where a log axis multiplies",
            "That is half-way on an ordinary axis, where equal steps add the same. Here they "
            "multiply by the same.",
            ("50", "50.5", "51", "49.5"),
        ),
        WrongAnswer(
            "the power for the number",
            "You count the factors of ten. Which number do you reach with so many?",
            ("1", "2", "0"),
        ),
        WrongAnswer(
            "half of ten",
            "From 1 to 5 is a factor of 5, and from 5 to 100 one of 20. The two should be equal.",
            ("5", "5.5"),
        ),
    ),
    hints=(
        "One step to the right multiplies by the same factor, wherever it begins.",
        "Two equal steps lead from 1 to 100. Which factor, used twice, makes 100?",
    ),
)

TWO_SLOPES = Question(
    lesson="A",
    name="two_slopes",
    kind="match",
    minutes=2,
    difficulty=1,
    task="Take x = 6. How large is d(x²)/dx there, and how large is d(4·x)/dx? "
    "Two numbers, in this order.",
    answer="12 4",
    because="The square's slope is 2x and changes along the curve; a straight line rises by its "
    "factor everywhere.",
    wrong=(
        WrongAnswer(
            "the slope is the height",
            "These are the heights at x = 6. How much do they rise for each unit of x?",
            ("36 24", "12 24", "36 4"),
        ),
        WrongAnswer(
            "the factor 2 is lost",
            "6.01² is 36.1201. That is a rise of 0.1201, for 0.01 of x.",
            ("6 4", "6 24"),
        ),
        WrongAnswer(
            "one number for the whole curve",
            "A square rises faster the further out you are. How fast at 6?",
            ("2 4", "2 1"),
        ),
        WrongAnswer(
            "x and its factor swapped",
            "In 4·x it is x that moves. When x grows by 1, by how much does 4·x grow?",
            ("12 6",),
        ),
        WrongAnswer(
            "the slope of x alone",
            "That is the slope of x. Four of them rise four times as fast.",
            ("12 1",),
        ),
    ),
    hints=(
        "When x goes from 6 to 7, how much does 4·x rise? And from 7 to 8?",
        "The rule for the square is 2x. What is x here?",
    ),
)

PURSES = Question(
    lesson="A",
    name="purses",
    kind="match",
    minutes=2,
    difficulty=2,
    task="With a, b = Purse(5), Purse(2), somebody runs c = a + b and then c.spend(1). How many "
    "coins have a, b and c now? Three numbers, in this order.",
    answer="5 2 6",
    because="The plus built a new purse from two that stay as they were, and spend changed only "
    "the object in front of its dot.",
    wrong=(
        WrongAnswer(
            "plus changes what stands before it",
            "__add__ has no line that changes self.coins. What does it return?",
            ("7 2 6", "6 2 6", "7 2 7", "6 2 7"),
        ),
        WrongAnswer(
            "self is the first one made",
            "Inside spend, self is whatever stood before the dot. Which purse was that?",
            ("4 2 7", "4 2 6"),
        ),
        WrongAnswer(
            "all purses share their coins",
            "The class is the plan. Each object made from it has a coins of its own.",
            ("6 6 6", "4 1 6", "4 1 7"),
        ),
        WrongAnswer(
            "plus empties the two",
            "Nothing in __add__ takes coins away. It only reads them.",
            ("0 0 6", "0 0 7"),
        ),
        WrongAnswer(
            "spend is lost",
            "spend returns nothing, but look at its line: which object's coins does it change?",
            ("5 2 7",),
        ),
    ),
    hints=(
        "Write a, b and c side by side on paper, and go through the two lines.",
        "Which lines of the class change the coins of an object that is already there?",
    ),
)

WALK_ORDER = Question(
    lesson="A",
    name="walk_order",
    kind="order",
    minutes=3,
    difficulty=2,
    task='Follow walk(links, "A") with a pencil. In which order does it meet the places?',
    options=(
        ("A", "it begins here"),
        ("B", "reached from A"),
        ("C", "reached from A"),
        ("D", "reached from B and from C"),
    ),
    answer="A C D B",
    because="C was put on the stack last, so it is taken first, and D on top of B; when D comes "
    "up again, the set knows it.",
    wrong=(
        WrongAnswer(
            "first in, first out",
            "That is a queue at a counter. pop takes what was put there last.",
            ("A B C D",),
        ),
        WrongAnswer(
            "the list of links read from its front",
            "B and C go on the stack in this order. Which of them lies on top?",
            ("A B D C",),
        ),
        WrongAnswer(
            "the set forgotten",
            "One place stands there twice. What does the line with `not in seen` see to?",
            ("A C D B D", "A B D C D", "A B C D D"),
        ),
        WrongAnswer(
            "what waits is served before what is new",
            "After C its link D is put on the stack, on top of B. Which of the two does pop take?",
            ("A C B D",),
        ),
    ),
    hints=(
        "Write the stack after each pop: it begins as [A], then becomes [B, C].",
        "C is popped, and D takes its place: [B, D].",
    ),
)

LOG_EIGHT = Question(
    lesson="A",
    name="log_eight",
    kind="number",
    minutes=2,
    difficulty=2,
    task="log 2 is 0.693. Without a computer: what is log 8, to two decimals?",
    answer="2.079",
    tolerance=0.015,
    because="8 is 2 · 2 · 2, and a log turns a product into a sum: three times 0.693.",
    wrong=(
        WrongAnswer(
            "the factor of the number is that of its log",
            "8 is four times 2, but the log of 4 · 2 is not 4 times the log of 2. What does a log "
            "make of a product?",
            ("2.772", "2.77", "2.773"),
        ),
        WrongAnswer(
            "log 8 taken for 8 logs",
            "Eight logs of 2, added, are the log of 2 · 2 · 2 · 2 · 2 · 2 · 2 · 2.",
            ("5.544", "5.54", "5.545"),
        ),
        WrongAnswer(
            "logs multiplied",
            "The numbers are multiplied. Their logs are added.",
            ("0.333", "0.33", "0.3328"),
        ),
        WrongAnswer(
            "twos counted",
            "8 has three factors of 2. This log counts factors of e, which is 2.718.",
            ("3",),
        ),
        WrongAnswer(
            "base ten",
            "That is log10, which counts factors of ten. In this course log counts factors of e.",
            ("0.903", "0.9", "0.90"),
        ),
    ),
    hints=(
        "Write 8 as a product of twos.",
        "The log of a product is the sum of the logs.",
    ),
)

IN_PLACE = Question(
    lesson="A",
    name="in_place",
    kind="choose",
    minutes=2,
    difficulty=2,
    task="x and y are two names of one list, [3, 1, 2], and one of these lines is run. After which "
    "of them does y look different? Choose all.",
    options=(
        ("A", "x.append(4)"),
        ("B", "x = x + [4]"),
        ("C", "x[0] = 9"),
        ("D", "x = [9, 1, 2]"),
        ("E", "x.sort()"),
        ("F", "sorted(x)"),
    ),
    answer="A C E",
    because="append, sort and an assignment to an entry change the list that both names stand "
    "for; + and sorted build another one, and x = … only moves the name.",
    wrong=(
        WrongAnswer(
            "a new list taken for a change",
            "x + [4] is another list, and x becomes its name. Which list does y still name?",
            ("A B C E", "A B", "B", "A B C"),
        ),
        WrongAnswer(
            "a moved name taken for a changed list",
            "x = … ties the name x to another list. Nobody touched the one that y names.",
            ("A C D E", "A B C D E", "A B C D", "A C D", "C D"),
        ),
        WrongAnswer(
            "sorted and sort swapped",
            "One of the two hands back a new list, the other has no result and rearranges its own.",
            ("A C F", "A C E F", "A C"),
        ),
        WrongAnswer(
            "a changed entry not seen",
            "x[0] = 9 does not move the name x. It changes what stands in the list.",
            ("A E", "A"),
        ),
        WrongAnswer(
            "every line that mentions x",
            "Ask of each line: does it change the list, or make another one?",
            ("A B C D E F",),
        ),
    ),
    hints=(
        "There are two things here: a list, and the names tied to it.",
        "A line that begins with x = moves the name x. The others: do they return a new list?",
    ),
)
