"""How strong selection on what nobody measured must be to undo an effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, inf, log10
from typing import Literal

from evaluate.checks.hidden_selection_evidence import Evidence
from evaluate.checks.hidden_selection_measures import (
    Bound,
    Row,
    bound_rows,
    bounds,
    holds,
    measure_rows,
)
from evaluate.checks.hidden_selection_pairs import Matched, matched_bounds
from evaluate.checks.labels_hidden_selection import LABELS
from evaluate.core import CellType, Check, CheckResult, Column, Estimate, Table
from evaluate.data.moments import Moments
from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.exposure import chance_alone
from evaluate.inference.linear_exposure import exposure_of, exposure_of_moments
from evaluate.inference.oster import TIMES
from evaluate.inference.partial_r2 import robustness_limit, robustness_value

NAME, KIND, BOUNDS = "sensitivity", "hidden_selection", "hidden_selection_bounds"
Kind = Literal["regression", "weighting", "matching"]
_COLUMNS: tuple[tuple[str, CellType], ...] = (
    ("measure", "text"),
    ("basis", "text"),
    ("benchmark", "text"),
    ("value", "number"),
    ("limit", "number"),
    ("share", "share"),
    ("share_limit", "share"),
    ("r2_treatment", "share"),
    ("r2_outcome", "share"),
    ("assumed", "number"),
    ("estimate", "number"),
    ("conf_low", "number"),
    ("conf_high", "number"),
    ("n_least", "integer"),
    ("state", "text"),
)
_BOUND_COLUMNS: tuple[tuple[str, CellType], ...] = (
    ("key", "text"),
    ("benchmark", "text"),
    ("times", "number"),
    ("r2_treatment", "share"),
    ("r2_outcome", "share"),
    ("estimate", "number"),
    ("conf_low", "number"),
    ("conf_high", "number"),
    ("judged", "boolean"),
    ("n_least", "integer"),
    ("state", "text"),
)
_CHANCE = 0.05  # covariates that explain no more than chance measure nothing
_MEASURED = ("estimate", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True)
class Asked:
    """How an effect is tried.

    Attributes
    ----------
    kind : {"regression", "weighting", "matching"}
        How the comparison was built.
    multiples : tuple of float
        How many times as strong as a covariate a hidden factor is; the check goes by 1.
    benchmarks : tuple of str
        Covariates to measure by; all where empty.
    r_max_times : float
        Oster's largest R-squared, in units of what was explained.
    least_gamma : float
        Odds between matched units that the result must bear: 1.25 is a quarter.
    """

    kind: Kind = "regression"
    multiples: tuple[float, ...] = (1.0, 2.0, 3.0)
    benchmarks: tuple[str, ...] = ()
    r_max_times: float = TIMES
    least_gamma: float = 1.25


def hidden_selection(
    groups: Groups, found: Compared, headline: Estimate, asked: Asked | None = None
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    """Return whether an effect of a comparison in memory bears hidden selection.

    What covariates explain is measured by regression among those compared, under the
    comparison's weights; how far apart the groups were in them, before matching or weighting.
    Oster's delta compares regressions without and with the covariates among all.

    Parameters
    ----------
    groups : Groups
        Treated and comparison units.
    found : Compared
        The comparison.
    headline : Estimate
        Its effect and interval.
    asked : Asked or None
        How it is tried.

    Returns
    -------
    checks : tuple of Check
        ``sensitivity``: passed when a hidden factor as strong as any one covariate would leave the
        interval on its side of zero and, for matched units, their odds may differ by
        ``least_gamma``; failed when not. Uninformative when the interval holds zero already, when
        a covariate tells so much of who took part that no factor can be as strong, or when all
        covariates tell no more than chance would; not run where there is nothing to measure by.
    tables : tuple of Table
        Of kinds ``hidden_selection`` and ``hidden_selection_bounds``.

    References
    ----------
    Cinelli & Hazlett (2020), J. Royal Statistical Society B 82(1); VanderWeele & Ding (2017),
    Annals of Internal Medicine 167(4); Oster (2019), J. Business & Economic Statistics 37(2);
    Rosenbaum (2002), Observational Studies.
    """
    asked = asked or Asked()
    alpha = 1 - headline.conf_level
    sign = 1.0 if headline.estimate >= 0 else -1.0
    try:
        before = exposure_of(groups)
        same = asked.kind == "regression"
        compared = before if same else exposure_of(groups, found.weights.clip(min=0.0))
    except Refused as refused:
        return _not_run(refused)
    matched: Matched | Refused | None = None
    if asked.kind == "matching":
        try:
            matched = matched_bounds(groups, found, sign, alpha / 2, asked.least_gamma)
        except Refused as refused:
            matched = refused
    clustered = groups.cluster is not None or headline.n_clusters is not None
    return _judged(Evidence(headline, compared, before, matched, clustered), asked)


def hidden_selection_of_moments(
    moments: Moments, columns: tuple[str, str], headline: Estimate, asked: Asked | None = None
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    """Return whether an effect of a regression bears hidden selection, from moments alone.

    Parameters
    ----------
    moments : Moments
        Of treatment, the covariates and the outcome, by any groups.
    columns : tuple of str
        Treatment and outcome; all others are covariates.
    headline : Estimate
        The effect and its interval.
    asked : Asked or None
        How it is tried.

    Returns
    -------
    checks, tables : tuple
        As of ``hidden_selection``.
    """
    try:
        found = exposure_of_moments(moments, *columns)
    except Refused as refused:
        return _not_run(refused)
    clustered = headline.n_clusters is not None
    return _judged(Evidence(headline, found, found, None, clustered), asked or Asked())


def _not_run(refused: Refused) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    text = f"How strong hidden selection must be to undo the effect is not known: {refused.why}."
    return (Check(NAME, "not_run", text),), ()


def _judged(evidence: Evidence, asked: Asked) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    row = evidence.headline
    tried = bounds(evidence, tuple(dict.fromkeys((1.0, *asked.multiples))), asked.benchmarks)
    judged = [one for one in tried if one.judged and one.times == 1]
    known = [one for one in judged if not isinstance(one.left, Refused)]
    rows = measure_rows(evidence, judged, asked.r_max_times, asked.least_gamma)
    # As the gate hides an estimate with few of either, it hides what follows from it.
    least = min(row.n_treated, row.n_obs - row.n_treated, int(min(row.df or inf, row.n_obs)))
    tables = [_table(KIND, _COLUMNS, rows, (row.unit, least))]
    if tried:
        tables.append(_table(BOUNDS, _BOUND_COLUMNS, bound_rows(tried), (row.unit, least)))
    result, text = _result(evidence, known, judged, asked)
    return (Check(NAME, result, text, KIND),), tuple(tables)


def _table(
    kind: str,
    columns: Sequence[tuple[str, CellType]],
    rows: Iterable[Row],
    known: tuple[str, int],
) -> Table:
    unit, least = known
    heads = (
        Column(name, type_, LABELS[name], unit if name in _MEASURED else None)
        for name, type_ in columns
    )
    return Table(kind, kind, tuple(heads), tuple({**row, "n_least": least} for row in rows))


def _result(
    evidence: Evidence, known: Sequence[Bound], judged: Sequence[Bound], asked: Asked
) -> tuple[CheckResult, str]:
    row = evidence.headline
    if not (row.conf_low > 0 or row.conf_high < 0):
        text = "The interval holds zero without any hidden selection: there is nothing to undo."
        return "uninformative", text
    if not known:
        why = (
            "the covariates explain so much of who took part that none can measure a factor"
            if judged
            else "no covariate from before the programme is there to measure by"
        )
        text = f"How strong hidden selection may be cannot be told: {why}. {_needed(evidence)}"
        return "uninformative" if judged else "not_run", text
    if chance_alone(evidence.before) > _CHANCE:
        text = (
            "The covariates explain no more than chance would, neither of who took part nor of the"
            f" outcome: a factor as strong as they are would be none. {_needed(evidence)}"
        )
        return "uninformative", text
    undone = [one for one in known if not _stands(evidence, one)]
    shown = undone[0] if undone else known[0]
    text = f"{_as_strong(shown, bool(undone))} {_needed(evidence)}"
    matched = evidence.matched
    weak = False
    if isinstance(matched, Matched):
        weak = matched.gamma is None or matched.gamma < asked.least_gamma
        text += " " + _odds(matched, asked.least_gamma)
    if undone or weak:
        return "failed", text
    beyond = [one.benchmark.name for one in judged if isinstance(one.left, Refused)]
    if beyond:
        names = ", ".join(beyond)
        text = f"{names} tells so much of who took part that no hidden factor can be as strong"
        text += f" beside it, so that the result is not tried against it. {_needed(evidence)}"
        return "uninformative", text
    return "passed", text


def _stands(evidence: Evidence, one: Bound) -> bool:
    return not isinstance(one.left, Refused) and holds(evidence, one.left)


def _as_strong(one: Bound, undone: bool) -> str:
    if isinstance(one.left, Refused):  # those that are shown are known
        raise TypeError(one.benchmark.name)
    left = one.left
    told = (
        f"A hidden factor as strong as {one.benchmark.name} would leave an effect of"
        f" {_told(left.value)} ({_told(left.low)} to {_told(left.high)})"
    )
    if undone:
        return f"{told}, which is not on one side of zero as the result is."
    return f"{told}, and none of the other covariates would take more of it."


def _told(value: float) -> str:
    """Return a number with about three digits, and none after the point from a hundred up."""
    size = abs(value)
    places = 0 if size == 0 else min(9, max(0, 2 - floor(log10(size))))
    return f"{value:.{places}f}"


def _needed(evidence: Evidence) -> str:
    try:
        share = robustness_value(evidence.effect)
        limit = robustness_limit(evidence.effect, alpha=evidence.alpha)
    except Refused as refused:
        return f"What would be needed cannot be computed: {refused.why}."
    text = (
        f"To bring the effect to zero it must explain {share:.1%} of what covariates leave both of"
        f" who took part and of the outcome; {limit:.1%} brings the interval there"
    )
    return text + (", with errors by cluster." if evidence.clustered else ".")


def _odds(matched: Matched, least: float) -> str:
    if matched.gamma is None:
        return "The test of matched units tells no effect even where their odds were equal."
    return (
        f"Two matched units' odds of taking part may differ {matched.gamma:.2f} times before their"
        f" test tells nothing; {least:.2f} is asked for."
    )
