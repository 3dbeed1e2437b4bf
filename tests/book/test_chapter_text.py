"""Chapters from findings: hostile text stays text, conflicts stay side by side, gaps are faults."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from evaluate.book.build import build
from evaluate.errors import StudyError
from evaluate.findings import read, write
from evaluate.findings.form import from_json

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<iframe src='https://evil.example'></iframe>",
    "<svg onload=alert(3)>",
    '" onmouseover="alert(4)',
    "' autofocus onfocus='alert(5)",
    "</title><script>alert(6)</script>",
    "</summary></details></figure><script>alert(7)</script>",
    "<!-- comment",
    "--> after",
    "]]><script>alert(8)</script>",
    "&lt;script&gt;alert(9)&lt;/script&gt;",
    "&#60;b&#62;",
    "[click](javascript:alert(10))",
    "![image](https://evil.example/pixel.png)",
    "<javascript:alert(11)>",
    "```{include} ../../../../etc/hostname\n```",
    "```{raw} html\n<b id=planted>raw</b>\n```",
    ":::{literalinclude} /etc/hostname\n:::",
    ".. raw:: html\n\n   <b id=planted>raw</b>",
    ".. include:: /etc/hostname",
    "{eval}`1+1`",
    "`text <javascript:alert(12)>`_",
    ":doc:`index`",
    "# heading",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "$\\frac{1}{$",
    "{{ config }} {% include 'x' %}",
    "\u202egnp.exe",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content=0>",
    "<style>*{background:url(https://evil.example)}</style>",
)
ALL = "\n\n".join(HOSTILE)
FREE = {"text", "author", "page", "why", "fix", "method", "std_error_method", "reason", "as_of"}
FREE |= {"design_title", "covariate", "because", "unit", "partners"}
LANGUAGES = {"en", "nb", "nn", "sv"}
ACTIVE = (
    "//script[not(@src)] | //iframe | //object | //embed | //base | //style | //meta[@http-equiv]"
)
Json = Any


def studies(target: Path, change: Callable[[Json], Json], *slugs: str) -> Path:
    """Write a small book of some studies, each changed and sealed again; return its folder."""
    book = target / "book"
    (book / "studies").mkdir(parents=True)
    shutil.copy(ROOT / "book" / "_config.yml", book)
    pages = "\n".join(f"  - file: studies/{slug}" for slug in slugs)
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{pages}\n")
    blocks = ("landing-lead", "finished-studies", "planned-studies", "catalogue")
    directives = "\n\n".join(f"```{{{one}}}\n```" for one in blocks)
    (book / "index.md").write_text(f"# Book\n\n{directives}\n")
    for slug in slugs:
        content = json.loads((ROOT / "studies" / slug / "finding.json").read_text("utf-8"))
        (target / "studies" / slug).mkdir(parents=True)
        write(from_json(change(content)), target / "studies" / slug / "finding.json")
        (book / "studies" / f"{slug}.md").write_text(f"```{{study}} {slug}\n```\n")
    return book


def built(book: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Sphinx and its extensions; pages' faults raise
        return build(book).parent


def planted(value: Json, key: str = "") -> Json:
    """Return a finding whose every free text is the hostile one."""
    if isinstance(value, dict):
        if value and set(value) <= LANGUAGES and all(isinstance(v, str) for v in value.values()):
            return dict.fromkeys(value, ALL)
        return {name: planted(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [planted(one, key) for one in value]
    if key == "url":
        return f'https://example.org/"><script>alert(0)</script>{HOSTILE[4]}'
    return ALL if isinstance(value, str) and key in FREE else value


def article(page: Path) -> Any:
    (found,) = html.parse(page).xpath("//article[contains(@class, 'bd-article')]")
    return found


def words(node: Any) -> str:
    return " ".join(node.text_content().split())


@pytest.mark.slow
def test_hostile_text_in_every_field_stays_text(tmp_path: Path) -> None:
    slugs = ("supported-work", "plug-in")
    clean = built(studies(tmp_path / "clean", lambda one: one, *slugs))
    dirty = built(studies(tmp_path / "dirty", planted, *slugs))
    for name in ("index", *(f"studies/{slug}" for slug in slugs)):
        root, before = (html.parse(one / f"{name}.html").getroot() for one in (dirty, clean))
        assert len(root.xpath(ACTIVE)) == len(before.xpath(ACTIVE)), name
        assert root.xpath("//script/@src") == before.xpath("//script/@src")
        assert root.xpath("//@*[starts-with(name(), 'on')]") == []
        assert root.xpath("//*[@id='planted']") == []
        loaded = root.xpath("//img/@src | //link/@href | //source/@srcset")
        assert [one for one in loaded if "evil" in one] == []
        links = root.xpath("//a/@href")
        assert [one for one in links if one.startswith(("javascript:", "data:", "http:"))] == []
        shown = words(article(dirty / f"{name}.html"))
        assert HOSTILE[0] in shown
        assert "[click](javascript:alert(10))" in shown
        assert "&lt;script&gt;" in shown


@pytest.mark.slow
def test_an_address_other_than_https_is_no_link(tmp_path: Path) -> None:
    def change(one: Json) -> Json:
        for fact in one["study"]["facts"]:
            fact["source"]["url"] = "javascript:alert(1)"
        return one

    page = built(studies(tmp_path, change, "plug-in")) / "studies/plug-in.html"
    links = article(page).xpath(".//a/@href")
    assert [one for one in links if "javascript" in one] == []


@pytest.mark.slow
def test_figures_that_differ_for_one_quantity_stand_together_and_say_so(tmp_path: Path) -> None:
    finding = read(ROOT / "studies" / "plug-in" / "finding.json")
    page = built(studies(tmp_path, lambda one: one, "plug-in")) / "studies/plug-in.html"
    values: dict[str, list[str]] = {}
    for fact in finding.study["facts"]:
        values.setdefault(json.dumps(fact["quantity"]), []).append(str(fact["value"]))
    conflicting = sum(len(one) for one in values.values() if len(set(one)) > 1)
    (table,) = article(page).xpath(".//table[contains(@class, 'ev-published')]")
    assert conflicting > 1
    assert len(table.xpath(".//tbody/tr")) == len(finding.study["facts"])
    rows = [words(one) for one in table.xpath(".//tbody/tr")]
    assert len([one for one in rows if "sources disagree" in one]) == conflicting


@pytest.mark.slow
def test_a_planned_study_says_that_there_are_no_results(tmp_path: Path) -> None:
    page = built(studies(tmp_path, lambda one: one, "jet-cd")) / "studies/jet-cd.html"
    body = article(page)
    assert "no results" in words(body).lower()
    # Methods without a comparison have figures of their own.
    assert body.xpath(".//figure[not(ancestor::section[@id='inquiry'])]") == []
    heads = {words(one) for one in body.xpath(".//h2")}
    assert "Results" not in heads


def test_prose_that_points_to_a_missing_number_stops_the_build(tmp_path: Path) -> None:
    def change(one: Json) -> Json:
        number = {"type": "number", "path": "main.overall.nothing"}
        one["study"]["prose"] = {"en": [{"type": "paragraph", "children": [number]}]}
        return one

    with pytest.raises(StudyError, match=r"its text points to .*main\.overall\.nothing"):
        built(studies(tmp_path, change, "supported-work"))


def test_a_finding_changed_by_hand_stops_the_build(tmp_path: Path) -> None:
    book = studies(tmp_path, lambda one: one, "jet-cd")
    file = tmp_path / "studies" / "jet-cd" / "finding.json"
    file.write_text(file.read_text("utf-8").replace("planned", "running", 1), "utf-8")
    with pytest.raises(StudyError, match="seal"):
        built(book)


def test_every_study_has_a_page_and_every_page_a_study() -> None:
    pages = {one.stem for one in (ROOT / "book" / "studies").glob("*.md")}
    assert pages == {one.parent.name for one in (ROOT / "studies").glob("*/study.yaml")}
