"""Contribution tracing: how far the evidence that was found moves belief in a claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from evaluate.core import Cell, CellType, Check, CheckResult, Column, Table, Text
from evaluate.inference.tracing import trace
from evaluate.inference.tracing_definition import Claim, Evidence, Tracing
from evaluate.inference.tracing_parts import Piece, Together, Traced
from evaluate.method import Example, Inquiry, Method, Result, column_of
from evaluate.wording.labels_tracing import LABELS

_HALF = 0.5


def estimate(spec: Tracing, inquiry: Inquiry) -> Result:
    """Return belief in each claim, what each piece says, and whether the pieces are independent.

    Parameters
    ----------
    spec : Tracing
        Claims and evidence.
    inquiry : Inquiry
        Names the analysis; nothing is read.
    """
    traced = {key: _traced(one, spec.telling) for key, one in spec.claims.items()}
    tables = (_claims(spec, traced), _pieces(spec, traced), _accounts(spec, traced))
    return Result((), tables=tables, checks=tuple(_checks(spec, traced)))


def _traced(claim: Claim, telling: float) -> Traced:
    rivals = list(claim.rivals)
    shares = [one.share for one in claim.rivals.values()]
    pieces = [
        Piece(
            key,
            one.if_true.span,
            tuple(one.if_rival.get(rival, one.if_false).span for rival in rivals or [""]),
            one.observed,
            _group(key, one),
        )
        for key, one in claim.evidence.items()
    ]
    together = {
        key: Together(one.if_true.span, (one.if_false.span,) * max(len(rivals), 1))
        for key, one in claim.joint.items()
    }
    whole = [one / sum(shares) for one in shares] or [1.0]
    return trace(claim.prior.span, whole, pieces, together=together, telling=telling)


def _group(key: str, one: Evidence) -> str:
    """Return what a piece shares with others: its group, else its source, else nothing."""
    if one.group is not None:
        return one.group
    if one.source is None:
        return f"/{key}"
    # The same texts in another order are the same source.
    return repr(sorted(one.source.items()) if isinstance(one.source, dict) else one.source)


Rows = tuple[dict[str, Cell], ...]


def _columns(**kinds: CellType) -> tuple[Column, ...]:
    return tuple(column_of(LABELS, name, kind) for name, kind in kinds.items())


def _claims(spec: Tracing, traced: Mapping[str, Traced]) -> Table:
    rows: Rows = tuple(
        {
            "claim": key,
            "trace": spec.claims[key].trace,
            "prior": spec.claims[key].prior.point,
            "looked": sum(
                e.observed != "not_looked_for" for e in spec.claims[key].evidence.values()
            ),
            "sources": one.groups,
            "ratio": one.ratio,
            "posterior": one.posterior,
            "low": one.low,
            "high": one.high,
            "prior_half": one.prior_half,
            "prior_sure": one.prior_sure,
        }
        for key, one in traced.items()
    )
    columns = _columns(
        claim="text", trace="text", prior="share", looked="integer",
        sources="integer", ratio="number", posterior="share", low="share",
        high="share", prior_half="share", prior_sure="share",
    )  # fmt: skip
    return Table("claims", "tracing_claims", columns, rows)


def _pieces(spec: Tracing, traced: Mapping[str, Traced]) -> Table:
    rows: Rows = tuple(
        {
            "piece": f"{key}_{piece.key}",
            "claim": key if len(traced) > 1 else None,  # one claim is in the heading
            "source": _source(spec.claims[key], key, piece.key),
            "observed": spec.claims[key].evidence[piece.key].observed,
            "test": piece.test,
            "if_true": spec.claims[key].evidence[piece.key].if_true.point,
            "if_false": spec.claims[key].evidence[piece.key].if_false.point,
            "found": piece.found,
            "missed": piece.missed,
            "ratio": piece.ratio,
            "counted": piece.counted,
        }
        for key, one in traced.items()
        for piece in one.pieces
    )
    columns = _columns(
        piece="text", claim="text", source="text", observed="text", test="text", if_true="share",
        if_false="share", found="number", missed="number", ratio="number",
        counted="boolean",
    )  # fmt: skip
    return Table("evidence", "tracing_evidence", columns, rows)


def _source(claim: Claim, key: str, name: str) -> str | None:
    return None if claim.evidence[name].source is None else f"{key}_{name}_source"


def _accounts(spec: Tracing, traced: Mapping[str, Traced]) -> Table:
    rows: list[dict[str, Cell]] = []
    for key, one in traced.items():
        claim, prior = spec.claims[key], spec.claims[key].prior.point
        whose = key if len(traced) > 1 else None
        rows.append(
            {"account": key, "claim": whose, "is_claim": True, "prior": prior,
             "posterior": one.posterior}
        )  # fmt: skip
        for (name, rival), after in zip(claim.rivals.items(), one.rivals, strict=False):
            rows.append(
                {"account": f"{key}_rival_{name}", "claim": whose, "is_claim": False,
                 "prior": (1 - prior) * rival.share, "posterior": after}
            )  # fmt: skip
    columns = _columns(
        account="text", claim="text", is_claim="boolean", prior="share", posterior="share"
    )
    return Table("accounts", "tracing_accounts", columns, tuple(rows))


def _checks(spec: Tracing, traced: Mapping[str, Traced]) -> Iterator[Check]:
    looked = [
        one
        for claim in spec.claims.values()
        for one in claim.evidence.values()
        if one.observed != "not_looked_for"
    ]
    sourced = sum(one.source is not None or one.group is not None for one in looked)
    several = sum(one.groups > 1 for one in traced.values())
    text = (
        f"{sourced} of {len(looked)} pieces of evidence say where they come from, and {several} of "
        f"{len(traced)} claims rest on more than one source."
    )
    result: CheckResult = "passed" if several == len(traced) else "uninformative"
    told = 0 < len(looked) == sourced
    yield Check("independence", result if told else "failed", text, "evidence")
    named = sum(bool(one.rivals) for one in spec.claims.values())
    text = f"{named} of {len(traced)} claims are held against another account that is named."
    yield Check("rivals_named", "passed" if named == len(traced) else "failed", text, "accounts")
    firm = sum(one.low > _HALF or one.high < _HALF for one in traced.values())
    text = (
        f"{firm} of {len(traced)} claims stay on one side of an even chance wherever in their "
        "ranges the probabilities lie."
    )
    yield Check("robust_to_ranges", "passed" if firm == len(traced) else "failed", text, "claims")
    tried = sum(
        any(
            piece.missed <= 1 / spec.telling
            and spec.claims[key].evidence[piece.key].observed != "not_looked_for"
            for piece in one.pieces
        )
        for key, one in traced.items()
    )
    text = (
        f"{tried} of {len(traced)} claims passed through, or failed, a test that could sink them."
    )
    yield Check(
        "could_have_failed", "passed" if tried == len(traced) else "failed", text, "evidence"
    )


def titles(spec: Tracing) -> Mapping[str, Text]:
    """Return what claims, rivals, evidence and sources are called.

    Parameters
    ----------
    spec : Tracing
        Claims and evidence.
    """
    found: dict[str, Text] = {}
    for key, claim in spec.claims.items():
        found[key] = claim.title
        found |= {f"{key}_rival_{name}": rival.title for name, rival in claim.rivals.items()}
        for name, one in claim.evidence.items():
            found[f"{key}_{name}"] = one.title
            if one.source is not None:
                found[f"{key}_{name}_source"] = one.source
    return found


def example(rng: np.random.Generator) -> Example[Tracing]:
    """Return an invented claim with a hoop, a smoking gun and a straw.

    Parameters
    ----------
    rng : numpy.random.Generator
        Not used: nothing in a claim is drawn.
    """
    chances = {"hoop": (0.95, 0.5, "yes"), "gun": (0.3, 0.05, "no"), "straw": (0.5, 0.4, "yes")}
    evidence = {
        key: {
            "title": f"A {key}",
            "if_true": {"point": true, "low": true - 0.04, "high": true + 0.04},
            "if_false": {"point": false},
            "observed": seen,
            "source": f"Document {key}",
        }
        for key, (true, false, seen) in chances.items()
    }
    rivals = {
        "fashion": {"title": "It was the fashion.", "share": 0.7},
        "law": {"title": "The law asked for it.", "share": 0.3},
    }
    claim = {"title": "The plan took it up because of the project.", "trace": "claimed",
             "prior": {"point": 0.3, "low": 0.1, "high": 0.5},
             "rivals": rivals, "evidence": evidence}  # fmt: skip
    return Example(Tracing.model_validate({"claims": {"plan": claim}}))


METHOD = Method(
    name="tracing",
    title="Contribution tracing",
    spec=Tracing,
    rung=1,
    estimate=estimate,
    example=example,
    needs={1: frozenset({"independence"})},
    titles=titles,
)
