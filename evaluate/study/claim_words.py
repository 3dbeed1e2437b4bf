"""No sentence may claim more than the result that it points to can carry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluate.core import LANGUAGES
from evaluate.study.labels_claims import claiming, denying

CAUSAL = 4  # step from which a sentence may say that the programme made a difference
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_MARK = re.compile("\ufdd0([0-9]+)\ufdd1")
_CLAIMS = tuple(re.compile(claiming(one), re.IGNORECASE) for one in LANGUAGES)
# Of any language: Norwegian is written in two, which share most of their words.
_DENIAL = re.compile("|".join(map(denying, LANGUAGES)), re.IGNORECASE)


def claimed(text: str) -> str | None:
    """Return the words by which a sentence claims a cause, or nothing where it claims none.

    Words after a denial, as in "it cannot be said whether the project led to", claim nothing.

    Parameters
    ----------
    text : str
        One sentence.
    """
    for claim in _CLAIMS:
        for found in claim.finditer(text):
            if _DENIAL.search(text[: found.end()]) is None:
                return found.group(0)
    return None


def too_high(
    children: Sequence[Mapping[str, Any]], steps: Mapping[str, int]
) -> Iterator[tuple[str, str, int]]:
    """Yield each sentence of a paragraph that claims a cause beyond the results it points to.

    A sentence is judged by the numbers in it; where it has none, by those of its paragraph.

    Parameters
    ----------
    children : sequence of mapping
        The paragraph's inline nodes.
    steps : mapping of str to int
        Step of the claims ladder by analysis; others are not judged.

    Yields
    ------
    words, analysis : str
        The claiming words, and the analysis that cannot carry them.
    step : int
        The step that it reaches.
    """
    paths: list[str] = []
    text = "".join(_flat(children, paths))
    keys = [path.partition(".")[0] for path in paths]
    around = [one for one in keys if one in steps]
    for sentence in _SENTENCE.split(text):
        own = [keys[int(one)] for one in _MARK.findall(sentence)]
        words = claimed(_MARK.sub("0", sentence))
        judged = [one for one in own if one in steps]
        if words is None or (own and not judged) or not (judged or around):
            continue
        key = steps.__getitem__
        analysis = min(judged, key=key) if judged else max(around, key=key)
        if steps[analysis] < CAUSAL:
            yield words, analysis, steps[analysis]


def _flat(children: Sequence[Mapping[str, Any]], paths: list[str]) -> Iterator[str]:
    for node in children:
        if node["type"] == "number":
            paths.append(str(node["path"]))
            yield f"\ufdd0{len(paths) - 1}\ufdd1"
        elif node["type"] == "break":
            yield " "
        elif "children" in node:
            yield from _flat(node["children"], paths)
        elif node["type"] in ("text", "code", "literal"):
            yield str(node["text"])
