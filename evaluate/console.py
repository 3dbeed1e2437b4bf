"""One step for each study: progress, problems, signals and exit codes, shared by all commands."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import NoReturn, Protocol

import typer

from evaluate.errors import EvaluateError, Problem

REFUSED, DEFINITION, BUG, DIFFERENT = 1, 2, 5, 6
_GRAVITY = (BUG, 4, 3, 2, DIFFERENT, REFUSED)


class Progress(Protocol):
    """Told what is being done, and how much of it where that is known."""

    def __call__(self, name: str, share: float | None = None) -> None:
        """Show the name of a step, and the share of it that is done, in 0..1."""


Step = Callable[[Path, Progress], int]


def studies_of(paths: Sequence[Path] | None) -> list[Path]:
    """Return the studies that a command is about."""
    if paths:
        return [path.parent if path.name == "study.yaml" else path for path in paths]
    if Path("study.yaml").exists():
        return [Path()]
    found = sorted(file.parent for file in Path("studies").glob("*/study.yaml"))
    if not found:
        leave(
            [
                command_problem(
                    "no study here", "there is nothing to do", "name a folder with a study.yaml"
                )
            ]
        )
    return found


def command_problem(what: str, why: str, fix: str) -> Problem:
    """Return a problem with the command line."""
    return Problem("command line", what, why, fix)


def each(
    paths: Sequence[Path],
    step: Step,
    *,
    as_json: bool,
    then: Callable[[], list[tuple[Path, Step]]] = list,
) -> None:
    """Take a step for each study, then others if all went well; leave with the gravest code."""
    codes: list[int] = []
    problems: list[Problem] = []
    words = redirect_stdout(sys.stderr) if as_json else nullcontext()
    with words, _bar(len(paths)) as progress:
        for path in paths:
            codes.append(_attempt(path, step, progress, problems))
        if not any(codes):
            codes += [_attempt(path, last, progress, problems) for path, last in then()]
    leave(problems, next((code for code in _GRAVITY if code in codes), 0), as_json=as_json)


def _attempt(path: Path, step: Step, progress: Progress, problems: list[Problem]) -> int:
    try:
        return step(path, lambda name, share=None: progress(f"{path}: {name}", share))
    except EvaluateError as error:
        problems += error.problems
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last place where our own bug can be met
        if _stopped:  # a library has turned the signal into an error of its own
            raise SystemExit(_stopped[0]) from None
        _bug(path, error)
        return BUG


def _bug(path: Path, error: Exception) -> None:
    """Say where our code failed, without the message: it may hold a value from the data."""
    frames = traceback.extract_tb(error.__traceback__)
    typer.echo(
        f"{path}: this is a fault of Evaluate ({type(error).__name__}); please report:", err=True
    )
    for frame in frames:
        typer.echo(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}", err=True)


def leave(
    problems: Sequence[Problem], code: int | None = None, *, as_json: bool = False
) -> NoReturn:
    """Print the problems and leave with an exit code; 2 unless another is given."""
    if as_json:
        typer.echo(json.dumps([one.row() for one in problems], indent=2, ensure_ascii=False))
    else:
        for one in problems:
            typer.echo(str(one), err=True)
    raise SystemExit(DEFINITION if code is None else code)


@contextmanager
def _bar(total: int) -> Iterator[Progress]:
    """Show what is being done: a bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None if total == 1 else total)

        def show(name: str, share: float | None = None) -> None:
            bar.update(task, description=name)
            if share is not None:
                bar.update(task, total=1.0, completed=share)

        yield show


class _Lines:
    """A line for each step, and for each tenth of a step whose share is known."""

    def __init__(self) -> None:
        self._last: tuple[str, int] | None = None

    def __call__(self, name: str, share: float | None = None) -> None:
        if share is None:
            typer.echo(name, err=True)
            return
        tenth = name, int(share * 10)
        if tenth != self._last:
            typer.echo(f"{name}: {tenth[1] * 10} %", err=True)
        self._last = tenth


_stopped: list[int] = []


def stop(signal_number: int, frame: object) -> None:
    """Leave so that private copies of rows are removed on the way; 130 after Ctrl-C."""
    _stopped.append(128 + signal_number)
    raise SystemExit(_stopped[0])
