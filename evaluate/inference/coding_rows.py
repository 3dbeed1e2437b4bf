"""Rows of the tables of coding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell
from evaluate.inference.coding import Coded, together
from evaluate.inference.coding_definition import Conclusions
from evaluate.inference.saturation import Saturation, unseen

Row = Mapping[str, Cell]


def breadth_rows(spec: Conclusions, coded: Coded, counts: NDArray[np.int64]) -> Iterator[Row]:
    """Yield how broadly each code is told."""
    for (name, code), line in zip(spec.codes.items(), counts, strict=True):
        chosen = coded.of([name])
        roles = sorted({one for one in coded.role[chosen] if one}) if coded.role is not None else []
        yield {
            "code": name,
            "kind": f"coding.{code.kind}",
            "n_cases": int((line > 0).sum()),
            "share_cases": float((line > 0).mean()),
            "n_roles": coded.n(coded.role, chosen),
            "roles": "; ".join(roles) or None,
            "n_informants": coded.n(coded.informant, chosen),
            "n_segments": int(line.sum()),
        }


def links_rows(spec: Conclusions, coded: Coded) -> Iterator[Row]:
    """Yield barriers and practices that are told together."""
    kinds = {kind: [n for n, one in spec.codes.items() if one.kind == kind]
             for kind in ("barrier", "practice")}  # fmt: skip
    for barrier in kinds["barrier"]:
        for practice in kinds["practice"]:
            found = together(coded, barrier, practice)
            if found.n_cases:
                yield {
                    "key": f"{barrier}|{practice}",
                    "barrier": barrier,
                    "practice": practice,
                    "n_cases": found.n_cases,
                    "n_passages": found.n_passages,
                }


def curve_rows(curve: Saturation) -> Iterator[Row]:
    """Yield the codes told after each number of cases."""
    for at, expected in enumerate(curve.expected):
        yield {
            "after": at + 1,
            "expected": float(expected),
            "low": float(curve.low[at]),
            "high": float(curve.high[at]),
            "added": float(curve.added[at]),
        }


def unseen_rows(counts: NDArray[np.int64]) -> Iterator[Row]:
    """Yield what further cases might tell."""
    found = unseen(counts > 0)
    values = {
        "codes_seen": float((counts.sum(axis=1) > 0).sum()),
        "codes_in_codebook": float(len(counts)),
        "codes_estimated": found.codes,
        "coverage": found.coverage,
    }
    for measure, value in values.items():
        if value is not None:
            yield {"measure": f"coding.{measure}", "value": value}


def findings_rows(spec: Conclusions, coded: Coded | None) -> Iterator[Row]:
    """Yield what each finding rests on."""
    for name, finding in spec.findings.items():
        n_segments, n_cases = _under(finding.codes, coded)
        yield {
            "finding": name,
            "codes": _listed(finding.codes),
            "sources": _listed(finding.sources),
            "n_segments": n_segments,
            "n_cases": n_cases,
            "state": _rests(bool(finding.sources), n_segments),
        }


def advice_rows(spec: Conclusions, coded: Coded | None) -> Iterator[Row]:
    """Yield what each recommendation rests on."""
    for name, advice in spec.recommendations.items():
        under = [spec.findings[one] for one in advice.findings]
        codes = tuple(dict.fromkeys(code for one in under for code in one.codes))
        sources = tuple(dict.fromkeys(source for one in under for source in one.sources))
        n_segments, n_cases = _under(codes, coded)
        yield {
            "recommendation": name,
            "findings": _listed(advice.findings),
            "codes": _listed(codes),
            "sources": _listed(sources),
            "n_segments": n_segments,
            "n_cases": n_cases,
            "state": _rests(bool(sources), n_segments) if under else "coding.nothing",
        }


def _listed(names: tuple[str, ...]) -> str | None:
    return "; ".join(names) or None


def _under(codes: tuple[str, ...], coded: Coded | None) -> tuple[int | None, int | None]:
    if coded is None:
        return None, None
    chosen = coded.of(codes)
    return int(chosen.sum()), len(set(coded.case[chosen]))


def _rests(published: bool, n_segments: int | None) -> str:
    if published:
        return "coding.published_and_coded" if n_segments else "coding.published"
    return "coding.coded" if n_segments else "coding.nothing"
