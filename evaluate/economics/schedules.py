"""The discount rates and the cost of public funds of an account: shipped, or the study's own."""

from __future__ import annotations

from evaluate.core import Text
from evaluate.economics.definition import Economics
from evaluate.economics.discount import Step
from evaluate.economics.rows import Sourced
from evaluate.parameters.table import Parameter, parameters

__all__ = ["Parameter", "plain", "public_funds", "rates", "steps"]

_REAL_RATE = "share per year, real"
_MARGINAL = "share of net public outlay"


def rates(spec: Economics) -> tuple[Parameter, ...]:
    """Return the forward rates of an account, in order."""
    own = spec.schedule
    if isinstance(own, str):
        return tuple(row for row in parameters("discount_rates") if row.schedule == own)
    starts = [0, *(step.to + 1 for step in own.rates if step.to is not None)]
    return tuple(
        _own(step.rate, own, _REAL_RATE, from_year=start, to_year=step.to)
        for start, step in zip(starts, own.rates, strict=True)
    )


def steps(found: tuple[Parameter, ...]) -> tuple[Step, ...]:
    """Return rates in the form that discounting takes."""
    return tuple(Step(row.to_year, row.value) for row in found)


def public_funds(spec: Economics) -> Parameter | None:
    """Return the marginal cost of public funds; ``None`` where nothing is said about it."""
    if spec.public_funds is not None:
        return _own(spec.public_funds.rate, spec.public_funds, _MARGINAL)
    found = [row for row in parameters("public_funds") if row.schedule == spec.schedule]
    return found[0] if found else None


def _own(
    value: float, own: Sourced, unit: str, *, from_year: int = 0, to_year: int | None = None
) -> Parameter:
    return Parameter(
        key="study",
        value=value,
        unit=unit,
        source=plain(own.source.title) if own.source else None,
        url=own.source.url if own.source else None,
        date=own.source.date if own.source else None,
        status=own.status,
        note=plain(own.note) or None,
        from_year=from_year,
        to_year=to_year,
    )


def plain(text: Text | None) -> str:
    """Return one language of a text, English first: cells of a table have one."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.get("en") or next(iter(text.values()))
