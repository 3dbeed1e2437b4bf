"""Every test and interval of the headline, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.core import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class Test:
    """One way to judge the headline's effect.

    Attributes
    ----------
    method : str
        Such as ``"CR2"`` or ``"randomisation"``.
    statistic, p_value : float or None
        Absent where the method has none.
    conf_low, conf_high : float or None
        Limits in the outcome's unit; ``None`` where there is none.
    n_draws : int or None
        Draws, or assignments that were gone through.
    exact : bool or None
        Whether those were all.
    state : str or None
        Why a limit or the p-value is absent.
    """

    __test__ = False  # not one of pytest's

    method: str
    statistic: float | None = None
    p_value: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    n_draws: int | None = None
    exact: bool | None = None
    state: str | None = None


def inference_table(tests: Sequence[Test], unit: str) -> Table:
    """Return the table of tests, the headline's own estimator first.

    Parameters
    ----------
    tests : sequence of Test
        In the order in which they are shown.
    unit : str
        Unit of the outcome.
    """
    columns = (
        Column("method", "text", {"en": "Method", "nb": "Metode", "sv": "Metod"}),
        Column("statistic", "number", {"en": "Statistic", "nb": "Observator", "sv": "Statistika"}),
        Column("p_value", "number", {"en": "p", "nb": "p", "sv": "p"}),
        Column("conf_low", "number", {"en": "From", "nb": "Fra", "sv": "Från"}, unit),
        Column("conf_high", "number", {"en": "To", "nb": "Til", "sv": "Till"}, unit),
        Column("n_draws", "integer", {"en": "Draws", "nb": "Trekninger", "sv": "Dragningar"}),
        Column("exact", "boolean", {"en": "All of them", "nb": "Alle", "sv": "Alla"}),
        Column("state", "text", {"en": "Note", "nb": "Merknad", "sv": "Anmärkning"}),
    )
    return Table("inference", "inference", columns, tuple(_row(one) for one in tests))


def _row(test: Test) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "method": test.method,
        "statistic": test.statistic,
        "p_value": test.p_value,
        "conf_low": test.conf_low,
        "conf_high": test.conf_high,
        "n_draws": test.n_draws,
        "exact": test.exact,
        "state": test.state,
    }
    return {name: cell for name, cell in cells.items() if cell is not None}
