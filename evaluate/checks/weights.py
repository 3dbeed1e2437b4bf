"""How unlike the rows' weights are, and how many rows they leave."""

from __future__ import annotations

from evaluate.core import Cell, Check, Column, Table
from evaluate.data.weights import WeightSummary

# Share of all weight that one row may have.
LARGEST_SHARE = 0.05

_COLUMNS = (
    Column("n_obs", "integer", {"en": "Rows", "nb": "Rader", "sv": "Rader"}),
    Column(
        "effective_n",
        "number",
        {"en": "Effective rows", "nb": "Effektive rader", "sv": "Effektiva rader"},
    ),
    Column("n_zero", "integer", {"en": "Weight zero", "nb": "Vekt null", "sv": "Vikt noll"}),
    Column(
        "largest_share",
        "share",
        {"en": "Largest's share", "nb": "Den størstes andel", "sv": "Den störstas andel"},
    ),
)


def weights_check(summary: WeightSummary) -> tuple[Check, Table]:
    """Return whether one row weighs so much that it decides the result, and the table.

    Parameters
    ----------
    summary : WeightSummary
        Of the rows with an outcome.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.7.
    """
    row: dict[str, Cell] = {
        "n_obs": summary.n,
        "effective_n": float(summary.effective_n),
        "n_zero": summary.n_zero,
        "largest_share": float(summary.largest_share),
    }
    table = Table("weights", "weights", _COLUMNS, (row,))
    text = (
        f"The weights of {summary.n} rows are worth {summary.effective_n:.0f} equal ones, and the"
        f" largest is {summary.largest_share:.1%} of all"
    )
    if summary.n_zero:
        text += f"; {summary.n_zero} rows of weight zero are left out"
    passed = summary.largest_share <= LARGEST_SHARE
    return Check("weights", "passed" if passed else "failed", f"{text}.", "weights"), table
