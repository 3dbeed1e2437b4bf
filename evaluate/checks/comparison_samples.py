"""What a built comparison leaves of each group: units, effective size, the heaviest unit."""

from __future__ import annotations

from evaluate.checks.comparison_dropped import Dropped
from evaluate.checks.labels_comparison import column
from evaluate.core import Cell, Check, Summary, Table
from evaluate.inference.comparison_overlap import Side

KIND = "comparison_samples"
# Share of its side that one unit may carry, and units of equal weight a side must be worth.
LARGEST_SHARE, FEWEST = 0.10, 10.0
_ROUNDING = 1e-9
_COLUMNS = (
    *("side", "n_units", "n_kept", "n_dropped", "effective_n", "effective_n_after"),
    *("largest_share", "score_low", "score_high"),
)
_SIDES = ("treated", "comparison")


def samples(
    sides: tuple[Side, ...], left: Dropped | None, estimand: Summary
) -> tuple[Check, Table]:
    """Return whether both groups are worth enough units, and what each has left.

    Parameters
    ----------
    sides : tuple of Side
        The treated, and the comparison.
    left : Dropped or None
        Who was left out of those whom the effect is about.
    estimand : {"ATT", "ATE", "ATO"}
        Whose effect it is.

    Returns
    -------
    check : Check
        ``effective_size``: failed when a side is worth fewer than 10 units of equal weight, or
        one unit carries more than 10 % of its side.
    table : Table
        Of kind ``comparison_samples``.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.7.
    """
    named = tuple(zip(_SIDES, sides, strict=True))
    rows = tuple(_row(f"{name}_units", one) for name, one in named)
    table = Table(KIND, KIND, tuple(map(column, _COLUMNS)), rows)
    bad = [
        (name, one)
        for name, one in named
        if one.effective_kept < FEWEST * (1 - _ROUNDING)
        or one.largest_share > LARGEST_SHARE * (1 + _ROUNDING)
    ]
    parts = [
        f"{one.n_kept} of {one.n} {name} units are worth {one.effective_kept:.0f} of equal weight,"
        f" the heaviest {one.largest_share:.1%} of its side"
        for name, one in named
    ]
    text = "; ".join(parts)
    if bad:
        names = " and the ".join(name for name, _ in bad)
        text += f"; the {names} side rests on too few ({FEWEST:.0f} and {LARGEST_SHARE:.0%})"
    who = "the treated" if estimand == "ATT" else "all units"
    about = f" The estimate is about {who}." if left is None else f" {left.about}"
    if estimand == "ATO":
        about = " The estimate is about those who might as well have been in either group."
    return Check("effective_size", "failed" if bad else "passed", f"{text}.{about}", KIND), table


def _row(name: str, one: Side) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "side": name,
        "n_units": one.n,
        "n_kept": one.n_kept,
        "n_dropped": one.n - one.n_kept,
        "effective_n": one.effective,
        "effective_n_after": one.effective_kept,
        "largest_share": one.largest_share,
        "score_low": one.low,
        "score_high": one.high,
    }
    return {key: value for key, value in row.items() if value is not None}
