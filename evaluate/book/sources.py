"""The findings that the book shows: read once, sealed, and each page knows which it rests on."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from evaluate.core import Finding
from evaluate.errors import StudyError
from evaluate.findings import read

_ORDER = {"final": 0, "running": 1, "registered": 2, "planned": 3}
_LISTED = "evaluate_listed"


def folder(env: BuildEnvironment) -> Path:
    """Return the folder of the studies, as the book's configuration names it."""
    return (Path(env.srcdir) / str(env.config.evaluate_studies)).resolve()


def finding(env: BuildEnvironment, slug: str) -> Finding:
    """Return a study's finding; the page is built again when it changes.

    Raises
    ------
    ExtensionError
        If there is no finding, or it was changed after it was sealed.
    """
    return _read(env, folder(env) / slug / "finding.json")


def benchmark(env: BuildEnvironment, name: str) -> Finding:
    """Return what a benchmark found; the page is built again when it changes.

    Raises
    ------
    ExtensionError
        If there is no finding, or it was changed after it was sealed.
    """
    return _read(env, folder(env).parent / "benchmarks" / name / "finding.json")


def _read(env: BuildEnvironment, path: Path) -> Finding:
    env.note_dependency(str(path))
    try:
        return read(path)
    except StudyError as error:
        raise ExtensionError(str(error)) from None


def findings(env: BuildEnvironment) -> dict[str, Finding]:
    """Return every study's finding by folder name: finished first, then as they are named.

    The page is built again when one of them changes, comes or goes.

    Raises
    ------
    ExtensionError
        If one was changed after it was sealed.
    """
    slugs = _slugs(env)
    env.metadata[env.docname][_LISTED] = " ".join(slugs)
    found = {slug: finding(env, slug) for slug in slugs}
    return dict(sorted(found.items(), key=lambda pair: (_ORDER[pair[1].stage], pair[0])))


def _slugs(env: BuildEnvironment) -> list[str]:
    return sorted(path.parent.name for path in folder(env).glob("*/finding.json"))


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the pages that list other studies than there are now."""
    now = " ".join(_slugs(env))
    return [page for page, given in env.metadata.items() if given.get(_LISTED, now) != now]
