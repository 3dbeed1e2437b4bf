"""Whether enough units were assigned for the headline's interval to mean what it says."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.core import Cell, Check, Column, Table
from evaluate.data.moments import Float, Integer

# Below these, CR2 alone is not relied on.
FEWEST, LEAST_DF, LARGEST_SHARE = 10, 10.0, 0.25
# Below two a t distribution has no variance: about one unit decides, whatever stands beside.
DECIDED_DF = 2.0

_COLUMNS = (
    Column("arm", "text", {"en": "Group", "nb": "Gruppe", "sv": "Grupp"}),
    Column("n_clusters", "integer", {"en": "Clusters", "nb": "Klynger", "sv": "Kluster"}),
    Column("smallest", "integer", {"en": "Smallest", "nb": "Minste", "sv": "Minsta"}),
    Column("largest", "integer", {"en": "Largest", "nb": "Største", "sv": "Största"}),
    Column(
        "largest_share",
        "share",
        {"en": "Largest's share", "nb": "Den størstes andel", "sv": "Den störstas andel"},
    ),
)


@dataclass(frozen=True, slots=True)
class Side:
    """The assigned units of one arm.

    Attributes
    ----------
    sizes : ndarray, shape (g,)
        Individuals with an outcome in each unit; never empty.
    weights : ndarray, shape (g,), or None
        What they weigh together; ``None`` where everybody weighs the same.
    """

    sizes: Integer
    weights: Float | None = None

    @property
    def number(self) -> int:
        """Return the number of units."""
        return len(self.sizes)

    @property
    def largest_share(self) -> float:
        """Return the share of the arm that its largest unit holds, by weight if there are any."""
        whole = self.sizes if self.weights is None else self.weights
        return float(whole.max() / whole.sum())


@dataclass(frozen=True, slots=True)
class Support:
    """What the headline's interval rests on.

    Attributes
    ----------
    df : float
        Degrees of freedom of the default standard error; 0 where it has none.
    beside : bool
        Whether the headline also holds under randomisation inference.
    reason : str
        Why not: a clause, such as ``"fewer than 20 assignments are possible"``.
    """

    df: float
    beside: bool = False
    reason: str = "it was not asked for"


def clusters(
    treated: Side, comparison: Side, support: Support, *, mixed: int = 0
) -> tuple[Check, Table]:
    """Return whether enough clusters were assigned, and the table.

    Parameters
    ----------
    treated, comparison : Side
        Clusters of each arm.
    support : Support
        What the interval rests on.
    mixed : int
        Clusters in which both arms are found, though they are the unit of assignment.

    Returns
    -------
    check : Check
        With fewer than 10 clusters on a side, fewer than 10 degrees of freedom, or one
        cluster with more than a quarter of a side, passed only if randomisation inference
        stands in the headline too, and there are two degrees of freedom. Failed when
        clusters hold both arms.
    table : Table
        Of kind ``clusters``.
    """
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "arm": name,
            "n_clusters": side.number,
            "smallest": int(side.sizes.min()),
            "largest": int(side.sizes.max()),
            "largest_share": side.largest_share,
        }
        for name, side in (("treated", treated), ("comparison", comparison))
    )
    table = Table("clusters", "clusters", _COLUMNS, rows)
    found = f"{treated.number} treated and {comparison.number} comparison clusters"
    if mixed:
        text = (
            f"{found}, but {mixed} clusters hold both groups, so that the column is not"
            " the unit that was assigned."
        )
        return Check("clusters", "failed", text, "clusters"), table
    return _judge(found, shortfalls(treated, comparison, support.df), support, "clusters"), table


def individuals(treated: int, comparison: int, support: Support) -> Check:
    """Return whether enough individuals were assigned; each is a cluster of one.

    Parameters
    ----------
    treated, comparison : int
        Individuals with an outcome.
    support : Support
        What the interval rests on.
    """
    found = f"{treated} treated and {comparison} comparison individuals, each a unit by itself"
    return _judge(found, few_individuals(treated, comparison, support.df), support, None)


def shortfalls(treated: Side, comparison: Side, df: float) -> list[str]:
    """Return why the default standard error alone is not relied on; empty when it is.

    Parameters
    ----------
    treated, comparison : Side
        Clusters of each arm.
    df : float
        Degrees of freedom of the default standard error.
    """
    short = few_individuals(treated.number, comparison.number, df)
    if max(treated.largest_share, comparison.largest_share) > LARGEST_SHARE:
        short.append(f"one cluster with more than {LARGEST_SHARE:.0%} of a side")
    return short


def few_individuals(treated: int, comparison: int, df: float) -> list[str]:
    """Return why the default standard error of individuals alone is not relied on.

    Parameters
    ----------
    treated, comparison : int
        Units of each arm.
    df : float
        Degrees of freedom of the default standard error.
    """
    short = []
    if min(treated, comparison) < FEWEST:
        short.append(f"fewer than {FEWEST} on a side")
    if df < LEAST_DF:
        short.append(f"only {df:.2f} degrees of freedom")
    return short


def _judge(found: str, short: list[str], support: Support, table: str | None) -> Check:
    if not short:
        text = f"{found}, with {support.df:.1f} degrees of freedom: enough for the interval."
        return Check("clusters", "passed", text, table)
    why = f"{found}: {' and '.join(short)}"
    if 0 < support.df < DECIDED_DF:
        text = f"{why}. So much rests on so few units that no test can make up for it."
        return Check("clusters", "failed", text, table)
    if support.beside:
        text = (
            f"{why}. The headline therefore takes the larger p-value and the wider limits of"
            " the standard error and of randomisation inference."
        )
        return Check("clusters", "passed", text, table)
    text = (
        f"{why}. The interval rests on large-sample theory that is weak here, and"
        f" randomisation inference does not stand in the headline: {support.reason}."
    )
    return Check("clusters", "failed", text, table)
