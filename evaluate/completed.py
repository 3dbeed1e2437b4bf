"""One analysis with its rule for missing covariates, and what every other rule would have found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evaluate.checks.missing_outcomes import Asked, missing_rules
from evaluate.checks.missing_rows import indicated, pooled
from evaluate.core import ColumnRole, Estimand, Estimate, Settings
from evaluate.data.array_sample import ArraySample
from evaluate.data.sample import Sample
from evaluate.data.variable import Levels, Range, Variable
from evaluate.design import Design, Result
from evaluate.errors import Refused
from evaluate.inference.imputed import Gaps, imputations
from evaluate.inference.stream import stream
from evaluate.study.entries import Missing

Progress = Callable[[str], None]
# Columns that say that rows follow each other: a row is then no unit that is seen or lost.
_OVER_TIME: frozenset[ColumnRole] = frozenset({"time", "unit", "start", "concurrent"})
_PLAIN = ("error", "complete_case")


@dataclass(frozen=True, slots=True)
class Question:
    """One analysis: its design with its fields, what is asked, and its columns.

    Attributes
    ----------
    design : Design
        Computes it.
    spec : Strict
        Its fields.
    estimand : Estimand
        Whose effect.
    settings : Settings
        How it estimates.
    missing : Missing
        What is done about missing covariates.
    roles : mapping of str to str
        Each column but the outcome's, with what it is.
    """

    design: Design[Any]
    spec: Any
    estimand: Estimand
    settings: Settings
    missing: Missing
    roles: Mapping[str, ColumnRole]

    def of(self, *roles: ColumnRole) -> tuple[str, ...]:
        """Return the columns with one of some roles."""
        return tuple(name for name, role in self.roles.items() if role in roles)

    def estimate(self, sample: Sample, settings: Settings | None = None) -> Result:
        """Return what the design makes of a sample."""
        return self.design.estimate(self.spec, sample, self.estimand, settings or self.settings)


def completed(one: Question, sample: Sample, *, progress: Progress = lambda step: None) -> Result:
    """Return the design's result under the study's rule for missing covariates.

    Under ``indicator`` missing numbers become the column's mean, text a level of its own, and a
    column says where each number was missing. Under ``multiple_imputation`` the design runs on
    each completed data set, and every row that all of them have is pooled by Rubin's rules;
    checks, tables and tests are those of the first. For an effect between two groups that are
    not followed over time, the check ``missing_outcomes`` and the table ``missing_rules`` show
    what the other rules give.

    Parameters
    ----------
    one : Question
        The analysis.
    sample : Sample
        Its rows, with gaps.
    progress : callable
        Told of each completed data set.

    Raises
    ------
    Refused
        ``no_covariates`` where the design has none to complete; ``all_missing``,
        ``too_few_observed``; and the codes of the design.
    """
    covariates = one.of("covariate")
    used, rule = sample, one.missing.covariates
    if rule in _PLAIN or not sample.incomplete(covariates):
        result = one.estimate(sample)
    elif "covariates" not in type(one.spec).model_fields:
        raise Refused(
            "no_covariates",
            "the design names no covariates that could be completed",
            "complete the cells, or set missing: {covariates: complete_case}",
        )
    elif rule == "indicator":
        one, used = with_indicators(one, sample)
        result = one.estimate(used)
    else:
        result = _imputed(one, sample, progress)
    if one.settings.headline_only or not _of_two_groups(one):
        return result
    progress("other rules for what is missing")
    return _with_rules(one, sample, result, covariates)


def range_of(variable: Variable) -> tuple[float, float] | None:
    """Return the lowest and the highest value that a variable can have, if both are declared.

    Parameters
    ----------
    variable : Variable
        Of the dictionary.
    """
    if variable.type == "boolean":
        return 0.0, 1.0
    if isinstance(variable.values, Levels):
        ends = [one for one in variable.values.values if isinstance(one, int | float)]
        complete = len(ends) == len(variable.values.values)
        return (float(min(ends)), float(max(ends))) if ends and complete else None
    if not isinstance(variable.values, Range):
        return None
    low, high = variable.values.low, variable.values.high
    if isinstance(low, int | float) and isinstance(high, int | float):
        return float(low), float(high)
    return None


def with_indicators(one: Question, sample: Sample) -> tuple[Question, ArraySample]:
    """Return the analysis and its rows with indicators of missing covariates among the covariates.

    Parameters
    ----------
    one : Question
        The analysis.
    sample : Sample
        Its rows, with gaps.
    """
    data = sample.everyone((sample.outcome, *one.roles))
    gaps = tuple(x for x in one.of("covariate") if sample.incomplete((x,)))
    filled, added = indicated(data, gaps)
    wider = one.spec.model_copy(update={"covariates": (*one.spec.covariates, *added)})
    roles = {**one.roles, **dict.fromkeys(added, "covariate")}
    changed = replace(one, spec=wider, roles=roles)  # type: ignore[arg-type]
    return changed, ArraySample({**filled, **added}, sample.outcome)


def _imputed(one: Question, sample: Sample, progress: Progress) -> Result:
    """Return the design's result over completed data sets, one of them in memory at a time."""
    data = sample.everyone((sample.outcome, *one.roles))
    clusters, treated = one.of("cluster"), one.of("treatment")
    apart = {*clusters, *treated, *one.of("unit")}
    gaps = Gaps(
        {name: values for name, values in data.items() if name not in apart},
        data[treated[0]] if treated else None,
        data[clusters[0]] if clusters else None,
    )
    seed = (*one.settings.seed, *stream("missing covariates"))
    found: list[tuple[Estimate, ...]] = []
    first: Result | None = None
    number = one.missing.number
    for at, copy in enumerate(imputations(gaps, number, seed)):
        progress(f"imputation {at + 1} of {number}")
        # An outcome that is lost predicts nothing here: it is drawn for the chain, and lost again.
        copy[sample.outcome] = data[sample.outcome]
        result = one.estimate(ArraySample({**data, **copy}, sample.outcome))
        first = first or result
        found.append(result.estimates)
    assert first is not None
    rows = tuple(pooled(same) for same in _matched(found))
    covariance = np.array([[rows[0].std_error ** 2]])
    return Result(rows, covariance, checks=first.checks, tables=first.tables)


def _matched(found: list[tuple[Estimate, ...]]) -> list[list[Estimate]]:
    """Return each row of the first data set with the same of the others, if all have it."""
    keyed = [{(r.term, r.scale, r.method, r.std_error_method): r for r in rows} for rows in found]
    return [[each[key] for each in keyed] for key in keyed[0] if all(key in each for each in keyed)]


def _of_two_groups(one: Question) -> bool:
    return len(one.of("treatment")) == 1 and not _OVER_TIME & set(one.roles.values())


def _with_rules(
    one: Question, sample: Sample, result: Result, covariates: tuple[str, ...]
) -> Result:
    """Add what the other rules for what is missing would have found."""
    alone = replace(one.settings, headline_only=True)
    fields, own = type(one.spec).model_fields, getattr(one.spec, "covariates", ())

    def _refit(sample: Sample, names: tuple[str, ...], weights: str | None) -> Estimate:
        changed: dict[str, Any] = {}
        if "covariates" in fields:
            # Columns of matching alone are no covariates of the model; indicators are.
            changed["covariates"] = tuple(x for x in names if x in own or x not in one.roles)
        if weights is not None:
            if "weights" not in fields:
                raise Refused("no_weights", "the design takes no weights", "read the others")
            changed["weights"] = weights
        spec = one.spec.model_copy(update=changed)
        return one.design.estimate(spec, sample, one.estimand, alone).estimates[0]

    asked = Asked(
        treated=one.of("treatment")[0],
        covariates=covariates,
        cluster=next(iter(one.of("cluster")), None),
        weights=next(iter(one.of("weight")), None),
        kind=getattr(one.spec, "weights_kind", "probability"),
        others=one.of("arm", "received", "stratum", "probability", "subgroup"),
        strata=next(iter(one.of("stratum")), None),
        dealt=one.design.kind == "randomised",
        offer=one.estimand.summary != "LATE",
        rule=one.missing.covariates,
        imputations=one.missing.number,
    )
    check, table = missing_rules(sample, result.estimates[0], asked, one.settings, _refit)
    tables = result.tables if table is None else (*result.tables, table)
    return replace(result, checks=(*result.checks, check), tables=tables)
