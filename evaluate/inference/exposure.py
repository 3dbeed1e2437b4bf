"""What covariates explain of treatment and of an outcome, from sums of products alone."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.data.levels import Indicator
from evaluate.errors import Refused
from evaluate.inference.linear import Float

# Share of a column's squares that is rounding: what is left of it then depends on the others.
DEPENDENT = 1e-10
# Sums of squares below this share of the whole are rounding.
_NOTHING = 1e-14


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What one covariate explains beyond the others.

    Attributes
    ----------
    name : str
        The covariate's column; the indicators of a text are taken together.
    r2_treatment : float
        Of treatment, given the other covariates.
    r2_outcome : float
        Of the outcome, given treatment and the other covariates.
    n_columns : int
        How many columns it has in the regression.
    """

    name: str
    r2_treatment: float
    r2_outcome: float
    n_columns: int = 1


@dataclass(frozen=True, slots=True)
class Exposure:
    """The regressions of an outcome on treatment, without and with covariates.

    Attributes
    ----------
    n, rank : int
        Rows, and coefficients of the regression with covariates.
    value : float
        Coefficient of treatment with covariates.
    raw : float
        The same without, but for those that are always held.
    r2, r2_raw : float
        Share of the outcome's variance that each explains.
    outcome : float
        Sum of squares of the outcome about its mean.
    treatment, treatment_left : float
        Sum of squares of treatment about its mean, less what is always held explains, and what
        all covariates leave of it.
    outcome_left : float
        What treatment and covariates leave of the outcome's.
    within : float
        What treatment alone leaves of it, over all weights: its variance within the groups.
    means : tuple of float
        Mean outcome of the comparison and of the treated.
    binary : bool
        Whether the outcome is 0 or 1.
    mass : float
        Sum of the weights, of mean 1.
    benchmarks : tuple of Benchmark
        Each covariate.
    """

    n: int
    rank: int
    value: float
    raw: float
    r2: float
    r2_raw: float
    outcome: float
    treatment: float
    treatment_left: float
    outcome_left: float
    within: float
    means: tuple[float, float]
    binary: bool
    mass: float
    benchmarks: tuple[Benchmark, ...]

    @property
    def scale(self) -> float:
        """Return the classical standard error times the root of its degrees of freedom."""
        return sqrt(self.outcome_left / self.treatment_left)

    @property
    def df(self) -> int:
        """Return rows less coefficients."""
        return self.n - self.rank

    @property
    def std_error(self) -> float:
        """Return the classical standard error; R ``summary(lm(...))``."""
        return self.scale / sqrt(self.df)


def chance_alone(found: Exposure) -> float:
    """Return how likely chance alone lets covariates explain so much.

    The smaller of two p-values, doubled: of F tests of what they explain of treatment, and of
    the outcome given treatment.

    Parameters
    ----------
    found : Exposure
        The regressions.

    References
    ----------
    R ``anova(lm(d ~ 1), lm(d ~ x))`` and ``anova(lm(y ~ d), lm(y ~ d + x))``.
    """
    from scipy.special import fdtrc

    added = found.rank - 2
    if added < 1:
        return 1.0
    left = found.treatment_left / found.treatment, (1 - found.r2) / (1 - found.r2_raw)
    spare = found.df + 1, found.df
    p_values = (
        float(fdtrc(added, df, (1 / max(share, 1e-300) - 1) / added * df))
        for share, df in zip(left, spare, strict=True)
    )
    return min(1.0, 2 * min(p_values))


def exposure_from(
    cross: Float,
    centre: Float,
    n: int,
    names: Sequence[str],
    *,
    binary: bool,
    always: Collection[str] = (),
) -> Exposure:
    """Return the regressions of the outcome on treatment without and with covariates.

    Covariates that do not vary, or follow from those before them, explain nothing more and are
    left out.

    Parameters
    ----------
    cross : ndarray, shape (p + 3, p + 3)
        Sums of products of (1, treatment, covariates, outcome), each but the first less
        ``centre``; weights of mean 1.
    centre : ndarray, shape (p + 2,)
        What was subtracted.
    n : int
        Rows with a positive weight.
    names : sequence of str, length p
        Covariates.
    binary : bool
        Whether the outcome is 0 or 1.
    always : collection of str
        Covariates that stand in the regression without covariates too: selection on them says
        nothing of that on what is hidden.

    Raises
    ------
    Refused
        ``no_variation`` when the outcome, or treatment given the covariates, does not vary;
        ``too_few_rows``.
    """
    about = cross[1:, 1:] - np.outer(cross[1:, 0], cross[0, 1:]) / cross[0, 0]
    mean = centre + cross[0, 1:] / cross[0, 0]
    size = np.diag(about).copy()
    total = size + cross[0, 0] * mean**2
    if not size[0] > DEPENDENT * max(total[0], 1e-300) or not size[-1] > _NOTHING * total[-1]:
        raise _nothing("the outcome or the treatment does not vary among the rows used")
    kept = _kept(about, total, n)
    all_left, left = _explained(about, kept)
    held = [1 + i for i in kept if _column(names[i]) in always]
    first = _left(about, held, [0, len(about) - 1])
    plain = float(about[0, -1] / size[0])
    comparison = float(mean[-1] - mean[0] * plain)
    return Exposure(
        n=n,
        rank=2 + len(kept),
        value=float(all_left[0, 1] / all_left[0, 0]),
        raw=float(first[0, 1] / first[0, 0]),
        r2=float(1 - left / size[-1]),
        r2_raw=float(1 - (first[1, 1] - first[0, 1] ** 2 / first[0, 0]) / size[-1]),
        outcome=float(size[-1]),
        treatment=float(first[0, 0]),
        treatment_left=float(all_left[0, 0]),
        outcome_left=left,
        within=float(max(size[-1] - plain * about[0, -1], 0.0) / cross[0, 0]),
        means=(comparison, comparison + plain),
        binary=binary,
        mass=float(cross[0, 0]),
        benchmarks=_benchmarks(about, kept, names),
    )


def _nothing(why: str) -> Refused:
    return Refused("no_variation", why, "check the columns, or use other rows")


def _kept(about: Float, total: Float, n: int) -> list[int]:
    """Return the places of the covariates that the regression holds, or refuse too few rows."""
    kept = _independent(about[1:-1, 1:-1], total[1:-1])
    if n <= 2 + len(kept):
        raise Refused(
            "too_few_rows",
            f"{n} rows cannot carry a model with {2 + len(kept)} coefficients",
            "use fewer covariates, or more rows",
        )
    return kept


def _explained(about: Float, kept: Sequence[int]) -> tuple[Float, float]:
    """Return what covariates leave of treatment and outcome, and what treatment leaves of that."""
    last = len(about) - 1
    found = _left(about, [1 + i for i in kept], [0, last])
    if not found[0, 0] > DEPENDENT * about[0, 0]:
        raise _nothing("the covariates say of every row whether it is treated")
    left = float(found[1, 1] - found[0, 1] ** 2 / found[0, 0])
    if not left > _NOTHING * about[last, last]:
        raise _nothing("treatment and covariates explain all of the outcome")
    return found, left


def _independent(about: Float, total: Float) -> list[int]:
    """Return the places of covariates that do not follow from those before them."""
    work, kept = about.copy(), []
    for i in range(len(work)):
        if work[i, i] > DEPENDENT * max(about[i, i], 1e-300) and about[i, i] > 1e-20 * total[i]:
            kept.append(i)
            work = work - np.outer(work[:, i] / work[i, i], work[i])
    return kept


def _left(about: Float, given: Sequence[int], of: Sequence[int]) -> Float:
    """Return sums of products of some columns less what others explain of them."""
    own = about[np.ix_(of, of)]
    if not given:
        return own
    size = np.sqrt(np.diag(about)[list(given)])
    inside = about[np.ix_(given, given)] / np.outer(size, size)
    across = about[np.ix_(given, of)] / size[:, None]
    found: Float = own - across.T @ np.linalg.solve(inside, across)
    return found


def _column(name: str) -> Hashable:
    return name.column if isinstance(name, Indicator) else name


def _benchmarks(about: Float, kept: Sequence[int], names: Sequence[str]) -> tuple[Benchmark, ...]:
    found = []
    last = len(about) - 1
    every = [1 + i for i in kept]
    with_all = _left(about, every, [0, last])
    outcome = with_all[1, 1] - with_all[0, 1] ** 2 / with_all[0, 0]
    for column in dict.fromkeys(_column(names[i]) for i in kept):
        others = [1 + i for i in kept if _column(names[i]) != column]
        without = _left(about, others, [0, last])
        free = without[1, 1] - without[0, 1] ** 2 / without[0, 0]
        shares = (1 - with_all[0, 0] / without[0, 0], 1 - outcome / free)
        d, y = (float(min(max(one, 0.0), 1.0)) for one in shares)
        found.append(Benchmark(str(column), d, y, len(every) - len(others)))
    return tuple(found)
