"""Rows of the tables on how organisations see each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.core import Cell
from evaluate.errors import Refused
from evaluate.inference.cluster_sums import Clusters
from evaluate.inference.icc import anova_icc
from evaluate.inference.network import Float
from evaluate.inference.perception_gap import (
    Gap,
    View,
    gap,
    mean_over_cases,
    rater_means,
    view,
    within_agreement,
)

Row = dict[str, Cell]
Key = tuple[str, str, str]  # case, whose raters, whom they rated
ALL = "all"


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings by case and by who rates whom.

    Attributes
    ----------
    rows : mapping of (str, str, str) to ndarray, shape (n, k)
        Items of each rater by case, rating side and rated side; NaN where not answered.
    cases, sides : tuple of str
        What there is.
    pairs : tuple of (str, str)
        Sides that see each other, each pair once.
    scale : tuple of float
        Lowest and highest rating possible.
    close : bool
        Whether a high rating means close.
    conf_level : float
        Coverage probability of intervals, in (0, 1).
    """

    rows: Mapping[Key, Float]
    cases: tuple[str, ...]
    sides: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    scale: tuple[float, float]
    close: bool
    conf_level: float = 0.95

    def raters(self, key: Key) -> Float:
        """Return the mean of each rater over items, those without one left out."""
        items = self.rows.get(key)
        if items is None:
            return np.zeros(0)
        means = rater_means(items)
        found: Float = means[~np.isnan(means)]
        return found

    def view(self, key: Key) -> View | None:
        """Return a view, or ``None`` where nobody has it."""
        raters = self.raters(key)
        return view(raters, self.scale, self.conf_level) if len(raters) else None

    def distance(self, mean: float) -> float:
        """Return a mean rating as a distance, 0 close to 1 far."""
        low, high = self.scale
        return (high - mean if self.close else mean - low) / (high - low)

    def directions(self) -> Iterator[tuple[str, str]]:
        """Yield who rates whom: each pair both ways."""
        for one, other in self.pairs:
            yield one, other
            yield other, one


def matrix(ratings: Ratings) -> Iterator[Row]:
    """Yield how each side sees each other and itself, in each case.

    Parameters
    ----------
    ratings : Ratings
        By case and by who rates whom.
    """
    categories = round(ratings.scale[1] - ratings.scale[0]) + 1
    own = [(one, one) for one in ratings.sides if any(k[1:] == (one, one) for k in ratings.rows)]
    for case in ratings.cases:
        for by, of in (*ratings.directions(), *own):
            row: Row = {"key": f"{case}|{by}|{of}", "case": case, "by": by, "of": of}
            found = ratings.view((case, by, of))
            if found is None:
                yield row | {"n": 0, "state": "no_raters"}
                continue
            row |= {"n": found.n, "mean": found.mean, "distance": ratings.distance(found.mean)}
            row |= {"std_dev": found.std_dev, "conf_low": found.conf_low}
            row |= {"conf_high": found.conf_high, "state": _unsure(found)}
            agreed = within_agreement(ratings.rows[case, by, of], categories)
            yield row | {"agreement": agreed}


def _unsure(found: View) -> str | None:
    if found.conf_low is not None:
        return None
    return "one_rater" if found.std_dev is None else "raters_alike"


def gaps(ratings: Ratings) -> Iterator[Row]:
    """Yield how the first side of each pair sees the other, less how it is seen by it.

    Parameters
    ----------
    ratings : Ratings
        By case and by who rates whom.
    """
    for case in ratings.cases:
        for one, other in ratings.pairs:
            row: Row = {"key": f"{case}|{one}|{other}", "case": case, "one": one, "other": other}
            views = ratings.view((case, one, other)), ratings.view((case, other, one))
            yield row | _compared(ratings, views, "one_side_only")


def own_views(ratings: Ratings) -> Iterator[Row]:
    """Yield how each side is seen by another, less how it sees itself.

    Parameters
    ----------
    ratings : Ratings
        By case and by who rates whom.
    """
    rated = {of for _, by, of in ratings.rows if by == of}
    for case in ratings.cases:
        for by, of in ratings.directions():
            if of in rated:
                row: Row = {"key": f"{case}|{by}|{of}", "case": case, "one": by, "other": of}
                views = ratings.view((case, by, of)), ratings.view((case, of, of))
                yield row | _compared(ratings, views, "one_view_only")


def _compared(ratings: Ratings, views: tuple[View | None, View | None], lacking: str) -> Row:
    first, second = views
    row: Row = {"n_one": first.n if first else 0, "n_other": second.n if second else 0}
    row |= {"mean_one": first.mean if first else None}
    row |= {"mean_other": second.mean if second else None}
    if first is None or second is None:
        return row | {"state": lacking if first or second else "no_raters"}
    found = gap(first, second, ratings.conf_level)
    row |= {"gap": found.gap, "distance": ratings.distance((first.mean + second.mean) / 2)}
    return row | _limits(found, "too_few_raters")


def _limits(found: Gap, lacking: str) -> Row:
    row: Row = {"conf_low": found.conf_low, "conf_high": found.conf_high, "df": found.df}
    return row | {"state": lacking if found.conf_low is None else None}


def over_cases(ratings: Ratings, items: Sequence[str]) -> Iterator[Row]:
    """Yield each pair over all cases, together and by item; each case counts once.

    Parameters
    ----------
    ratings : Ratings
        By case and by who rates whom.
    items : sequence of str
        Names of the items, in the order of the columns.
    """
    for one, other in ratings.pairs:
        for k, item in enumerate((ALL, *items)):
            each = [_both(ratings, (case, one, other), k - 1) for case in ratings.cases]
            both = np.array([two for two in each if two is not None])
            row: Row = {"key": f"{one}|{other}|{item}", "one": one, "other": other}
            row |= {"item": item, "cases": len(both)}
            row |= {"n_one": _number(ratings, one, other), "n_other": _number(ratings, other, one)}
            if not len(both):
                yield row | {"state": "one_side_only"}
                continue
            found = mean_over_cases(both[:, 0] - both[:, 1], ratings.conf_level)
            row |= {"mean_one": float(both[:, 0].mean()), "mean_other": float(both[:, 1].mean())}
            row |= {"gap": found.gap, "distance": ratings.distance(float(both.mean()))}
            if k == 0:
                row |= {
                    "icc_one": _icc(ratings, one, other),
                    "icc_other": _icc(ratings, other, one),
                }
            yield row | _limits(found, "too_few_cases")


def _number(ratings: Ratings, by: str, of: str) -> int:
    return sum(len(ratings.raters((case, by, of))) for case in ratings.cases)


def _both(ratings: Ratings, key: Key, item: int) -> tuple[float, float] | None:
    """Return the mean rating each way in a case: of an item, or of all of them (-1)."""
    means = []
    for one in (key, (key[0], key[2], key[1])):
        x = ratings.raters(one)
        if item >= 0 and one in ratings.rows:
            column = ratings.rows[one][:, item]
            x = column[~np.isnan(column)]
        if not len(x):
            return None
        means.append(float(np.sort(x).mean()))
    return means[0], means[1]


def _icc(ratings: Ratings, by: str, of: str) -> float | None:
    """Return how alike the raters of one case are, in [0, 1)."""
    cases = [np.sort(ratings.raters((case, by, of))) for case in ratings.cases]
    there = [one for one in cases if len(one)]
    n = np.array([len(one) for one in there], dtype=np.float64)
    mean = np.array([one.mean() for one in there])
    squares = np.array([np.square(one - one.mean()).sum() for one in there])
    try:
        return anova_icc(Clusters(n, mean, squares, np.zeros(len(n), dtype=np.int64))).value
    except Refused:
        return None
