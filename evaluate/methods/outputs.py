"""Outputs: what was to be delivered and what was, participants, and traces of uptake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from evaluate.core import Cell, CellType, Check, CheckResult, Column, Table, Text
from evaluate.inference.output_definition import FULL_DATE, PARTS, STATUSES, TRACES, Output, Outputs
from evaluate.method import Example, Inquiry, Method, Result, column_of
from evaluate.wording.labels_outputs import LABELS

Rows = list[dict[str, Cell]]


def _columns(units: Mapping[str, str] | None = None, /, **kinds: CellType) -> tuple[Column, ...]:
    given = units or {}
    return tuple(column_of(LABELS, name, kind, given.get(name)) for name, kind in kinds.items())


def estimate(spec: Outputs, inquiry: Inquiry) -> Result:
    """Return what was delivered, what an output cost, who was reached, and what was taken up.

    Parameters
    ----------
    spec : Outputs
        As declared.
    inquiry : Inquiry
        Names the analysis; nothing is read.
    """
    tables = [_deliverables(spec), _completion(spec)]
    if spec.participants:
        tables.append(_participants(spec))
    if spec.uptake:
        tables.append(_uptake(spec))
    return Result((), tables=tuple(tables), checks=tuple(_checks(spec)))


def _key(key: str, part: str, text: Text | None) -> str | None:
    return None if text is None else f"{key}_{part}"


def _deliverables(spec: Outputs) -> Table:
    rows: Rows = [
        {
            "output": key,
            "status": one.status,
            "planned": one.planned,
            "realised": one.realised,
            "delay": _delay(one),
            "evidence": _key(key, "evidence", one.evidence),
            "cost": one.cost,
        }
        for key, one in spec.outputs.items()
    ]
    columns = _columns(
        {"delay": "days"} | ({"cost": spec.cost.currency} if spec.cost else {}),
        output="text", status="text", planned="text", realised="text", delay="integer",
        evidence="text", cost="money",
    )  # fmt: skip
    return Table("deliverables", "outputs_deliverables", columns, tuple(rows))


def _delay(one: Output) -> int | None:
    """Return the days between two full dates; a year or a month alone gives none."""
    if one.planned is None or one.realised is None:
        return None
    if min(len(one.planned), len(one.realised)) < FULL_DATE:
        return None
    return (date.fromisoformat(one.realised) - date.fromisoformat(one.planned)).days


def _completion(spec: Outputs) -> Table:
    whole = len(spec.outputs)
    rows: Rows = []
    for status in STATUSES:
        count = sum(one.status == status for one in spec.outputs.values())
        rows.append({"measure": status, "count": count, "share": count / whole})
    rows.append({"measure": "cost_per_output", **_each(spec)})
    unit = dict.fromkeys(("amount", "low", "high"), spec.cost.currency) if spec.cost else {}
    columns = _columns(
        unit, measure="text", count="integer", share="share", amount="money", low="money",
        high="money", state="text",
    )  # fmt: skip
    return Table("completion", "outputs_completion", columns, tuple(rows))


def _each(spec: Outputs) -> dict[str, Cell]:
    """Return the cost of one delivered output, with bounds where some are partly or not known."""
    if spec.cost is None:
        return {"state": "cost_unknown"}
    counts = {s: sum(o.status == s for o in spec.outputs.values()) for s in STATUSES}
    sure, possible = counts["delivered"], counts["partly"] + counts["unknown"]
    row: dict[str, Cell] = {"count": sure}
    if sure + possible:
        row["low"] = spec.cost.total / (sure + possible)
    if not sure:
        return row | {"state": "nothing_known_delivered"}
    row |= {"amount": spec.cost.total / sure, "high": spec.cost.total / sure}
    return row


def _participants(spec: Outputs) -> Table:
    rows: Rows = []
    for key, one in spec.participants.items():
        row: dict[str, Cell] = {"group": key, "n_planned": one.planned, "n_reached": one.reached}
        if one.reached is None:
            row["state"] = "reached_unknown"
        elif one.planned:
            row["reached"] = round(one.reached / one.planned, 2)  # more would give back the count
        rows.append(row | {"source": _key(key, "source", one.source)})
    columns = _columns(
        group="text", n_planned="integer", n_reached="integer", reached="number", source="text",
        state="text",
    )  # fmt: skip
    return Table("participants", "outputs_participants", columns, tuple(rows))


def _uptake(spec: Outputs) -> Table:
    rows: Rows = [
        {
            "event": key,
            "document": _key(key, "document", one.document),
            "date": one.date,
            "trace": one.trace,
            "from_output": one.output,
            "source": _key(key, "source", one.source),
        }
        for key, one in sorted(spec.uptake.items(), key=lambda it: TRACES.index(it[1].trace))
    ]
    columns = _columns(
        event="text", document="text", date="text", trace="text", from_output="text", source="text"
    )
    return Table("uptake", "outputs_uptake", columns, tuple(rows))


def _result(passed: bool) -> CheckResult:
    return "passed" if passed else "failed"


def _checks(spec: Outputs) -> Iterator[Check]:
    outputs = list(spec.outputs.values())
    known = [one for one in outputs if one.status != "unknown"]
    shown = sum(one.evidence is not None for one in known)
    done = sum(one.status == "delivered" for one in outputs)
    text = (
        f"{done} of {len(outputs)} outputs were delivered in full; of {len(outputs) - len(known)} "
        "it is not known."
    )
    yield Check("delivered", _result(done == len(outputs)), text, "completion")
    text = f"{shown} of {len(known)} outputs whose status is given name where it can be seen."
    result: CheckResult = _result(shown == len(known)) if known else "not_run"
    yield Check("delivery_shown", result, text, "deliverables")
    if spec.participants:
        groups = spec.participants.values()
        counted = sum(one.reached is not None for one in groups)
        text = f"For {counted} of {len(groups)} groups somebody counted who was reached."
        result = _result(counted == len(groups))
        yield Check("reached_counted", result, text, "participants")
    if spec.uptake:
        traced = sum(one.trace != "claimed" for one in spec.uptake.values())
        text = f"{traced} of {len(spec.uptake)} uptakes show in the document that took it up."
        yield Check("uptake_traced", _result(traced == len(spec.uptake)), text, "uptake")


def titles(spec: Outputs) -> Mapping[str, Text]:
    """Return what outputs, groups, uptakes and their sources are called.

    Parameters
    ----------
    spec : Outputs
        As declared.
    """
    found: dict[str, Text] = {}
    blocks = (spec.outputs, spec.participants, spec.uptake)
    for key, one in ((key, block[key]) for block in blocks for key in block):
        found[key] = one.title
        texts = {part: getattr(one, part, None) for part in PARTS}
        found |= {f"{key}_{part}": text for part, text in texts.items() if text is not None}
    return found


def example(rng: np.random.Generator) -> Example[Outputs]:
    """Return invented outputs with every status.

    Parameters
    ----------
    rng : numpy.random.Generator
        Not used: nothing is drawn.
    """
    outputs = {
        f"output_{i}": {"title": f"Output {i}", "status": status, "planned": "2020-05-01"}
        | ({"realised": "2020-06-01", "evidence": "Report"} if status == "delivered" else {})
        for i, status in enumerate(STATUSES, 1)
    }
    groups = {
        "staff": {"title": "Staff", "planned": 550},
        "heads": {"title": "Heads", "reached": 9},
    }
    uptake = {"plan": {"title": "The plan", "trace": "claimed", "output": "output_1"}}
    cost = {"total": 300000, "currency": "EUR", "source": "Grant agreement"}
    spec = {"outputs": outputs, "cost": cost, "participants": groups, "uptake": uptake}
    return Example(Outputs.model_validate(spec))


METHOD = Method(
    name="outputs",
    title="Outputs, participants and uptake",
    spec=Outputs,
    rung=1,
    estimate=estimate,
    example=example,
    needs={1: frozenset({"delivery_shown"})},
    titles=titles,
)
