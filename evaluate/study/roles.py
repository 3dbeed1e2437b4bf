"""What prose may point to, and the rule that no number is typed by hand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluate.core import Language
from evaluate.errors import Problem
from evaluate.study.scalars import hides

Node = dict[str, Any]

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|"
    "januari|februari|maj|augusti|december"
)
_YEAR = r"(?:19|20)\d{2}"
_DATES = re.compile(
    rf"\b\d{{4}}-\d{{2}}(?:-\d{{2}})?\b|\b(?:\d{{1,2}}\.? )?(?:{_MONTHS})(?: {_YEAR})?\b"
    rf"|\b{_YEAR}(?:[-–/]\d{{2,4}})?\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[^\W\d_]+[-_]?\d+\w*")  # HC2, Vg1, re78: the digit belongs to a name
_ROLES = ("n", "fact", "cite", "literal")
# Raised and lowered figures after a letter belong to a unit or a formula: m², CO₂.
_RAISED = re.compile(r"(?<=[^\W\d_])[²³¹⁰⁴-⁹₀-₉]+")
# A dot between two digits belongs to a key, such as a share: vehicles|0.5.
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.(?:[\w =,:+|-]|(?<=\d)\.(?=\d))+){2,3}")
# Of a method: ANALYSIS.TABLE.ROW.COLUMN, where the row may be a combination of conditions.
_OF_METHOD = re.compile(r"[a-z]\w*\.[a-z]\w*\.[^`]+\.[a-z]\w*")
_FIELDS = (
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "conf_level",
    "df",
    "p_value",
    "n_obs",
    "n_treated",
    "n_clusters",
)
_TABLE_PARTS = 3  # TABLE.ROW.COLUMN after the analysis; an estimate has TERM.FIELD
_TABLES = ("arms", "balance", "attrition", "clusters")
_ACCOUNTS = (
    "accounts",
    "cash_flow",
    "flows",
    "distribution",
    "break_even",
    "inputs",
    "schedule",
    "costs",
    "cost_summary",
    "measures",
    "tornado",
    "scenarios",
    "information",
    "acceptability",
    "effectiveness",
    "incentives",
    "side_payments",
    "wrong_pocket",
    "organiser",
    "organiser_months",
    "cofinancing",
    "fund",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What prose may refer to.

    Attributes
    ----------
    analyses, facts, references : collection of str
        Keys of the study; ``analyses`` are those of designs.
    names : tuple of str
        Names in the study whose digits may stand in prose, such as ``"Plug In 2.0"``.
    economics : bool
        Whether the study has an ``economics:`` block, so that its tables can be named.
    methods : collection of str
        Keys of analyses without a comparison.
    steps : mapping of str to int
        Step of the claims ladder that each analysis can reach, or has reached.
    """

    analyses: Collection[str]
    facts: Collection[str]
    references: Collection[str]
    names: tuple[str, ...] = ()
    economics: bool = False
    methods: Collection[str] = ()
    steps: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Reader:
    """What is known while one text is read, and what was found wrong with it."""

    file: str
    known: Known
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, what: str, why: str, fix: str) -> None:
        """Note something that is wrong in a line."""
        problem = Problem(f"{self.file}:{line}", what, why, fix)
        if problem not in self.problems:
            self.problems.append(problem)

    def hidden(self, text: str, line: int) -> None:
        """Note a sign that does not show."""
        if hides(text):
            self.fault(
                line,
                "a sign that does not show",
                "it would not show on a page, and could change how the text around it reads",
                "type the text again; such signs often come with pasted text",
            )


def role_node(role: str, content: str, line: int, reader: Reader) -> Node | None:
    """Return the node of a role with its content, or nothing when the role is unknown."""
    if role not in _ROLES:
        reader.fault(
            line,
            f"the role `{role}`",
            "only roles that show released numbers, facts and sources are read",
            "use one of: " + ", ".join(f"{{{one}}}" for one in _ROLES),
        )
        return None
    if role == "n":
        return _number(content, line, reader)
    if role == "literal":
        return _literal(content, line, reader)
    keys = reader.known.facts if role == "fact" else reader.known.references
    if content not in keys:
        what = "no fact has the id" if role == "fact" else "no reference has the key"
        why = "a reader could not find what stands behind the sentence"
        block = "facts" if role == "fact" else "references"
        reader.fault(line, f"{what} `{content}`", why, f"add it under `{block}:` in study.yaml")
    return {"type": "fact", "id": content} if role == "fact" else {"type": "cite", "key": content}


def _number(content: str, line: int, reader: Reader) -> Node:
    fix = _path_fix(content, reader.known)
    if fix is not None:
        reader.fault(
            line,
            f"`{content}` names no number of this study",
            "a sentence would stand without its number",
            fix,
        )
    return {"type": "number", "path": content}


def _path_fix(content: str, known: Known) -> str | None:
    """Return how the path of a number is repaired, or nothing where it may be right."""
    first, *rest = _DOT.split(content)
    in_table = len(rest) == _TABLE_PARTS
    if first in known.methods:
        right = _OF_METHOD.fullmatch(content)
        return None if right else f"write {first}.TABLE.ROW.COLUMN"
    if not _PATH.fullmatch(content):
        return (
            "write ANALYSIS.TERM.FIELD, such as main.overall.estimate, or ANALYSIS.TABLE.ROW.COLUMN"
        )
    if first == "economics":
        if not known.economics:
            return "add `economics:` to study.yaml, or name a number of an analysis"
        if not in_table or rest[0] not in _ACCOUNTS:
            return f"write economics.TABLE.ROW.COLUMN, with TABLE one of {', '.join(_ACCOUNTS)}"
        return None
    return _of_a_design(first, rest, known, in_table=in_table)


def _of_a_design(first: str, rest: list[str], known: Known, *, in_table: bool) -> str | None:
    if first not in known.analyses:
        return "begin with the key of an analysis in study.yaml, such as main.overall.estimate"
    if not in_table and rest[1] not in _FIELDS:
        return f"end with one of {', '.join(_FIELDS)}"
    if in_table and rest[0] not in _TABLES:
        return f"write {first}.TABLE.ROW.COLUMN, with TABLE one of {', '.join(_TABLES)}"
    return None


def _literal(content: str, line: int, reader: Reader) -> Node:
    text, _, reason = content.partition("|")
    if not reason.strip():
        reader.fault(
            line,
            "a literal without a reason",
            "a number typed by hand is not kept up to date by anything",
            "write {literal}`10 %|why this number may stand here`",
        )
    return {"type": "literal", "text": text.strip(), "reason": reason.strip()}


def find_digits(text: str, line: int, reader: Reader) -> None:
    """Note a number that was typed by hand."""
    reader.hidden(text, line)
    rest = text
    for name in reader.known.names:
        rest = rest.replace(name, " ")
    # Raised figures first: a name then holds no other numerals than digits.
    rest = _DATES.sub(" ", _RAISED.sub("", rest))
    if has_number(_NAME.sub(lambda name: _odd_numerals(name[0]), rest)):
        number_by_hand(line, reader)


def number_by_hand(line: int, reader: Reader) -> None:
    """Note that a number was typed by hand in a line."""
    reader.fault(
        line,
        "a number typed by hand",
        "nothing would keep it equal to the result or the source",
        "use {n}`…`, {fact}`…` or {literal}`number|reason`",
    )


def has_number(text: str) -> bool:
    """Return whether a text holds a digit, a fraction or another numeral such as Ⅻ."""
    return any(unicodedata.category(sign).startswith("N") for sign in text)


def _odd_numerals(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) in ("Nl", "No")) or " "


def names_with_digits(texts: Iterable[str | Mapping[Language, str]]) -> tuple[str, ...]:
    """Return the texts that hold a digit, longest first, in all their languages."""
    found = {
        one
        for text in texts
        for one in ((text,) if isinstance(text, str) else text.values())
        if has_number(one)
    }
    return tuple(sorted(found, key=lambda one: (-len(one), one)))
