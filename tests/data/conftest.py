"""Study folders for the tests of the data layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from example_folder import Folder, Make, table


@pytest.fixture
def study(tmp_path: Path) -> Make:
    """Return a maker of study folders: rows as text or bytes, then the variables.

    Common variables need not be in the file.
    """

    def make(
        rows: str | bytes, *variables: str, common: Sequence[str] = (), name: str = "rows.csv"
    ) -> Folder:
        folder = tmp_path / "a-study"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(rows if isinstance(rows, bytes) else rows.encode())
        text = f"# Dictionary\n\n## a-study\n\n{table(*variables)}\n"
        if common:
            text += f"\n## Common\n\n{table(*common)}\n"
        (folder / "data-dictionary.md").write_text(text, encoding="utf-8")
        return Folder(folder)

    return make
