"""Whom an effect is still about when some had to be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.checks.labels_comparison import column
from evaluate.core import Cell, Table
from evaluate.inference.comparison import Bools, Groups
from evaluate.inference.comparison_balance import covariates, few_values
from evaluate.inference.linear import Float

KIND = "comparison_dropped"
_NOTHING = 1e-12
_COLUMNS = (
    *("covariate", "mean_kept", "mean_dropped", "difference_dropped", "n_kept", "n_dropped"),
    *("n_least", "key"),
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Who was left out.

    Attributes
    ----------
    table : Table
        Of kind ``comparison_dropped``.
    about : str
        Whom the estimate is about now, in one sentence.
    """

    table: Table
    about: str


def dropped(
    groups: Groups, kept: Bools, gone: Bools, *, first: Mapping[str, str]
) -> Dropped | None:
    """Return how those left out differ from those kept; nothing where nobody was kept.

    Parameters
    ----------
    groups : Groups
        All units.
    kept, gone : ndarray of bool, shape (n,)
        Units whom the effect is about, and those whom it should have been about too.
    first : mapping of str to str
        For each text column the level that has no indicator.
    """
    if not kept.any():
        return None
    weights = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    rows = tuple(
        _row(name, key, (x[kept], weights[kept]), (x[gone], weights[gone]))
        for name, key, x in covariates(groups, first)
    )
    table = Table(KIND, KIND, tuple(map(column, _COLUMNS)), rows)
    return Dropped(table, _about(rows, int(kept.sum()), int(gone.sum())))


def _row(
    name: str, key: str, kept: tuple[Float, Float], gone: tuple[Float, Float]
) -> dict[str, Cell]:
    means = [float(w @ x / w.sum()) for x, w in (kept, gone)]
    whole = np.concatenate([kept[0], gone[0]])
    spread = sqrt(float(whole.var()))
    values = few_values(whole)
    counts = [len(x) for x, _ in (kept, gone)]
    cells = [int((x == one).sum()) for x, _ in (kept, gone) for one in values]
    row: dict[str, Cell] = {
        "covariate": str(name),
        "mean_kept": means[0],
        "mean_dropped": means[1],
        "n_kept": counts[0],
        "n_dropped": counts[1],
        "n_least": min(counts + cells),
        "key": str(key),
    }
    if spread > _NOTHING * float(np.abs(whole).max()):
        row["difference_dropped"] = (means[1] - means[0]) / spread
    return row


def _about(rows: tuple[dict[str, Cell], ...], n_kept: int, n_gone: int) -> str:
    text = f"The estimate is about {n_kept} of the {n_kept + n_gone} that it was meant for"
    apart = [(abs(d), row) for row in rows if isinstance(d := row.get("difference_dropped"), float)]
    if not apart:
        return f"{text}."
    _, most = max(apart, key=lambda one: one[0])
    return (
        f"{text}; those left out differ most in {most['covariate']}: a mean of"
        f" {most['mean_dropped']:.3g} where those kept have {most['mean_kept']:.3g}."
    )
