"""One function per command: arguments, progress, exit codes, nothing else."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from evaluate.console import (
    DIFFERENT,
    REFUSED,
    Progress,
    command_problem,
    each,
    leave,
    stop,
    studies_of,
)
from evaluate.exchange import convert

app = typer.Typer(
    name="evaluate",
    help="One study definition becomes a whole evaluation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Folders with a study.yaml; all below studies/ when left out."),
]
One = Annotated[Path, typer.Argument(help="A folder with a study.yaml.")]
Json = Annotated[bool, typer.Option("--json", help="Print problems as JSON.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Today by default.")]
Amend = Annotated[bool, typer.Option("--amend", help="Add a version to a plan that is locked.")]


def _version(asked: bool) -> None:
    """Print the version, for a citation."""
    if asked:
        from evaluate import __version__

        typer.echo(f"evaluate {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
]


@app.callback()
def start(version: Version = False) -> None:
    """One study definition becomes a whole evaluation."""


@app.command()
def new(
    slug: Annotated[str, typer.Argument(help="Name of the study's folder.")],
    design: Annotated[str, typer.Option(help="Design of its analysis.")] = "randomised",
) -> None:
    """Write a commented study.yaml that passes `check` once its blanks are filled."""
    from evaluate.study.template import write_template

    def step(_: Path, __: Progress) -> int:
        base = Path("studies") if Path("studies").is_dir() else Path()
        typer.echo(f"{write_template(base / slug, design)}: fill in its blanks")
        return 0

    each([Path(slug)], step, as_json=False)


@app.command()
def check(paths: Paths = None, as_json: Json = False) -> None:
    """Check definition, dictionary, data and invented people; nothing is estimated."""
    from evaluate.prepare import prepare, refuse_contradictions

    def step(path: Path, progress: Progress) -> int:
        progress("definition and data")
        with prepare(path) as prepared:
            rows = f"{prepared.rows.n_rows} rows" if prepared.rows else "no data yet"
            refuse_contradictions(prepared.definition)
        typer.echo(f"{path}: in order, {rows}")
        return 0

    each(studies_of(paths), step, as_json=as_json)


@app.command()
def run(
    paths: Paths = None,
    out: Annotated[Path | None, typer.Option(help="Write the finding here instead.")] = None,
    engine: Annotated[
        str, typer.Option(help="What counts and sums the rows: duckdb or spark.")
    ] = "duckdb",
    dummy: Annotated[
        bool, typer.Option("--dummy", help="Run on dummy rows, write nothing.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when something is refused.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Estimate effects, run checks, count money, pass the gate and write finding.json."""
    from evaluate.data.engines import require_engine
    from evaluate.errors import StudyError
    from evaluate.findings import write
    from evaluate.findings.store import FILE
    from evaluate.flow import run as run_study
    from evaluate.summary import lines

    def step(path: Path, progress: Progress) -> int:
        finding = run_study(path, dummy=dummy, engine=engine, progress=progress)
        if out is not None or not dummy:
            write(finding, out or path / FILE)
        typer.echo("\n".join(lines(finding)))
        short = bool(finding.refusals or finding.released["hidden"])
        return REFUSED if strict and short else 0

    try:
        require_engine(engine)
    except StudyError as error:
        leave(error.problems, as_json=as_json)
    studies = studies_of(paths)
    _require_room(out, studies)
    each(studies, step, as_json=as_json)


def _require_room(out: Path | None, studies: Sequence[Path]) -> None:
    if out is not None and not out.parent.is_dir():
        what = f"--out into {out.parent}, which is not a folder"
        leave([command_problem(what, "the results could not be written", "make the folder first")])
    if out is not None and len(studies) != 1:
        leave(
            [
                command_problem(
                    "--out with several studies", "each would overwrite the other", "name one PATH"
                )
            ]
        )


@app.command()
def simulate(
    path: One = Path(),
    seed: Annotated[int, typer.Option(min=0, help="Another one gives other rows.")] = 0,
    people: Annotated[
        int | None, typer.Option(min=4, help="How many, in place of the number assumed.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write to instead.")] = None,
    as_json: Json = False,
) -> None:
    """Write dummy data from the study's assumptions, and the truth beside them."""
    from evaluate.simulate import simulate as simulate_study

    def step(folder: Path, progress: Progress) -> int:
        made = simulate_study(folder, seed=seed, people=people, out=out, progress=progress)
        for file in made.files:
            typer.echo(f"{folder}: dummy rows in {file}")
        if made.register is not None:
            typer.echo(f"{folder}: a dummy register in {made.register}")
        typer.echo(f"{folder}: {made.rows} rows; the effects that were put in: {made.truth}")
        return 0

    each(studies_of([path]), step, as_json=as_json)


@app.command()
def lock(path: One = Path(), date: Day = None, amend: Amend = False, as_json: Json = False) -> None:
    """Freeze the plan in plan/, with its hash; `run` shows every deviation from it."""
    from evaluate.lock import lock as lock_plan

    def step(folder: Path, progress: Progress) -> int:
        locked = lock_plan(folder, date=date and date.date(), amend=amend, progress=progress)
        document = locked.path.with_suffix(".md")
        typer.echo(f"{folder}: the plan is locked in {locked.path} ({document.name} to read)")
        typer.echo(f"  sha256 {locked.sha256}")
        return 0

    each(studies_of([path]), step, as_json=as_json)


@app.command()
def power(
    path: One = Path(),
    draws: Annotated[int, typer.Option(help="Simulated studies of each kind.")] = 1000,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; else all cores.")] = None,
    as_json: Json = False,
) -> None:
    """Simulate the study as assumed, estimate it as planned, and write plan/diagnosis.json."""
    from evaluate.power import power as diagnose_study
    from evaluate.power import sentences

    def step(folder: Path, progress: Progress) -> int:
        found = diagnose_study(folder, draws=draws, workers=workers, progress=progress)
        typer.echo("\n".join(f"{folder}: {one}" for one in sentences(found)))
        return 0

    each(studies_of([path]), step, as_json=as_json)


@app.command()
def verify(paths: Paths = None, as_json: Json = False) -> None:
    """Check the seal of each finding, run its study again and compare."""
    from evaluate.verify import verify as verify_study

    def step(path: Path, progress: Progress) -> int:
        found = verify_study(path, progress=progress)
        for one in found.different:
            typer.echo(f"{path}: {one}")
        for one in found.unchecked:
            typer.echo(f"{path}: not checked: {one}")
        if found.unchecked and not found.different:
            typer.echo(f"{path}: the seal holds, and nothing else has changed")
        elif not found.different:
            typer.echo(f"{path}: the finding is what the study gives")
        return DIFFERENT if found.different else 0

    each(studies_of(paths), step, as_json=as_json)


@app.command()
def book(
    language: Annotated[str | None, typer.Option(help="Of the pages: en, nb, nn or sv.")] = None,
    as_json: Json = False,
) -> None:
    """Run what is out of date and build the book; no page sees data."""
    from evaluate.book.build import build
    from evaluate.core import LANGUAGES
    from evaluate.findings import write
    from evaluate.findings.store import FILE
    from evaluate.flow import run as run_study
    from evaluate.verify import fresh

    def step(path: Path, progress: Progress) -> int:
        if fresh(path):
            typer.echo(f"{path}: up to date")
            return 0
        write(run_study(path, progress=progress), path / FILE)
        typer.echo(f"{path}: run")
        return 0

    def pages(path: Path, progress: Progress) -> int:
        progress("pages")
        typer.echo(str(build(path, language)))
        return 0

    if language is not None and language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        leave(
            [
                command_problem(
                    f"--language {language}", "the book has no words in it", f"use {known}"
                )
            ]
        )
    each(studies_of(None), step, as_json=as_json, then=lambda: [(Path("book"), pages)])


app.command()(convert)


@app.command()
def schema() -> None:
    """Print the JSON Schema of study.yaml, for editors."""
    from evaluate.study.json_schema import schema as json_schema
    from evaluate.study.json_schema import text

    typer.echo(text(json_schema()), nl=False)


@app.command()
def dictionary(path: One = Path()) -> None:
    """Print a study's data dictionary as a Frictionless Table Schema."""
    from evaluate.data.dictionary import dictionary_for
    from evaluate.data.tableschema import table_schema

    def step(folder: Path, _: Progress) -> int:
        variables = dictionary_for(folder).variables(folder.resolve().name)
        typer.echo(json.dumps(table_schema(variables), indent=2, ensure_ascii=False))
        return 0

    each([path], step, as_json=False)


def main() -> None:
    """Run the command line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    app()
