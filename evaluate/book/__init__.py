"""The book: a Sphinx extension that renders findings and runs nothing."""

from __future__ import annotations

import html
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from evaluate.book import account_page, benchmark, catalogue, chapter, explorer, practice_table

HERE = Path(__file__).parent
_FOREIGN = ("thebe", "://")


def setup(app: Sphinx) -> dict[str, bool | int]:
    """Register what the book's pages use."""
    app.add_config_value("evaluate_studies", "../studies", "env")
    chapter.setup(app)
    account_page.setup(app)
    explorer.setup(app)
    practice_table.setup(app)
    catalogue.setup(app)
    benchmark.setup(app)
    app.add_css_file("evaluate.css", priority=900)
    app.add_js_file("evaluate.js")
    app.connect("config-inited", _own_static)
    app.connect("html-page-context", _own_files_only, priority=900)
    app.connect("html-page-context", _title_as_text, priority=900)
    app.connect("build-finished", _fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": _version()}


def _version() -> int:
    """Return a number that changes with this package: its pages are then built anew."""
    files = sorted((*HERE.rglob("*.py"), *HERE.rglob("*.json")))
    return int(sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12], 16)


def _own_static(app: Sphinx, config: Config) -> None:
    """Serve the style sheet, the script and MathJax from beside this file."""
    config.html_static_path.append(str(HERE / "static"))


def _own_files_only(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Drop what the theme would fetch from elsewhere: no page makes an outside request."""
    for key in ("script_files", "css_files"):
        context[key] = [one for one in context.get(key, []) if not _foreign(one)]


def _title_as_text(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Escape the title that the theme writes unescaped as the heading of the printed page."""
    if "pagetitle" in context:
        context["pagetitle"] = html.escape(context["pagetitle"])


def _foreign(file: Any) -> bool:
    text = f"{getattr(file, 'filename', file)} {getattr(file, 'attributes', '')}".lower()
    return any(word in text for word in _FOREIGN)


def _fonts(app: Sphinx, error: Exception | None) -> None:
    """Put the fonts, with their licences, beside the style sheet."""
    if error is None:
        target = Path(app.outdir) / "_static" / "fonts"
        copytree(HERE / "fonts", target, dirs_exist_ok=True)
