"""What a figure of one effect says in words: never more than its verdict."""

from __future__ import annotations

from evaluate.book.figures.frame.axis import Measure
from evaluate.book.figures.frame.reading import SHOWN, Figure, Reading
from evaluate.book.figures.frame.strip import level
from evaluate.book.words import words as page_words
from evaluate.core import Estimate

_HUNDRED = 100
_CAUSAL = 4  # step of the claims ladder from which a difference may be laid to the programme


def title(reading: Reading, row: Estimate, how: Measure) -> str:
    """Return the finding as a sentence, from the rounded numbers that the figure shows."""
    w, word = reading.words, reading.word(row.outcome)
    slots = {"outcome": reading.title(row.outcome)}
    if row.estimand == "descriptive":
        size = how.full(row.estimate, sign=True)
        return page_words(reading.language)("figure.described", size=size, **slots)
    if word in SHOWN:
        key = "answer.higher" if row.estimate > 0 else "answer.lower"
        said = w(key + _reach(reading, row), size=how.full(abs(row.estimate)), **slots)
        return said + _weakness(reading, row)
    size = how.full(row.estimate, sign=True)
    return w("answer.unsure", size=size, tail=w(f"tail.{_tail(word)}"), **slots)


def _reach(reading: Reading, row: Estimate) -> str:
    """Return which sentence may be said: below the causal step, groups are only compared."""
    found = reading.verdict(row.outcome)
    return "" if found and found.rung >= _CAUSAL else "_compared"


def _weakness(reading: Reading, row: Estimate) -> str:
    found = reading.verdict(row.outcome)
    weak = found is not None and "likely overstated" in found.because
    return reading.words("answer.overstated") if weak else ""


def _tail(word: str) -> str:
    return word if word in ("ruled out", "not detectable") else "inconclusive"


def frequencies(reading: Reading, row: Estimate) -> tuple[int, int] | None:
    """Return how many of 100 with and without; nothing where whole people do not show it."""
    told = reading.hundred(row)
    if told:
        return told["with_programme"], told["without"]
    means = reading.arms(row)
    if row.unit != "share" or means is None or not all(0 <= one <= 1 for one in means):
        return None
    treated, comparison = (round(_HUNDRED * one) for one in means)
    return None if treated == comparison and row.estimate != 0 else (treated, comparison)


def more(reading: Reading, n: int) -> str:
    """Return a difference of people in words."""
    key = "answer.more" if n > 0 else "answer.fewer" if n < 0 else "answer.none"
    return reading.words(key, n=abs(n))


def between(reading: Reading, row: Estimate) -> tuple[str, str]:
    """Return both ends of an interval in people, the nearer to none first.

    Where both ends lie on one side, its word stands once: between 3 and 20 more.
    """
    told = reading.hundred(row)
    ends = [told["low"], told["high"]] if told else []
    ends = ends or [round(_HUNDRED * one) for one in (row.conf_low, row.conf_high)]
    if min(ends) > 0 or max(ends) < 0:
        near, far = sorted(ends, key=abs)
        return str(abs(near)), more(reading, far)
    return more(reading, ends[0]), more(reading, ends[1])


def frequency_title(reading: Reading, row: Estimate, counts: tuple[int, int]) -> str:
    """Return the finding in people of 100."""
    w, word = reading.words, reading.word(row.outcome)
    slots = {"outcome": reading.title(row.outcome)}
    if word in SHOWN:
        difference = more(reading, counts[0] - counts[1])
        said = w("answer.share" + _reach(reading, row), difference=difference, **slots)
        return said + _weakness(reading, row)
    tail = w(f"tail.{_tail(word)}")
    return w("answer.share_unsure", treated=counts[0], comparison=counts[1], tail=tail, **slots)


def alt(reading: Reading, row: Estimate, how: Measure) -> str:
    """Return an effect in words, with its interval, verdict and what is worth having."""
    w = reading.words
    sentence = w(
        "answer.alt_effect",
        estimate=how.full(row.estimate, sign=True),
        low=how.text(row.conf_low, sign=True),
        high=how.text(row.conf_high, sign=True),
        word=w(f"word.{reading.word(row.outcome)}"),
    )
    size = reading.worthwhile(row.outcome)
    if size is None:
        return sentence
    return f"{sentence} {w('answer.alt_worthwhile', size=how.full(size, sign=True))}"


def about(reading: Reading, row: Estimate, how: Measure, svg: str) -> Figure:
    """Return a figure of the difference alone."""
    w, named = reading.words, level(reading, [row])
    return Figure(
        svg=svg,
        title=title(reading, row, how),
        subtitle=w("answer.sub_difference", level=named, unit=how.unit),
        alt=alt(reading, row, how),
        header=(w("col.what"), f"{w('col.value')}, {how.unit}"),
        rows=effect_rows(reading, row, how),
        note=reading.note(),
    )


def effect_rows(reading: Reading, row: Estimate, how: Measure) -> tuple[tuple[str, str], ...]:
    """Return the difference, its interval and what is worth having as rows of a table."""
    w, size = reading.words, reading.worthwhile(row.outcome)
    low, high = (how.text(one, sign=True) for one in (row.conf_low, row.conf_high))
    rows = [
        (w("difference"), how.text(row.estimate, sign=True)),
        (level(reading, [row]), w("interval", low=low, high=high)),
    ]
    if size is not None:
        rows.append((w("worthwhile").capitalize(), how.text(size, sign=True)))
    return tuple(rows)
