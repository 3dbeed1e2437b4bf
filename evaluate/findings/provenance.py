"""What a finding was made from, as hashes: no path, host, user, clock time or commit."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_PARTS = {
    "definition": "the study definition",
    "text": "the study's prose",
    "lock": "the locked plan",
    "dictionary": "the data dictionary",
    "data": "the data",
    "source": "the software",
}


def digest(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of parts, each told apart from the next by its length."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


@cache
def source() -> str:
    """Return the hash of the package's own source, without ``book/``: pages are not results."""
    files = sorted(
        file
        for suffix in ("*.py", "*.csv", "*.yaml", "*.json")
        for file in _PACKAGE.rglob(suffix)
        if "book" not in file.relative_to(_PACKAGE).parts[:1]
    )
    return digest(
        one
        for file in files
        for one in (file.relative_to(_PACKAGE).as_posix().encode(), file.read_bytes())
    )


def keyed(plain: str, key: Path) -> str:
    """Return a hash that cannot be confirmed by guessing small data, and reveals nothing.

    Parameters
    ----------
    plain : str
        Hash of restricted data.
    key : Path
        File of the private key in the data zone; made when it is missing.
    """
    if not key.exists():
        handle = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(32))
    return hmac.new(key.read_bytes(), plain.encode(), hashlib.sha256).hexdigest()


def changed(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Return what differs between two provenances, in words; unknown hashes are left out."""
    return [
        words for key, words in _PARTS.items() if key in old and key in new and old[key] != new[key]
    ]
