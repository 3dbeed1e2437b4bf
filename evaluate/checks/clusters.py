"""Whether enough units were assigned for the headline's interval to mean what it says."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.core import Cell, Check, Column, Table
from evaluate.data.moments import Integer

# Below these, CR2 alone is not relied on.
FEWEST, LEAST_DF, LARGEST_SHARE = 10, 10.0, 0.25

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
    """

    sizes: Integer

    @property
    def number(self) -> int:
        """Return the number of units."""
        return len(self.sizes)

    @property
    def largest_share(self) -> float:
        """Return the share of the arm's individuals that its largest unit holds."""
        return float(self.sizes.max() / self.sizes.sum())


def clusters(treated: Side, comparison: Side, df: float, mixed: int) -> tuple[Check, Table]:
    """Return whether enough clusters were assigned, and the table.

    Parameters
    ----------
    treated, comparison : Side
        Clusters of each arm.
    df : float
        Degrees of freedom of the headline's effect with the default standard error,
        whichever was chosen.
    mixed : int
        Clusters in which both arms are found.

    Returns
    -------
    check : Check
        Failed with fewer than 10 clusters on a side, fewer than 10 degrees of freedom, or
        one cluster with more than a quarter of a side: the cases in which randomisation
        inference has to stand beside CR2. Uninformative when clusters hold both arms.
    table : Table
        Of kind ``clusters``.
    """
    sides = {"treated": treated, "comparison": comparison}
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "arm": name,
            "n_clusters": side.number,
            "smallest": int(side.sizes.min()),
            "largest": int(side.sizes.max()),
            "largest_share": side.largest_share,
        }
        for name, side in sides.items()
    )
    table = Table("clusters", "clusters", _COLUMNS, rows)
    found = f"{treated.number} treated and {comparison.number} comparison clusters"
    short = _shortfalls(treated, comparison, df)
    if short:
        text = (
            f"{found}: {' and '.join(short)}. The interval rests on large-sample theory"
            " that is weak here, and no randomisation inference stands beside it."
        )
        return Check("clusters", "failed", text, "clusters"), table
    if mixed:
        text = (
            f"{found}, but {mixed} clusters hold both groups, so that the column is not"
            " the unit that was assigned."
        )
        return Check("clusters", "uninformative", text, "clusters"), table
    text = f"{found}, with {df:.1f} degrees of freedom: enough for the interval."
    return Check("clusters", "passed", text, "clusters"), table


def individuals(treated: int, comparison: int, df: float) -> Check:
    """Return whether enough individuals were assigned; each is a cluster of one.

    Parameters
    ----------
    treated, comparison : int
        Individuals with an outcome.
    df : float
        Degrees of freedom of the headline's effect with the default standard error,
        whichever was chosen.
    """
    found = f"{treated} treated and {comparison} comparison individuals were assigned one by one"
    if min(treated, comparison) < FEWEST or df < LEAST_DF:
        text = (
            f"{found}: too few for the interval to be relied on without randomisation"
            " inference, which does not stand beside it."
        )
        return Check("clusters", "failed", text)
    return Check("clusters", "passed", f"{found}: enough for the interval.")


def _shortfalls(treated: Side, comparison: Side, df: float) -> list[str]:
    short = []
    if min(treated.number, comparison.number) < FEWEST:
        short.append(f"fewer than {FEWEST} on a side")
    if df < LEAST_DF:
        short.append(f"only {df:.1f} degrees of freedom")
    if max(treated.largest_share, comparison.largest_share) > LARGEST_SHARE:
        short.append(f"one cluster with more than {LARGEST_SHARE:.0%} of a side")
    return short
