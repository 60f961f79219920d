"""What was gained: the questions of the first survey beside those of the second, pair by pair.

Both ask for the same ideas in the same order, with other numbers, so an answer that is merely
remembered does not help.
"""

from __future__ import annotations

from collections.abc import Iterator

from micrograd.checks.card import Card, Part, card
from micrograd.checks.catalogue import lessons, tasks
from micrograd.checks.declare import Question
from micrograd.checks.question import score
from micrograd.checks.store import Records

NEITHER = "not answered"


def gained_card(number: str, records: Records) -> Card:
    """How each idea stood before the course and stands now, and what is still open."""
    pairs = list(surveys(number))
    now = [standing(second, records) for _, second in pairs]
    before = [standing(first, records) for first, _ in pairs]
    if not pairs:
        return card("what was gained", "", "No survey comes before this notebook.")
    if set(now) == {NEITHER}:
        return card("what was gained", "", "Answer the ten questions first, then run this again.")
    parts: list[Part | str] = [f"Right now: {now.count('right')} of {len(now)}."]
    if set(before) == {NEITHER}:
        parts.append("Notebook 00 asked for the same before; there are no answers of yours there.")
    else:
        parts[0] = f"Right before the course: {before.count('right')} of {len(before)}. {parts[0]}"
    rows = [
        f"{idea(second):12} {then:12}  {today}"
        for (_, second), then, today in zip(pairs, before, now, strict=True)
    ]
    heads = f"{'':12} {'before':12}  now"
    parts.append(Part("\n".join([heads, *rows]), is_code=True))
    for (_, second), today in zip(pairs, now, strict=True):
        if today == "wrong":
            found = score(second, records[second.key]["answer"]).mistake
            parts.append(Part(f"{found.hint if found else ''} {second.because}", idea(second)))
    return card("what was gained", "", *parts)


def surveys(number: str) -> Iterator[tuple[Question, Question]]:
    """The questions of the first survey, each with its twin in this notebook."""
    asked = {
        lesson: [
            t for t in tasks(lesson).values() if isinstance(t, Question) and t.role == "survey"
        ]
        for lesson in lessons()
    }
    earlier = [asked[lesson] for lesson in lessons()[: lessons().index(number)] if asked[lesson]]
    yield from zip(earlier[0] if earlier else [], asked[number], strict=False)


def idea(question: Question) -> str:
    """What a question is about: "after_held_out" is about "held out"."""
    return question.name.removeprefix("after_").replace("_", " ")


def standing(question: Question, records: Records) -> str:
    """In a word, how it was answered."""
    said = records.get(question.key, {}).get("answer")
    if not isinstance(said, str) or not said:
        return NEITHER
    return "right" if score(question, said).right else "wrong"
