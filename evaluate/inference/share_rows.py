"""Rows of the tables on pass rates: one share, told in three ways, beside a reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell, CellType
from evaluate.errors import Refused
from evaluate.inference.exact_share import beta_binomial, binomial_p, clopper_pearson
from evaluate.inference.level_shares import share_of
from evaluate.inference.linear import Float
from evaluate.inference.wilson import wilson

ALL = "all"
TABLES: Mapping[str, tuple[str, ...]] = {
    "rates": (
        *("key", "by", "level", "n", "n_passed", "n_missing", "share", "exact_low", "exact_high"),
        *("wilson_low", "wilson_high", "bayes", "bayes_low", "bayes_high", "bound_low"),
        *("bound_high", "state"),
    ),
    "reference": (
        *("key", "by", "level", "n", "share", "reference", "difference", "conf_low", "conf_high"),
        *("p_value", "above", "state"),
    ),
}
_TEXT = ("key", "by", "level", "state")
_NUMBER = ("difference", "conf_low", "conf_high", "p_value")


def type_of(name: str) -> CellType:
    """Return how a column's cells are written."""
    if name in _TEXT:
        return "text"
    if name == "n" or name.startswith("n_"):
        return "integer"
    return "number" if name in _NUMBER else "share"


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts, each array of shape (n,).

    Attributes
    ----------
    passed, taken : ndarray
        How many passed of how many; NaN where it is not known.
    person : ndarray or None
        Whose they are.
    """

    passed: Float
    taken: Float
    person: NDArray[Any] | None

    def only(self, kept: NDArray[np.bool_]) -> Attempts:
        """Return some of the attempts."""
        person = None if self.person is None else self.person[kept]
        return Attempts(self.passed[kept], self.taken[kept], person)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Return whether the result of each is known."""
        found: NDArray[np.bool_] = np.isfinite(self.passed) & np.isfinite(self.taken)
        return found

    @property
    def repeated(self) -> bool:
        """Return whether somebody has several attempts whose result is known."""
        if self.person is None:
            return False
        people = self.person[self.known].astype(str)
        return len(np.unique(people)) < len(people)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a share is told.

    Attributes
    ----------
    conf_level : float
        Coverage probability of intervals.
    prior : tuple of two float
        Beta's parameters.
    least : int
        Fewest attempts that a share is shown for.
    """

    conf_level: float
    prior: tuple[float, float]
    least: int


def read_attempts(passed: Float, taken: Float | None, person: NDArray[Any] | None) -> Attempts:
    """Return the attempts, or refuse what is no share.

    Parameters
    ----------
    passed : ndarray, shape (n,)
        1 or 0, or how many passed; NaN where it is not known.
    taken : ndarray, shape (n,), or None
        How many took part; ``None`` where each row is one attempt.
    person : ndarray, shape (n,), or None
        Whose attempt it is.

    Raises
    ------
    Refused
        ``not_a_share``; ``counts_of_people`` when rows count several attempts and name a person.
    """
    if taken is not None and person is not None:
        raise Refused(
            "counts_of_people",
            "rows count several attempts, so that no row is one person's",
            "give one row for each attempt, or leave `person` out",
        )
    every = np.ones(len(passed)) if taken is None else taken
    known = np.isfinite(passed) & np.isfinite(every)
    whole = passed[known] == np.round(passed[known])
    if not (whole & (passed[known] >= 0) & (passed[known] <= every[known])).all():
        raise Refused(
            "not_a_share",
            "what is counted as passed is no whole number from 0 to those who took part",
            "correct the columns, or derive one that is 1 for passed and 0 for not",
        )
    return Attempts(passed, every, person)


def rate_row(
    some: Attempts, asked: Asked, key: tuple[str, str | None, str | None]
) -> dict[str, Cell]:
    """Return one share with its intervals.

    Parameters
    ----------
    some : Attempts
        Of one group.
    asked : Asked
        How it is told.
    key : tuple of str, and str or None
        Of the row; the column and the level that make the group.
    """
    known = some.known
    x, n = int(some.passed[known].sum()), int(some.taken[known].sum())
    missing = int((~known).sum())
    row: dict[str, Cell] = {"key": key[0], "n": n, "n_passed": x, "n_missing": missing}
    row |= {name: one for name, one in (("by", key[1]), ("level", key[2])) if one is not None}
    if n < max(asked.least, 1):
        del row["n_passed"]
        return row | {"state": "too_few"}
    row["share"] = x / n
    bounds = x / (n + missing), (x + missing) / (n + missing)
    row |= {"bound_low": bounds[0], "bound_high": bounds[1]}
    if some.repeated and some.person is not None:
        wide = share_of(some.passed[known], some.person[known], asked.conf_level)
        limits = {"wilson_low": wide.conf_low, "wilson_high": wide.conf_high}
        return row | limits | {"state": "repeated_people"}
    exact, usual = clopper_pearson(x, n, asked.conf_level), wilson(x, n, asked.conf_level)
    belief = beta_binomial(x, n, asked.prior, asked.conf_level)
    return row | {
        "exact_low": exact[0],
        "exact_high": exact[1],
        "wilson_low": usual[0],
        "wilson_high": usual[1],
        "bayes": belief.mean,
        "bayes_low": belief.conf_low,
        "bayes_high": belief.conf_high,
    }


def reference_row(
    rate: Mapping[str, Cell], asked: Asked, reference: float, *, declared: bool
) -> dict[str, Cell] | None:
    """Return a share beside the reference; tested only as a whole, where that was declared.

    Parameters
    ----------
    rate : mapping of str to cell
        Of ``rate_row``.
    asked : Asked
        How it is told.
    reference : float
        In (0, 1); taken as known.
    declared : bool
        Whether it was declared before results were seen.

    Returns
    -------
    dict or None
        ``None`` where there is no share.
    """
    share, n, x = rate.get("share"), int(rate["n"] or 0), int(rate.get("n_passed") or 0)
    if not isinstance(share, float):
        return None
    which = "wilson" if rate.get("state") == "repeated_people" else "exact"
    low, high = (float(rate[f"{which}_{side}"] or 0.0) for side in ("low", "high"))
    row: dict[str, Cell] = {
        **{name: rate[name] for name in ("key", "by", "level") if name in rate},
        "n": n,
        "share": share,
        "reference": reference,
        "difference": share - reference,
        "conf_low": low - reference,
        "conf_high": high - reference,
    }
    if which == "wilson":
        return row | {"state": "repeated_people"}
    row["above"] = beta_binomial(x, n, asked.prior, asked.conf_level, reference).above
    if not declared:
        return row | {"state": "not_declared"}
    if rate["key"] != ALL:
        return row | {"state": "only_described"}
    return row | {"p_value": binomial_p(x, n, reference)}
