"""The truth beside dummy rows, and a whole dummy register."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evaluate.assumptions.register_files import write_register
from evaluate.assumptions.scenario import Scenario
from evaluate.study.dummy_places import (
    MARK,
    TRUTH,
    hash_of,
    is_there,
    notice,
    require_room,
    written_before,
)
from evaluate.study.dummy_rows import Made
from evaluate.study.load import Definition

Progress = Callable[[str], None]
REGISTER = "register"  # folder of a whole register


def write_truth(
    path: Path,
    definition: Definition,
    made: Made,
    drawn: tuple[int, Scenario],
    files: Mapping[str, Path],
) -> None:
    """Write what was put into the rows, and what came out.

    Parameters
    ----------
    path : Path
        File.
    definition : Definition
        The study.
    made : Made
        Its rows.
    drawn : (int, Scenario)
        Seed, and what was assumed.
    files : mapping of str to Path
        Written files by source.
    """
    seed, scenario = drawn
    study = definition.study
    truth: dict[str, Any] = {
        "dummy": True,
        "study": study.id,
        "seed": seed,
        "rows": made.rows,
        "used": made.used,
        "outcomes": {
            name: {"column": column, "unit": study.outcomes[name].unit, "effect": effect}
            | made.achieved(column)
            for column, effect in made.truth.items()
            for name, one in study.outcomes.items()
            if one.column == column
        },
        "units": scenario.units,
        "assumptions": study.assumptions.model_dump(mode="json", by_alias=True)
        if study.assumptions
        else {},
        "files": {name: hash_of(place) for name, place in files.items()},
    }
    path.write_text(json.dumps(truth, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def require_register_room(definition: Definition, folder: Path) -> None:
    """Refuse a folder in which something stands that was not simulated.

    Parameters
    ----------
    definition : Definition
        The study.
    folder : Path
        Of the register's tables.

    Raises
    ------
    StudyError
        If something would be lost.
    """
    require_room(definition, folder)
    ours = written_before(folder / TRUTH, definition.study.id)
    if any(hash_of(one) not in ours for one in _parts(folder)):
        raise is_there(definition, folder.name)


def _parts(folder: Path) -> list[Path]:
    kept = {folder / MARK, folder / TRUTH}
    return [one for one in folder.rglob("*") if not one.is_dir() and one not in kept]


def write_whole_register(
    definition: Definition, folder: Path, seed: int, pupils: int | None, progress: Progress
) -> dict[str, Path]:
    """Write the whole register, over one that was simulated before.

    Parameters
    ----------
    definition : Definition
        The study.
    folder : Path
        Of the register's tables.
    seed : int
        As for the rows.
    pupils : int or None
        In place of the number assumed.
    progress : callable
        Told each step.

    Returns
    -------
    dict of str to Path
        Files by their name in the folder.
    """
    assumed = definition.study.assumptions
    register = assumed.register_ if assumed else None
    if register is None:
        return {}
    register = register if pupils is None else register.model_copy(update={"pupils": pupils})
    for one in _parts(folder):
        one.unlink()
    progress("register")
    stream = tuple(entropy(definition.study.id, "register", seed))
    written = write_register(register, folder, stream)
    names = sorted({one.relative_to(folder).parts[0] for one in written.files})
    (folder / MARK).write_text(notice(names), encoding="utf-8")
    files = {one.relative_to(folder).as_posix(): one for one in written.files}
    truth = {
        "dummy": True,
        "study": definition.study.id,
        "seed": seed,
        "register": register.model_dump(mode="json"),
        "rows": written.rows,
        "achieved": written.means,
        "files": {name: hash_of(one) for name, one in files.items()},
    }
    text = json.dumps(truth, indent=2, ensure_ascii=False) + "\n"
    (folder / TRUTH).write_text(text, encoding="utf-8")
    return files


def entropy(study: str, what: str, seed: int) -> list[int]:
    """Return the entropy of a random stream, which a study's id and a seed name.

    Parameters
    ----------
    study : str
        Its id.
    what : str
        What is drawn.
    seed : int
        Another one gives other rows.
    """
    digest = hashlib.sha256(f"{study}\0{what}".encode()).digest()
    return [int.from_bytes(digest[:8], "big"), seed]
