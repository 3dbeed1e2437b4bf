"""Theory of change: what is meant to lead to what, and what each link rests on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, Column, Name, Strict, Table, Text
from evaluate.inference.made_keys import clashing
from evaluate.inference.theory_paths import GRADES, SUPPORTS, TESTED, Link, Way, cycle, ways
from evaluate.method import Example, Inquiry, Method, Result, column_of
from evaluate.wording.labels_theory import LABELS, WAY

Kind = Literal["condition", "activity", "output", "outcome", "impact"]
Level = Literal["individual", "class", "school", "municipality", "region", "country"]
Grade = Literal["refuted", "assumed", "described", "monitoring", "pre_post", "comparison", "rct"]
_KINDS = ("condition", "activity", "output", "outcome", "impact")


class Node(Strict):
    """One step of the theory."""

    title: Text = Field(description="What it is called, in a few words.")
    kind: Kind = Field(
        description="What it is: something done (activity), what doing it leaves (output), a "
        "change (outcome), the change that matters in the end (impact), or a condition for others."
    )
    level: Level | None = Field(default=None, description="Where it takes place.")
    actors: tuple[Text, ...] = Field(default=(), max_length=20, description="Who acts in it.")


class Edge(Strict):
    """One link: the claim that one step leads to another."""

    start: Name = Field(alias="from", description="Key of the step that leads to the other.")
    end: Name = Field(alias="to", description="Key of the step that it leads to.")
    claim: Text = Field(description="The claim in one sentence: why the one leads to the other.")
    evidence: Grade = Field(
        default="assumed",
        description="What the claim rests on in this programme or its sources: nothing (assumed), "
        "a description, monitoring, change before to after, a comparison, a randomised trial, or "
        "that a study has refuted it.",
    )
    sources: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="Keys of references, facts or analyses of this study that the grade rests on.",
    )
    feedback: bool = Field(
        default=False, description="Whether the link leads back, so that a circle is meant."
    )

    @property
    def key(self) -> str:
        """Return what the link is called in tables."""
        return f"{self.start}_to_{self.end}"


class Theory(Strict):
    """Steps and the links between them."""

    nodes: dict[Name, Node] = Field(
        min_length=2, max_length=60, description="The steps, each under its key."
    )
    edges: tuple[Edge, ...] = Field(
        min_length=1, max_length=200, description="The links between them."
    )

    @model_validator(mode="after")
    def _whole(self) -> Theory:
        pairs = Counter((one.start, one.end) for one in self.edges)
        lost = [key for pair in pairs for key in pair if key not in self.nodes]
        if lost:
            raise ValueError(f"a link names `{lost[0]}`, which is not under `nodes`; add it there")
        twice = [f"`{start}` to `{end}`" for (start, end), count in pairs.items() if count > 1]
        if twice:
            raise ValueError(f"two links lead from {twice[0]}; write one, with both sources")
        alone = [key for key in self.nodes if not any(key in pair for pair in pairs)]
        if alone:
            raise ValueError(f"no link joins `{alone[0]}`; say what it leads to, or leave it out")
        around = cycle(_links(self))
        if around:
            told = " to ".join(f"`{one}`" for one in (*around, around[0]))
            raise ValueError(f"{told} is a circle; mark the link that leads back `feedback: true`")
        made = [key for name, node in self.nodes.items() for key in _actors(name, node)]
        clash = clashing([*self.nodes, *(one.key for one in self.edges), *made])
        if clash or any(re.fullmatch(r"way_\d+", key) for key in self.nodes):
            raise ValueError(
                f"{clash or '`way_` and a number'} would also name a link, an actor or a way in "
                "the tables; give the step another key"
            )
        return self


def _links(spec: Theory) -> list[Link]:
    return [Link(one.start, one.end, one.evidence, one.feedback) for one in spec.edges]


def estimate(spec: Theory, inquiry: Inquiry) -> Result:
    """Return the theory as tables, its ways from activities to impact, and what is missing.

    Parameters
    ----------
    spec : Theory
        Steps and links.
    inquiry : Inquiry
        Names the analysis; nothing is read.
    """
    found, total = _ways(spec)
    tables = (_nodes(spec), _edges(spec), _paths(spec, found), _evidence(spec))
    return Result((), tables=tables, checks=tuple(_checks(spec, found, total)))


def _ways(spec: Theory) -> tuple[tuple[Way, ...], int]:
    starts, ends = _ends(spec)
    return ways(_links(spec), starts, ends)


def _ends(spec: Theory) -> tuple[list[str], set[str]]:
    """Return activities, and impacts; without an impact, outcomes from which nothing leads on."""
    onward = {one.start for one in spec.edges if not one.feedback}
    starts = [key for key, one in spec.nodes.items() if one.kind == "activity"]
    ends = {key for key, one in spec.nodes.items() if one.kind == "impact"}
    last = {key for key, one in spec.nodes.items() if one.kind == "outcome" and key not in onward}
    return starts, ends or last


def _columns(**kinds: CellType) -> tuple[Column, ...]:
    return tuple(column_of(LABELS, name, kind) for name, kind in kinds.items())


def _nodes(spec: Theory) -> Table:
    before, after = (Counter(getattr(one, side) for one in spec.edges) for side in ("end", "start"))
    order = sorted(spec.nodes, key=lambda key: _KINDS.index(spec.nodes[key].kind))
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "node": key,
            "kind": spec.nodes[key].kind,
            "level": spec.nodes[key].level,
            "actors": "; ".join(_actors(key, spec.nodes[key])) or None,
            "links_in": before[key],
            "links_out": after[key],
        }
        for key in order
    )
    columns = _columns(
        node="text", kind="text", level="text", actors="text", links_in="integer",
        links_out="integer",
    )  # fmt: skip
    return Table("nodes", "theory_nodes", columns, rows)


def _actors(key: str, node: Node) -> Iterator[str]:
    yield from (f"{key}_actor_{i}" for i in range(1, len(node.actors) + 1))


def _edges(spec: Theory) -> Table:
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "link": one.key,
            "number": number,
            "start": one.start,
            "end": one.end,
            "evidence": one.evidence,
            "sources": "; ".join(one.sources) or None,
            "feedback": one.feedback,
        }
        for number, one in enumerate(spec.edges, 1)
    )
    columns = _columns(
        link="text", number="integer", start="text", end="text", evidence="text", sources="text",
        feedback="boolean",
    )  # fmt: skip
    return Table("edges", "theory_edges", columns, rows)


def _paths(spec: Theory, found: tuple[Way, ...]) -> Table:
    rows: list[dict[str, Cell]] = []
    for number, way in enumerate(found, 1):
        weakest = spec.edges[way.weakest]
        rows.append(
            {
                "path": f"way_{number}",
                "start": way.nodes[0],
                "route": "; ".join(way.nodes[1:-1]) or None,
                "end": way.nodes[-1],
                "steps": len(way.links),
                "weakest": weakest.key,
                "evidence": weakest.evidence,
                "rung": SUPPORTS.get(weakest.evidence),
            }
        )
    columns = _columns(
        path="text", start="text", route="text", end="text", steps="integer", weakest="text",
        evidence="text", rung="integer",
    )  # fmt: skip
    return Table("paths", "theory_paths", columns, tuple(rows))


def _evidence(spec: Theory) -> Table:
    counts = Counter[str](one.evidence for one in spec.edges)
    rows: tuple[dict[str, Cell], ...] = tuple(
        {"evidence": grade, "links": counts[grade], "share": counts[grade] / len(spec.edges)}
        for grade in reversed(GRADES)
    )
    columns = _columns(evidence="text", links="integer", share="share")
    return Table("evidence", "theory_evidence", columns, rows)


def _checks(spec: Theory, found: tuple[Way, ...], total: int) -> Iterator[Check]:
    whole = len(spec.edges)
    tested = sum(GRADES.index(one.evidence) >= TESTED for one in spec.edges)
    counts = Counter[str](one.evidence for one in spec.edges)
    assumed, refuted = counts["assumed"], counts["refuted"]
    text = (
        f"{tested} of {whole} links rest on more than a description, {assumed} on nothing, and "
        f"{refuted} were refuted."
    )
    yield Check("tested_links", "passed" if tested == whole else "failed", text, "edges")
    activities, ends = _ends(spec)
    lost = [key for key in activities if not ways(_links(spec), [key], ends, most=1)[1]]
    text = (
        f"{len(activities) - len(lost)} of {len(activities)} activities lead to one of "
        f"{len(ends)} ends, by {total} ways, of which {len(found)} are listed."
    )
    led = bool(activities) and not lost and total > 0
    yield Check("leads_to_impact", "passed" if led else "failed", text, "paths")
    named = sum(bool(one.sources) for one in spec.edges if one.evidence != "assumed")
    graded = whole - assumed
    text = f"{named} of {graded} links that rest on something name where it can be read."
    if graded:
        yield Check("link_sources", "passed" if named == graded else "failed", text, "edges")
    else:
        yield Check("link_sources", "not_run", text, "edges")


def titles(spec: Theory) -> Mapping[str, Text]:
    """Return what steps, actors and links are called.

    Parameters
    ----------
    spec : Theory
        Steps and links.
    """
    nodes = {key: one.title for key, one in spec.nodes.items()}
    actors = {
        name: title
        for key, one in spec.nodes.items()
        for name, title in zip(_actors(key, one), one.actors, strict=True)
    }
    numbered: dict[str, Text] = {
        f"way_{n}": {"en": f"{WAY['en']} {n}", "nb": f"{WAY['nb']} {n}", "sv": f"{WAY['sv']} {n}"}
        for n in range(1, 1 + len(_ways(spec)[0]))
    }
    return nodes | actors | numbered | {one.key: one.claim for one in spec.edges}


def example(rng: np.random.Generator) -> Example[Theory]:
    """Return an invented theory with every kind of step and grade.

    Parameters
    ----------
    rng : numpy.random.Generator
        Not used: nothing in a theory is drawn.
    """
    kinds = ("condition", "activity", "output", "outcome", "outcome", "impact")
    nodes = {
        f"step_{i}": {"title": f"Step {i}", "kind": kind, "level": "school", "actors": ["School"]}
        for i, kind in enumerate(kinds, 1)
    }
    pairs = [*pairwise(range(1, 7)), (2, 4), (3, 6), (5, 2)]
    edges = [
        {
            "from": f"step_{i}",
            "to": f"step_{j}",
            "claim": f"Step {i} leads to step {j}.",
            "evidence": GRADES[k % len(GRADES)],
            "sources": ["report"] if k % 2 else [],
            "feedback": j < i,
        }
        for k, (i, j) in enumerate(pairs)
    ]
    return Example(Theory.model_validate({"nodes": nodes, "edges": edges}))


METHOD = Method(
    name="theory",
    title="Theory of change",
    spec=Theory,
    rung=0,
    estimate=estimate,
    example=example,
    titles=titles,
)
