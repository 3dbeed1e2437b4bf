"""What the project promises to keep complete: a design has tests and a page, and so on."""

from __future__ import annotations

import json
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluate.design import all_designs

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "book" / "decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("name", sorted(all_designs()))
def test_a_design_has_its_three_files(name: str) -> None:
    files = [
        f"evaluate/designs/{name}.py",
        f"tests/designs/test_{name}.py",
        f"book/designs/{name}.md",
    ]
    assert [one for one in files if not (ROOT / one).is_file()] == []


def test_decisions_are_numbered_without_gaps_and_short() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert [p.name for p in DECISIONS if len(p.read_text("utf-8").splitlines()) > 30] == []


def test_contributing_fits_on_one_screen() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) <= 40


LOCKS = ("requirements.lock", "requirements-spark.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert all("==" in line and line.endswith("\\") for line in pins)
    assert "://" not in text
    assert "--index" not in text


def test_the_lock_holds_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*chain(project["dependencies"], *project["optional-dependencies"].values())]
    names = {one.split("[")[0].split(">")[0].split("=")[0].lower() for one in wanted}
    text = "".join((ROOT / lock).read_text("utf-8") for lock in LOCKS)
    locked = {line.split("==")[0].split("[")[0] for line in text.splitlines() if "==" in line}
    assert names - locked == set()


def test_versions_agree() -> None:
    from evaluate import __version__

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == __version__
    assert {"cff-version", "message", "title", "authors", "license"} <= set(citation)


def part_of(small: Any, large: Any) -> bool:
    """Return whether ``large`` says all that ``small`` says."""
    if isinstance(small, dict):
        return isinstance(large, dict) and all(
            key in large and part_of(value, large[key]) for key, value in small.items()
        )
    return small == large


def test_the_study_in_the_readme_is_part_of_the_real_one() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    excerpt = yaml.safe_load(readme.split("```yaml\n")[1].split("```")[0])
    real = yaml.safe_load((ROOT / "studies/supported-work/study.yaml").read_text("utf-8"))
    assert {"question", "data", "outcomes", "analyses"} <= set(excerpt)
    assert part_of(excerpt, real)
    assert not part_of({**excerpt, "question": "Another question?"}, real)


def test_files_that_the_readme_names_are_there() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    names = [one.split(")")[0] for one in readme.split("](")[1:]]
    local = [one.split("#")[0] for one in names if not one.startswith(("http", "#"))]
    assert local
    assert [one for one in local if not (ROOT / one).exists()] == []


def test_numbers_in_hand_written_pages_are_those_of_the_finding() -> None:
    finding = json.loads((ROOT / "studies/supported-work/finding.json").read_text("utf-8"))
    (row,) = (
        one
        for one in finding["estimates"]
        if (one["analysis"], one["role"], one["std_error_method"]) == ("main", "headline", "HC2")
    )
    page = (ROOT / "book/designs/randomised.md").read_text("utf-8")
    for key, digits in {
        "estimate": 3,
        "std_error": 3,
        "df": 2,
        "conf_low": 3,
        "conf_high": 3,
    }.items():
        assert f"{row[key]:.{digits}f}" in page, key
    readme = (ROOT / "README.md").read_text("utf-8")
    low, high = row["conf_low"], row["conf_high"]
    assert f"{row['estimate']:.0f} USD a year" in readme
    assert f"from {low:.0f} to {high:.0f}" in readme
