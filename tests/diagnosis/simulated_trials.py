"""Questions about simulated trials, for the tests of diagnosis."""

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ClusterSize
from evaluate.assumptions.scenario import Scenario
from evaluate.core import Estimand, Settings
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.diagnosis.draws import Question

NUMBER = AssumedOutcome(baseline=10, effect=1.2, sd=4)
SHARE = AssumedOutcome(baseline=0.6, effect=0.15)


def question(spec, outcome, *, settings=None, estimand="ATE", design=DESIGN, **scenario):
    return Question(
        design=design,
        spec=spec,
        scenario=Scenario(outcomes={"y": outcome}, **scenario),
        estimand=Estimand(estimand, "y", "unit"),
        settings=settings or Settings(draws=199),
    )


def people(units=200, outcome=NUMBER, strength=0.0, **scenario):
    covariates = {"before": AssumedCovariate(sd=1, strength=strength)} if strength else {}
    spec = Randomised(treated="t", covariates=tuple(covariates))
    return question(spec, outcome, units=units, size=None, covariates=covariates, **scenario)


def schools(units=40, mean=20, sd=0.0, outcome=NUMBER, icc=0.15, period=None, **scenario):
    spec = Randomised(treated="t", cluster="school", period=period)
    assumed = outcome.model_copy(update={"icc": icc})
    size = ClusterSize(mean=mean, sd=sd)
    return question(spec, assumed, units=units, size=size, **scenario)
