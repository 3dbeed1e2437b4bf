"""European co-financing: grant, co-funding, what is given in kind, and what is left in cash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field, model_validator

from evaluate.core import Cell, Name, Strict, Table
from evaluate.economics.quantities import ShareOfOne, SourcedAmount, figure, table
from evaluate.economics.rows import Sourced

_ROUNDING = 1e-9
# A rate is published in per cent with one decimal at most: half a unit of that decimal.
_PUBLISHED = 0.0005


@dataclass(frozen=True, slots=True)
class Split:
    """How a project's cost is shared under one rate of support.

    Attributes
    ----------
    grant : float
        What the fund pays.
    cofunding : float or None
        What others must bring; ``None`` where the grant is more than the eligible cost.
    in_kind : float
        The part of it brought as work and allowances, not money.
    cash : float or None
        The rest of it; ``None`` where more is given in kind than co-funding is asked for.
    economic_cost : float
        All resources: eligible, what is given in kind among it, and ineligible.
    cash_cost : float
        Eligible cost that somebody pays money for.
    state : str
        ``""``, ``"in kind above co-funding"`` or ``"grant above eligible cost"``.
    """

    grant: float
    cofunding: float | None
    in_kind: float
    cash: float | None
    economic_cost: float
    cash_cost: float
    state: str = ""


def split(eligible: float, *, rate: float, in_kind: float = 0.0, ineligible: float = 0.0) -> Split:
    """Return how a cost is shared when a fund supports a rate of it.

    Parameters
    ----------
    eligible : float
        Cost that the fund recognises, what is given in kind among it.
    rate : float
        Share of it that the fund pays.
    in_kind : float
        What is given as work and allowances; at most the co-funding.
    ineligible : float
        Cost that the fund does not recognise: part of the economic cost alone.

    Examples
    --------
    >>> found = split(10e6, rate=0.47, in_kind=2e6)
    >>> found.grant, found.cofunding, found.cash
    (4700000.0, 5300000.0, 3300000.0)
    """
    return split_of(eligible, grant=rate * eligible, in_kind=in_kind, ineligible=ineligible)


def split_of(
    eligible: float, *, grant: float, in_kind: float = 0.0, ineligible: float = 0.0
) -> Split:
    """Return how a cost is shared when the grant itself is known.

    Parameters
    ----------
    eligible : float
        Cost that the fund recognises, what is given in kind among it.
    grant : float
        What the fund pays.
    in_kind : float
        What is given as work and allowances; at most the co-funding.
    ineligible : float
        Cost that the fund does not recognise: part of the economic cost alone.
    """
    slack = _ROUNDING * max(eligible, grant)
    rest = eligible - grant
    cofunding = None if rest < -slack else max(rest, 0.0)
    cash = None if cofunding is None or in_kind > cofunding + slack else cofunding - in_kind
    state = ""
    if cofunding is None:
        state = "grant above eligible cost"
    elif cash is None:
        state = "in kind above co-funding"
    return Split(
        grant=grant,
        cofunding=cofunding,
        in_kind=in_kind,
        cash=None if cash is None else max(cash, 0.0),
        economic_cost=eligible + ineligible,
        cash_cost=eligible - in_kind,
        state=state,
    )


def fits(eligible: float, *, rate: float, granted: float) -> bool:
    """Return whether a stated grant is what a stated rate gives, as exactly as rates are stated.

    Parameters
    ----------
    eligible : float
        Cost that the fund recognises.
    rate : float
        Stated share of it, in per cent with one decimal at most.
    granted : float
        Stated grant.

    Examples
    --------
    >>> fits(15e6, rate=0.5, granted=15e6), fits(15e6, rate=1.0, granted=15e6)
    (False, True)
    """
    return abs(granted - rate * eligible) <= _PUBLISHED * eligible * (1.0 + _ROUNDING)


class StatedRate(Sourced):
    """A rate of support that somebody states."""

    rate: ShareOfOne = Field(description="Share of the eligible cost: 47 % is 0.47.")


class CoFinancing(Strict):
    """A budget that a fund supports at a rate, or at rates that contradict each other."""

    eligible: SourcedAmount = Field(
        description="Cost that the fund recognises, what is given in kind among it."
    )
    rates: dict[Name, StatedRate] = Field(
        min_length=1, description="Each rate that is stated, by key; all are shown side by side."
    )
    granted: SourcedAmount | None = Field(
        default=None, description="The grant itself, where it is stated."
    )
    in_kind: SourcedAmount | None = Field(
        default=None, description="What is given as work and allowances; at most the co-funding."
    )
    ineligible: SourcedAmount | None = Field(
        default=None, description="Cost that the fund does not recognise."
    )

    @model_validator(mode="after")
    def _consistent(self) -> CoFinancing:
        if "granted" in self.rates:
            raise ValueError(
                "`granted` is the row of the grant itself; give that entry of `rates` another key"
            )
        if self.eligible.amount == 0:
            raise ValueError(
                "an eligible cost of 0 leaves nothing to support; give the eligible cost, or leave "
                "`cofinancing` out"
            )
        if self.in_kind is not None:
            self._in_kind_fits(self.in_kind.amount)
        return self

    def _in_kind_fits(self, in_kind: float) -> None:
        """Refuse what no stated rate leaves room for."""
        least = min(one.rate for one in self.rates.values())
        room = self.eligible.amount * (1.0 - least)
        if in_kind > room * (1.0 + _ROUNDING):
            raise ValueError(
                "`in_kind` is more than the co-funding under every stated rate, and a fund does "
                "not pay for what nobody paid for; lower `in_kind`, or correct `eligible` or "
                "`rates`"
            )


def cofinancing_tables(
    spec: CoFinancing, *, currency: str, analysis: str = ""
) -> tuple[Table, ...]:
    """Return the tables ``cofinancing``, a row for each stated rate, and ``cofinancing_inputs``.

    Parameters
    ----------
    spec : CoFinancing
        The budget.
    currency : str
        Of all amounts.
    analysis : str
        Whose programme it pays for; empty where there is no analysis.
    """
    given = {"currency": currency, "analysis": analysis}
    return (
        table("cofinancing", _rows(spec), **given),
        table("cofinancing_inputs", _inputs(spec, currency), **given),
    )


def _rows(spec: CoFinancing) -> Iterator[dict[str, Cell]]:
    eligible = spec.eligible.amount
    in_kind = spec.in_kind.amount if spec.in_kind else 0.0
    ineligible = spec.ineligible.amount if spec.ineligible else 0.0
    for key, one in spec.rates.items():
        found = split(eligible, rate=one.rate, in_kind=in_kind, ineligible=ineligible)
        strange = spec.granted is not None and not fits(
            eligible, rate=one.rate, granted=spec.granted.amount
        )
        state = "does not fit" if strange else found.state
        yield _row(key, one.rate, eligible, found) | {"status": one.status, "state": state}
    if spec.granted is not None:
        grant = spec.granted.amount
        found = split_of(eligible, grant=grant, in_kind=in_kind, ineligible=ineligible)
        yield _row("granted", grant / eligible, eligible, found) | {
            "status": spec.granted.status,
            "state": found.state or "as granted",
        }


def _row(key: str, rate: float, eligible: float, found: Split) -> dict[str, Cell]:
    return {
        "key": key,
        "rate": rate,
        "eligible": eligible,
        "grant": found.grant,
        "cofunding": found.cofunding,
        "in_kind": found.in_kind,
        "cash": found.cash,
        "economic_cost": found.economic_cost,
        "cash_cost": found.cash_cost,
    }


def _inputs(spec: CoFinancing, currency: str) -> Iterator[dict[str, Cell]]:
    for key in ("eligible", "granted", "in_kind", "ineligible"):
        one: SourcedAmount | None = getattr(spec, key)
        if one is not None:
            yield figure(key, one.amount, currency, one)
    for name, rate in spec.rates.items():
        yield figure(f"rate|{name}", rate.rate, "share", rate)
