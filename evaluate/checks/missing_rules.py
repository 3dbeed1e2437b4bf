"""The effect under each rule for what is missing: the rows of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from evaluate.checks.missing_rows import Columns, Rows, indicated, pooled
from evaluate.core import Cell, Estimate
from evaluate.data.array_sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.bounded import Lost, between
from evaluate.inference.imputed import Gaps, imputations, missing
from evaluate.inference.lee_bounds import lee_bounds
from evaluate.inference.linear import Float
from evaluate.inference.manski_bounds import worst_cases
from evaluate.inference.observed_weights import observed_weights
from evaluate.inference.stream import stream

Row = Mapping[str, Cell]
# The rule that the headline follows, by what the study says of missing covariates.
HEADLINE: Mapping[str, str] = {
    "error": "complete_cases",
    "complete_case": "complete_cases",
    "indicator": "indicator",
    "multiple_imputation": "covariates_imputed",
}
# Of rows times columns: what is larger is not imputed only to be set beside the headline.
MOST_CELLS = 500_000
_WEIGHT = "evaluate: weight of being observed"
_DOMINATES = 0.1  # share of a group's weight that a single row may have


def every_rule(rows: Rows) -> Iterator[Row]:
    """Yield one row for each rule, with its state where it cannot be computed.

    Parameters
    ----------
    rows : Rows
        All rows of the analysis.
    """
    leads = HEADLINE[rows.asked.rule]
    if leads not in _RULES:
        yield {"rule": leads, "headline": True, **_of(rows.headline)}
    for name, rule in _RULES.items():
        if name == leads:
            yield {"rule": name, "headline": True, **_of(rows.headline)}
            continue
        try:
            yield {"rule": name, "headline": False, **rule(rows)}
        except Refused as refused:
            yield {"rule": name, "headline": False, "state": refused.code}


def _of(row: Estimate) -> dict[str, Cell]:
    known: dict[str, Cell] = {
        "estimate": row.estimate,
        "conf_low": row.conf_low,
        "conf_high": row.conf_high,
        "n_obs": row.n_obs,
        "n_treated": row.n_treated,
    }
    return known if row.df is None else {**known, "df": row.df}


def _complete(rows: Rows) -> Row:
    whole = np.ones(len(rows.y), bool)
    for name in rows.gaps:
        whole &= ~missing(rows.data[name])
    return _of(_fit(rows, _kept(rows.data, whole)))


def _indicator(rows: Rows) -> Row:
    if not rows.gaps:
        raise Refused("no_covariate_missing", "no covariate is missing", "read the first row")
    filled, added = indicated(rows.data, rows.gaps)
    return _of(_fit(rows, {**filled, **added}, (*rows.asked.covariates, *added)))


def _imputed(rows: Rows) -> Row:
    data, asked = rows.data, rows.asked
    names = [one for one in data if one not in (asked.cluster, asked.treated)]
    if asked.rule == "multiple_imputation" and not np.isnan(rows.y).any():
        raise Refused("no_outcome_missing", "no outcome is missing", "read the headline")
    if len(names) * len(rows.y) > MOST_CELLS:
        raise Refused("too_many_rows", "imputing would take too long", "ask for it by name")
    cluster = None if asked.cluster is None else data[asked.cluster]
    gaps = Gaps({one: data[one] for one in names}, data[asked.treated], cluster)
    seed = (*rows.settings.seed, *stream("missing outcomes"))
    copies = imputations(gaps, asked.imputations, seed)
    return _of(pooled([_fit(rows, {**data, **copy}) for copy in copies]))


def _weighted(rows: Rows) -> Row:
    asked, data = rows.asked, rows.data
    if asked.weights and asked.kind != "probability":
        raise Refused(
            "weights_of_another_kind", "weights do not stand for people", "leave them out"
        )
    whole = ~np.isnan(rows.y)
    for name in rows.gaps:
        whole &= ~missing(data[name])
    known = [one for one in asked.covariates if one not in rows.gaps]
    own = data[asked.weights] if asked.weights else np.ones(len(whole))
    treated = data[asked.treated] == 1
    weights = own * observed_weights(_numbers(data, known), treated, whole, own)
    for arm in (treated, ~treated):
        if weights[arm].max(initial=0.0) > _DOMINATES * weights[arm].sum():
            raise Refused("one_weight_dominates", "one row stands for too many", "read the bounds")
    used = _kept({**data, _WEIGHT: weights}, whole)
    return _of(rows.refit(_sample(rows, used), asked.covariates, _WEIGHT))


def _numbers(data: Columns, names: list[str]) -> Float:
    found = [np.zeros((len(next(iter(data.values()))), 0))]
    for name in names:
        values = data[name]
        if values.dtype.kind in "OU":
            found += [
                (values == one).astype(np.float64)[:, None] for one in sorted(set(values))[1:]
            ]
        else:
            found.append(values[:, None])
    return np.hstack(found)


def _lost(rows: Rows) -> Lost:
    asked, data = rows.asked, rows.data
    cluster = None
    if asked.cluster:
        cluster = np.unique(data[asked.cluster].astype(np.str_), return_inverse=True)[1]
    weights = None
    if asked.weights and asked.kind != "inverse_variance":
        weights = data[asked.weights]
    return Lost(rows.y, data[asked.treated] == 1, cluster, weights)


def _lee(rows: Rows) -> Row:
    asked = rows.asked
    if not asked.dealt:
        raise Refused("not_dealt_by_chance", "the arms may differ otherwise", "read the others")
    _require_offer(rows)
    lost = _lost(rows)
    if lost.observed.all():
        raise Refused("no_outcome_missing", "no outcome is missing", "read the first row")
    cells = None
    if asked.strata:
        cells = np.unique(rows.data[asked.strata].astype(np.str_), return_inverse=True)[1]
    if lost.weights is not None:
        used = lost.weights > 0
        cells = cells[used] if cells is not None else None
        cluster = lost.cluster[used] if lost.cluster is not None else None
        lost = Lost(lost.y[used], lost.treated[used], cluster, lost.weights[used])
    one = lee_bounds(lost, cells=cells, conf_level=rows.settings.conf_level)
    n = lost.observed
    known: dict[str, Cell] = {} if one.df is None else {"df": one.df}
    return {
        **known,
        "low": one.low,
        "high": one.high,
        "conf_low": one.conf_low,
        "conf_high": one.conf_high,
        "n_obs": int(n.sum()),
        "n_treated": int((n & lost.treated).sum()),
    }


def _require_offer(rows: Rows) -> None:
    if not rows.asked.offer:
        raise Refused(
            "of_taking_part", "bounds are of the offer", "ask for the effect of the offer"
        )


def _manski(rows: Rows) -> Row:
    _require_offer(rows)
    if not np.isnan(rows.y).any():
        raise Refused("no_outcome_missing", "no outcome is missing", "read the first row")
    ends = worst_cases(_lost(rows), rows.settings.outcome_range)
    filled, added = indicated(rows.data, rows.gaps)
    names = (*rows.asked.covariates, *added)
    low, high = (_fit(rows, {**filled, **added, rows.outcome: y}, names) for y in ends)
    dfs = [one.df for one in (low, high) if one.df is not None]
    df = min(dfs) if dfs else None
    limits = between(
        (low.estimate, high.estimate), (low.std_error, high.std_error), low.conf_level, df
    )
    known: dict[str, Cell] = {} if df is None else {"df": df}
    return {
        **known,
        "low": low.estimate,
        "high": high.estimate,
        "conf_low": min(limits[0], low.conf_low) if low.interval_method else limits[0],
        "conf_high": max(limits[1], high.conf_high) if high.interval_method else limits[1],
        "n_obs": low.n_obs,
        "n_treated": low.n_treated,
    }


def _fit(rows: Rows, data: Columns, covariates: tuple[str, ...] | None = None) -> Estimate:
    names = rows.asked.covariates if covariates is None else covariates
    return rows.refit(_sample(rows, data), names, rows.asked.weights)


def _sample(rows: Rows, data: Columns) -> ArraySample:
    return ArraySample(data, rows.outcome)


def _kept(data: Columns, rows: NDArray[np.bool_]) -> Columns:
    return {name: values[rows] for name, values in data.items()}


_RULES: Mapping[str, Callable[[Rows], Row]] = {
    "complete_cases": _complete,
    "indicator": _indicator,
    "multiple_imputation": _imputed,
    "observed_weights": _weighted,
    "lee": _lee,
    "manski": _manski,
}
