"""Rules on methods and the records that they read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from evaluate.core import Strict
from evaluate.method import Method, blocks
from evaluate.study.design_rules import Broken
from evaluate.study.schema import Study
from evaluate.study.shape import fields
from evaluate.study.words import choose, dotted

Methods = Mapping[str, tuple[Method[Any], Strict]]


def broken_method_rules(
    study: Study, methods: Methods, unsure: Collection[str] = ()
) -> Iterator[Broken]:
    """Yield each rule that a study's methods break.

    Parameters
    ----------
    study : Study
        The study, or those of its blocks that are valid by themselves.
    methods : mapping of str to (Method, Strict)
        The methods whose fields are valid, by analysis.
    unsure : collection of str
        Blocks that hold a place whose value is not known.

    Yields
    ------
    tuple
        Place in the file, what, why and fix.
    """
    valid = set(fields(type(study))).difference(unsure)
    if valid.issuperset({"analyses", "records"}):
        yield from _record_exists(study, methods)
        yield from _record_used(study, methods)
    if valid.issuperset({"records", "disclosure"}):
        yield from _disclosure(study)


def _record_exists(study: Study, methods: Methods) -> Iterator[Broken]:
    for name, (method, spec) in methods.items():
        for block in blocks(spec):
            if block.record not in study.records:
                key = ("analyses", name, "method", method.name)
                yield (
                    key,
                    f"`{dotted(key)}` reads the record `{block.record}`, which is not under `records`",
                    "the method computes from its rows",
                    choose(block.record, study.records)
                    if study.records
                    else "add it under `records:` with its `path` and `kind`",
                )


def _record_used(study: Study, methods: Methods) -> Iterator[Broken]:
    if set(methods) != set(study.methods):
        return
    used = {block.record for _, spec in methods.values() for block in blocks(spec)}
    for name in study.records:
        if name not in used:
            yield (
                ("records", name),
                f"no method reads the record `{name}`",
                "rows that nothing uses are collected for nothing",
                "name it in a method under `analyses`, or delete it",
            )


def _disclosure(study: Study) -> Iterator[Broken]:
    if study.disclosure.profile != "none":
        return
    for name, record in study.records.items():
        if record.kind == "restricted":
            yield (
                ("disclosure", "profile"),
                f"`disclosure.profile` is `none` and the record `{name}` is restricted",
                "numbers about few people would be published",
                "delete `profile:`, so that `nordic_strict` holds",
            )
            return
