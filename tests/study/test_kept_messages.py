"""The exact message for each kind of mistake: ``bad/NAME.yaml`` says ``bad/NAME.txt``."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evaluate.design import Design
from evaluate.errors import StudyError
from evaluate.study.load import load

MISTAKES = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
ENOUGH = 45


def message(file: Path, folder: Path, designs: Mapping[str, Design[Any]]) -> str:
    """Return all that is said about a definition."""
    shutil.copyfile(file, folder / "study.yaml")
    with pytest.raises(StudyError) as caught:
        load(Path("study.yaml"), designs)
    return f"{caught.value}\n"


@pytest.mark.parametrize("file", MISTAKES, ids=lambda file: file.stem)
def test_message_is_kept(
    file: Path, folder: Path, designs: Mapping[str, Design[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    kept = file.with_suffix(".txt").read_text(encoding="utf-8")
    assert message(file, folder, designs) == kept


def test_enough_messages_are_kept() -> None:
    assert len(MISTAKES) >= ENOUGH
    messages = {file.stem for file in MISTAKES[0].parent.glob("*.txt")}
    assert messages == {file.stem for file in MISTAKES}
