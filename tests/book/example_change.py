"""Invented tables of a theory of change, traced claims, practices and a joint display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from evaluate.core import Column, Table
from evaluate.design import Result
from evaluate.inquiries import named
from evaluate.method import Inquiry, Method
from evaluate.methods import practices, theory, tracing

KINDS = ("theory_edges", "tracing_claims", "practices_matrix", "joint_cases")
NODES = {
    "mandate": ("A clear mandate", "condition", "region"),
    "arenas": ("Fixed arenas for meetings", "activity", "region"),
    "training": ("Joint professional development", "activity", "school"),
    "routine": ("A written routine for early follow-up", "output", "school"),
    "shared": ("Shared understanding of target group and task", "outcome", "municipality"),
    "distance": ("Less distance between the organisations", "outcome", "municipality"),
    "offer": ("Earlier and joined-up offers", "outcome", "individual"),
    "stay": ("Fewer leave, more return", "impact", "individual"),
}
LINKS = (
    ("mandate", "arenas", "described"),
    ("arenas", "shared", "described"),
    ("arenas", "routine", "monitoring"),
    ("training", "shared", "pre_post"),
    ("training", "routine", "assumed"),
    ("shared", "distance", "described"),
    ("routine", "offer", "rct"),
    ("distance", "offer", "assumed"),
    ("offer", "stay", "comparison"),
    ("training", "stay", "refuted"),
    ("offer", "shared", "assumed"),
)


def estimated(
    method: Method[Any], spec: Any, results: Mapping[str, Result] | None = None
) -> Result:
    """What a method gives without records."""
    name = method.name
    inquiry = Inquiry(name, lambda block: {}, results=results or {})
    return named(method.estimate(spec, inquiry), name)


def a_theory(
    nodes: Mapping[str, tuple[str, str, str]] = NODES, links: Any = LINKS
) -> theory.Theory:
    """A theory with conditions, a link that leads back, and every grade."""
    order = list(nodes)
    steps = {
        key: {"title": title, "kind": kind, "level": level}
        for key, (title, kind, level) in nodes.items()
    }
    edges = [
        {"from": a, "to": b, "claim": f"{a} leads to {b}", "evidence": grade,
         "feedback": order.index(a) > order.index(b)}
        for a, b, grade in links
    ]  # fmt: skip
    return theory.Theory.model_validate({"nodes": steps, "edges": edges})


def claims(
    count: int = 3, words: str = "The plan took up the classes because of the project"
) -> Any:
    """Claims with pieces of evidence of every kind."""
    rng = np.random.default_rng(count)
    made = {}
    for i in range(count):
        pieces = {
            f"piece_{k}": {
                "title": f"Piece {k}",
                "if_true": {"point": true, "low": 0.9 * true, "high": true},
                "if_false": {"point": false},
                "observed": ("yes", "no", "not_looked_for")[k % 3],
                "source": f"Document {k}",
            }
            for k, (true, false) in enumerate(rng.uniform(0.1, 0.9, (4, 2)).round(2).tolist())
        }
        made[f"claim_{i}"] = {"title": f"{words} {i}", "prior": {"point": 0.3}, "evidence": pieces}
    return tracing.Tracing.model_validate({"claims": made})


def records(count: int = 7) -> Any:
    """Practices of every class, some combinations left empty."""
    example = practices.example(np.random.default_rng(0)).spec
    kept = dict(list(example.practices.items())[:count])
    return example.model_copy(update={"practices": kept, "ratings": None})


def display(count: int = 6, strands: int = 4, word: str = "Hours of meetings") -> Table:
    """Cases with strands of numbers and of words, some cells missing."""
    rng = np.random.default_rng(count)
    kinds = ["number" if k % 3 else "text" for k in range(strands)]
    columns = [Column("case", "text", {"en": "Case"})]
    columns += [
        Column(f"s{k}", kind, {"en": f"{word} {k}"})  # type: ignore[arg-type]
        for k, kind in enumerate(kinds)
    ]
    rows = []
    for i in range(count):
        row: dict[str, Any] = {"case": f"place_{i}"}
        for k, kind in enumerate(kinds):
            some = float(rng.normal()) if kind == "number" else ("clear", "unclear")[i % 2]
            row[f"s{k}"] = None if (i + k) % 5 == 4 else some
        rows.append(row)
    return Table("joint_display.cases", "joint_cases", tuple(columns), tuple(rows), "joint_display")


def change() -> tuple[Table, ...]:
    """A table of each kind that has a figure, with what belongs to it."""
    tables = [
        *estimated(theory.METHOD, a_theory()).tables,
        *estimated(tracing.METHOD, claims()).tables,
        *estimated(practices.METHOD, records()).tables,
    ]
    return (*tables, display())


def entries() -> dict[str, Any]:
    """The public part of the study that gives the keys their titles."""
    specs = ((theory.METHOD, a_theory()), (tracing.METHOD, claims()))
    found = {
        method.name: {"titles": {key: {"en": str(one)} for key, one in method.titles(spec).items()}}
        for method, spec in specs
    }
    return found | {"joint_display": {"titles": {}}, "practices": {"titles": {}}}


def renamed(table: Table, analysis: str) -> Table:
    """The same table of another analysis."""
    return replace(table, id=f"{analysis}.{table.kind}", analysis=analysis)
