"""The command that exchanges coded projects with other programmes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evaluate.console import Progress, each


def convert(
    source: Annotated[
        Path, typer.Argument(metavar="FROM", help="A .qdpx or .qdc file, or a folder of CSV files.")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="TO", help="A folder, or the .qdpx or .qdc file.")
    ],
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Keep what people said; never publish it.")
    ] = False,
) -> None:
    """Turn a coded project (REFI-QDA) into CSV files, or CSV files into one."""
    from evaluate.data.refi_convert import convert as converted

    def step(path: Path, _: Progress) -> int:
        for one in converted(path, target, with_text=with_text):
            typer.echo(str(one))
        return 0

    each([source], step, as_json=False)
