"""What an effect is judged by when hidden selection is tried."""

from __future__ import annotations

from dataclasses import dataclass, replace

from evaluate.checks.hidden_selection_pairs import Matched
from evaluate.core import Estimate
from evaluate.errors import Refused
from evaluate.inference.exposure import Benchmark, Exposure
from evaluate.inference.partial_r2 import Effect
from evaluate.inference.t import t_quantile


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an effect is judged by.

    Attributes
    ----------
    headline : Estimate
        The effect.
    compared : Exposure
        Regressions among those compared, under the weights of the comparison.
    before : Exposure
        Regressions among all, before anybody was matched or weighted.
    matched : Matched, Refused or None
        Rosenbaum's bounds, or why there are none; ``None`` where nobody was matched.
    clustered : bool
        Whether units lie in clusters.
    """

    headline: Estimate
    compared: Exposure
    before: Exposure
    matched: Matched | Refused | None
    clustered: bool

    @property
    def alpha(self) -> float:
        """Return one less the level of confidence."""
        return 1 - self.headline.conf_level

    @property
    def effect(self) -> Effect:
        """Return the headline on the scale of the regression among those compared.

        Its standard error is what the distance to the limit nearer zero says, so that intervals
        that were not found from the standard error alone keep their width.
        """
        row = self.headline
        near = row.estimate - row.conf_low if row.estimate >= 0 else row.conf_high - row.estimate
        std_error = near / t_quantile(1 - self.alpha / 2, row.df)
        scale, df = self.compared.scale, self.compared.df
        return Effect(row.estimate, std_error, row.df, scale, df, self.clustered)

    @property
    def benchmarks(self) -> tuple[Benchmark, ...]:
        """Return covariates, each as far from balance as it was before matching or weighting.

        Balanced covariates say nothing of how far apart hidden factors are: these were not
        balanced. What a covariate explains of treatment is the square of the groups' distance
        in it, times treatment's variance, which changes with the weights.
        """
        one, other = self.compared, self.before
        spread = one.treatment_left / one.mass / (other.treatment_left / other.mass)
        held = {each.name: each.r2_outcome for each in one.benchmarks}
        return tuple(
            replace(
                each,
                r2_treatment=_carried(each.r2_treatment, spread),
                r2_outcome=held.get(each.name, each.r2_outcome),
            )
            for each in other.benchmarks
        )


def _carried(share: float, spread: float) -> float:
    if share >= 1:
        return 1.0
    f2 = share / (1 - share) * spread
    return f2 / (1 + f2)
