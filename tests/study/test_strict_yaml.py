"""Text stays text, and a hostile file is stopped by a count, not by a clock."""

from __future__ import annotations

from itertools import pairwise

import pytest

from evaluate.study.yaml import MAX_BYTES, MAX_DEPTH, MAX_VALUES, parse

TEXT = [
    "0301",
    "010",
    "0x1F",
    "0o17",
    "1_000",
    "12:30",
    "12:30:45",
    "no",
    "yes",
    "on",
    "off",
    "y",
    "True",
    "TRUE",
    "2015-03-01",
    "2015-03-01T10:00:00Z",
    "1,5",
    "1 000",
    ".inf",
    "-.INF",
    ".nan",
    "1e999",
    "12345678901234567890",
    "0.1234567890123456789",
    "Møre og Romsdal",
    "+",
    "e5",
    "1.2.3",
]
NUMBERS = [
    ("0", 0),
    ("7", 7),
    ("-3", -3),
    ("+3", 3),
    ("1.50", 1.5),
    (".5", 0.5),
    ("5.", 5.0),
    ("1e3", 1000.0),
    ("-2.5E-2", -0.025),
    ("123456789012345", 123456789012345),
]


@pytest.mark.parametrize("text", TEXT)
def test_text_stays_text(text: str) -> None:
    document = parse(f"key: {text}\n{text}: value\n")
    assert document.value == {"key": text, text: "value"}
    assert document.faults == []


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_plain_decimal_numbers_are_numbers(text: str, value: float) -> None:
    document = parse(f"key: {text}\n")
    assert document.value == {"key": value}
    assert type(document.value["key"]) is type(value)
    assert document.written == {("key",): text}


@pytest.mark.parametrize("text", ["7", "true", "null", "~", "no", "- a", "x: y"])
def test_quotes_make_text(text: str) -> None:
    assert parse(f"a: '{text}'\nb: \"{text}\"\nc: |-\n  {text}\n").value == {
        "a": text,
        "b": text,
        "c": text,
    }


def test_truth_is_true_or_false_only() -> None:
    assert parse("a: true\nb: false\n").value == {"a": True, "b": False}


def test_each_key_and_item_has_a_line() -> None:
    document = parse("# comment\na:\n  b: 1\n\n  c:\n    - x\n    - {d: 2,\n       e: 3}\n")
    assert document.lines == {
        (): 1,
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "c"): 5,
        ("a", "c", 0): 6,
        ("a", "c", 1): 7,
        ("a", "c", 1, "d"): 7,
        ("a", "c", 1, "e"): 8,
    }
    assert document.line(("a", "c", 1, "z", 4)) == 7


def faults(text: str) -> list[tuple[int, str]]:
    """Return line and words of each fault."""
    return [(one.line, one.what) for one in parse(text).faults]


def test_all_marks_of_a_file_are_found_at_once() -> None:
    text = (
        "a: &x 1\nb: *x\n<<: {c: 1}\na: 2\nd: !!int 3\ne:\n? [1]\n: 2\n'': 3\nf: \"\\a\"\ng: ' '\n"
    )
    assert faults(text) == [
        (1, "`&x` names a value for repetition"),
        (2, "`*x` repeats another value"),
        (3, "`<<` merges another block in"),
        (4, "`a` stands here again, after line 1"),
        (5, "`!` gives a value a type of its own"),
        (6, "`e` has no value"),
        (7, "a list or block stands where a key belongs"),
        (9, "a key is empty or not plain text"),
        (10, "`f` holds a sign that does not show"),
        (11, "`g` is empty text"),
    ]


def test_a_value_after_a_fault_is_not_counted_twice() -> None:
    assert faults("a: 1\na: {b: 1, b: 2}\n") == [
        (2, "`a` stands here again, after line 1"),
        (2, "`b` stands here again, after line 2"),
    ]


@pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
def test_every_spelling_of_nothing_is_a_fault(null: str) -> None:
    assert faults(f"a: {null}\nb:\n  - {null}\n") == [
        (1, "`a` has no value"),
        (3, "`item 1` has no value"),
    ]


@pytest.mark.parametrize("mark", ["[", "{a: ", "- ", "? "])
def test_depth_is_counted(mark: str) -> None:
    deep = mark * (MAX_DEPTH + 1)
    assert faults(deep)[-1] == (1, f"blocks and lists are nested more than {MAX_DEPTH} deep")
    assert parse(deep).value is None


def test_allowed_depth_is_read() -> None:
    assert faults("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)) == []


def test_bomb_of_depth_ends_where_the_bound_is() -> None:
    # A million brackets: the parser's events end at the bound, so the length is irrelevant.
    assert len(faults("[" * MAX_BYTES)) == 1


def test_bomb_of_aliases_is_not_unfolded() -> None:
    names = "abcdefghi"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    document = parse("\n".join(lines))
    # Every mark is one fault, and every alias stays one empty value.
    assert len(document.faults) == len(names) + 9 * (len(names) - 1)
    assert document.value is not None
    assert all(isinstance(row, list) and len(row) == 9 for row in document.value.values())


def test_bomb_of_values_ends_where_the_bound_is() -> None:
    many = "a: [" + "1," * (MAX_VALUES + 10_000) + "]"
    assert faults(many) == [(1, f"the file holds more than {MAX_VALUES} values")]


@pytest.mark.parametrize(
    "text",
    [
        '"\\UFFFFFFFF": 1',
        'a: "\\ud800"',
        "%YAML 1." + "9" * 5000 + "\n---\na: 1",
        "%TAG ! !x\n%TAG ! !y\n---\na: 1",
        "a: \x01",
        "a: b\x00",
        "\ufeff\ufeffa: 1",
        "a: ab\u202ecd",
        "a: '\u200b'",
        "a: |\n\t\n b",
        "? ? ? a",
        "- - - - a\n b",
        "!<tag:yaml.org,2002:python/object:os.system> x",
        "a: !!binary 4",
        "--- >\n",
        "...\n...\n",
        "@",
        "`",
        "%",
    ],
)
def test_strange_files_are_faults(text: str) -> None:
    document = parse(text)
    assert document.faults
    assert all(one.line >= 1 and one.what and one.why and one.fix for one in document.faults)


def test_editor_comment_and_one_marked_document_are_fine() -> None:
    text = "# yaml-language-server: $schema=x.json\n---\na: 1 # why\n...\n"
    assert parse(text).value == {"a": 1}
