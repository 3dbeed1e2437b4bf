"""Rows of the tables of coding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell
from evaluate.inference.coding import Coded, matrix, together
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
            "least": float(curve.least[at]),
            "most": float(curve.most[at]),
            "added": float(curve.added[at]),
        }


def unseen_rows(counts: NDArray[np.int64], conf_level: float) -> Iterator[Row]:
    """Yield what further cases might tell."""
    found = unseen(counts > 0, conf_level)
    values = {
        "codes_seen": float((counts.sum(axis=1) > 0).sum()),
        "codes_in_codebook": float(len(counts)),
        "codes_once": float(found.once),
        "codes_twice": float(found.twice),
        "codes_estimated": found.codes,
        "coverage": found.coverage,
    }
    for measure, value in values.items():
        row: dict[str, Cell] = {"measure": f"coding.{measure}"}
        if value is None:
            yield row | {"state": f"coding.{found.state}"}
        elif measure == "codes_estimated":
            yield row | {"value": value, "low": found.low, "high": found.high}
        else:
            yield row | {"value": value}


def case_rows(coded: Coded, counts: NDArray[np.int64]) -> Iterator[Row]:
    """Yield the cases, those that tell most codes first."""
    told = counts > 0
    alone = told & (told.sum(axis=1, keepdims=True) == 1)
    every = _names(coded.role)
    order = sorted(range(len(coded.cases)), key=lambda at: (-told[:, at].sum(), coded.cases[at]))
    for at in order:
        case = coded.cases[at]
        roles = _names(None if coded.role is None else coded.role[coded.case == case])
        yield {
            "case": case,
            "codes_told": int(told[:, at].sum()),
            "share_codes": float(told[:, at].sum() / max(told.any(axis=1).sum(), 1)),
            "codes_alone": int(alone[:, at].sum()),
            "n_segments": int(counts[:, at].sum()),
            "roles": "; ".join(sorted(roles)) or None,
            "roles_absent": "; ".join(sorted(every - roles)) or None,
        }


def _names(roles: NDArray[Any] | None) -> set[str]:
    return set() if roles is None else {str(one) for one in roles if one}


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
    counts = matrix(coded, codes)  # a passage that two coders gave the same code counts once
    return int(counts.sum()), int((counts.sum(axis=0) > 0).sum())


def _rests(published: bool, n_segments: int | None) -> str:
    if published:
        return "coding.published_and_coded" if n_segments else "coding.published"
    return "coding.coded" if n_segments else "coding.nothing"
