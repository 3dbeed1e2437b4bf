"""``finding.json`` as text: rounded, canonical, sealed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from evaluate.core import Check, Column, Estimate, Finding, Refusal, Table, Verdict

SCHEMA = 1
DIGITS = 9
Json = dict[str, Any]


def rounded(value: Any) -> Any:
    """Return JSON-ready data with each number at nine significant digits.

    Raises
    ------
    ValueError
        If a number is not finite: such a value is a state, never a number.
    """
    if isinstance(value, Mapping):
        return {str(key): rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one) for one in value]
    if isinstance(value, str):
        return str(value)  # plain text, also of a name that knows what column it came from
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a finding holds only finite numbers")
        return float(f"{value:.{DIGITS}g}")
    return value


def to_json(finding: Finding) -> Json:
    """Return the content of ``finding.json``, sealed."""
    content = rounded(
        {
            "schema": SCHEMA,
            "id": finding.id,
            "study": finding.study,
            "data_kind": finding.data_kind,
            "stage": finding.stage,
            "outcome": finding.outcome,
            "verdicts": [_present(asdict(one)) for one in finding.verdicts],
            "estimates": [one.row() for one in finding.estimates],
            "checks": [_present(asdict(one)) for one in finding.checks],
            "tables": [_table(one) for one in finding.tables],
            "refusals": [asdict(one) for one in finding.refusals],
            "provenance": dict(finding.provenance),
            "released": dict(finding.released),
        }
    )
    return {**content, "seal": seal(content)}


def seal(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of everything but the seal itself."""
    rest = {key: value for key, value in content.items() if key != "seal"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def text(finding: Finding) -> str:
    """Return ``finding.json`` as it is written to disk: the same bytes on every machine."""
    return json.dumps(to_json(finding), indent=1, ensure_ascii=False) + "\n"


def from_json(content: Mapping[str, Any]) -> Finding:
    """Return the finding that a ``finding.json`` holds.

    Raises
    ------
    KeyError, TypeError, ValueError
        If the content has not the shape of a finding.
    """
    if content["schema"] != SCHEMA:
        raise ValueError(f"schema {content['schema']}, this version reads {SCHEMA}")
    rounded(content)  # refuses a number that is not finite
    for key in ("study", "provenance", "released"):
        if not isinstance(content[key], Mapping):
            raise TypeError(f"{key} is not a mapping")
    return Finding(
        id=content["id"],
        study=content["study"],
        data_kind=content["data_kind"],
        stage=content["stage"],
        outcome=content["outcome"],
        verdicts=tuple(
            Verdict(**{**one, "because": tuple(one["because"])}) for one in content["verdicts"]
        ),
        estimates=tuple(Estimate(**one) for one in content["estimates"]),
        checks=tuple(Check(**one) for one in content["checks"]),
        tables=tuple(_read_table(one) for one in content["tables"]),
        refusals=tuple(Refusal(**one) for one in content["refusals"]),
        provenance=content["provenance"],
        released=content["released"],
    )


def _present(row: Json) -> Json:
    return {key: value for key, value in row.items() if value is not None}


def _table(table: Table) -> Json:
    return {
        "id": table.id,
        "analysis": table.analysis,
        "kind": table.kind,
        "columns": [_present(asdict(one)) for one in table.columns],
        "rows": [_present(dict(row)) for row in table.rows],
    }


def _read_table(content: Json) -> Table:
    names = {one.name for one in fields(Column)}
    columns = tuple(
        Column(**{key: value for key, value in one.items() if key in names})
        for one in content["columns"]
    )
    return Table(
        content["id"], content["kind"], columns, tuple(content["rows"]), content["analysis"]
    )
