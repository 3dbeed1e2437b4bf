"""Whether a finding still is what its study gives: the seal, what it was made from, the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evaluate.errors import EvaluateError, StudyError
from evaluate.findings.compare import differences
from evaluate.findings.provenance import changed
from evaluate.findings.store import read
from evaluate.flow import Progress, run
from evaluate.prepare import fingerprint


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Attributes
    ----------
    different : tuple of str
        Each difference, in words; a path, never a value.
    unchecked : tuple of str
        What could not be checked, and why.
    """

    different: tuple[str, ...]
    unchecked: tuple[str, ...] = ()


def verify(folder: Path, *, progress: Progress = lambda step: None) -> Verification:
    """Check the seal of a study's finding, run the study again and compare.

    Parameters
    ----------
    folder : Path
        A folder with ``study.yaml`` and ``finding.json``.
    progress : callable
        Told the name of each step as it begins.

    Raises
    ------
    StudyError
        If there is no finding, or the definition cannot be read.
    """
    finding = read(folder, sealed=False)
    different = _seal(folder)
    made_from = fingerprint(folder)
    different += [
        f"{words}: changed since the finding was made"
        for words in changed(dict(finding.provenance), made_from)
    ]
    if "data" in finding.provenance and "data" not in made_from:
        return Verification(tuple(different), ("the numbers: the data are not here",))
    try:
        again = run(folder, progress=progress)
    except EvaluateError as error:
        if not different:
            raise
        why = "; ".join(f"{one.where}: {one.what}" for one in error.problems)
        return Verification(tuple(different), (f"the numbers: the study no longer runs ({why})",))
    different += [f"{path}: not what the study gives now" for path in differences(finding, again)]
    return Verification(tuple(different))


def fresh(folder: Path) -> bool:
    """Return whether a study's finding is sealed and was made from what is there now."""
    try:
        finding = read(folder)
    except StudyError:
        return False
    made_from, now = dict(finding.provenance), fingerprint(folder)
    if "data" not in now:  # the rows are elsewhere: the sealed finding stands
        made_from.pop("data", None)
    return made_from == now


def _seal(folder: Path) -> list[str]:
    try:
        read(folder)
    except StudyError:
        return ["finding.json: changed after it was sealed"]
    return []
