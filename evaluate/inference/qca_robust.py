"""The same analysis under other choices: does the answer hang on one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from evaluate.errors import Refused
from evaluate.inference.qca_cases import Measured, calibrated
from evaluate.inference.qca_definition import Calibration, Robustness
from evaluate.inference.qca_fit import sufficiency
from evaluate.inference.qca_solutions import conservative
from evaluate.inference.qca_truth_table import Cuts

Row = dict[str, str | float | bool | None]
ANCHORS = ("exclusion", "crossover", "inclusion")


@dataclass(frozen=True, slots=True)
class Choices:
    """All that is chosen before the cases are compared.

    Attributes
    ----------
    raw : Measured
        What was measured.
    ways : mapping of str to Calibration
        Calibration by column.
    cuts : Cuts
        What a row has to show.
    """

    raw: Measured
    ways: Mapping[str, Calibration]
    cuts: Cuts


@dataclass(frozen=True, slots=True)
class Solved:
    """The conservative solution under some choices.

    Attributes
    ----------
    models : tuple of str
        All models in words, in their order; a dash where no row passes or nothing can be had.
    consistency, coverage : float or None
        Of the first model.
    """

    models: tuple[str, ...]
    consistency: float | None = None
    coverage: float | None = None


def solved(choices: Choices) -> Solved:
    """Return the conservative solution under some choices.

    Parameters
    ----------
    choices : Choices
        The choices; where they cannot be followed, the reason stands in place of a solution.
    """
    try:
        sets = calibrated(choices.raw, choices.ways).sets
        table = sets.table(choices.cuts)
    except Refused as refused:
        return Solved((f"– ({refused.code})",))
    if not len(table.of("present")):
        return Solved(("–",))
    models = sorted(conservative(table).models, key=sets.sentence)
    fit = sufficiency(sets.union(models[0]), sets.outcome)
    return Solved(tuple(map(sets.sentence, models)), fit.consistency, fit.coverage)


def varied(own: Choices, raters: Mapping[str, Measured], tried: Robustness) -> Iterator[Row]:
    """Yield the conservative solution under each other choice, one choice at a time.

    Parameters
    ----------
    own : Choices
        The study's own.
    raters : mapping of str to Measured
        What was measured by each rater alone, under the rater's place in the order of names.
    tried : Robustness
        The other choices.

    Yields
    ------
    dict
        ``key``, ``choice``, ``column``, ``to`` (what was chosen instead), ``solution`` (the
        first model), ``models``, ``same``, ``consistency`` and ``coverage``.

    References
    ----------
    Oana & Schneider (2024), Sociological Methods & Research 53(1). R:
    ``SetMethods::rob.calibrange``, ``rob.inclrange``, ``rob.ncutrange``.
    """
    here = solved(own).models
    for choice, column, value, other in _others(own, raters, tried):
        found = solved(other)
        yield {
            "key": key_of(choice, column, f"{value:g}"),
            "choice": f"qca.{choice}",
            "column": column,
            "to": value,
            "solution": found.models[0],
            "models": len(found.models),
            "same": found.models == here,
            "consistency": found.consistency,
            "coverage": found.coverage,
        }


def key_of(*parts: str | None) -> str:
    """Return the key of a choice.

    Parameters
    ----------
    *parts : str or None
        Its name, the column it is of, and its value.
    """
    return "|".join(one for one in parts if one)


def _others(
    own: Choices, raters: Mapping[str, Measured], tried: Robustness
) -> Iterator[tuple[str, str | None, float, Choices]]:
    for cut in tried.consistency:
        if cut != own.cuts.consistency:
            yield "consistency_cut", None, cut, with_consistency(own, cut)
    for count in tried.frequency:
        if count != own.cuts.frequency:
            other = replace(own, cuts=replace(own.cuts, frequency=count))
            yield "frequency_cut", None, float(count), other
    for name in own.ways:
        for share in (-tried.anchor_shift, tried.anchor_shift):
            moved = with_anchor(own, name, 1, share)
            anchors = moved.ways[name].anchors if moved else None
            if moved is not None and anchors is not None and share:
                yield ANCHORS[1], name, anchors[1], moved
    for rater, rated in raters.items():
        yield "rater", None, float(rater), replace(own, raw=rated)


def with_consistency(own: Choices, cut: float) -> Choices:
    """Return the choices with another consistency cut.

    Parameters
    ----------
    own : Choices
        The study's own.
    cut : float
        The cut; the cut of contradictions never stands above it.
    """
    low = min(own.cuts.contradiction, cut)
    if own.cuts.contradiction == own.cuts.consistency:
        low = cut
    return replace(own, cuts=replace(own.cuts, consistency=cut, contradiction=low))


def with_anchor(own: Choices, name: str, place: int, share: float) -> Choices | None:
    """Return the choices with one anchor moved, or nothing where it would pass another.

    Parameters
    ----------
    own : Choices
        The study's own.
    name : str
        Column whose calibration is changed.
    place : {0, 1, 2}
        Exclusion, crossover or inclusion.
    share : float
        How far, as a share of the distance from exclusion to inclusion.
    """
    way = own.ways.get(name)
    if way is None or way.anchors is None:
        return None
    anchors = list(way.anchors)
    anchors[place] += share * (way.anchors[2] - way.anchors[0])
    low, middle, high = anchors
    if not (low < middle < high or low > middle > high):
        return None
    form = "direct" if way.direct is not None else "linear"
    moved = way.model_copy(update={form: (low, middle, high)})
    return replace(own, ways={**own.ways, name: moved})
