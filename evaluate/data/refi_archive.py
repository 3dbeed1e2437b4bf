"""The zip file of a coded project, opened without trusting what it says of itself."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from evaluate.data.names import shown
from evaluate.errors import DataError, Problem

MOST_MEMBERS = 10_000
MOST_BYTES = 4 * 2**30  # of all members, unpacked
MOST_READ = 256 * 2**20  # of one member that is read
MOST_RATIO = 200  # unpacked over packed; text packs to a tenth, a bomb to a thousandth
_SMALL = 2**20  # below it no ratio is a danger
_CHUNK = 2**16
_ENCRYPTED = 0x1
_PROJECT = ".qde"


class Archive:
    """A project's zip file that has passed every check of its list of members.

    Parameters
    ----------
    file : zipfile.ZipFile
        The open file.
    label : str
        What messages call it.
    members : dict of str to zipfile.ZipInfo
        Its files by name.
    """

    def __init__(
        self, file: zipfile.ZipFile, label: str, members: dict[str, zipfile.ZipInfo]
    ) -> None:
        self.file, self.label, self.members = file, label, members

    @property
    def project(self) -> str:
        """Return the name of the member that holds the project.

        Raises
        ------
        DataError
            If there is none, or more than one.
        """
        found = [one for one in self.members if "/" not in one and one.lower().endswith(_PROJECT)]
        if len(found) != 1:
            raise DataError(
                _fault(
                    self.label,
                    "there is no `project.qde` in it" if not found else "it holds two projects",
                )
            )
        return found[0]

    def chunks(self, name: str) -> Generator[bytes, None, None]:
        """Yield a member piece by piece.

        Parameters
        ----------
        name : str
            One of ``members``.

        Raises
        ------
        DataError
            If it is damaged, or unpacks to more than it says or than is read.
        """
        total, most = 0, min(self.members[name].file_size, MOST_READ)
        try:
            with self.file.open(self.members[name]) as member:
                while chunk := member.read(_CHUNK):
                    total += len(chunk)
                    if total > most:
                        raise DataError(_fault(self.label, "it unpacks to more than is read"))
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
            raise DataError(_fault(self.label, "a file in it is damaged")) from None

    def source(self, path: str) -> str | None:
        """Return the text of a source that lies in the archive, ``None`` where it does not.

        Parameters
        ----------
        path : str
            As the project writes it, such as ``internal://GUID.txt``.

        Raises
        ------
        DataError
            If it is no text in UTF-8, or damaged.
        """
        inside = path.removeprefix("internal://")
        if inside == path:  # elsewhere on somebody's disk: never followed
            return None
        wanted = f"sources/{inside}".lower()
        name = next((one for one in self.members if one.lower() == wanted), None)
        if name is None:
            return None
        try:
            return b"".join(self.chunks(name)).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise DataError(_fault(self.label, "a source in it is no text in UTF-8")) from None


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a project's zip file, and refuse one that is built to do harm.

    Nothing is unpacked to disk. Checked are the number of members, their size unpacked, how far
    each is packed, their names, that none is a link, encrypted or there twice.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    DataError
        If it cannot be read, is no zip file, or fails a check.
    """
    label = shown(path.name)
    try:
        file = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise DataError(
            _fault(label, "it is missing, cut off, or no project that was exported as REFI-QDA")
        ) from None
    with file:
        yield Archive(file, label, _checked(file, label))


def _checked(file: zipfile.ZipFile, label: str) -> dict[str, zipfile.ZipInfo]:
    members = file.infolist()
    if len(members) > MOST_MEMBERS:
        raise DataError(_fault(label, f"it holds more than {MOST_MEMBERS} files"))
    if sum(one.file_size for one in members) > MOST_BYTES:
        raise DataError(_fault(label, "its files unpack to more than 4 GB"))
    found: dict[str, zipfile.ZipInfo] = {}
    for one in members:
        what = _wrong(one)
        if what is None and one.filename.lower() in {name.lower() for name in found}:
            what = "two files in it have the same name"
        if what is not None:
            raise DataError(_fault(label, what))
        if not one.is_dir():
            found[one.filename] = one
    return found


def _wrong(one: zipfile.ZipInfo) -> str | None:
    """Return what is wrong with a member, or ``None``."""
    name = one.orig_filename
    path = PurePosixPath(name)
    if "\0" in name or "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts:
        return "a file in it has a name that leads out of the archive"
    if stat.S_ISLNK(one.external_attr >> 16):
        return "a file in it is a link to another place"
    if one.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    if one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "a file in it is packed in a way that REFI-QDA does not allow"
    if one.file_size > max(_SMALL, MOST_RATIO * one.compress_size):
        return "a file in it unpacks to far more than its size: that is how an attack looks"
    return None


def _fault(where: str, what: str) -> Problem:
    return Problem(
        where,
        what,
        "a file from elsewhere is opened only where nothing in it can do harm",
        "export the project again, without a password, as REFI-QDA (.qdpx)",
    )
