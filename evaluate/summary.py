"""A finding in a few lines for the terminal: the same words as the book."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.core import Estimate, Finding


def lines(finding: Finding) -> Iterator[str]:
    """Yield what a finding says: verdicts with their rows, failed checks, refusals."""
    yield f"{finding.id}: {finding.outcome.replace('_', ' ')}"
    if finding.data_kind == "dummy":
        yield "  dummy data: every number is invented, and nothing is a finding"
    if finding.outcome == "planned":
        yield "  nothing is estimated while it is planned: set `status: running` once there are rows"
    for verdict in finding.verdicts:
        yield f"  {verdict.outcome}: {verdict.verdict}, step {verdict.rung} of the claims ladder"
        yield from (f"    {reason}" for reason in verdict.because)
        for row in finding.estimates:
            if row.outcome == verdict.outcome and row.term == "overall":
                name = (
                    row.analysis if row.alternative is None else f"{row.analysis}/{row.alternative}"
                )
                name = f"{name}, as registered" if row.role == "registered" else name
                yield f"    {name} ({row.method}, {row.std_error_method}): {_numbers(row)}"
    for check in finding.checks:
        if check.result != "passed":
            word = check.result.replace("_", " ")
            where = f" ({check.analysis})" if check.analysis else ""
            yield f"  {word}: {check.name}{where}. {check.text}"
    yield from _deviations(finding)
    for refusal in finding.refusals:
        yield f"  refused: {refusal.analysis}: {refusal.why}"
        yield f"    fix: {refusal.fix}"
    if finding.released.get("hidden"):
        yield f"  withheld by the gate: {finding.released['hidden']} numbers"


def _deviations(finding: Finding) -> Iterator[str]:
    for row in (row for one in finding.tables if one.kind == "deviations" for row in one.rows):
        change = f"{row.get('registered', 'not set')} → {row.get('done', 'not set')}"
        reason = row.get("reason", "no reason is given")
        yield f"  otherwise than registered: {row['element']}: {change} ({reason})"


def _numbers(row: Estimate) -> str:
    df = f", df {row.df:.2f}" if row.df is not None else ""
    return (
        f"{row.estimate:.9g} {row.unit}, std. error {row.std_error:.9g}, {100 * row.conf_level:.10g}% "
        f"interval {row.conf_low:.9g} to {row.conf_high:.9g}{df}, n {row.n_obs}"
    )
