"""What the rows of a method are: the gravest kind of the records that it reads."""

from __future__ import annotations

from evaluate.core import DataKind, Strict
from evaluate.method import blocks
from evaluate.study.schema import Study

GRAVEST: tuple[DataKind, ...] = ("dummy", "restricted", "public")


def kind_of(study: Study, spec: Strict) -> DataKind | None:
    """Return what a method's records are, the gravest of several; ``None`` without any."""
    kinds = {study.records[one.record].kind for one in blocks(spec) if one.record in study.records}
    return next((one for one in GRAVEST if one in kinds), None)
