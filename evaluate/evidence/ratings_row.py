"""What every scale returns: a value with its status, inputs, reasons and rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from evaluate.core import Cell
from evaluate.evidence.ratings_rules import RuleFile

Scale = Literal["wwc", "eef", "sms", "certainty", "ladder"]
Status = Literal["computed", "needs_judgement", "not_applicable", "not_computable"]
NO_EFFECT = "No effect was estimated or released, so that there is nothing to rate."
NO_KIND = "The finding does not say how the design identifies an effect."


@dataclass(frozen=True, slots=True)
class Step:
    """One condition of a scale.

    Attributes
    ----------
    holds : bool or None
        ``None`` where only people could tell and nobody did.
    text : str
        What was found, in a sentence.
    """

    holds: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Rating:
    """Where one analysis stands on one scale.

    Attributes
    ----------
    scale : str
        Which scale.
    status : str
        ``"needs_judgement"`` where open points remain: the value is then the most that can be
        reached.
    value : str or None
        A key of the scale's vocabulary.
    inputs : mapping of str to str
        What it was computed from.
    reasons : tuple of str
        Sentences, what decided first.
    rules : RuleFile
        The rule that was applied.
    """

    scale: Scale
    status: Status
    value: str | None
    inputs: Mapping[str, str]
    reasons: tuple[str, ...]
    rules: RuleFile

    def row(self, analysis: str) -> dict[str, Cell]:
        """Return the rating as a row of the table ``ratings``.

        Parameters
        ----------
        analysis : str
            The analysis that was rated.
        """
        cells: dict[str, Cell] = {
            "analysis": analysis,
            "scale": self.scale,
            "status": self.status,
            "value": self.value,
            "inputs": "; ".join(f"{key}: {value}" for key, value in self.inputs.items()),
            "reasons": " ".join(self.reasons),
            "rule": self.rules.rule,
            "version": self.rules.version,
            "verified": self.rules.verified,
            "citation": self.rules.source,
        }
        return {key: value for key, value in cells.items() if value is not None}


def nothing(scale: Scale, rules: RuleFile, why: str) -> Rating:
    """Return that a scale could not be computed.

    Parameters
    ----------
    scale : str
        Which scale.
    rules : RuleFile
        Its rule.
    why : str
        What is missing, in a sentence.
    """
    return Rating(scale, "not_computable", None, {}, (why,), rules)


def settled(open_points: Iterable[str]) -> tuple[Status, tuple[str, ...]]:
    """Return the status that open points leave, and the sentences that name them.

    Parameters
    ----------
    open_points : iterable of str
        What nobody has judged, in sentences.
    """
    points = tuple(open_points)
    if not points:
        return "computed", ()
    return "needs_judgement", ("This is the most that can be reached; open points remain.", *points)
