"""The tables of published figures, with a mark on those that nobody read in their source."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.parameters.series import ranges
from evaluate.parameters.table import TABLES, Parameter, parameters
from evaluate.reference.markdown import table

_TITLES = {
    "discount_rates": "Discount rates",
    "public_funds": "Cost of public funds",
    "price_indices": "Consumer prices",
    "exchange_rates": "Exchange rates",
    "purchasing_power": "Purchasing power",
    "wage_growth": "Growth of wages",
    "real_wage_growth": "Real growth of wages",
    "tax_shares": "Who gets the tax",
    "unit_costs": "Unit costs",
    "benefit_rates": "Benefits",
    "published_values": "Published values of completing and of dropping out",
    "optimism_bias": "Optimism bias",
    "wellbeing": "Well-being",
    "retention": "What equalisation leaves",
    "cofinancing": "Co-financing",
}
_SERIES = ("price_indices", "exchange_rates", "purchasing_power", "wage_growth")
_MARKS = {"unverified": "**unverified**", "illustrative": "**illustrative**"}


def parameter_tables() -> Iterator[str]:
    """Yield every table with its figures, and below it where they come from."""
    for name in TABLES:
        rows = parameters(name)
        yield f"\n### {_TITLES[name]}\n"
        yield f"`{name}`: {len(rows)} rows, {_count(rows)}."
        yield from _by_year(rows) if name in _SERIES else _one_by_one(name, rows)


def _one_by_one(name: str, rows: tuple[Parameter, ...]) -> Iterator[str]:
    sources: dict[str, int] = {}
    cells = [_row(one, sources.setdefault(_source(one), len(sources) + 1)) for one in rows]
    yield from table(["key, unit, note", "value", "years", "status", "source"], cells)
    yield f"Sources of `{name}`:\n"
    yield from (f"{number}. {source}" for source, number in sources.items())


def _by_year(rows: tuple[Parameter, ...]) -> Iterator[str]:
    """Yield a table with one column for each series, and a list of what its years rest on."""
    series: dict[str, dict[int, Parameter]] = {}
    for one in rows:
        series.setdefault(one.key.rpartition("_")[0], {})[one.year or 0] = one
    years = sorted({year for known in series.values() for year in known})
    yield from table(
        ["year", *(f"`{start}_…`" for start in series)],
        [[str(y), *(_marked(known.get(y)) for known in series.values())] for y in years],
    )
    for start, known in series.items():
        grounds: dict[str, list[int]] = {}
        for year, one in known.items():
            grounds.setdefault(_ground(one), []).append(year)
        yield f"- `{start}_…`, {next(iter(known.values())).unit}"
        yield from (f"  - {ranges(at)}: {ground}" for ground, at in grounds.items())


def _marked(one: Parameter | None) -> str:
    if one is None:
        return ""
    mark = _MARKS.get(one.status, "") + (", provisional" if one.provisional else "")
    return f"{_value(one.value)} {mark}".strip()


def _ground(one: Parameter) -> str:
    status = _MARKS.get(one.status, one.status) + (", provisional" if one.provisional else "")
    return f"{status}. {_source(one)}. {one.note or ''}".strip()


def _count(rows: tuple[Parameter, ...]) -> str:
    statuses = [one.status for one in rows]
    kinds = sorted(set(statuses), reverse=True)
    return ", ".join(f"{statuses.count(one)} {one}" for one in kinds)


def _row(one: Parameter, source: int) -> list[str]:
    status = _MARKS.get(one.status, one.status) + (", provisional" if one.provisional else "")
    said = " ".join(filter(None, (f"{_unit(one)}.", one.use and f"*{one.use}*", one.note)))
    return [f"`{one.key}`<br>{said}", _value(one.value), _years(one), status, str(source)]


def _value(value: float) -> str:
    return f"{value:,.10g}".replace(",", "\N{NO-BREAK SPACE}")


def _unit(one: Parameter) -> str:
    if one.currency is None or one.currency in one.unit:
        return one.unit
    return f"{one.currency} {one.unit}" + (
        f", prices of {one.price_year}" if one.price_year else ""
    )


def _years(one: Parameter) -> str:
    if one.schedule and one.key.startswith("discount_rate_"):
        return f"{one.from_year}–{one.to_year}" if one.to_year else f"from {one.from_year}"
    first, last = one.valid_from, one.valid_to
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"from {first}" if first else f"to {last}" if last else ""


def _source(one: Parameter) -> str:
    title = one.source or ""
    linked = f"[{title}]({one.url})" if one.url else title
    return f"{linked}, {one.date}" if one.date else f"{linked}, no date"
