"""Random streams that are named, so that one study's draws never move another's."""

from __future__ import annotations

import hashlib


def stream(*names: str) -> tuple[int, ...]:
    """Return the entropy of a random stream, one number for each part of its name.

    Parameters
    ----------
    *names : str
        Such as the study, the analysis and what the draws are for.
    """
    return tuple(
        int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") for name in names
    )
