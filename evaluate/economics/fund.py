"""A social investment fund: paid back out of what the programme saves, or written off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from evaluate.core import Cell, Name, Strict, Table
from evaluate.economics.draws import draw_effect
from evaluate.economics.quantities import (
    Money,
    SourcedAmount,
    SourcedShare,
    figure,
    table,
)
from evaluate.economics.rows import Sourced
from evaluate.errors import Refused

Floats = NDArray[np.float64]

_MOST_INTEREST = 0.3
_DRAWS = 10_000
# What is left of a balance after it was paid off in floating point.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Path:
    """How a fund is paid back.

    Attributes
    ----------
    balance : ndarray, shape (..., t + 1)
        What is owed at the end of each year, from year 0.
    repaid : ndarray, shape (..., t + 1)
        What is paid back in each year; below 0 where a loss adds to what is owed.
    """

    balance: Floats
    repaid: Floats

    @property
    def year(self) -> int | None:
        """Return the first year in which nothing is owed, of a single path."""
        paid = np.flatnonzero(self.balance == 0.0)
        return int(paid[0]) if paid.size else None

    @property
    def write_off(self) -> Floats:
        """Return what is still owed at the end, shape (...)."""
        return np.asarray(self.balance[..., -1])


def path(loan: float, savings: ArrayLike, *, interest: float = 0.0, share: float = 1.0) -> Path:
    """Return what is owed, year by year.

    ``balance[t] = max(0, balance[t - 1] * (1 + interest) - share * savings[t])``. A saving below 0
    adds to what is owed: harm is not cut off. Once it is paid back, nothing is owed any more.

    Parameters
    ----------
    loan : float
        What the fund pays out in year 0.
    savings : array_like, shape (..., t)
        Realised saving of the unit that pays back, in years 1 to t.
    interest : float
        That the fund asks for, a year.
    share : float
        Of the saving that goes back to the fund.

    Examples
    --------
    >>> path(2e6, [450_000] * 8, interest=0.02, share=0.7).year
    7
    """
    due = share * np.asarray(savings, dtype=float)
    balance = np.empty((*due.shape[:-1], due.shape[-1] + 1))
    repaid = np.zeros_like(balance)
    balance[..., 0] = loan
    for year in range(1, balance.shape[-1]):
        before = balance[..., year - 1] * (1.0 + interest)
        owed = before > _ROUNDING * loan
        repaid[..., year] = np.where(owed, np.minimum(due[..., year - 1], before), 0.0)
        left = before - repaid[..., year]
        balance[..., year] = np.where(left > _ROUNDING * loan, left, 0.0)
    return Path(balance, repaid)


def prob_full_repay(
    loan: float, savings: ArrayLike, *, interest: float = 0.0, share: float = 1.0
) -> float:
    """Return the share of draws in which the fund gets all of it back.

    Parameters
    ----------
    loan : float
        What the fund pays out in year 0.
    savings : array_like, shape (n, t)
        Draws of the saving in years 1 to t.
    interest : float
        That the fund asks for, a year.
    share : float
        Of the saving that goes back to the fund.
    """
    owed = path(loan, savings, interest=interest, share=share).write_off
    return float(np.mean(owed == 0.0))


class Saving(Sourced):
    """What the unit that pays back saves in a year."""

    amount: float | None = Field(
        default=None,
        ge=-1e15,
        le=1e15,
        description="In each year; below 0 where the programme costs more.",
    )
    std_error: Money | None = Field(default=None, description="Of the amount.")
    payer: Name | None = Field(
        default=None,
        description="In place of an amount: whose share of what follows the effect in the account.",
    )
    evidence: Literal["assumed", "comparison"] = Field(
        description="comparison: shown against a comparison group; assumed: by no comparison."
    )
    first_year: int = Field(default=1, ge=1, le=30, description="First year of the saving.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Saving:
        if (self.amount is None) == (self.payer is None):
            raise ValueError(
                "a saving is an amount a year or what a payer gains in the account; "
                "give `amount` or `payer`, one of the two"
            )
        if self.payer is not None and self.std_error is not None:
            raise ValueError(
                "what a payer gains is as sure as the account's effect; leave `std_error` out"
            )
        return self


class Fund(Strict):
    """A fund that lends to a programme and is paid back out of what it saves."""

    loan: SourcedAmount = Field(description="What the fund pays out in year 0.")
    interest: SourcedShare = Field(description="That it asks for, a year: 0.02.")
    repaid_share: SourcedShare = Field(description="Share of the saving that goes back to it.")
    saving: Saving = Field(description="Realised saving of the unit that pays back.")
    years: int = Field(ge=1, le=30, description="Years until what is still owed is written off.")

    @model_validator(mode="after")
    def _consistent(self) -> Fund:
        if self.interest.share > _MOST_INTEREST:
            raise ValueError(
                "an interest above 30 % a year is no fund's; write 2 % as 0.02 in `interest`"
            )
        if self.loan.amount == 0:
            raise ValueError("a fund that lends nothing has nothing to get back; give the `loan`")
        if self.saving.first_year > self.years:
            raise ValueError(
                "the saving starts after what is owed is written off; give an earlier "
                "`first_year`, or more `years`"
            )
        return self


@dataclass(frozen=True, slots=True)
class Savings:
    """What is saved in years 1 to t.

    Attributes
    ----------
    expected : ndarray, shape (t,)
        At the estimate.
    draws : ndarray, shape (n, t), or None
        ``None`` where nothing says how sure it is.
    """

    expected: Floats
    draws: Floats | None = None


def fund_tables(
    spec: Fund, *, currency: str, analysis: str = "", savings: Savings | None = None
) -> tuple[Table, ...]:
    """Return the tables ``fund``, year by year, ``fund_result`` and ``fund_inputs``.

    Parameters
    ----------
    spec : Fund
        Loan, terms and saving.
    currency : str
        Of all amounts.
    analysis : str
        Whose effect the saving rests on; empty where it rests on none.
    savings : Savings, optional
        What the saving's payer gains in the account; nothing in years beyond it.

    Raises
    ------
    Refused
        If the saving is a payer's and there is no account to take it from.
    """
    if spec.saving.payer is None:
        savings = _stated(spec)
    if savings is None:
        raise Refused(
            "no_saving",
            "the fund is paid back out of what a payer gains, and no effect is valued",
            "value an analysis in `economics`, or give the saving's `amount`",
        )
    expected = _counted(spec, savings.expected)
    found = _path(spec, expected)
    chance = None
    if savings.draws is not None:
        owed = _path(spec, _counted(spec, savings.draws)).write_off
        chance = float(np.mean(owed == 0.0))
    given = {"currency": currency, "analysis": analysis}
    return (
        table("fund", _years(spec, expected, found), **given),
        table("fund_result", _result(spec, found, currency, chance), **given),
        table("fund_inputs", _inputs(spec, currency), **given),
    )


def _counted(spec: Fund, savings: Floats) -> Floats:
    """Return what is saved in each year of the fund, shape (..., years)."""
    counted = np.zeros((*savings.shape[:-1], spec.years))
    first, last = spec.saving.first_year - 1, min(spec.years, savings.shape[-1])
    counted[..., first:last] = savings[..., first:last]
    return counted


def _path(spec: Fund, savings: Floats) -> Path:
    interest, share = spec.interest.share, spec.repaid_share.share
    return path(spec.loan.amount, savings, interest=interest, share=share)


def _stated(spec: Fund) -> Savings:
    """Return the stated saving; its draws are the middles of equally likely slices."""
    amount, error = float(spec.saving.amount or 0.0), spec.saving.std_error
    expected = np.full(spec.years, amount)
    if not error:
        return Savings(expected)
    middles = (np.arange(_DRAWS) + 0.5) / _DRAWS
    draws = draw_effect(amount, error, None, middles)
    return Savings(expected, draws[:, None] * np.ones(spec.years))


def _years(spec: Fund, savings: Floats, found: Path) -> Iterator[dict[str, Cell]]:
    end = found.year
    for year in range(spec.years + 1):
        state = "repaid" if end is not None and year >= end else ""
        yield {
            "year": year,
            "balance": float(found.balance[year]),
            "repaid": float(found.repaid[year]),
            "saving": float(savings[year - 1]) if year else 0.0,
            "basis": spec.saving.evidence,
            "state": "written off" if end is None and year == spec.years else state,
        }


def _result(
    spec: Fund, found: Path, currency: str, chance: float | None
) -> Iterator[dict[str, Cell]]:
    # Only a saving that is shown is a ground for paying back.
    basis = "saving assumed" if spec.saving.evidence == "assumed" else ""
    year = found.year
    late = "not within the horizon" if year is None else basis
    yield {"key": "repay_year", "value": year, "unit": "year", "state": late}
    yield {
        "key": "write_off",
        "value": float(found.write_off),
        "unit": currency,
        "state": basis,
    }
    unsure = basis if chance is not None else "no standard error"
    yield {"key": "prob_full_repay", "value": chance, "unit": "share", "state": unsure}


def _inputs(spec: Fund, currency: str) -> Iterator[dict[str, Cell]]:
    yield figure("loan", spec.loan.amount, currency, spec.loan)
    yield figure("interest", spec.interest.share, "share/year", spec.interest)
    yield figure("repaid_share", spec.repaid_share.share, "share", spec.repaid_share)
    if spec.saving.amount is not None:
        yield figure("saving", spec.saving.amount, f"{currency}/year", spec.saving)
    if spec.saving.std_error is not None:
        yield figure("saving_std_error", spec.saving.std_error, f"{currency}/year", spec.saving)
