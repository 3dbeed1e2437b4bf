"""Coding: what is told, by whom, in how many cases, and what recommendations rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, CheckResult, Column, Table, Text
from evaluate.errors import Refused
from evaluate.inference.coding import Coded, matrix
from evaluate.inference.coding_definition import Code, Conclusions, Recommendation, Statement
from evaluate.inference.coding_rows import (
    Row,
    advice_rows,
    breadth_rows,
    case_rows,
    curve_rows,
    findings_rows,
    links_rows,
    unseen_rows,
)
from evaluate.inference.saturation import Saturation, saturation
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
from evaluate.wording.labels_coding import LABELS

WIDE = 20  # cases that stand beside each other in one table
# Share of all codes that the last case may add, and cases from which that says something: Guest,
# Namey & Chen (2020), PLoS ONE 15(5), with a base of four.
SATURATED, ENOUGH = 0.05, 4
SEVERAL = 0.8  # share of codes that have to be told in more than one role


class Segments(FromRecord):
    """One row for each coded segment."""

    code: ColumnName = cell("text", "Column of the code.")
    case: ColumnName = cell("text", "Column of the case, such as a county.")
    role: ColumnName | None = cell(
        "text", "Column of the informant's role, such as adviser.", missing=True, default=None
    )
    informant: ColumnName | None = cell(
        "text", "Column of the informant; only counted.", missing=True, default=None
    )
    coder: ColumnName | None = cell("text", "Column of who coded.", missing=True, default=None)
    passage: ColumnName | None = cell(
        "text", "Column of the passage of text.", missing=True, default=None
    )
    quotation: ColumnName | None = cell(
        "text", "Column of what was said; shown only with consent.", missing=True, default=None
    )
    consent: ColumnName | None = cell(
        "boolean", "Column that says whether the words may be shown.", missing=True, default=None
    )

    @model_validator(mode="after")
    def _with_consent(self) -> Segments:
        if self.quotation is not None and self.consent is None:
            raise ValueError(
                "`quotation` is named without `consent`; add the column that says who agreed"
            )
        return self


class Coding(Conclusions):
    """Segments, a codebook, and what is concluded from them."""

    segments: Segments | None = Field(
        default=None, description="The coded segments; without them only what was published."
    )
    roles: dict[str, Text] = Field(default_factory=dict, description="Titles of roles, by value.")

    @model_validator(mode="after")
    def _something(self) -> Coding:
        if self.segments is None and not self.findings:
            raise ValueError("there is nothing to count; give `segments` or `findings`")
        if self.segments is not None and not self.codes:
            raise ValueError("the segments have no codebook; add `codes`")
        return self


_COLUMNS: Mapping[str, Mapping[str, CellType]] = {
    "breadth": {"code": "text", "kind": "text", "n_cases": "integer", "share_cases": "share",
                "n_roles": "integer", "roles": "text", "n_informants": "integer",
                "n_segments": "integer"},
    "links": {"key": "text", "barrier": "text", "practice": "text", "n_cases": "integer",
              "n_passages": "integer"},
    "saturation": {"after": "integer", "expected": "number", "low": "number", "high": "number",
                   "least": "number", "most": "number", "added": "number"},
    "unseen": {"measure": "text", "value": "number", "low": "number", "high": "number",
               "state": "text"},
    "cases": {"case": "text", "codes_told": "integer", "share_codes": "share", "codes_alone": "integer",
              "n_segments": "integer", "roles": "text", "roles_absent": "text"},
    "quotations": {"key": "text", "code": "text", "case": "text", "role": "text", "text": "text"},
    "findings": {"finding": "text", "codes": "text", "sources": "text", "n_segments": "integer",
                 "n_cases": "integer", "state": "text"},
    "recommendations": {"recommendation": "text", "findings": "text", "codes": "text",
                        "sources": "text", "n_segments": "integer", "n_cases": "integer",
                        "state": "text"},
}  # fmt: skip


def _estimate(spec: Coding, inquiry: Inquiry) -> Result:
    coded = _coded(spec, inquiry)
    tables: list[Table] = []
    checks: list[Check] = []
    if coded is not None:
        counts = matrix(coded, list(spec.codes))
        curve = saturation(counts > 0, inquiry.conf_level, inquiry.rng("saturation"), inquiry.draws)
        tables += [
            *_matrix(spec, coded, counts),
            _table("breadth", breadth_rows(spec, coded, counts)),
            _table("cases", case_rows(coded, counts)),
            _table("links", links_rows(spec, coded)),
            _table("saturation", curve_rows(curve)),
            _table("unseen", unseen_rows(counts, inquiry.conf_level)),
            _table("quotations", _quotations(spec, inquiry)),
        ]
        checks += [_saturated(curve, counts), _told_by_several(coded, counts, list(spec.codes))]
        checks.append(_coders(coded))
    tables += [
        _table("findings", findings_rows(spec, coded)),
        _table("recommendations", advice_rows(spec, coded)),
    ]
    if spec.recommendations:
        checks.append(_traced(spec, coded))
    return Result((), checks=tuple(checks), tables=tuple(one for one in tables if one.rows))


def _coded(spec: Coding, inquiry: Inquiry) -> Coded | None:
    if spec.segments is None:
        return None
    columns = inquiry.table(spec.segments)
    if len(columns["code"]) == 0:
        raise Refused("no_segments", "there is no segment", "code the material first")
    strange = sum(one not in spec.codes for one in columns["code"])
    if strange:
        raise Refused(
            "unknown_code",
            f"{strange} of {len(columns['code'])} segments bear a code that the codebook lacks",
            "add the code under `codes`, or correct the segments",
        )
    names = ("code", "case", "role", "informant", "coder", "passage")
    return Coded(**{name: columns[name] for name in names if name in columns})


def _table(identity: str, rows: Iterator[Row]) -> Table:
    columns = (column_of(LABELS, name, word) for name, word in _COLUMNS[identity].items())
    known = tuple({key: one for key, one in row.items() if one is not None} for row in rows)
    return Table(identity, f"coding_{identity}", tuple(columns), known)


def _matrix(spec: Coding, coded: Coded, counts: NDArray[np.int64]) -> Iterator[Table]:
    """Yield the code by case matrix, one column for each case."""
    cases = coded.cases
    if len(cases) > WIDE:
        return
    names = [f"case_{re.sub(r'[^a-z0-9]+', '_', one.lower())}_{at}" for at, one in enumerate(cases)]
    columns = (
        column_of(LABELS, "code", "text"),
        *(
            Column(name, "integer", dict.fromkeys(("en", "nb", "sv"), case))
            for name, case in zip(names, cases, strict=True)
        ),
        column_of(LABELS, "n_cases", "integer"),
    )
    rows: list[Row] = []
    for code, line in zip(spec.codes, counts, strict=True):
        told: dict[str, Cell] = {name: int(n) for name, n in zip(names, line, strict=True)}
        rows.append({"code": code, **told, "n_cases": int((line > 0).sum())})
    yield Table("matrix", "coding_matrix", columns, tuple(rows))


def _quotations(spec: Coding, inquiry: Inquiry) -> Iterator[Row]:
    """Yield what was said, where whoever said it agreed that it is shown."""
    if spec.segments is None or spec.segments.quotation is None:
        return
    columns = inquiry.table(spec.segments)
    roles = columns.get("role")
    shown = sorted(
        (str(code), str(case), (roles[at] or "") if roles is not None else "", str(text))
        for at, (code, case, text, agreed) in enumerate(
            zip(*(columns[one] for one in ("code", "case", "quotation", "consent")), strict=True)
        )
        if agreed == 1 and text
    )
    for at, (code, case, role, text) in enumerate(shown, start=1):
        yield {"key": str(at), "code": code, "case": case, "role": role or None, "text": text}


def _saturated(curve: Saturation, counts: NDArray[np.int64]) -> Check:
    seen, last = float((counts.sum(axis=1) > 0).sum()), float(curve.added[-1])
    text = (
        f"Over all orders of {len(curve.expected)} cases the last one adds {last:.2f} of"
        f" {seen:.0f} codes on average."
    )
    result: CheckResult = "passed" if last <= SATURATED * seen else "failed"
    if len(curve.expected) < ENOUGH:
        result = "uninformative"
    return Check("coding_saturated", result, text, "saturation")


def _told_by_several(coded: Coded, counts: NDArray[np.int64], codes: list[str]) -> Check:
    name = "coding_roles"
    if coded.role is None:
        return Check(name, "not_run", "Who told what, and in which role, is not known.", "breadth")
    seen = [code for code, line in zip(codes, counts, strict=True) if line.sum()]
    several = sum((coded.n(coded.role, coded.of([one])) or 0) > 1 for one in seen)
    text = f"{several} of {len(seen)} codes are told in more than one role."
    result: CheckResult = "passed" if several >= SEVERAL * len(seen) else "failed"
    return Check(name, result, text, "breadth")


def _coders(coded: Coded) -> Check:
    coders = {one for one in coded.coder if one is not None} if coded.coder is not None else set()
    if len(coders) > 1:
        text = f"{len(coders)} people coded; how far they agree is for the method `agreement`."
        return Check("coding_two_coders", "passed", text, "breadth")
    text = "One person coded, or nobody says who did."
    return Check("coding_two_coders", "failed", text, "breadth")


def _traced(spec: Coding, coded: Coded | None) -> Check:
    rows = list(advice_rows(spec, coded))
    bare = sum(row["state"] == "coding.nothing" for row in rows)
    text = f"{len(rows) - bare} of {len(rows)} recommendations rest on a segment or a publication."
    result: CheckResult = "failed" if bare else "passed"
    return Check("coding_traced", result, text, "recommendations")


def _titles(spec: Coding) -> Mapping[str, Text]:
    return {
        **spec.roles,
        **{name: one.text for name, one in spec.recommendations.items()},
        **{name: one.text for name, one in spec.findings.items()},
        **{name: one.title for name, one in spec.codes.items()},
    }


def _example(rng: np.random.Generator) -> Example[Coding]:
    codes = {
        "mandate": Code(title="A clear mandate", kind="practice"),
        "meetings": Code(title="Fixed meetings", kind="practice"),
        "secrecy": Code(title="Duty of confidentiality", kind="barrier"),
        "distance": Code(title="Far between offices", kind="barrier"),
    }
    n = 60
    drawn = {
        "code": rng.choice(list(codes), n, p=(0.4, 0.3, 0.2, 0.1)).astype(object),
        "county": rng.choice(["A", "B", "C", "D", "E", "F"], n).astype(object),
        "role": rng.choice(["adviser", "teacher", "leader"], n).astype(object),
        "coder": rng.choice(["one", "two"], n).astype(object),
        "passage": np.array([f"s{one}" for one in rng.integers(0, 40, n)], dtype=object),
    }
    spec = Coding(
        segments=Segments(
            record="segments",
            code="code",
            case="county",
            role="role",
            coder="coder",
            passage="passage",
        ),
        codes=codes,
        findings={
            "roles": Statement(text="Clear roles help.", codes=("mandate",)),
            "models": Statement(text="No whole model was found.", sources=("report",)),
        },
        recommendations={
            "arenas": Recommendation(text="Keep fixed meetings.", findings=("roles",)),
            "more": Recommendation(text="Do more."),
        },
    )
    return Example(spec, {"segments": drawn})


METHOD = Method(
    name="coding",
    title="Coding of qualitative material",
    spec=Coding,
    rung=2,
    estimate=_estimate,
    example=_example,
    needs={2: frozenset({"coding_roles"})},
    titles=_titles,
)
