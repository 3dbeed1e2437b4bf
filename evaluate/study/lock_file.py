"""``plan/plan.json``: the plan as it was locked, read back only where nobody has touched it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from evaluate.errors import Problem, StudyError
from evaluate.study.file import shown
from evaluate.study.plan import Json, sha256
from evaluate.study.plan_definition import Access

SCHEMA = 1
FOLDER = "plan"
MAX_BYTES = 5_000_000
_WHY = "what was decided before the results can only be known from the file as it was written"
_RESTORE = "bring the file back from version control or from where it was registered"
_KEYS = ("id", "date", "data_access", "sha256", "software", "about", "definition", "document")


@dataclass(frozen=True, slots=True)
class Lock:
    """One locked version of a plan.

    Attributes
    ----------
    number : int
        1 for the plan, from 2 for its amendments.
    date : date
        When it was locked.
    data_access : str
        What had happened to the data then.
    sha256 : str
        Of the canonical plan.
    plan : dict
        The canonical plan.
    content : dict
        All that the file holds.
    """

    number: int
    date: date
    data_access: Access
    sha256: str
    plan: Json
    content: Json


def lock_path(folder: Path, number: int, suffix: str = ".json") -> Path:
    """Return the file of a version: ``plan/plan.json``, ``plan/plan-2.json`` and so on."""
    name = "plan" if number == 1 else f"plan-{number}"
    return folder / FOLDER / f"{name}{suffix}"


def sealed(content: Mapping[str, Any]) -> Json:
    """Return the content of a lock with the seal over all of it."""
    rest = {key: one for key, one in content.items() if key != "seal"}
    return {**rest, "seal": sha256(rest)}


def lock_text(content: Mapping[str, Any]) -> str:
    """Return a lock as it is written to disk: the same bytes on every machine."""
    return json.dumps(sealed(content), indent=1, ensure_ascii=False) + "\n"


def lock_hash(folder: Path) -> str | None:
    """Return the seals of all versions as one hash, ``None`` where no plan is locked.

    Parameters
    ----------
    folder : Path
        Of the study. Files that cannot be read count as they are: ``read_locks`` says why.
    """
    found = []
    for number in _numbers(folder):
        try:
            found.append(lock_path(folder, number).read_bytes()[:MAX_BYTES].hex())
        except OSError:
            found.append("unreadable")
    return sha256({"locks": found}) if found else None


def read_locks(folder: Path, identity: str) -> tuple[Lock, ...]:
    """Return every locked version of a study's plan, the first one first; none without a lock.

    Parameters
    ----------
    folder : Path
        Of the study.
    identity : str
        The study's id.

    Raises
    ------
    StudyError
        If a file is damaged, was changed after it was written, is of another format or study,
        or does not follow the version before it.
    """
    locks: list[Lock] = []
    for place, number in enumerate(_numbers(folder), 1):
        path = lock_path(folder, place)
        if number != place:
            raise _error(path, "is missing, and a later version is there", _RESTORE)
        lock = _read(path, place, identity)
        if locks:
            _follow(path, locks[-1], lock)
        locks.append(lock)
    return tuple(locks)


def _numbers(folder: Path) -> list[int]:
    """Return the versions that are there, in order; a link counts, wherever it leads."""
    found = []
    for path in (folder / FOLDER).glob("plan*.json"):
        _, _, rest = path.stem.partition("-")
        if path.stem == "plan" or (path.stem.startswith("plan-") and rest.isdecimal()):
            found.append(int(rest) if rest else 1)
    return sorted(found)


def _error(path: Path, what: str, fix: str) -> StudyError:
    return StudyError(Problem(shown_lock(path), what, _WHY, fix))


def shown_lock(path: Path) -> str:
    """Return a lock's path as messages name it; a link is not followed."""
    return str(Path(shown(path.parent.parent)) / path.parent.name / path.name)


def _read(path: Path, number: int, identity: str) -> Lock:
    """Return one version, or raise."""
    content = _content(path)
    schema = content.get("schema")
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        raise _error(path, "does not say which format it has", _RESTORE)
    if schema != SCHEMA:
        age, fix = (
            ("a newer", "use the version of Evaluate that locked it, or a newer one")
            if schema > SCHEMA
            else ("an older", "run the study with the version of Evaluate that locked it")
        )
        raise _error(path, f"has {age} format ({schema}; this version reads {SCHEMA})", fix)
    if content.get("seal") != sealed(content)["seal"]:
        raise _error(path, "was changed after the plan was locked", _RESTORE)
    if any(key not in content for key in _KEYS):
        raise _error(path, "lacks a part of a locked plan", _RESTORE)
    plan, access, day = content["definition"], content["data_access"], _day(content["date"])
    if day is None:
        raise _error(path, "holds no date of locking", _RESTORE)
    if content["sha256"] != sha256(plan) or access not in get_args(Access):
        raise _error(path, "holds a plan that its own hash does not fit", _RESTORE)
    if content["id"] != identity or plan.get("id") != identity:
        what = f"is the plan of `{_short(content['id'])}`, and the study is `{identity}`"
        raise _error(path, what, "keep a study's id as it was locked, and its plan in its folder")
    _require_document(path, content)
    return Lock(
        number=number,
        date=day,
        data_access=cast(Access, access),
        sha256=content["sha256"],
        plan=plan,
        content=content,
    )


def _content(path: Path) -> Json:
    """Return what a file holds, or raise where it is no JSON object that a lock could be."""
    if path.is_symlink() or path.parent.is_symlink():
        raise _error(path, "is a link, not a file", "put the file itself there")
    try:
        if not path.is_file():
            raise _error(path, "is not a file", _RESTORE)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError:
        raise _error(path, "cannot be opened", "give yourself the right to read it") from None
    if len(raw) > MAX_BYTES:
        raise _error(path, "is larger than 5 MB, which no plan is", _RESTORE)
    try:
        content = json.loads(
            raw.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_no_twins
        )
        sha256({"content": content})
    except (ValueError, RecursionError, TypeError):
        raise _error(path, "is not the JSON that was written", _RESTORE) from None
    if not isinstance(content, dict) or not isinstance(content.get("definition", {}), dict):
        raise _error(path, "is not a locked plan", _RESTORE)
    plan = content.get("definition", {})
    if any(not isinstance(plan.get(key, {}), dict) for key in ("analyses", "outcomes")):
        raise _error(path, "is not a locked plan", _RESTORE)
    return content


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _no_number(name: str) -> float:
    raise ValueError(name)


def _no_twins(pairs: list[tuple[str, Any]]) -> Json:
    """Refuse a key that stands twice: a reader would see the one, and the seal the other."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError
    return found


def _short(value: object) -> str:
    return str(value)[:60] if isinstance(value, str) else "another"


def document_hash(text: str) -> str:
    """Return the hash of ``plan.md``; how lines end does not count."""
    return sha256({"text": text.replace("\r\n", "\n")})


def _require_document(path: Path, content: Json) -> None:
    """Refuse a rendered plan that is not the locked one; where it is gone nobody is misled."""
    document = path.with_suffix(".md")
    try:
        text = document.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        text = ""
    if document_hash(text) != content["document"]:
        what = "is not the plan that was locked: it was changed by hand"
        raise _error(document, what, _RESTORE)


def _follow(path: Path, before: Lock, lock: Lock) -> None:
    """Refuse a version that does not come after the one before it."""
    for what in _out_of_order(before, lock):
        raise _error(path, what, _RESTORE)


def _out_of_order(before: Lock, lock: Lock) -> Iterator[str]:
    if lock.content.get("amends") != before.content["seal"]:
        yield "does not amend the version before it"
    if lock.date < before.date:
        yield "is older than the version that it amends"
