"""The committed data of supported-work are the published rows, whole and unchanged."""

from __future__ import annotations

import csv
import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from evaluate.data.dictionary import dictionary_for
from evaluate.study.load import load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "studies" / "supported-work"
CSV = FOLDER / "data" / "nsw.csv"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_cell_equals_the_package(rows: list[dict[str, str]]) -> None:
    nsw_mixtape = pytest.importorskip("causaldata.nsw_mixtape", reason="test extra not installed")
    published = nsw_mixtape.load_pandas().data.drop(columns="data_id")
    assert list(rows[0]) == list(published.columns)
    assert len(rows) == len(published) == 445
    for name in published.columns:
        ours = np.array([float(row[name]) for row in rows], dtype=np.float32)
        # The package stores 4-byte floats: equality in that precision is equality of the bits.
        np.testing.assert_array_equal(ours, published[name].to_numpy(np.float32), err_msg=name)


def test_the_readme_states_the_hashes_of_both_files() -> None:
    readme = (FOLDER / "data" / "README.md").read_text(encoding="utf-8")
    package = pytest.importorskip("causaldata", reason="test extra not installed")
    original = files(package).joinpath("nsw_mixtape/nsw_mixtape.dta").read_bytes()
    for content in (CSV.read_bytes(), original):
        assert hashlib.sha256(content).hexdigest() in readme


def test_the_arms_have_the_published_sizes(rows: list[dict[str, str]]) -> None:
    facts = {fact.id: fact.value for fact in load(FOLDER).study.facts}
    offered = sum(row["treat"] == "1" for row in rows)
    assert (offered, len(rows) - offered) == (facts["offered"], facts["not-offered"])


def test_the_share_left_out_follows_from_the_published_sizes() -> None:
    facts = {fact.id: fact.value for fact in load(FOLDER).study.facts}
    kept = float(facts["offered"]) + float(facts["not-offered"])
    whole = float(facts["offered-lalonde"]) + float(facts["not-offered-lalonde"])
    assert round(100 * (1 - kept / whole)) == facts["left-out"]


def test_the_dictionary_describes_every_column_and_derived_column(
    rows: list[dict[str, str]],
) -> None:
    data = load(FOLDER).study.data
    assert data is not None
    section = dictionary_for(FOLDER).sections["supported-work"]
    assert set(section) == {*rows[0], *(one.name for one in data.derive)}
    assert all(variable.source for variable in section.values())
