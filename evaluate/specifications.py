"""What stands beside an analysis: its alternatives, its negative controls, when columns are from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from evaluate.checks.negative_controls import Control, negative_controls
from evaluate.checks.specifications import (
    DECLARED,
    Parts,
    Specified,
    agreement,
    comparable,
    specifications,
)
from evaluate.checks.timing import covariates_before
from evaluate.core import Estimate, Refusal, Role, Strict
from evaluate.data.engines import SampleOf
from evaluate.design import Design, Result, named_columns
from evaluate.errors import Refused
from evaluate.prepare import Prepared
from evaluate.study.entries import Analysis
from evaluate.study.negative_control import negative_control
from evaluate.study.planned_choices import in_plan
from evaluate.study.timing_rules import measured
from evaluate.study.variant_choices import choices
from evaluate.study.variants import Variant, about_whom
from evaluate.variant_views import Views, n_apart

# (name of the random streams, analysis, design and its fields, view of the rows) -> result
Computing = Callable[[str, Analysis, tuple[Design[Any], Strict], str], Result]


@dataclass(frozen=True, slots=True)
class _Running:
    """What every variant of one analysis is run with."""

    prepared: Prepared
    declared: Variant
    row: Estimate
    computing: Computing
    sample_of: SampleOf

    @property
    def of(self) -> str:
        return self.declared.of

    @property
    def view(self) -> str:
        return self.prepared.samples[self.of]

    @property
    def column(self) -> str:
        study = self.prepared.definition.study
        return study.outcomes[self.declared.analysis.outcome].column or ""

    def estimate(self, one: Variant, view: str) -> Estimate:
        """Return the headline row of a variant on some rows."""
        result = self.computing(one.key, one.analysis, (one.design, one.spec), view)
        return replace(result.estimates[0], design=one.design.name)

    def n_obs(self, view: str) -> int:
        return self.sample_of(view, self.column).n_obs

    def spread(self, outcome: str, view: str) -> float:
        """Return the standard deviation of an outcome over the rows of a view."""
        column = self.prepared.definition.study.outcomes[outcome].column or ""
        moments = self.sample_of(view, column).moments((column,))
        cross = moments.cross.sum(axis=0)
        return sqrt(max(float(cross[1, 1] / cross[0, 0]), 0.0))


def with_others(
    prepared: Prepared, of: str, result: Result, computing: Computing, sample_of: SampleOf
) -> tuple[Result, list[Refusal]]:
    """Return the result of an analysis with what its study asks for beside it.

    Parameters
    ----------
    prepared : Prepared
        The study and its rows.
    of : str
        The analysis.
    result : Result
        As declared, its headline row first.
    computing : callable
        Estimates an analysis on a view of the rows.
    sample_of : callable
        Gives the sample behind a view.

    Returns
    -------
    result : Result
        With a row for each alternative, the tables of kinds ``specifications``,
        ``agreement_of_estimators`` and ``negative_controls``, and their checks.
    refusals : list of Refusal
        Of alternatives and controls, as ``ANALYSIS/NAME``.
    """
    study, spec = prepared.definition.study, prepared.definition.specs[of]
    declared = Variant(of, "", study.analyses[of], *spec)
    running = _Running(prepared, declared, result.estimates[0], computing, sample_of)
    found = _timed(running, result)
    found, refused = _with_alternatives(running, found)
    found, refused_too = _with_controls(running, found)
    return found, [*refused, *refused_too]


def _timed(running: _Running, result: Result) -> Result:
    before, _ = measured(running.prepared.definition.study.data)
    uses = named_columns(running.declared.spec)
    covariates = dict.fromkeys(name for _, name, role in uses if role == "covariate")
    early = covariates_before(tuple(covariates), before)
    return result if early is None else replace(result, checks=(*result.checks, early))


def _with_alternatives(running: _Running, result: Result) -> tuple[Result, list[Refusal]]:
    views = [one for one in running.prepared.others.get(running.of, ()) if not one.variant.control]
    if not views:
        return result, []
    definition, variants = running.prepared.definition, [one.variant for one in views]
    told = choices(definition.study, definition.specs, running.of, variants)
    own, *as_planned = _as_planned(running, variants)
    declared = Specified(DECLARED, running.row, told[""], planned=own)
    others: list[Specified] = []
    refusals: list[Refusal] = []
    for one, planned in zip(views, as_planned, strict=True):
        name = one.variant.name
        try:
            row = running.estimate(one.variant, one.own)
        except Refused as refused:
            refusals.append(_refusal(one.variant, refused))
            others.append(Specified(name, None, told[name], refused.code, planned=planned))
            continue
        role: Role = "exploratory" if planned is False else "beside"
        row = replace(row, alternative=name, role=role)
        parts = _attributed(running, one, row)
        gap = n_apart(running.declared, running.view, one, running.column, running.sample_of)
        others.append(Specified(name, row, told[name], None, parts, planned, gap))
    check, table = agreement(declared, others)
    rows = tuple(one.row for one in others if one.row is not None)
    return replace(
        result,
        estimates=(*result.estimates, *rows),
        checks=(*result.checks, check),
        tables=(*result.tables, specifications(declared, others), table),
    ), refusals


def _refusal(one: Variant, refused: Refused) -> Refusal:
    return Refusal(one.key, refused.code, refused.why, refused.fix)


def _as_planned(running: _Running, variants: list[Variant]) -> Sequence[bool | None]:
    """Return whether the analysis and each alternative are as locked; ``None`` without a plan."""
    plan, every = running.prepared.plan, (running.declared, *variants)
    if plan is None:
        return [None] * len(every)
    return in_plan(running.prepared.definition.study, every, plan.locks)


def _attributed(running: _Running, one: Views, row: Estimate) -> Parts:
    """Return where the difference between an alternative and the declared estimate comes from.

    Both are estimated on the rows that both can use; then the declared one is about those whom
    the alternative is about. What is the same already is not run again.
    """
    if not comparable(row, running.row):
        return Parts()
    whole = Parts(rest=row.estimate - running.row.estimate)
    if one.joint is None:
        return whole
    try:
        own = _on_joint(running, running.declared, running.view, one.joint)
        its = _on_joint(running, one.variant, one.own, one.joint)
    except Refused:
        return whole
    base = running.row.estimate if own is None else own
    other = row.estimate if its is None else its
    sample = (base - running.row.estimate) + (row.estimate - other)
    changed = about_whom(running.declared, one.variant)
    try:
        moved = _moved(running, changed, one.joint, base)
    except Refused:
        moved = None
    if moved is None:
        return Parts(sample=sample, rest=other - base)
    return Parts(sample=sample, weights=moved - base, method=other - moved)


def _on_joint(running: _Running, one: Variant, own: str, joint: str) -> float | None:
    """Return an estimate on the joint rows, or nothing where these are all rows of its own."""
    # Joint rows are among its own, so that as many are the same.
    if running.n_obs(own) == running.n_obs(joint):
        return None
    return running.estimate(one, joint).estimate


def _moved(running: _Running, changed: Variant | None, joint: str, base: float) -> float | None:
    """Return the declared estimate about other people; ``None`` where it cannot be had."""
    if changed is running.declared:
        return base
    return None if changed is None else running.estimate(changed, joint).estimate


def _with_controls(running: _Running, result: Result) -> tuple[Result, list[Refusal]]:
    study, specs = running.prepared.definition.study, running.prepared.definition.specs
    asked = running.declared.analysis.negative_controls
    others = running.prepared.others.get(running.of)
    if others is None:
        return result, []
    views = {one.variant.name: one for one in others if one.variant.control}
    controls: list[Control] = []
    refusals: list[Refusal] = []
    for name in asked:
        try:
            one = negative_control(study, specs, running.of, name)
            row = running.estimate(one, views[name].own)
        except Refused as refused:
            key = f"{running.of}/{name}"
            refusals.append(Refusal(key, refused.code, refused.why, refused.fix))
            controls.append(Control(name, None, state=refused.code))
            continue
        visible = _visible(running, name, row, views[name].own)
        controls.append(Control(name, row, visible, one.dropped))
    if not controls:
        return result, refusals
    check, table = negative_controls(controls)
    found = replace(result, checks=(*result.checks, check), tables=(*result.tables, table))
    return found, refusals


def _visible(running: _Running, control: str, row: Estimate, view: str) -> float | None:
    """Return the size that a negative control has to be able to see, in its own unit.

    The effect, or the smallest worth having where that is larger; of a control in another unit
    the same number of standard deviations.
    """
    study = running.prepared.definition.study
    outcome = running.declared.analysis.outcome
    size = max(abs(running.row.estimate), study.outcomes[outcome].smallest_worthwhile or 0.0)
    if row.unit == running.row.unit:
        return size
    own, other = running.spread(outcome, running.view), running.spread(control, view)
    return None if own == 0 else size / own * other


def refused_with(of: str, prepared: Prepared, refused: Refusal) -> Iterator[Refusal]:
    """Yield the refusals of all that stands beside an analysis that was itself refused.

    Parameters
    ----------
    of : str
        The analysis.
    prepared : Prepared
        The study and its rows.
    refused : Refusal
        Of the analysis.
    """
    others: Sequence[Views] = prepared.others.get(of, ())
    for one in others:
        why = f"the analysis beside which it stands was refused ({refused.code})"
        yield Refusal(one.variant.key, "nothing_to_stand_beside", why, refused.fix)
