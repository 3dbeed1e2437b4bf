"""A file is written whole or not at all, and a new one replaces nothing."""

from pathlib import Path

import pytest

from evaluate.findings.atomic import write_whole


def test_the_old_file_goes_and_nothing_is_left_beside(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_whole(file, "one")
    write_whole(file, "twoæ")
    assert file.read_text(encoding="utf-8") == "twoæ"
    assert list(tmp_path.iterdir()) == [file]


def test_of_two_new_files_the_second_fails(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_whole(file, "one", new=True)
    with pytest.raises(FileExistsError):
        write_whole(file, "two", new=True)
    assert file.read_text(encoding="utf-8") == "one"
    assert list(tmp_path.iterdir()) == [file]


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_whole(file, "one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "lone \ud800")
    assert file.read_text(encoding="utf-8") == "one"
    assert list(tmp_path.iterdir()) == [file]
