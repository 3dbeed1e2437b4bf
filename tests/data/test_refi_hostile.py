"""Projects that are damaged, or built to do harm: a fault in words, and no word of what was said."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_refi import TEXT, XML, C, K, S, packed

from evaluate.data import refi, refi_archive, refi_xml
from evaluate.errors import DataError

SECRET = "nobody should read this"
LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;">]>
<Project xmlns="urn:QDA-XML:project:1.0" name="&lol1;"/>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<Project xmlns="urn:QDA-XML:project:1.0"><Description>&e;</Description></Project>"""
REMOTE = """<?xml version="1.0"?><!DOCTYPE Project SYSTEM "http://127.0.0.1:9/x.dtd">
<Project xmlns="urn:QDA-XML:project:1.0"/>"""


def fault(path: Path) -> str:
    with pytest.raises(DataError) as raised:
        refi.rows_of(path, "segments", with_text=True)
    (problem,) = raised.value.problems
    assert all((problem.where, problem.what, problem.why, problem.fix))
    said = str(problem)
    assert SECRET not in said
    assert str(path.parent) not in said
    return problem.what


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        (LAUGHS, "document type"),
        (OUTSIDE, "document type"),
        (REMOTE, "document type"),
        ("", "damaged"),
        (XML[: len(XML) // 2], "damaged"),
        ("<html/>", "no `Project`"),
        ("<Project/>", "no `Project`"),
        (XML.replace("urn:QDA-XML:project:1.0", "urn:other"), "no `Project`"),
        (XML.replace('encoding="utf-8"', 'encoding="x-nonsense"'), "another encoding"),
        (XML.replace(f'<CodeRef targetGUID="{C[1]}"/>', ""), "names no code"),
        (
            XML.replace(f'CodeRef targetGUID="{C[1]}"', f'CodeRef targetGUID="{K[19]}"'),
            "not there (1)",
        ),
        (XML.replace('startPosition="10"', 'startPosition="ten"'), "no whole number"),
        (XML.replace('startPosition="10"', 'startPosition="-1"'), "no whole number"),
        (XML.replace('startPosition="10"', 'startPosition="99"'), "before it begins"),
        (XML.replace(f'guid="{C[4]}"', f'guid="{C[3]}"'), "same GUID"),
        (XML.replace(f'TextSource guid="{S[0]}"', "TextSource"), "no GUID"),
        (XML.replace('name="meetings"', ""), "no name"),
        (XML.replace(f'AudioSource guid="{S[3]}"', f'AudioSource guid="{S[1]}"'), "same GUID"),
    ],
)
def test_xml_that_is_refused(tmp_path: Path, xml: str, what: str) -> None:
    changed = xml.replace("A thought.", SECRET)
    assert what in fault(packed(tmp_path, changed))


def test_bytes_in_another_encoding_than_declared(tmp_path: Path) -> None:
    path = tmp_path / "one.qdpx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("project.qde", XML.replace("County A", "Ålesund").encode("latin-1"))
    assert "another encoding" in fault(path)


def test_elements_deep_inside_each_other(tmp_path: Path) -> None:
    deep = "<Code>" * 5000 + "</Code>" * 5000
    xml = f'<Project xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes>{deep}</Codes></CodeBook></Project>'
    assert "deep inside" in fault(packed(tmp_path, xml))


def test_too_many_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refi_xml, "MOST_ELEMENTS", 20)
    assert "more than 20 elements" in fault(packed(tmp_path))


@pytest.mark.parametrize(
    "name",
    ["../../evil.txt", "/etc/evil", "C:\\evil", "a/../../evil", "sources\\evil.txt", "C:evil"],
)
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(zipfile.ZipInfo(name), b"x")
    assert "leads out" in fault(path)
    assert {one.name for one in tmp_path.iterdir()} == {"one.qdpx"}


def change(path: Path, make: Callable[[zipfile.ZipFile], None]) -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        make(file)
    return path


def link(file: zipfile.ZipFile) -> None:
    one = zipfile.ZipInfo("sources/link.txt")
    one.external_attr = (stat.S_IFLNK | 0o777) << 16
    file.writestr(one, "/etc/passwd")


def again(file: zipfile.ZipFile) -> None:
    file.writestr("PROJECT.QDE", XML)


def second(file: zipfile.ZipFile) -> None:
    file.writestr("other.qde", XML)


def bomb(file: zipfile.ZipFile) -> None:
    file.writestr("sources/zeros.txt", b"\0" * 20_000_000)


def odd(file: zipfile.ZipFile) -> None:
    file.writestr(zipfile.ZipInfo("sources/x.txt"), b"x" * 100, zipfile.ZIP_LZMA)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (link, "a link"),
        (again, "same name"),
        (second, "two projects"),
        (bomb, "far more"),
        (odd, "packed in a way"),
    ],
)
def test_members_that_are_refused(
    tmp_path: Path, make: Callable[[zipfile.ZipFile], None], what: str
) -> None:
    assert what in fault(change(packed(tmp_path), make))


def test_a_bomb_in_the_project_itself(tmp_path: Path) -> None:
    blank = XML.replace("<Users>", " " * 30_000_000 + "<Users>")
    assert "far more" in fault(packed(tmp_path, blank))


def test_too_many_members_and_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path)
    monkeypatch.setattr(refi_archive, "MOST_MEMBERS", 2)
    assert "more than 2 files" in fault(path)
    monkeypatch.undo()
    monkeypatch.setattr(refi_archive, "MOST_BYTES", 1000)
    assert "4 GB" in fault(path)
    monkeypatch.undo()
    monkeypatch.setattr(refi_archive, "MOST_READ", 100)
    assert "more than is read" in fault(path)


def test_encrypted(tmp_path: Path) -> None:
    raw = bytearray(packed(tmp_path).read_bytes())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    (tmp_path / "one.qdpx").write_bytes(raw)
    assert "encrypted" in fault(tmp_path / "one.qdpx")


def test_no_zip_no_project_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "one.qdpx"
    for content in (b"", b"PK\x03\x04", XML.encode(), b"PK\x05\x06" + b"\0" * 10):
        path.write_bytes(content)
        assert "no project" in fault(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "x")
    assert "no `project.qde`" in fault(path)
    assert "missing" in fault(tmp_path / "none.qdpx")
    assert "missing" in fault(tmp_path)


def test_damaged_in_the_middle(tmp_path: Path) -> None:
    path = packed(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[200:260] = b"\xff" * 60
    path.write_bytes(raw)
    assert "damaged" in fault(path)


def test_text_that_is_no_text_and_text_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "one.qdpx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("project.qde", XML)
        file.writestr(f"Sources/{S[0]}.txt", TEXT.encode("utf-16"))
    assert "no text in UTF-8" in fault(path)
    (tmp_path / "secret.txt").write_text(SECRET)
    for elsewhere in (
        f"absolute://{tmp_path}/secret.txt",
        "internal://../secret.txt",
        "file:///etc/passwd",
    ):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("project.qde", XML.replace(f"internal://{S[0]}.txt", elsewhere))
        rows = refi.rows_of(path, "segments", with_text=True)
        assert set(rows["text"]) == {None}


def test_codebooks_that_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.qdc"
    for content, what in ((LAUGHS, "document type"), ("", "damaged"), (XML, "no `CodeBook`")):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match=what):
            refi.read_codebook(path)
    with pytest.raises(DataError, match="cannot be read"):
        refi.read_codebook(tmp_path / "none.qdc")


def test_code_tables_that_contradict_themselves() -> None:
    for columns, what in (
        ({"code": ["a", "a"]}, "twice"),
        ({"code": ["a"], "parent": ["b"]}, "not there"),
        ({"code": ["a", "b"], "parent": ["b", "a"]}, "under itself"),
    ):
        with pytest.raises(DataError, match=what):
            refi.codes_of_rows(columns)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    project = refi.read_project(packed(tmp_path))
    with pytest.raises(DataError, match="cannot be written"):
        refi.write_project(project, tmp_path / "none" / "two.qdpx")
    target = tmp_path / "two.qdpx"
    target.write_bytes(b"before")
    with pytest.raises(DataError):
        refi.write_project(project, target, files=tmp_path / "none.qdpx")
    assert target.read_bytes() == b"before"
    assert {one.name for one in tmp_path.iterdir()} == {"one.qdpx", "two.qdpx"}


@settings(max_examples=60)
@given(at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_any_byte_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    path = packed(tmp_path_factory.mktemp("bytes"))
    raw = bytearray(path.read_bytes())
    raw[at % len(raw)] = byte
    path.write_bytes(raw)
    try:
        rows = refi.rows_of(path, "segments", with_text=True)
    except DataError:
        rows = {}
    assert len(set(map(len, rows.values()))) <= 1
