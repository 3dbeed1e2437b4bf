"""Outcomes that the programme cannot have changed: where they differ, the groups did before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluate.checks.labels_specifications import column
from evaluate.core import Cell, Check, Estimate, Table
from evaluate.inference.multiple import adjust

KIND = "negative_controls"
_COLUMNS = (
    *("outcome", "estimate", "conf_low", "conf_high", "std_error", "p_value", "p_adjusted"),
    *("visible", "df", "n_obs", "n_treated", "dropped", "state"),
)


@dataclass(frozen=True, slots=True)
class Control:
    """One negative control.

    Attributes
    ----------
    outcome : str
        Key of the outcome.
    row : Estimate or None
        Difference between the groups; ``None`` where it was refused.
    visible : float or None
        Size that the interval has to be able to see, in the control's own unit.
    dropped : tuple of str
        Covariates that were left out.
    state : str or None
        Code of the refusal.
    """

    outcome: str
    row: Estimate | None
    visible: float | None = None
    dropped: tuple[str, ...] = ()
    state: str | None = None


def negative_controls(controls: Sequence[Control]) -> tuple[Check, Table]:
    """Return whether the groups differ in what the programme cannot have changed.

    Parameters
    ----------
    controls : sequence of Control
        At least one.

    Returns
    -------
    check : Check
        ``negative_controls``: failed when a difference is shown, its p-value adjusted for how
        many there are by Holm's method; uninformative when none is, but an interval reaches
        further than the size that it had to be able to see, or one could not be computed.
    table : Table
        Of kind ``negative_controls``; each row in the unit of its outcome.

    References
    ----------
    Lipsitch, Tchetgen Tchetgen & Cohen (2010), Epidemiology 21(3).
    Holm (1979), Scandinavian Journal of Statistics 6(2); R ``p.adjust(p, "holm")``.
    """
    tested = [one for one in controls if one.row is not None and one.row.p_value is not None]
    p_values = [one.row.p_value for one in tested if one.row is not None]
    together = adjust([p for p in p_values if p is not None], "holm")
    adjusted = {one.outcome: float(p) for one, p in zip(tested, together, strict=True)}
    rows = tuple(_row(one, adjusted.get(one.outcome)) for one in controls)
    shown = [one.outcome for one in controls if _differs(one, adjusted.get(one.outcome))]
    blurred = [one.outcome for one in controls if one.outcome not in shown and _blurred(one)]
    return _check(controls, shown, blurred), Table(KIND, KIND, tuple(map(column, _COLUMNS)), rows)


def _differs(one: Control, p_adjusted: float | None) -> bool:
    """Return whether a difference is shown; without a p-value by the interval alone."""
    if one.row is None:
        return False
    if p_adjusted is None:
        return one.row.conf_low > 0 or one.row.conf_high < 0
    return p_adjusted < 1 - one.row.conf_level


def _blurred(one: Control) -> bool:
    if one.row is None:
        return True
    reach = max(one.row.conf_high - one.row.estimate, one.row.estimate - one.row.conf_low)
    return one.visible is None or reach > one.visible


def _check(controls: Sequence[Control], shown: list[str], blurred: list[str]) -> Check:
    n = len(controls)
    dropped = [f"{', '.join(one.dropped)} for {one.outcome}" for one in controls if one.dropped]
    rest = f" Left out of the covariates: {'; '.join(dropped)}." if dropped else ""
    if shown:
        text = (
            f"{len(shown)} of {n} negative controls differ between the groups, adjusted for how"
            f" many there are: {', '.join(shown)}.{rest}"
        )
        return Check(KIND, "failed", text, KIND)
    if blurred:
        text = (
            f"None of {n} negative controls differs, but the interval of {', '.join(blurred)}"
            f" is too wide to see a difference as large as the effect.{rest}"
        )
        return Check(KIND, "uninformative", text, KIND)
    text = f"None of {n} negative controls differs, with intervals narrower than the effect.{rest}"
    return Check(KIND, "passed", text, KIND)


def _row(one: Control, p_adjusted: float | None) -> Mapping[str, Cell]:
    told: dict[str, Cell] = {
        "outcome": one.outcome,
        "visible": one.visible,
        "dropped": "; ".join(one.dropped) or None,
        "state": one.state,
        "p_adjusted": p_adjusted,
    }
    if one.row is not None:
        numbers = ("estimate", "conf_low", "conf_high", "std_error", "p_value")
        told |= {key: getattr(one.row, key) for key in (*numbers, "df", "n_obs", "n_treated")}
    return {key: value for key, value in told.items() if value is not None}
