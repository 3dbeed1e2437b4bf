"""Files of dummy rows: where they go, what they may replace, and the truth beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evaluate.assumptions.register_files import write_register
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.written import WRITTEN
from evaluate.data.definition import Data, Source
from evaluate.data.names import shown
from evaluate.design import roles
from evaluate.errors import Problem, StudyError
from evaluate.study.dummy_rows import Made
from evaluate.study.load import Definition

Progress = Callable[[str], None]
FOLDER, FILE, REGISTER = (
    "dummy",
    "rows.csv",
    "register",
)  # where the study names no place of its own
MARK, TRUTH = "DUMMY.md", "truth.json"
NOTICE = (
    "# Dummy data\n\nEvery row in this folder is invented: drawn by `evaluate simulate` from the"
    " assumptions of a study.\nNo person, school or result in it is real. `truth.json` holds the"
    " effects that were put in.\n"
)
MAIN = "main"


def problem(definition: Definition, key: tuple[str, ...], *words: str) -> StudyError:
    """Return what is wrong at a place of a definition.

    Parameters
    ----------
    definition : Definition
        The study.
    key : tuple of str
        Place in it.
    *words : str
        What, why and fix.
    """
    return StudyError(Problem(definition.at(*key), *words))


def places_of(
    definition: Definition, data: Data | None, out: Path | None
) -> dict[str, tuple[Path, Source]]:
    """Return the file of each source, after seeing that nothing else would be lost.

    Parameters
    ----------
    definition : Definition
        The study.
    data : Data or None
        Its block, in the form that the rows are for.
    out : Path or None
        Folder to write to instead.

    Raises
    ------
    StudyError
        If a source is no file of rows, or a file is there that was not simulated.
    """
    tables = data.tables if data else {MAIN: Source(path=f"{FOLDER}/{FILE}")}
    found = {}
    for name, source in tables.items():
        path = (source.path or "").replace("*", FOLDER).replace("?", "0")
        if source.path is None or source.suffix not in ("", *WRITTEN):
            raise problem(
                definition, ("data",), f"the source `{shown(source.label)}` is no file of rows",
                "dummy rows are written as CSV or Parquet",
                "name a file that ends in .csv or .parquet, or use --out",
            )  # fmt: skip
        path = path if source.suffix else f"{path}/{name}.csv"
        place = out / Path(path).name if out else definition.folder / path
        found[name] = (place, source)
    truth = found[data.main_name if data else MAIN][0].parent / TRUTH
    ours = _written_before(truth)
    for place, _ in found.values():
        if place.exists() and _hash(place) not in ours:
            raise _there(definition, place.name)
    return found


def _there(definition: Definition, name: str) -> StudyError:
    return problem(
        definition, ("data",), f"`{shown(name)}` is there already",
        "it is not as `evaluate simulate` wrote it, and would be lost",
        "move it away, or use --out",
    )  # fmt: skip


def _written_before(truth: Path) -> set[str]:
    """Return the hashes of the files that stand beside a truth as they were written."""
    try:
        found = json.loads(truth.read_text(encoding="utf-8"))
        return set(found["files"].values()) if found.get("dummy") is True else set()
    except (OSError, ValueError, KeyError, AttributeError):
        return set()


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
    treated = next(one for _, spec in definition.specs.values()
                   for one, role in roles(spec).items() if role == "treatment")  # fmt: skip
    truth: dict[str, Any] = {
        "dummy": True,
        "study": study.id,
        "seed": seed,
        "rows": made.rows,
        "used": made.used,
        "outcomes": {
            name: {"column": column, "unit": study.outcomes[name].unit, "effect": effect}
            | made.achieved(column, treated)
            for column, effect in made.truth.items()
            for name, one in study.outcomes.items()
            if one.column == column
        },
        "units": scenario.units,
        "assumptions": study.assumptions.model_dump(mode="json", by_alias=True)
        if study.assumptions
        else {},
        "files": {name: _hash(place) for name, place in files.items()},
    }
    path.write_text(json.dumps(truth, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_whole_register(
    definition: Definition, folder: Path, seed: int, pupils: int | None, progress: Progress
) -> dict[str, Path]:
    """Write the whole register, once nothing else stands in its folder.

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

    Raises
    ------
    StudyError
        If something stands in the folder that was not simulated.
    """
    assumed = definition.study.assumptions
    register = assumed.register_ if assumed else None
    if register is None:
        return {}
    register = register if pupils is None else register.model_copy(update={"pupils": pupils})
    kept = {MARK, TRUTH}
    before = [one for one in folder.rglob("*") if one.is_file() and one.name not in kept]
    ours = _written_before(folder / TRUTH)
    if any(_hash(one) not in ours for one in before):
        raise _there(definition, folder.name)
    for one in before:
        one.unlink()
    progress("register")
    stream = tuple(entropy(definition.study.id, "register", seed))
    written = write_register(register, folder, stream)
    (folder / MARK).write_text(NOTICE, encoding="utf-8")
    files = {one.relative_to(folder).as_posix(): one for one in written.files}
    truth = {
        "dummy": True,
        "study": definition.study.id,
        "seed": seed,
        "register": register.model_dump(mode="json"),
        "rows": written.rows,
        "achieved": written.means,
        "files": {name: _hash(one) for name, one in files.items()},
    }
    text = json.dumps(truth, indent=2, ensure_ascii=False) + "\n"
    (folder / TRUTH).write_text(text, encoding="utf-8")
    return files


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


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
