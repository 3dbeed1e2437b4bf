"""Coded projects of other programmes: read, made into rows, and written again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from evaluate.data import refi

U1, U2 = "11111111-0000-4000-8000-00000000000a", "11111111-0000-4000-8000-00000000000b"
C = [f"22222222-0000-4000-8000-00000000000{i}" for i in range(5)]
S = [f"33333333-0000-4000-8000-00000000000{i}" for i in range(5)]
P = [f"44444444-0000-4000-8000-00000000000{i}" for i in range(9)]
K = [f"55555555-0000-4000-8000-0000000000{i:02d}" for i in range(20)]
V = "66666666-0000-4000-8000-000000000001"
TEXT = "Æ one two three — four."


def coding(at: int, code: int, who: str | None = U1) -> str:
    by = f' creatingUser="{who}"' if who else ""
    return f'<Coding guid="{K[at]}"{by}><CodeRef targetGUID="{C[code]}"/></Coding>'


# In the order of the standard's schema; keys differ in case and braces, as programmes write them.
XML = f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/Project.xsd"
 name="Invented" origin="Example" creatingUserGUID="{U1}">
<Users><User guid="{{{U1.upper()}}}" name="Anna" id="A"/><User guid="{U2}" name="Bo"/></Users>
<CodeBook><Codes>
 <Code guid="{C[0]}" name="Barriers" isCodable="false" color="#ff0000">
  <Description>What stands in the way &amp; why</Description>
  <Code guid="{C[1]}" name="other" isCodable="true"/>
 </Code>
 <Code guid="{C[2]}" name="Practices" isCodable="false">
  <Code guid="{C[3]}" name="other" isCodable="true"/>
  <Code guid="{C[4]}" name="meetings" isCodable="true"/>
 </Code>
</Codes></CodeBook>
<Variables><Variable guid="{V}" name="sector" typeOfVariable="Text"/></Variables>
<Cases>
 <Case guid="{P[7]}" name="County A">
  <VariableValue><VariableRef targetGUID="{V}"/><TextValue>school</TextValue></VariableValue>
  <SourceRef targetGUID="{S[0]}"/><SourceRef targetGUID="{S[1]}"/>
 </Case>
 <Case guid="{P[8]}" name="County B"><SelectionRef targetGUID="{P[1]}"/></Case>
</Cases>
<Sources>
 <TextSource guid="{S[0]}" name="Interview 1" plainTextPath="internal://{S[0]}.txt">
  <PlainTextSelection guid="{P[0]}" startPosition="0" endPosition="5" creatingUser="{U2}">
   {coding(0, 1)}{coding(1, 3, None)}
  </PlainTextSelection>
  <PlainTextSelection guid="{P[1]}" startPosition="10" endPosition="15">
   {coding(2, 4, "{" + U2 + "}")}
  </PlainTextSelection>
  {coding(3, 4)}
 </TextSource>
 <PictureSource guid="{S[2]}" name="Picture" path="internal://{S[2]}.png">
  <TextDescription guid="{P[6]}" name="in words">
   <PlainTextSelection guid="{P[5]}" startPosition="1" endPosition="2">{coding(8, 1)}</PlainTextSelection>
  </TextDescription>
  <PictureSelection guid="{P[4]}" firstX="0" firstY="0" secondX="9" secondY="9">{coding(7, 1)}</PictureSelection>
 </PictureSource>
 <PDFSource guid="{S[1]}" name="Plan" path="internal://{S[1]}.pdf">
  <PDFSelection guid="{P[2]}" page="3" firstX="0" firstY="0" secondX="9" secondY="9">{coding(4, 1)}</PDFSelection>
 </PDFSource>
 <AudioSource guid="{S[3]}" name="Talk" path="relative://talk.mp3">
  <AudioSelection guid="{P[3]}" begin="1000" end="2500">{coding(5, 3)}</AudioSelection>
 </AudioSource>
</Sources>
<Notes><Note guid="{S[4]}" name="Memo"><PlainTextContent>A thought.</PlainTextContent></Note></Notes>
<Links><Link guid="{K[10]}" direction="OneWay" originGUID="{C[1]}" targetGUID="{C[4]}"/></Links>
<Sets><Set guid="{K[11]}" name="First round"><MemberSource targetGUID="{S[0]}"/></Set></Sets>
</Project>"""

CODEBOOK = f"""<?xml version="1.0" encoding="utf-16"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Example"><Codes>
<Code guid="{C[0]}" name="Å og é" isCodable="true"><Code guid="{C[1]}" name="under"/></Code>
</Codes></CodeBook>"""


def packed(folder: Path, xml: str = XML, **files: bytes) -> Path:
    path = folder / "one.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("project.qde", xml.encode("utf-8"))
        file.writestr(f"sources/{S[0]}.txt", b"\xef\xbb\xbf" + TEXT.encode("utf-8"))
        file.writestr(f"sources/{S[1]}.pdf", b"%PDF")
        for name, content in files.items():
            file.writestr(name, content)
    return path


def test_segments_as_rows(tmp_path: Path) -> None:
    rows = refi.rows_of(packed(tmp_path), "segments")
    assert "text" not in rows
    got = {
        key: tuple(
            rows[name][at] for name in ("code", "case", "coder", "source", "kind", "start", "end")
        )
        for at, key in enumerate(rows["segment"])
    }
    assert got == {
        K[0]: ("Barriers/other", "County A", "Anna", "Interview 1", "text", 0, 5),
        K[1]: ("Practices/other", "County A", "Bo", "Interview 1", "text", 0, 5),
        K[2]: ("meetings", "County B", "Bo", "Interview 1", "text", 10, 15),
        K[3]: ("meetings", "County A", "Anna", "Interview 1", "source", None, None),
        K[4]: ("Barriers/other", "County A", "Anna", "Plan", "pdf", None, None),
        K[5]: ("Practices/other", None, "Anna", "Talk", "audio", 1000, 2500),
        K[7]: ("Barriers/other", None, "Anna", "Picture", "picture", None, None),
        K[8]: ("Barriers/other", None, "Anna", "Picture", "text", 1, 2),
    }
    assert rows["passage"][rows["segment"].index(K[1])] == P[0]


def test_what_was_said_only_where_it_is_asked_for(tmp_path: Path) -> None:
    path = packed(tmp_path)
    rows = refi.rows_of(path, "segments", with_text=True)
    said = dict(zip(rows["segment"], rows["text"], strict=True))
    assert (said[K[0]], said[K[2]]) == (TEXT[0:5], TEXT[10:15])
    assert said[K[3]] is None
    assert said[K[8]] is None
    assert TEXT[0:5] not in repr(refi.read_project(path, with_text=True))


def test_codes_and_cases_as_rows(tmp_path: Path) -> None:
    rows = refi.rows_of(packed(tmp_path), "codes")
    assert rows["code"] == [
        "Barriers",
        "Barriers/other",
        "Practices",
        "Practices/other",
        "meetings",
    ]
    assert rows["parent"] == [None, "Barriers", None, "Practices", "Practices"]
    assert rows["definition"][0] == "What stands in the way & why"
    assert rows["codable"] == [False, True, False, True, True]
    assert rows["colour"][0] == "#ff0000"
    cases = refi.rows_of(packed(tmp_path), "cases")
    assert cases == {"case": ["County A", "County B"], "sector": ["school", None]}


def test_a_project_goes_to_and_fro(tmp_path: Path) -> None:
    path, again = packed(tmp_path), tmp_path / "two.qdpx"
    project = refi.read_project(path, with_text=True)
    refi.write_project(project, again, files=path)
    assert refi.read_project(again, with_text=True) == project
    with zipfile.ZipFile(again) as file:
        names = file.namelist()
        assert sorted(names) == sorted(
            ["project.qde", f"Sources/{S[0]}.txt", f"sources/{S[1]}.pdf"]
        )
        assert file.read(f"Sources/{S[0]}.txt").decode("utf-8") == TEXT
    first = again.read_bytes()
    refi.write_project(project, again, files=path)
    assert again.read_bytes() == first


def test_a_codebook_goes_to_and_fro(tmp_path: Path) -> None:
    path, again = tmp_path / "one.qdc", tmp_path / "two.qdc"
    path.write_bytes(CODEBOOK.encode("utf-16"))
    codes = refi.read_codebook(path)
    assert [one.name for one in codes] == ["Å og é", "under"]
    assert codes[1].parent == codes[0].guid
    refi.write_codebook(codes, again)
    assert refi.read_codebook(again) == codes
    assert refi.rows_of(again, "codes") == refi.rows_of(path, "codes")
    assert refi.codes_of_rows(refi.rows_of(path, "codes")) == codes


def test_rows_go_to_and_fro(tmp_path: Path) -> None:
    codes = {
        "code": ["barriers", "secrecy"],
        "parent": [None, "barriers"],
        "definition": ["<a & b>", None],
    }
    segments = {
        "segment": ["s1", "s2", "s3", "s4"],
        "passage": ["p1", "p1", "p2", None],
        "code": ["secrecy", "meetings", "secrecy", "barriers"],
        "case": ["A", "A", "B", "B"],
        "coder": ["x", "y", "x", None],
        "source": ["i1", "i1", "i2", "i2"],
        "start": [0, 0, 4, None],
        "end": [3, 3, 9, None],
    }
    project = refi.project_of_rows("ours", segments, codes)
    path = tmp_path / "ours.qdpx"
    refi.write_project(project, path)
    rows = refi.rows_of(path, "segments")
    for name in ("code", "case", "coder", "source", "start", "end"):
        assert rows[name] == segments[name], name
    assert rows["passage"][0] == rows["passage"][1] != rows["passage"][2]
    assert refi.rows_of(path, "codes")["code"] == ["barriers", "secrecy", "meetings"]
    third = refi.project_of_rows("ours", rows, refi.rows_of(path, "codes"))
    assert refi.segment_rows(third) == rows


# What may stand in what, and in which order: Project.xsd of REFI-QDA 1.5.
ORDER = {
    "Project": ["Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs", "Description", "NoteRef"],
    "CodeBook": ["Codes", "Sets"],
    "Code": ["Description", "NoteRef", "Code"],
    "Case": ["Description", "CodeRef", "VariableValue", "SourceRef", "SelectionRef"],
    "Sources": ["TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource"],
    "TextSource": ["Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"],
    "PlainTextSelection": ["Description", "Coding", "NoteRef"],
    "Coding": ["CodeRef", "NoteRef"],
}  # fmt: skip


def test_what_is_written_stands_in_the_order_of_the_schema(tmp_path: Path) -> None:
    segments = {"code": ["b", "a", "c"], "case": ["A", "B", "A"], "coder": ["x", "y", "x"],
                "start": [None, 1, 2], "end": [None, 2, 3]}  # fmt: skip
    project = refi.project_of_rows("ours", segments, {"code": ["a", "b"], "definition": ["1", "2"]})
    path = tmp_path / "ours.qdpx"
    refi.write_project(project, path)
    with zipfile.ZipFile(path) as file:
        root = ET.fromstring(file.read("project.qde"))
    for one in root.iter():
        space, _, tag = one.tag[1:].partition("}")
        assert space == refi.PROJECT
        if tag in ORDER:
            places = [ORDER[tag].index(child.tag.partition("}")[2]) for child in one]
            assert places == sorted(places), tag


def test_as_another_reader_has_it(tmp_path: Path) -> None:
    peer = pytest.importorskip("pyrefiqda", reason="needs the package pyrefiqda")
    path, again = packed(tmp_path), tmp_path / "two.qdpx"
    refi.write_project(refi.read_project(path, with_text=True), again, files=path)
    theirs = peer.RefiProject.load(str(again))
    found = {
        (one.guid, c.code_ref.target_guid, one.start_position, one.end_position)
        for source in theirs.sources.text_source
        for one in source.plain_text_selection
        for c in one.coding
    }
    ours = {
        (one.selection, one.code, one.start, one.end)
        for one in refi.read_project(path).segments
        if one.in_text
    }
    assert found == ours
