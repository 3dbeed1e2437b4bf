"""The one way this package says that something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, in four parts.

    Attributes
    ----------
    where : str
        ``file:line`` or ``file:column``, clickable in an editor.
    what : str
        What was found. Never a value from the data.
    why : str
        Why the evaluation cannot go on with it.
    fix : str
        The next thing to do, as an imperative.
    """

    where: str
    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        """Return the problem as three short lines."""
        return f"{self.where}: {self.what}\n  why: {self.why}\n  fix: {self.fix}"

    def row(self) -> dict[str, str]:
        """Return the problem as a flat row, as ``--json`` prints it."""
        return asdict(self)


class EvaluateError(Exception):
    """Base of every error that a user can cause and can repair.

    Parameters
    ----------
    *problems : Problem
        All that is wrong, so that one run shows everything.
    """

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems: Sequence[Problem] = problems


class StudyError(EvaluateError):
    """The study definition or the command line is incomplete or contradicts itself."""

    exit_code = 2


class DataError(EvaluateError):
    """The data do not have the columns, values or units that the study promises."""

    exit_code = 3


class DisclosureError(EvaluateError):
    """Something would leave the data zone that no rule releases."""

    exit_code = 4


class Refused(Exception):  # noqa: N818 - a refusal is a result, not a fault of the user
    """A design cannot support the number that was asked for.

    Parameters
    ----------
    code : str
        Stable name of the reason, such as ``"no_comparison"``.
    why : str
        What the data or the design lack. Never a value from the data.
    fix : str
        What would make the number estimable, as an imperative.
    """

    def __init__(self, code: str, why: str, fix: str) -> None:
        super().__init__(why)
        self.code, self.why, self.fix = code, why, fix
