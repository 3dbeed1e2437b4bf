"""A comparison group built from people who resemble the participants: matching and weighting.

Those without the programme who are like the treated in all that was observed stand for what the
treated would have been: Rosenbaum & Rubin (1983), Biometrika 70(1); Imbens & Rubin (2015), Causal
Inference for Statistics, Social, and Biomedical Sciences, chapters 12 to 18.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.selected import draw_selected
from evaluate.assumptions.two_groups import weigh
from evaluate.checks.matching import diagnose
from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import Sample
from evaluate.design import Design, Result, Simulated, column
from evaluate.errors import Refused
from evaluate.inference.assignment import Columns
from evaluate.inference.built_comparison import How, Method, build, std_error_of
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.comparison_read import ComparisonColumns, read_groups
from evaluate.inference.linear import Spread
from evaluate.inference.matching_options import Bins, Caliper, OfMethod, Trim
from evaluate.inference.row import estimate_row
from evaluate.inference.treatment import fit_treatment
from evaluate.inference.trial import Trial, read_trial
from evaluate.inference.trial_rows import effect_rows


class Matching(OfMethod):
    """Fields of ``design: {matching: …}``."""

    treated: str = column(
        "treatment", "Column: 1 for those with the programme, 0 for the comparison group."
    )
    covariates: tuple[str, ...] = column(
        "covariate",
        "Columns measured before the programme that may have moved both who was treated and the"
        " outcome.",
        min_length=1,
    )
    method: Method = Field(
        default="nearest",
        description="`nearest` neighbours; cells of equal (`exact`) or grouped (`coarsened`) values;"
        " classes of the propensity score (`subclass`); weights that balance means (`entropy`), by"
        " the inverse of the score (`ipw`) or by overlap (`overlap`); score and regression together"
        " (`aipw`).",
    )
    ratio: int = Field(
        default=1, ge=1, le=100, description="Comparison units for each treated one."
    )
    replace: bool = Field(
        default=True,
        description="Whether a unit may stand beside several: closer matches, and no order of"
        " matching that decides.",
    )
    distance: Literal["logit", "score", "mahalanobis"] = Field(
        default="logit",
        description="What is near: the propensity score's logit, the score itself, or Mahalanobis"
        " distance over the covariates.",
    )
    caliper: Caliper | None = Field(default=None, description="Farthest match; else any.")
    order: Literal["largest", "smallest", "closest"] = Field(
        default="largest",
        description="Without replacement, who is matched first: the largest scores, the smallest,"
        " or the closest pairs.",
    )
    bias_corrected: bool = Field(
        default=True, description="Whether a regression takes out the differences that are left."
    )
    exact: tuple[str, ...] = column(
        "covariate", "Columns that must be equal within a match or cell.", default=()
    )
    bins: dict[str, Bins] = Field(
        default_factory=dict,
        description="For `coarsened`, by covariate: number of bins of equal width, such as `5`; `q4`"
        " for quarters; or where to cut. Left out, Sturges' number of equal width.",
    )
    subclasses: int = Field(default=5, ge=2, le=100, description="Number of classes.")
    trim: Trim | None = Field(default=None, description="Scores outside are left out.")
    squares: tuple[str, ...] = Field(
        default=(), description="Covariates whose squares are balanced too."
    )
    nuisance: Literal["linear", "forest", "boosting"] = Field(
        default="linear", description="What foretells outcome and treatment for `aipw`."
    )
    folds: int = Field(
        default=5, ge=2, le=20, description="Parts of the data, each foretold from the others."
    )
    cluster: str | None = column(
        "cluster",
        "Column of the unit that was treated, such as the school; without it, individuals.",
        default=None,
    )
    weights: str | None = column(
        "weight", "Column of sampling weights: one over the probability of a row.", default=None
    )

    @model_validator(mode="after")
    def _names_covariates(self) -> Matching:
        known = {"sd_logit", "sd_score", "logit", "score", *self.covariates}
        if self.caliper and self.caliper.unit not in known:
            raise ValueError("the caliper's `unit` is none that is known, nor a covariate")
        for name in (*self.bins, *self.squares):
            if name not in self.covariates:
                raise ValueError("`bins` or `squares` name what is no covariate")
        for named in (self.covariates, self.exact, self.squares):
            if len(set(named)) < len(named):
                raise ValueError("a column is named twice; name it once")
        return self

    @property
    def how(self) -> How:
        """Return the method and what it needs."""
        return How(
            method=self.method,
            ratio=self.ratio,
            replace=self.replace,
            distance=self.distance,
            caliper=(self.caliper.width, self.caliper.unit) if self.caliper else None,
            order=self.order,
            bias_corrected=self.bias_corrected,
            bins=self.bins,
            subclasses=self.subclasses,
            trim=(self.trim.low, self.trim.high) if self.trim else None,
            squares=self.squares,
            nuisance=self.nuisance,
            folds=self.folds,
        )


def estimate(spec: Matching, sample: Sample, estimand: Estimand, settings: Settings) -> Result:
    """Return the effect on those who found a match, its checks and its tables.

    Parameters
    ----------
    spec : Matching
        Columns and method.
    sample : Sample
        The analysis's rows; they are held in memory.
    estimand : Estimand
        ``ATT``, ``ATE`` or ``ATO``, as the method can.
    settings : Settings
        Level of confidence.

    Raises
    ------
    Refused
        ``adjusted_by_method`` when adjustment is asked for; ``unknown_std_error``; and the codes
        of ``read_trial``, ``read_groups`` and ``compare``.
    """
    if settings.adjustment is not None:
        raise Refused(
            "adjusted_by_method",
            "matching and weighting hold covariates equal themselves",
            "delete adjustment; method: aipw adds a regression, as does bias_corrected",
        )
    name = _std_error(spec, settings)
    columns = ComparisonColumns(
        *(spec.treated, spec.covariates, spec.exact, spec.cluster, spec.weights),
        numbers=(*spec.bins, *spec.squares),
    )
    trial = _trial(spec, sample, (estimand, settings))
    read = read_groups(sample, columns)
    found = build(read.groups, spec.how, estimand.summary)
    row = _row(read.groups, found, name, (estimand, settings))
    covariance = np.array([[row.std_error**2]])
    if settings.headline_only:
        return Result((row,), covariance)
    checks, tables = diagnose(trial, read, found, row, spec.how)
    return Result((row, _plain(trial)), covariance, checks=checks, tables=tables)


def _row(
    groups: Groups, found: Compared, std_error: str, question: tuple[Estimand, Settings]
) -> Estimate:
    estimand, settings = question
    kept = found.weights != 0
    clusters = None if groups.cluster is None else len(np.unique(groups.cluster[kept]))
    return estimate_row(
        found.value,
        Spread(float(np.sqrt(found.variance)), min(found.df, int(kept.sum()) - 1.0)),
        estimand,
        settings.conf_level,
        n_obs=int(kept.sum()),
        n_treated=int((kept & groups.treated).sum()),
        n_clusters=clusters,
        method=found.method,
        std_error_method=std_error,
    )


def _trial(spec: Matching, sample: Sample, question: tuple[Estimand, Settings]) -> Trial:
    """Return the groups as they are before anything is matched."""
    estimand, settings = question
    columns = Columns(treated=spec.treated, cluster=spec.cluster, weights=spec.weights)
    bare = replace(settings, adjustment="none", std_errors=())
    name = "CR2" if spec.cluster else "HC2"
    return read_trial(sample, (estimand, bare), columns, (), (name,))


def _plain(trial: Trial) -> Estimate:
    """Return the difference before anything was held equal."""
    fitted = fit_treatment(trial.assignment, (), "none")
    (row,) = effect_rows(trial, fitted, trial.std_errors, headline=False)
    return row


def std_errors(spec: Matching) -> tuple[str, ...]:
    """Return the one standard error that a method has."""
    return (std_error_of(spec.how),)


def _std_error(spec: Matching, settings: Settings) -> str:
    (name,) = std_errors(spec)
    unknown = [one for one in settings.std_errors if one != name]
    if unknown:
        raise Refused(
            "unknown_std_error",
            f"{', '.join(unknown)}: not a standard error of this method",
            f"write {name}, or delete std_error",
        )
    return name


def simulate(spec: Matching, scenario: Scenario, rng: np.random.Generator) -> Simulated[Matching]:
    """Draw two groups that differ beforehand in what is observed, and in nothing else.

    Parameters
    ----------
    spec : Matching
        Columns to draw.
    scenario : Scenario
        What is assumed; ``apart`` of a covariate says how far the groups lie from each other.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    more = {name: AssumedCovariate(sd=1) for name in spec.covariates}
    more |= {name: AssumedCovariate(mean=0.5) for name in spec.exact}
    wanted = replace(scenario, covariates=more | dict(scenario.covariates))
    drawn = draw_selected(wanted, rng, spec.cluster)
    data: dict[str, NDArray[Any]] = {spec.treated: drawn.treated, **drawn.values}
    if spec.cluster:
        data[spec.cluster] = drawn.cluster
    if spec.weights:
        data[spec.weights] = weigh("probability", len(drawn.treated), rng)
    return Simulated(data, spec, drawn.truth)


EXAMPLE = (
    Matching(treated="treated", covariates=("grade", "absence")),
    Scenario(
        units=400,
        size=None,
        treated_share=0.3,
        outcomes={"outcome": AssumedOutcome(baseline=2, effect=1, sd=1.4, missing=0.05)},
        covariates={
            "grade": AssumedCovariate(mean=0, sd=1, strength=0.3, apart=-0.5),
            "absence": AssumedCovariate(mean=6, sd=2, strength=0.05, apart=0.4),
        },
    ),
)

DESIGN = Design(
    name="matching",
    title="Matching and weighting",
    spec=Matching,
    estimands=frozenset({"ATT", "ATE", "ATO"}),
    rung=5,
    needs={
        4: frozenset({"attrition", "balance", "clusters", "effective_size", "overlap"}),
        5: frozenset({"sensitivity"}),
    },
    std_errors=std_errors,
    estimate=estimate,
    simulate=simulate,
    example=EXAMPLE,
    kind="matched",
)
