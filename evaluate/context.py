"""What stands around a study's own effect: on whom it falls, and what others have published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from evaluate.core import Estimate, Refusal, Table
from evaluate.errors import Refused
from evaluate.evidence.dilution import dilution_table
from evaluate.evidence.published import published_table
from evaluate.study.schema import Study


def context(
    study: Study, estimates: Iterable[Estimate]
) -> tuple[tuple[Table, ...], tuple[Refusal, ...]]:
    """Return the tables of dilution and of published results, and what could not be had.

    Parameters
    ----------
    study : Study
        The definition.
    estimates : iterable of Estimate
        As the gate released them.
    """
    found = list(_diluted(study, estimates))
    tables = [one for one in found if isinstance(one, Table)]
    refusals = [one for one in found if isinstance(one, Refusal)]
    known = {key: (one.direction, one.smallest_worthwhile) for key, one in study.outcomes.items()}
    others = published_table(study.published, known, study.language)
    return (*tables, *((others,) if others is not None else ())), tuple(refusals)


def _diluted(study: Study, estimates: Iterable[Estimate]) -> Iterator[Table | Refusal]:
    # Of an analysis the first row is the one that leads, whatever its place in the study.
    headlines: dict[str, Estimate] = {}
    for one in estimates:
        if one.term == "overall" and one.role != "registered" and one.alternative is None:
            headlines.setdefault(one.analysis, one)
    for name, analysis in study.analyses.items():
        row = headlines.get(name)
        if analysis.dilution is None or row is None:
            continue
        outcome = study.outcomes[analysis.outcome]
        try:
            table = dilution_table(
                analysis.dilution, row, outcome.direction, outcome.smallest_worthwhile
            )
        except Refused as refused:
            yield Refusal(name, refused.code, refused.why, refused.fix)
        else:
            yield replace(table, id=f"{name}.{table.id}", analysis=name)
