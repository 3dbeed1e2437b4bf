"""Statements about a finding that no single table or text makes: the facts behind items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluate.core import Estimate, Finding
from evaluate.evidence import checklists_money as about_money

Json = Mapping[str, Any]
# Checks that put the result to a test that it could fail for reasons the data do not show.
_ADVERSARIAL = (
    "sensitivity",
    "bounds",
    "lee_bounds",
    "e_value",
    "honest_did",
    "missing_not_at_random",
    "unmeasured_confounding",
)
_RANDOM = re.compile(
    r"random|lotter|lodd|lott(?:ning|dr)|tilfeldig|slump|experiment", re.IGNORECASE
)
_CLUSTER = re.compile(r"cluster|klynge|kluster|klase", re.IGNORECASE)
_MONEY = re.compile(r"cost|econom|kostnad|økonom|ekonom|samfunnsnytt|nytta?\b", re.IGNORECASE)
_OBSERVED = frozenset(
    {"over_time", "matched", "adjusted", "discontinuity", "instrument", "descriptive"}
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement.

    Attributes
    ----------
    holds : callable
        ``(finding) -> bool``.
    where : str
        Section of the chapter that shows it.
    key : str
        Key of ``study.yaml`` that gives it where it is missing.
    computed : bool
        Whether it comes from results, which may have been refused.
    """

    holds: Callable[[Finding], bool]
    where: str
    key: str
    computed: bool = False


def _block(finding: Finding, key: str) -> dict[str, Json]:
    """Return a block of the study by key; empty without it."""
    block = finding.study.get(key)
    return dict(block) if isinstance(block, Mapping) else {}


def analyses(finding: Finding, *roles: str) -> dict[str, Json]:
    """Return the analyses of a finding, or those of the given roles."""
    every = _block(finding, "analyses")
    return {name: one for name, one in every.items() if not roles or one.get("role") in roles}


def applies(name: str, finding: Finding) -> bool:
    """Return whether a list of items is for studies such as this one.

    Parameters
    ----------
    name : {"consort", "cluster", "strobe", "tidier", "cheers"}
        Short name of the list.
    finding : Finding
        The released finding; designs, clusters and money decide.
    """
    kinds = {one.get("design_kind") for one in _deciding(finding)}
    if name == "consort":
        return "randomised" in kinds
    if name == "cluster":
        return any(
            one.get("design_kind") == "randomised" and clustered(one) for one in _deciding(finding)
        )
    if name == "strobe":
        return bool(kinds & _OBSERVED)
    return name == "tidier" or bool(finding.study.get("economics"))


def _deciding(finding: Finding) -> list[Json]:
    """Return the analyses that settle what kind of study it is: the primary ones, else all."""
    return [*(analyses(finding, "primary") or analyses(finding)).values()]


def clustered(analysis: Json) -> bool:
    """Return whether an analysis says that clusters were assigned."""
    level = analysis.get("assignment", {}).get("level")
    return "cluster" in analysis.get("fields", {}) or level == "cluster"


def _titles(finding: Finding, pattern: re.Pattern[str]) -> bool:
    texts = (finding.study.get(key) for key in ("title", "question"))
    return any(
        pattern.search(str(one))
        for text in texts
        for one in (text.values() if isinstance(text, Mapping) else (text,))
        if one
    )


def _headlines(finding: Finding) -> Iterator[Estimate]:
    return (one for one in finding.estimates if one.term == "overall")


def _planned(finding: Finding) -> set[str]:
    """Return the outcomes that the plan promises a result for."""
    chosen = analyses(finding, "primary", "secondary").values()
    primary = (
        name for name, one in _block(finding, "outcomes").items() if one.get("role") == "primary"
    )
    return {*(str(one.get("outcome")) for one in chosen), *primary}


def _estimated(finding: Finding) -> bool:
    found = {one.outcome for one in _headlines(finding) if one.role != "exploratory"}
    refused = {
        str(one.get("outcome"))
        for name, one in analyses(finding).items()
        if name in {refusal.analysis for refusal in finding.refusals}
    }
    return bool(found) and _planned(finding) <= found | refused


def _relative(finding: Finding) -> bool:
    """Say whether every yes-or-no outcome has a relative effect too; it may stand as Cox's."""
    every = _block(finding, "outcomes")
    binary = {name for name in _planned(finding) if every.get(name, {}).get("unit") == "share"}
    cox = {
        row.get("outcome")
        for table in finding.tables
        if table.kind == "effect_sizes"
        for row in table.rows
        if row.get("measure") == "cox" and row.get("value") is not None
    }
    ratio = {one.outcome for one in finding.estimates if one.scale == "ratio"}
    return bool(finding.estimates) and binary <= cox | ratio


def _scales(finding: Finding) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in _headlines(finding):
        found.setdefault(one.outcome, set()).add(one.scale)
    return found


def _worthwhile(finding: Finding) -> bool:
    every = _block(finding, "outcomes")
    primary = [one for one in every.values() if one.get("role") == "primary"]
    return bool(primary) and all(one.get("smallest_worthwhile") for one in primary)


def _detectable(finding: Finding) -> bool:
    shown = [one for one in finding.verdicts if one.verdict != "not estimable"]
    return bool(shown) and all(one.detectable is not None for one in shown)


def _clustering(finding: Finding) -> bool:
    if not finding.estimates:
        return False
    if not any(map(clustered, analyses(finding).values())):
        return any(one.name == "clusters" for one in finding.checks) or all(
            one.n_clusters is None for one in finding.estimates
        )
    return _clusters_counted(finding) and any(one.kind == "icc" for one in finding.tables)


def _clusters_counted(finding: Finding) -> bool:
    named = {name for name, one in analyses(finding).items() if clustered(one)}
    rows = [one for one in finding.estimates if one.analysis in named]
    return bool(rows) and all(one.n_clusters is not None for one in rows if one.role == "headline")


def _diagnosed(finding: Finding) -> bool:
    done = {one.analysis for one in finding.checks if one.result != "not_run"}
    return bool(done) and {one.analysis for one in finding.estimates} <= done


def _sensitivity(finding: Finding) -> bool:
    return any(one.name in _ADVERSARIAL and one.result != "not_run" for one in finding.checks)


def _further_results(finding: Finding) -> bool:
    named = {name for name, one in analyses(finding).items() if one.get("role") != "primary"}
    tables = any(one.kind == "subgroups" and one.rows for one in finding.tables)
    return tables or any(one.analysis in named for one in finding.estimates)


def _unadjusted(finding: Finding) -> bool:
    return len({one.method for one in _headlines(finding)}) > 1


def _has_subgroups(finding: Finding) -> bool:
    return any(one.get("subgroups") for one in analyses(finding).values())


def _extrapolated(finding: Finding) -> bool:
    return any(
        row.get("extrapolated")
        for table in finding.tables
        if table.kind == "cash_flow"
        for row in table.rows
    )


FACTS: Mapping[str, Fact] = {
    "title_says_randomised": Fact(lambda one: _titles(one, _RANDOM), "#lead", "title"),
    "title_says_clusters": Fact(
        lambda one: _titles(one, _RANDOM) and _titles(one, _CLUSTER), "#lead", "title"
    ),
    "title_says_money": Fact(
        lambda one: about_money.account_page(one) or _titles(one, _MONEY), "#lead", "title"
    ),
    "verdicts": Fact(lambda one: bool(one.verdicts), "#lead", "analyses", True),
    "locked": Fact(
        lambda one: bool(one.provenance.get("lock") or one.provenance.get("plan")), "#again", "plan"
    ),
    "open_data": Fact(lambda one: one.data_kind == "public", "#again", "report.answers"),
    "methods": Fact(
        lambda one: any(row.method and row.std_error_method for row in one.estimates),
        "#numbers",
        "analyses",
        True,
    ),
    "estimated": Fact(_estimated, "#results", "analyses", True),
    "relative": Fact(_relative, "#results", "analyses", True),
    "unadjusted": Fact(_unadjusted, "#numbers", "analyses.*.adjustment", True),
    "absolute": Fact(
        lambda one: (
            bool(one.estimates) and all("difference" in kinds for kinds in _scales(one).values())
        ),
        "#results",
        "analyses",
        True,
    ),
    "worthwhile": Fact(_worthwhile, "#outcomes", "outcomes.*.smallest_worthwhile"),
    "detectable": Fact(_detectable, "#results", "analyses", True),
    "clustering": Fact(_clustering, "#certainty", "analyses", True),
    "clusters_counted": Fact(_clusters_counted, "#numbers", "analyses", True),
    "diagnosed": Fact(_diagnosed, "#certainty", "analyses", True),
    "sensitivity": Fact(_sensitivity, "#certainty", "analyses", True),
    "further_results": Fact(_further_results, "#numbers", "analyses", True),
    "input_ranges": Fact(about_money.input_ranges, "#money", "economics"),
    "account_summed": Fact(about_money.summed, "#money", "economics"),
    "horizon_said": Fact(about_money.horizon_said, "#money", "economics.observed"),
    "horizon_why": Fact(about_money.horizon_why, "#money", "economics.note"),
    "benefits_named": Fact(about_money.benefits_named, "#money", "economics.benefits"),
    "costs_sourced": Fact(about_money.costs_sourced, "#money", "economics.costs"),
    "values_sourced": Fact(about_money.values_sourced, "#money", "economics.benefits"),
    "conversion_said": Fact(about_money.conversion_said, "#money", "economics.conversion"),
    "disclosure_rules": Fact(lambda one: bool(one.released.get("profile")), "#again", "disclosure"),
    "design_known": Fact(lambda one: bool(analyses(one)), "#checklists", "analyses"),
}

# Under which an item applies at all.
CONDITIONS: Mapping[str, Callable[[Finding], bool]] = {
    "further_analyses": lambda one: (
        bool(analyses(one, "secondary", "exploratory")) or _has_subgroups(one)
    ),
    "subgroups": _has_subgroups,
    "matched": lambda one: any(
        found.get("design_kind") == "matched" for found in analyses(one).values()
    ),
    "extrapolated": _extrapolated,
    "ratios": lambda one: any("ratio" in scales for scales in _scales(one).values()),
}
