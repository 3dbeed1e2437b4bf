"""A design that definitions may name, and folders to load them from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from study_mistakes import DESIGNS, METHODS

from evaluate.design import Design
from evaluate.errors import Problem, StudyError
from evaluate.study.load import Definition, load

Load = Callable[[str], Definition]
Problems = Callable[[str], tuple[Problem, ...]]


@pytest.fixture
def designs() -> Mapping[str, Design[Any]]:
    """The designs that the definitions of these tests may name."""
    return DESIGNS


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for thousands of definitions, since making a folder takes longer than a load."""
    return tmp_path_factory.mktemp("study")


@pytest.fixture
def load_text(
    folder: Path, monkeypatch: pytest.MonkeyPatch, designs: Mapping[str, Design[Any]]
) -> Load:
    """Load a definition from its text."""
    monkeypatch.chdir(folder)

    def loaded(text: str) -> Definition:
        Path("study.yaml").write_text(text, encoding="utf-8")
        return load(Path("study.yaml"), designs, METHODS)

    return loaded


@pytest.fixture
def problems(load_text: Load) -> Problems:
    """Return the problems of a definition; none where it loads."""

    def found(text: str) -> tuple[Problem, ...]:
        try:
            load_text(text)
        except StudyError as error:
            return tuple(error.problems)
        return ()

    return found
