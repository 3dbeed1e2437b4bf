"""What a study says is text: no string of a finding becomes markup, a link or a file's content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from evaluate.core import Finding
from evaluate.disclosure.method_rules import METHOD_RULES
from evaluate.findings import read

pytestmark = pytest.mark.slow  # builds books
ROOT = Path(__file__).resolve().parents[2]
SLUGS = ("supported-work", "plug-in")
CANARY = "canary-that-no-page-may-show"
ROTATIONS = 4
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><script src=https://evil.example/x.js></script>",
    "<iframe src=https://evil.example></iframe>",
    "<svg onload=alert(1)>",
    "<style>body{display:none}</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "' onmouseover='alert(1)",
    "--><script>alert(2)</script><!--",
    "]]><script>alert(3)</script>",
    "{include} canary.txt",
    "```{include} canary.txt\n```",
    "```{literalinclude} canary.txt\n```",
    "```{raw} html\n<b>raw</b>\n```",
    "{raw:html}`<b>raw</b>`",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "[x]: https://evil.example",
    "<https://evil.example/auto>",
    "http://evil.example/bare",
    "javascript:alert(4)",
    "&lt;b&gt; &#60;b&#62; &amp;amp;",
    "${{7*7}} {{7*7}} {% include 'canary.txt' %}",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "bell \x07 escape \x1b[31m red",
    "x" * 400,
    "$x^2$ and \\(y\\) and $$z$$",
    "{n}`main.overall.estimate`",
    "{doc}`index` {ref}`x` {download}`canary.txt`",
    "|table| :ref:`x` :download:`canary.txt`",
    ".. include:: canary.txt",
    "# Heading\n\n---\n\n* list",
    "{0} {title} {} %s %(x)s",
    "\\\\ \\n \\u003cscript\\u003e",
)
# Keys of a closed vocabulary, and what points elsewhere: the finding's reader relies on them.
CLOSED = {
    *("id", "key", "type", "language", "languages", "status", "role", "direction", "class"),
    *("reach", "levels", "per", "payer", "from", "to", "path", "analysis", "design", "term"),
    *("outcome", "estimand", "adjustment", "item", "fade", "side", "kind", "arm", "category"),
    *("state", "measure", "name", "result", "table", "scale", "verdict", "rung", "amount"),
    *("report", "fields", "inference", "missing", "year"),
}
LOCALISED = {"en", "nb", "nn", "sv"}


def is_text(key: str, value: Any) -> bool:
    """Return whether a mapping is a text by language, whatever key it stands under."""
    return isinstance(value, dict) and bool(value) and set(value) <= LOCALISED


def changed(value: Any, strings: Iterator[str], key: str = "") -> Any:
    """Return JSON with every string field replaced by the next hostile string."""
    if is_text(key, value) and all(isinstance(one, str) for one in value.values()):
        return dict.fromkeys(value, next(strings))
    if isinstance(value, dict):
        return {
            name: one if name in CLOSED and not _inside(one) else changed(one, strings, name)
            for name, one in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [changed(one, strings, key) for one in value]
    return next(strings) if isinstance(value, str) else value


def _inside(value: Any) -> bool:
    """Return whether a value may hold texts even under the name of a closed key."""
    if isinstance(value, dict):
        return True
    return isinstance(value, (list, tuple)) and any(isinstance(one, dict) for one in value)


def rows(finding: Finding, strings: Iterator[str]) -> Finding:
    """Return the finding with hostile strings in its checks, rows, refusals and cells."""
    because = "likely overstated"  # a word that the lead looks for
    estimates = tuple(
        replace(one, std_error_method=next(strings), estimand=next(strings))
        if one.role == "headline"  # its method decides which sentence leads
        else replace(one, method=next(strings), std_error_method=next(strings))
        for one in finding.estimates
    )
    tables = tuple(
        replace(
            one,
            rows=tuple(
                {k: v if k in keys(one) else changed(v, strings, k) for k, v in row.items()}
                for row in one.rows
            ),
        )
        for one in finding.tables
    )
    verdicts = tuple(
        replace(one, because=(because, f"step 5 needs {next(strings)}: failed"))
        for one in finding.verdicts
    )
    refusals = tuple(
        replace(one, analysis=next(strings), why=next(strings), fix=next(strings))
        for one in finding.refusals
    )
    checks = tuple(
        replace(one, name=f"{next(strings)} {i}", text=next(strings), analysis=next(strings))
        for i, one in enumerate(finding.checks)
    )
    return replace(
        finding,
        estimates=estimates,
        tables=tables,
        verdicts=verdicts,
        refusals=refusals,
        checks=checks,
        provenance={**finding.provenance, "extra": next(strings)},
    )


def keys(table: Any) -> set[str]:
    """Return the columns whose words the book looks up, or by which it finds a row."""
    if table.kind in METHOD_RULES:
        # Keys and words of closed lists; what authors write stands in titles, hostile here too.
        return {one.name for one in table.columns if one.name != "text"}
    free = table.id == "main.balance"
    first = set() if free else {table.columns[0].name}
    words = {"category", "state", "side", "status", "arm", "measure", "payer", "per"}
    return (
        first
        | words
        | {"outcome", "scale", "stage", "list", "when", "scenario", "axis"}
        | {"restriction", "type", "test", "rule", "reading"}
        | (set() if table.kind == "published" else {"source"})
    )


def hostile(finding: Finding, rotation: int) -> Finding:
    """Return a finding all of whose texts are hostile."""
    strings = round_robin(rotation)
    study = changed(dict(finding.study), strings)
    return rows(replace(finding, study=study), strings)


def round_robin(rotation: int) -> Iterator[str]:
    index = rotation * (len(HOSTILE) // ROTATIONS + 1)
    while True:
        yield HOSTILE[index % len(HOSTILE)]
        index += 1


def with_refusal(finding: Finding) -> Finding:
    from evaluate.core import Refusal

    return replace(finding, refusals=(Refusal("main", "no_comparison", "why", "fix"),))


@pytest.fixture(scope="module")
def pages(
    tmp_path_factory: pytest.TempPathFactory,
    small_book: Callable[..., Path],
    build_quietly: Callable[..., Path],
) -> dict[str, Any]:
    """Each chapter harmless and in four hostile rotations, and the catalogue, as trees."""
    folder = tmp_path_factory.mktemp("hostile")
    findings = {}
    for slug in SLUGS:
        plain = with_refusal(read(ROOT / "studies" / slug))
        findings[slug] = plain
        for turn in range(ROTATIONS):
            name = f"{slug}-{turn}"
            findings[name] = replace(hostile(plain, turn), id=name)
    book = small_book(folder, findings)
    for place in (book, book / "studies", folder):
        (place / "canary.txt").write_text(CANARY, encoding="utf-8")
    built = build_quietly(book).parent
    names = ["index", "search", "genindex", *(f"studies/{one}" for one in findings)]
    return {name: html.parse(built / f"{name}.html").getroot() for name in names}


def chapters(pages: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for slug in SLUGS:
        for turn in range(ROTATIONS):
            yield f"{slug}-{turn}", pages[f"studies/{slug}-{turn}"], pages[f"studies/{slug}"]


def active(root: Any) -> dict[str, int]:
    """Return how many elements and attributes that act, or bring in a file, a page has."""
    return {
        "elements": len(root.xpath("//script|//iframe|//object|//embed|//style|//form|//base")),
        "handlers": len(root.xpath("//@*[starts-with(name(), 'on')]")),
        "pictures": len(root.xpath("//img|//picture|//source|//video|//audio")),
        "meta": len(root.xpath("//meta[@http-equiv]")),
    }


def spaced(text: str) -> str:
    """Return a text without white space and controls, which HTML does not keep."""
    return "".join(one for one in text if not one.isspace() and unicodedata.category(one) != "Cc")


def test_there_are_enough_hostile_strings() -> None:
    assert len(set(HOSTILE)) >= 28


def test_no_string_becomes_an_element_that_acts(pages: dict[str, Any]) -> None:
    for name, root, plain in chapters(pages):
        found, allowed = active(root), active(plain)
        for kind in ("elements", "handlers", "meta"):
            assert found[kind] == allowed[kind], (name, kind)
        assert found["pictures"] <= allowed["pictures"], name


def test_every_address_is_in_the_book_or_https(pages: dict[str, Any]) -> None:
    scheme = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
    for name, root in pages.items():
        for link in root.xpath("//@href"):
            assert not scheme.match(link) or link.startswith("https://"), (name, link[:60])
            assert "evil" not in link, (name, link[:60])
        for source in root.xpath("//@src|//@srcset|//@data|//@action|//@poster"):
            assert not scheme.match(source), (name, source[:60])
            assert not source.startswith("//"), (name, source[:60])


def test_no_file_is_included(pages: dict[str, Any]) -> None:
    texts = {name: html.tostring(root, encoding="unicode") for name, root in pages.items()}
    assert [name for name, text in texts.items() if CANARY in text] == []


def test_no_math_directive_role_or_template_is_run(pages: dict[str, Any]) -> None:
    for name, root, plain in chapters(pages):
        assert len(root.xpath("//*[contains(@class, 'math')]")) == len(
            plain.xpath("//*[contains(@class, 'math')]")
        ), name
        assert not root.xpath("//b[text()='raw']"), name
        assert "4949" not in root.text_content(), name


@pytest.mark.parametrize("string", HOSTILE)
def test_a_hostile_string_stands_on_its_page_as_text(pages: dict[str, Any], string: str) -> None:
    texts = [spaced(root.text_content()) for _, root, _ in chapters(pages)]
    assert any(spaced(string) in one for one in texts)


def test_each_page_of_a_hostile_study_has_the_parts_of_the_harmless_one(
    pages: dict[str, Any],
) -> None:
    for name, root, plain in chapters(pages):
        for part in ("//article//section/@id", "//article//table/@class"):
            found, expected = (list(map(str, one.xpath(part))) for one in (root, plain))
            assert found == [name if one == name[:-2] else one for one in expected], (name, part)
