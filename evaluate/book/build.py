"""Build the book: Jupyter Book's configuration, Sphinx's builder, nothing run, nothing fetched."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import Any

from evaluate.errors import Problem, StudyError

DEFAULT = "en"
_ACCOUNT = '"economics.accounts"'
_MARK = re.compile(r"^(?P<where>.+?(?::\d+)?): (?:WARNING|ERROR|CRITICAL): (?P<what>.+)$")


def build(source: Path, language: str | None = None) -> Path:
    """Build the whole book in one language.

    Parameters
    ----------
    source : Path
        Folder with ``_config.yml`` and ``_toc.yml``.
    language : str or None
        Language of the pages; the default one is built into ``html``, others below it.

    Returns
    -------
    Path
        The first page.

    Raises
    ------
    StudyError
        If there is no book there, or a page has a fault; all faults at once.
    """
    if not (source / "_config.yml").is_file():
        raise StudyError(
            Problem(
                str(source),
                "there is no book here",
                "pages need a configuration and a table of contents",
                "run the command in the folder that holds book/_config.yml",
            )
        )
    _pages_of_new_studies(source)
    _pages_of_new_accounts(source)
    tongue = language or DEFAULT
    target = source / "_build" / "html"
    if tongue != DEFAULT:
        target /= tongue
    problems = _sphinx(source.resolve(), target.resolve(), tongue)
    if problems:
        raise StudyError(*problems)
    return target / "index.html"


def _pages_of_new_studies(source: Path) -> None:
    """Write the page of a study that has none: a study is added with its folder alone."""
    for finding in (source.parent / "studies").glob("*/finding.json"):
        slug = finding.parent.name
        page = source / "studies" / f"{slug}.md"
        if not page.exists():
            page.parent.mkdir(exist_ok=True)
            page.write_text(f"```{{study}} {slug}\n```\n", encoding="utf-8")


def _pages_of_new_accounts(source: Path) -> None:
    """Write the page of an account that has none, where the book has a place for them."""
    if "accounts/" not in (source / "_toc.yml").read_text(encoding="utf-8"):
        return
    for finding in (source.parent / "studies").glob("*/finding.json"):
        slug = finding.parent.name
        page = source / "accounts" / f"{slug}.md"
        if not page.exists() and _ACCOUNT in finding.read_text(encoding="utf-8"):
            page.parent.mkdir(exist_ok=True)
            page.write_text(f"```{{account}} {slug}\n```\n", encoding="utf-8")


def _sphinx(source: Path, target: Path, language: str) -> list[Problem]:
    """Run Sphinx and return its warnings as problems."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    warnings = io.StringIO()
    doctrees = source / "_build" / f"doctrees-{language}"
    try:
        with patch_docutils(str(source)), docutils_namespace():
            app = Sphinx(
                srcdir=str(source),
                confdir=None,
                outdir=str(target),
                doctreedir=str(doctrees),
                buildername="html",
                confoverrides=_config(source, language),
                status=None,
                warning=warnings,
                parallel=1,
            )
            app.build()
    except SphinxError as error:
        return [*_problems(warnings.getvalue()), _problem("book", str(error))]
    finally:
        logging.getLogger("sphinx").handlers.clear()
    return _problems(warnings.getvalue())


def _config(source: Path, language: str) -> dict[str, Any]:
    """Return Sphinx's configuration as Jupyter Book makes it from ``_config.yml``."""
    from jupyter_book.config import get_final_config

    config, _ = get_final_config(
        user_yaml=source / "_config.yml",
        sourcedir=source,
        cli_config={"latex_individualpages": False},
    )
    settings: dict[str, Any] = config
    return settings | {"language": language}


def _problems(text: str) -> list[Problem]:
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    found = (_MARK.match(line) for line in plain.splitlines())
    return [_problem(one["where"], one["what"]) for one in found if one]


def _problem(where: str, what: str) -> Problem:
    return Problem(
        where,
        what,
        "a page with a fault could show a reader less, or something else, than the finding holds",
        "mend the page, or run the study again if its finding is named",
    )
