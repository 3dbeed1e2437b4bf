"""Dose, reach and fidelity by site, and what an effect may say of them: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import CellType, Check, Estimate, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import implementation_checks as checks
from evaluate.inference import implementation_report as report
from evaluate.inference import implementation_rows as rows
from evaluate.inference.implementation import Delivery, Shown, interval_of
from evaluate.method import (
    ColumnName,
    Example,
    FromRecord,
    Inquiry,
    Method,
    Result,
    cell,
    column_of,
)
from evaluate.wording.labels_implementation import LABELS, WORDS

_SHARES = {"reach", "reach_low", "reach_high", "fidelity", "fidelity_low", "fidelity_high", "score"}
_COUNTS = {"n_target", "n_reached", "never", "observed", "sites", "sites_never", "sites_full"}
_COUNTS |= {"observations", "df"}
_TEXTS = {"site", "delivery", "state", "component", "key", "adaptation", "dose", "word", "reading"}


class Sites(FromRecord):
    """One row for each site."""

    site: ColumnName = cell("text", "Column of the site.")
    target: ColumnName = cell("number", "Column: people who should be reached.")
    reached: ColumnName = cell("number", "Column: people of the target group who were reached.")
    contacts: ColumnName | None = cell(
        "number", "Column: contacts given at the site, all together.", missing=True, default=None
    )
    hours: ColumnName | None = cell(
        "number", "Column: hours given at the site, all together.", missing=True, default=None
    )
    outcome: ColumnName | None = cell(
        "number", "Column: mean outcome, to be seen beside the dose.", missing=True, default=None
    )
    effect: ColumnName | None = cell(
        "number", "Column: effect estimated at the site.", missing=True, default=None
    )
    std_error: ColumnName | None = cell(
        "number", "Column: standard error of that effect.", missing=True, default=None
    )
    df: ColumnName | None = cell(
        "number", "Column: its degrees of freedom; normal without.", missing=True, default=None
    )


class Components(FromRecord):
    """One row for each time that a planned component was observed at a site."""

    site: ColumnName = cell("text", "Column of the site.")
    component: ColumnName = cell("text", "Column of the component.")
    score: ColumnName = cell("number", "Column: how far it was delivered, 0 to 1.")
    adaptation: ColumnName | None = cell(
        "text", "Column: how it was adapted; missing where it was not.", missing=True, default=None
    )


class Minimum(Strict):
    """The least that counts as delivered, declared before the effect is known."""

    reach: float | None = Field(default=None, gt=0, le=1, description="Share reached.")
    fidelity: float | None = Field(default=None, gt=0, le=1, description="Mean score.")
    contacts: float | None = Field(default=None, gt=0, description="Contacts for each reached.")
    hours: float | None = Field(default=None, gt=0, description="Hours for each reached.")

    def named(self) -> dict[str, float]:
        """Return what is declared, by name."""
        return {k: v for k, v in self if v is not None}


class Effect(Strict):
    """Which effect delivery is read with."""

    analysis: Name | None = Field(
        default=None, description="An analysis above this one; its headline is that of all sites."
    )
    compared: bool = Field(
        default=False,
        description="Whether effects in the sites' columns come from a comparison group.",
    )
    smallest_worthwhile: float = Field(gt=0, description="Smallest effect worth having.")
    direction: Literal["increase", "decrease"] = Field(
        default="increase", description="Which way the outcome should go."
    )


class Implementation(Strict):
    """What was planned, what was delivered, and what is to be read beside it."""

    sites: Sites = Field(description="The sites.")
    components: Components | None = Field(default=None, description="Observed components.")
    planned: dict[Name, Text] = Field(
        default_factory=dict, description="Components of the plan, with their titles."
    )
    minimum: Minimum = Field(description="The least that counts as delivered.")
    doses_were: Literal["chosen", "randomised", "unknown"] = Field(
        default="chosen", description="How sites came by their dose."
    )
    effect: Effect | None = Field(default=None, description="The effect to read beside delivery.")
    names: dict[Name, Text] = Field(
        default_factory=dict, description="Titles of sites and of kinds of adaptation."
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if not self.minimum.named():
            raise ValueError("minimum is empty: declare the least of reach, fidelity or a dose")
        if (self.components is None) is bool(self.planned):
            raise ValueError("components and planned go together: name both or neither")
        return self


def _table(id_: str, rows: Iterable[report.Row]) -> Table:
    names = report.TABLES[id_].split()
    columns = tuple(column_of(LABELS, name, _type_of(name)) for name in names)
    whole = [{k: row[k] for k in names if row.get(k) is not None} for row in rows]
    return Table(id_, f"implementation_{id_}", columns, tuple(whole))


def _type_of(name: str) -> CellType:
    if name in _TEXTS:
        return "text"
    return "share" if name in _SHARES else "integer" if name in _COUNTS else "number"


def _estimate(spec: Implementation, inquiry: Inquiry) -> Result:
    given = rows.in_order(inquiry.table(spec.sites))
    observed = inquiry.table(spec.components) if spec.components else {}
    found = _read(spec, given, observed, inquiry)
    sites = _table("sites", report.sites(found))
    delivery = {str(row["site"]): cast("Delivery", row["delivery"]) for row in sites.rows}
    beside = rows.doses(
        found.doses,
        given.get("outcome"),
        inquiry.rng,
        draws=inquiry.draws,
        conf_level=inquiry.conf_level,
    )
    tables = (
        sites,
        _table("components", report.components(found)),
        _table("adaptations", rows.adaptations(observed)),
        _table("dose", beside),
        _table("reading", report.readings(found, delivery)),
    )
    shown = tuple(one for one in tables if one.rows)
    return Result((), checks=tuple(_checks(spec, inquiry, shown)), tables=shown)


def _read(
    spec: Implementation, given: rows.Columns, observed: rows.Columns, inquiry: Inquiry
) -> report.Delivered:
    sites, planned = tuple(map(str, given["site"])), tuple(spec.planned)
    return report.Delivered(
        sites,
        given["target"],
        given["reached"],
        {x: rows.per_person(given[x], given["reached"]) for x in report.DOSES if x in given},
        planned,
        rows.placed(observed.get("site", ()), sites, "site"),
        rows.placed(observed.get("component", ()), planned, "component"),
        observed.get("score", np.zeros(0)),
        spec.minimum.named(),
        _effects(spec.effect, given, inquiry) if spec.effect else {},
        spec.effect.smallest_worthwhile if spec.effect else None,
        inquiry.conf_level,
    )


def _effects(effect: Effect, given: rows.Columns, inquiry: Inquiry) -> dict[str, Shown]:
    """Return effects with a comparison, turned so that above 0 is desired."""
    sign = 1.0 if effect.direction == "increase" else -1.0
    found: dict[str, Shown] = {}
    if effect.compared and "effect" in given and "std_error" in given:
        free = given.get("df", np.full(len(given["site"]), np.nan))
        cells = zip(given["site"], given["effect"], given["std_error"], free, strict=True)
        for site, value, error, df in cells:
            if not np.isnan(value) and not np.isnan(error):
                known = None if np.isnan(df) else float(df)
                found[site] = interval_of(
                    sign * float(value), float(error), known, inquiry.conf_level
                )
    headline = _headline(effect, inquiry)
    if headline is not None and headline.estimand != "descriptive":
        one = headline
        low, high = sorted((sign * one.conf_low, sign * one.conf_high))
        found[report.ALL] = Shown(sign * one.estimate, one.std_error, low, high, one.df)
    return found


def _headline(effect: Effect, inquiry: Inquiry) -> Estimate | None:
    if effect.analysis is None:
        return None
    result = inquiry.results.get(effect.analysis)
    if result is None:
        raise Refused(
            "no_such_analysis",
            "the analysis whose effect is to be read gave no result",
            "name an analysis that stands above this one and is not refused",
        )
    return next((one for one in result.estimates if one.role == "headline"), None)


def _checks(spec: Implementation, inquiry: Inquiry, tables: tuple[Table, ...]) -> Iterator[Check]:
    ids = {one.id for one in tables}
    yield checks.was_delivered(tables[0])
    if spec.planned:
        yield checks.was_observed(tables[0])
    if "dose" in ids:
        yield checks.dose_assigned(spec.doses_were, "dose")
    if spec.effect is not None:
        headline = _headline(spec.effect, inquiry)
        compared = headline is not None and headline.estimand != "descriptive"
        by_site = spec.effect.compared and spec.sites.effect is not None
        yield checks.effect_compared(compared or by_site, "reading" if "reading" in ids else None)


def _titles(spec: Implementation) -> Mapping[str, Text]:
    return {**cast("Mapping[str, Text]", WORDS), **spec.planned, **spec.names}


_PLANNED = ("talk", "plan", "visit", "follow_up")


def _example(rng: np.random.Generator) -> Example[Implementation]:
    """Return made-up sites, of which some deliver little and some well."""
    names = [f"site_{i}" for i in range(1, 9)]
    n = len(names)
    well = np.linspace(0.35, 0.97, n)
    target = rng.integers(40, 90, n).astype(np.float64)
    reached = np.round(target * np.clip(well + rng.normal(0, 0.05, n), 0.1, 1.0))
    sites = {
        "site": np.array(names, dtype=object),
        "target": target,
        "reached": reached,
        "contacts": np.round(reached * (4 + 8 * well)),
        "attendance": 80 + 6 * well + rng.normal(0, 2, n),
        "effect": 4 * well - 1 + rng.normal(0, 1, n),
        "error": rng.uniform(0.5, 2.5, n),
    }
    seen = [
        (a, c, float(rng.random() < well[i]))
        for i, a in enumerate(names)
        for c in _PLANNED
        for _ in range(4)
    ]
    observed = {
        "site": np.array([one[0] for one in seen], dtype=object),
        "component": np.array([one[1] for one in seen], dtype=object),
        "score": np.array([one[2] for one in seen]),
    }
    return Example(_example_spec(), {"sites": sites, "components": observed})


def _example_spec() -> Implementation:
    return Implementation(
        sites=Sites(
            record="sites",
            site="site",
            target="target",
            reached="reached",
            contacts="contacts",
            outcome="attendance",
            effect="effect",
            std_error="error",
        ),
        components=Components(
            record="components", site="site", component="component", score="score"
        ),
        planned={one: one.replace("_", " ") for one in _PLANNED},
        minimum=Minimum(reach=0.5, fidelity=0.6),
        effect=Effect(compared=True, smallest_worthwhile=2.0),
    )


METHOD = Method(
    name="implementation",
    title="Implementation: dose, reach and fidelity",
    spec=Implementation,
    rung=1,
    estimate=_estimate,
    example=_example,
    needs={1: frozenset({"implementation_delivered"})},
    titles=_titles,
)
