"""The bytes of a source: hashed beside the checks, and seen not to change while they are read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread

from evaluate.data.definition import Data
from evaluate.data.files import Origin, Place, locate
from evaluate.errors import DataError, Problem

_CHUNK = 1 << 22
State = tuple[int, int, int]


class Watch:
    """The files of one source, hashed in a thread of their own.

    Parameters
    ----------
    place : Place
        Where they are.

    Raises
    ------
    DataError
        If a file is empty or cannot be read.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._stop, self._hashes, self._failed = Event(), list[str](), False
        try:
            self._states = [_state(os.stat(file)) for file in place.files]
        except OSError as error:
            raise unreadable(place.origin, error) from None
        for number, (size, _, _) in enumerate(self._states):
            if not size:
                raise empty(place.file_origin(number))
        # hashlib lets go of the interpreter, so this runs beside the checks.
        self._thread = Thread(target=self._hash, daemon=True)
        self._thread.start()

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes, once they are all read.

        Raises
        ------
        DataError
            If a file cannot be read, or changed meanwhile.
        """
        self._thread.join()
        self.refuse_changes()
        return together(zip(self.place.names, self._hashes, strict=True))

    def refuse_changes(self) -> None:
        """Refuse files that are no longer those that were found at first.

        Raises
        ------
        DataError
            With the name of each file that changed.
        """
        problems = [
            Problem(
                self.place.file_origin(number).label,
                "the file changed while it was read",
                "numbers from two states of the data would be mixed",
                "wait until it is written, and run again",
            )
            for number, (file, state) in enumerate(zip(self.place.files, self._states, strict=True))
            if _state_now(file) != state
        ]
        if problems:
            raise DataError(*problems)
        if self._failed:
            raise unreadable(self.place.origin, OSError(None, "reading stopped"))

    def close(self) -> None:
        """Stop hashing."""
        self._stop.set()
        self._thread.join()

    def _hash(self) -> None:
        try:
            for file in self.place.files:
                self._hashes.append(_digest(file, self._stop.is_set))
        except OSError:
            self._failed = True
        # What was not read to its end has no hash.
        self._failed = self._failed or self._stop.is_set()


def together(parts: Iterable[tuple[str, str]]) -> str:
    """Return one hash for several named ones, whatever their order; a single one stays itself."""
    found = sorted(parts)
    if len(found) == 1:
        return found[0][1]
    total = hashlib.sha256()
    for name, one in found:
        total.update(f"{len(name)}:{name}{one}".encode())
    return total.hexdigest()


def data_hash(data: Data, folder: Path, where: str) -> str | None:
    """Return the hash that ``Rows.sha256`` would be, without opening the rows.

    ``None`` where a file cannot be read, which opening the rows explains, or where a source is
    a database, which has no bytes of its own.
    """
    parts = []
    try:
        for key, source in data.tables.items():
            place = locate(source, folder, where, key)
            if not place.files:
                return None
            hashes = [_digest(file, lambda: False) for file in place.files]
            parts.append((key, together(zip(place.names, hashes, strict=True))))
    except (DataError, OSError):
        return None
    return together(parts)


def file_hash(path: Path) -> str:
    """Return the hash of a private copy, for a source that has no bytes of its own."""
    return _digest(path, lambda: False)


def empty(origin: Origin) -> DataError:
    """Return what is said of a file without bytes."""
    return DataError(
        Problem(
            origin.label,
            "the file is empty",
            "nothing can be estimated without rows",
            "export it again",
        )
    )


def unreadable(origin: Origin, error: OSError) -> DataError:
    """Return what is said of a file that the system does not let us read."""
    return DataError(
        Problem(
            origin.label,
            f"the file cannot be read: {error.strerror}",
            "nothing can be estimated without its rows",
            "allow reading it",
        )
    )


def _digest(file: Path, stopped: Callable[[], bool]) -> str:
    digest, buffer = hashlib.sha256(), bytearray(_CHUNK)
    view = memoryview(buffer)
    with file.open("rb", buffering=0) as stream:
        while (size := stream.readinto(buffer)) and not stopped():
            digest.update(view[:size])
    return digest.hexdigest()


def _state(found: os.stat_result) -> State:
    return found.st_size, found.st_mtime_ns, found.st_ino


def _state_now(file: Path) -> State | None:
    try:
        return _state(os.stat(file))
    except OSError:
        return None
