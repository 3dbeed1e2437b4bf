"""The reference page of cohorts: its examples are valid, and no published definition is left out."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from evaluate.data.definition import Data
from evaluate.data.standard import standards
from evaluate.study.expectations import Expectations
from evaluate.study.load import validated
from evaluate.study.yaml import parse

PAGE = (Path(__file__).parents[2] / "book" / "reference" / "cohorts.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: text.split(":")[0])
def test_examples_are_valid(text: str) -> None:
    if not text.startswith(("data:", "version:")):
        text = "data:\n  kind: public\n  source: rows.csv\n" + indent(text, "  ")
    document = parse(text)
    assert document.faults == []
    if text.startswith("version:"):
        assert len(validated(Expectations, document, ()).people) == 2
    else:
        assert validated(Data, document, ("data",))


def test_every_published_definition_is_listed() -> None:
    for one in standards().values():
        (row,) = re.findall(rf"^\| `{one.id}` \|.*$", PAGE, re.MULTILINE)
        assert one.url in row
        assert f"| {'yes' if one.verified else 'no'} |" in row
        for when in one.horizons.values():
            assert when in row
        for each in one.breaks:
            assert each.day.isoformat() in row
