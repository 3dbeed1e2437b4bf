"""Every page of the book in a browser: nothing fails, nothing leaves, everybody can read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
from lxml import html

pytestmark = pytest.mark.browser

BOOK = Path(__file__).resolve().parents[2] / "book"
WRITTEN = sorted(
    path.relative_to(BOOK).with_suffix("").as_posix()
    for path in BOOK.rglob("*.md")
    if "_build" not in path.parts
)
MADE = ["search", "genindex"]
CHOSEN = [
    "index",
    "catalogue",
    "studies/supported-work",
    "studies/plug-in",
    "accounts/supported-work",
    "accounts/plug-in",
    "designs/randomised",
    "reference/errors",
    "glossary",
    "search",
]
NARROW = [(360, "light"), (360, "dark"), (320, "light"), (320, "dark")]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that a theme changes

LAYOUT = """() => {
  const seen = (one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && one.getClientRects().length > 0;
  const root = document.documentElement;
  return {
    sideways: root.scrollWidth - root.clientWidth,
    headings: [...document.querySelectorAll("h1")].filter(seen).length,
    language: root.lang,
    title: document.title,
    theme: root.dataset.theme,
  };
}"""
IMAGES = """async () => {
  const faults = [];
  for (const one of document.images) {
    one.loading = "eager";
    await one.decode().catch(() => {});
    if (!one.hasAttribute("alt")) faults.push("no alt text: " + one.src);
    if (!one.naturalWidth) faults.push("not loaded: " + one.src);
  }
  return faults;
}"""
Opener = Callable[..., Any]


def faults(opened: Any, theme: str) -> list[str]:
    """Return what is wrong with a page as it stands on the screen."""
    page = opened.page
    images = page.evaluate(IMAGES)
    layout = page.evaluate(LAYOUT)
    found = [*opened.faults, *images]
    expected = {"sideways": 0, "headings": 1, "language": "en", "theme": theme}
    found += [f"{key}: {layout[key]}" for key, value in expected.items() if layout[key] != value]
    if not layout["title"]:
        found.append("no title")
    return found


def violations(page: Any, rules: list[str] | None = None) -> list[str]:
    """Return what axe-core finds: WCAG 2.0 to 2.2, levels A and AA, and best practice."""
    axe = pytest.importorskip(
        "axe_playwright_python", reason="axe-playwright-python is not installed"
    )
    if not page.evaluate("'axe' in window"):
        page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    options = {"runOnly": only, "resultTypes": ["violations"], "iframes": False}
    result = page.evaluate("(options) => axe.run(document, options)", options)
    assert result["passes"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:150]}"
        for one in result["violations"]
        for node in one["nodes"][:5]
    ]


def turn(page: Any, width: int, theme: str) -> None:
    """Show an open page at another width, in another theme."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("(name) => { document.documentElement.dataset.theme = name; }", theme)


@pytest.mark.parametrize("name", [*WRITTEN, *MADE])
def test_a_page_is_whole_and_accessible(opened: Opener, name: str) -> None:
    found = opened(name)
    assert faults(found, "light") == []
    assert violations(found.page) == []


@pytest.mark.parametrize("name", CHOSEN)
def test_a_page_is_whole_and_accessible_narrow_and_dark(opened: Opener, name: str) -> None:
    found = opened(name, theme="dark")
    assert faults(found, "dark") == []
    assert violations(found.page, COLOURS) == []
    for width, theme in NARROW:
        turn(found.page, width, theme)
        assert (width, theme, faults(found, theme)) == (width, theme, [])
    assert violations(found.page, COLOURS) == []  # 320 wide, dark
    turn(found.page, 320, "light")
    assert violations(found.page) == []


def test_formulas_are_set_without_a_network(opened: Opener) -> None:
    found = opened("designs/randomised")
    found.page.wait_for_selector("mjx-container svg", timeout=10_000)
    written = found.page.locator(".math").count()
    assert written > 0
    assert found.page.locator("mjx-container").count() >= written
    assert found.page.locator("mjx-merror").count() == 0


def test_search_finds_a_study_in_files_opened_from_disk(opened: Opener) -> None:
    found = opened("search", query="?q=dropout")
    hit = found.page.locator("#search-results a[href*='studies/plug-in.html']").first
    hit.wait_for(timeout=10_000)
    assert faults(found, "light") == []


def test_a_table_of_numbers_opens_under_its_figure(opened: Opener) -> None:
    found = opened("studies/supported-work")
    details = found.page.locator("figure.ev-figure details").first
    assert not details.locator("table").is_visible()
    details.locator("summary").press("Enter")
    assert details.locator("table").is_visible()


def test_one_drawing_of_each_figure_is_shown_in_each_theme(opened: Opener) -> None:
    for theme, other in (("light", "dark"), ("dark", "light")):
        page = opened("studies/supported-work", theme=theme).page
        assert page.locator(f"picture.only-{theme}").first.is_visible()
        assert not page.locator(f"picture.only-{other}").first.is_visible()


def test_links_inside_the_book_lead_somewhere(built: Path) -> None:
    pages = {path: html.parse(path).getroot() for path in built.rglob("*.html") if ours(path)}
    anchors = {
        path: {*root.xpath("//@id"), *root.xpath("//a/@name"), "", "top"}
        for path, root in pages.items()
    }
    assert len(pages) >= len(WRITTEN)
    assert [
        f"{path.relative_to(built)}: {link}"
        for path, root in pages.items()
        for link in root.xpath("//a/@href")
        if not outside(link) and not leads(path, link, anchors)
    ] == []


def ours(path: Path) -> bool:
    return "_static" not in path.parts


def outside(link: str) -> bool:
    return link.startswith(("https://", "mailto:"))


def leads(page: Path, link: str, anchors: dict[Path, set[str]]) -> bool:
    name, fragment = urldefrag(unquote(link))
    target = (page.parent / name).resolve() if name else page
    return target.is_file() and fragment in anchors.get(target, {""})


def test_no_page_links_to_plain_http(built: Path) -> None:
    pages = [path for path in built.rglob("*.html") if ours(path)]
    links = [(path.name, one) for path in pages for one in html.parse(path).xpath("//a/@href")]
    assert [one for one in links if one[1].startswith(("http:", "javascript:", "data:"))] == []
