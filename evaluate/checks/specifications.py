"""One question under several declared choices: the specification curve, and why answers differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evaluate.checks.labels_specifications import CHOICE, choice, column
from evaluate.core import Cell, Check, Estimate, Table

CURVE, AGREEMENT = "specifications", "agreement_of_estimators"
DECLARED = "declared"  # what the analysis itself is called among its alternatives
_CURVE = (
    *("specification", "declared", "planned", "estimate", "conf_low", "conf_high", "std_error"),
    *("df", "n_obs", "n_treated", "n_apart", "estimand", "state"),
)
_AGREEMENT = (
    *("specification", "estimate", "difference", "of_sample", "of_weights", "of_method"),
    *("of_rest", "std_errors", "df", "n_obs", "n_treated", "state"),
)
_IN_UNIT = frozenset(
    (
        *("estimate", "conf_low", "conf_high", "std_error", "difference"),
        *("of_sample", "of_weights", "of_method", "of_rest"),
    )
)


@dataclass(frozen=True, slots=True)
class Parts:
    """A difference to the declared estimate, attributed in a stated order.

    First the rows are made the same, then whom the estimate is about (estimand and weights);
    what is left is the method. A part is ``None`` where it could not be computed; the difference
    that is left then stands under ``rest``.

    Attributes
    ----------
    sample, weights, method, rest : float or None
        In the outcome's unit; those that are there add up to the difference.
    """

    sample: float | None = None
    weights: float | None = None
    method: float | None = None
    rest: float | None = None


@dataclass(frozen=True, slots=True)
class Specified:
    """One specification.

    Attributes
    ----------
    name : str
        Key of the alternative; ``"declared"`` for the analysis itself.
    row : Estimate or None
        Its estimate; ``None`` where it was refused.
    choices : mapping of str to str
        What differs between specifications, in words.
    state : str or None
        Code of the refusal.
    parts : Parts
        Where the difference to the declared estimate comes from.
    planned : bool or None
        Whether it stands in the locked plan; ``None`` without one.
    n_apart : int or None
        Fewest people of a group, of those that have any, who stand in the rows of one of the two,
        of it and of the declared one, and not in the other's; 0 where both use the same rows,
        ``None`` where nobody knows.
    """

    name: str
    row: Estimate | None
    choices: Mapping[str, str] = field(default_factory=dict)
    state: str | None = None
    parts: Parts = field(default_factory=Parts)
    planned: bool | None = None
    n_apart: int | None = None


def specifications(declared: Specified, others: Sequence[Specified]) -> Table:
    """Return the specification curve: one row for each specification, sorted by estimate.

    Parameters
    ----------
    declared : Specified
        The analysis itself, with a row.
    others : sequence of Specified
        Its alternatives. One that was refused stands last, with the code of the refusal.

    Returns
    -------
    Table
        Of kind ``specifications``, with a column for each choice that differs.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, figure 2.
    """
    every = sorted((declared, *others), key=lambda one: _place(one, declared))
    names = dict.fromkeys(key for one in every for key in one.choices)
    unit = declared.row.unit if declared.row is not None else None
    own = tuple(column(one, unit if one in _IN_UNIT else None) for one in _CURVE)
    rows = tuple(_present(_curve_row(one, declared)) for one in every)
    return Table(CURVE, CURVE, (*own, *map(choice, names)), rows)


def _place(one: Specified, declared: Specified) -> tuple[bool, float, bool, str]:
    """Return what rows are sorted by; ties leave the declared one first."""
    value = one.row.estimate if one.row is not None else 0.0
    return one.row is None, value, one is not declared, one.name


def _curve_row(one: Specified, declared: Specified) -> dict[str, Cell]:
    row = one.row
    told: dict[str, Cell] = {
        "specification": one.name,
        "declared": one is declared,
        "planned": one.planned,
        "state": one.state,
    }
    if row is not None:
        numbers = ("estimate", "conf_low", "conf_high", "std_error", "df", "n_obs", "n_treated")
        told |= {key: getattr(row, key) for key in (*numbers, "estimand")}
        told["n_apart"] = 0 if one is declared else one.n_apart
    return told | {f"{CHOICE}{key}": words for key, words in one.choices.items()}


def agreement(declared: Specified, others: Sequence[Specified]) -> tuple[Check, Table]:
    """Return whether other choices give the same answer, and where differences come from.

    Parameters
    ----------
    declared : Specified
        The analysis itself, with a row.
    others : sequence of Specified
        Its alternatives, at least one.

    Returns
    -------
    check : Check
        ``agreement``: passed when the declared interval holds the estimate of every alternative;
        failed when it leaves one out whose own interval leaves out the declared estimate too;
        uninformative when each that it leaves out is so uncertain that its interval holds the
        declared estimate, or one could not be computed. Estimates from the same people go
        together, so that their difference is seldom less certain than the less certain of them:
        then two that are both right fail in at most 5 % of samples, at intervals of 95 %.
    table : Table
        Of kind ``agreement_of_estimators``: each difference, attributed to the rows used, to whom
        the estimate is about, and to the method, in this order.
    """
    first = declared.row
    if first is None:
        raise ValueError("the declared specification has no estimate")
    unit = first.unit
    columns = tuple(column(one, unit if one in _IN_UNIT else None) for one in _AGREEMENT)
    rows = tuple(_present(_agreement_row(one, first)) for one in (declared, *others))
    return _judged(first, others), Table(AGREEMENT, AGREEMENT, columns, rows)


def _agreement_row(one: Specified, declared: Estimate) -> dict[str, Cell]:
    row = one.row
    if row is None:
        return {"specification": one.name, "state": one.state}
    told: dict[str, Cell] = {
        "specification": one.name,
        "estimate": row.estimate,
        "df": row.df,
        "n_obs": row.n_obs,
        "n_treated": row.n_treated,
        "state": one.state,
    }
    if one.name != DECLARED and comparable(row, declared):
        gap = row.estimate - declared.estimate
        told |= {
            "difference": gap,
            "of_sample": one.parts.sample,
            "of_weights": one.parts.weights,
            "of_method": one.parts.method,
            "of_rest": one.parts.rest,
            "std_errors": gap / declared.std_error if declared.std_error > 0 else None,
        }
    return told


def comparable(one: Estimate, other: Estimate) -> bool:
    """Return whether two estimates are in one unit and on one scale."""
    return (one.unit, one.scale) == (other.unit, other.scale)


def _judged(declared: Estimate, others: Sequence[Specified]) -> Check:
    rows = [(one.name, one.row) for one in others if one.row is not None]
    same = [(name, row) for name, row in rows if comparable(row, declared)]
    outside = {name: row for name, row in same if not _holds(declared, row)}
    apart = [name for name, row in outside.items() if not _holds(row, declared)]
    missing = len(others) - len(same)
    found = f"{_of_all(len(others))} {_sides(declared, [row for _, row in same])}"
    if apart:
        text = f"{found} Neither interval holds the other's estimate for {', '.join(apart)}."
        return Check("alternatives_agree", "failed", text, AGREEMENT)
    if outside or missing:
        why = [f"{', '.join(outside)} lies outside the declared interval"] if outside else []
        why += [f"{missing} could not be computed or compared"] if missing else []
        return Check("alternatives_agree", "uninformative", f"{found} {'; '.join(why)}.", AGREEMENT)
    text = f"{found} The declared interval holds the estimate of every alternative."
    return Check("alternatives_agree", "passed", text, AGREEMENT)


def _holds(one: Estimate, other: Estimate) -> bool:
    return one.conf_low <= other.estimate <= one.conf_high


def _of_all(n: int) -> str:
    return f"{n} alternative{'s' * (n != 1)} {'was' if n == 1 else 'were'} declared."


def _sides(declared: Estimate, rows: Sequence[Estimate]) -> str:
    """Say how many specifications lie on the declared side of zero, and how many exclude it."""
    every = (declared, *rows)
    same = sum((row.estimate > 0) == (declared.estimate > 0) for row in every)
    clear = sum(row.conf_low > 0 or row.conf_high < 0 for row in every)
    return (
        f"Of {len(every)} specifications with the declared one {same} lie on its side of zero and"
        f" {clear} have an interval that leaves out zero."
    )


def _present(row: Mapping[str, Cell]) -> dict[str, Cell]:
    return {key: value for key, value in row.items() if value is not None}
