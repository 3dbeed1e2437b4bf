"""The book, built once beside a copy of the studies' findings, and a browser without a network."""

from __future__ import annotations

import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WAIT = 120  # seconds, in parallel runs, for the worker that builds


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built book; parallel workers share one build."""
    base = tmp_path_factory.getbasetemp()
    target = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "browser-book"
    done = target / "done"
    try:
        target.mkdir()
    except FileExistsError:
        until = time.monotonic() + WAIT
        while not done.exists() and time.monotonic() < until:
            time.sleep(0.2)
        assert done.exists(), "the worker that builds the book did not finish"
        return target / "book/_build/html"
    html = build_copy(target)
    done.touch()
    return html


def build_copy(target: Path) -> Path:
    """Build a copy of the book beside the findings alone: no data, no study definition."""
    from evaluate.book.build import build

    shutil.copytree(ROOT / "book", target / "book", ignore=shutil.ignore_patterns("_build"))
    found = [f for kind in ("studies", "benchmarks") for f in (ROOT / kind).glob("*/finding.json")]
    for finding in sorted(found):
        folder = target / finding.relative_to(ROOT).parent
        folder.mkdir(parents=True)
        shutil.copy(finding, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Sphinx and its extensions; pages' faults raise
        return build(target / "book").parent


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page in the browser, and what went wrong while it opened."""

    page: Page
    faults: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@pytest.fixture
def open_in(chromium: Browser) -> Iterator[Opener]:
    """``open_in(folder, "catalogue", 320, "dark")``: a page that can reach only its own files."""
    contexts = []

    def open_(
        folder: Path,
        name: str,
        width: int = 1280,
        theme: str = "light",
        query: str = "",
        *,
        script: bool = True,
    ) -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            offline=True,
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        for key in ("mode", "theme"):
            context.add_init_script(f"localStorage.setItem('{key}', '{theme}')")
        found = Opened(context.new_page())
        watch(found)
        found.page.goto((folder / f"{name}.html").as_uri() + query)
        if script:
            found.page.wait_for_function("document.documentElement.dataset.theme")
        return found

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def opened(built: Path, open_in: Opener) -> Opener:
    """``opened("catalogue", 320, "dark")``: a page of the whole book."""
    return partial(open_in, built)


def watch(opened: Opened) -> None:
    """Abort what leaves the machine, and note it with every other fault."""
    page, faults = opened.page, opened.faults

    def judge(route: Route) -> None:
        url = route.request.url
        if url.startswith(("file:", "data:")):
            route.continue_()
        else:
            faults.append(f"outside request {url}")
            route.abort()

    page.route("**/*", judge)
    page.on("pageerror", lambda error: faults.append(f"script error {error.message}"))
    page.on("requestfailed", lambda one: faults.append(f"failed request {one.url}"))
    page.on(
        "console",
        lambda one: one.type in ("error", "warning") and faults.append(f"console {one.text}"),
    )
