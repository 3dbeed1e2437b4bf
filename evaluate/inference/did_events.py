"""The groups' difference in each period, against the last one before the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.bands import critical_value
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.did import Did
from evaluate.inference.did_base import fit_base
from evaluate.inference.did_fit import with_covariates
from evaluate.inference.honest_coefficients import EventCoefficients, event_coefficients
from evaluate.inference.linear import Spread
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.wald import cluster_covariance

_BAND_DRAWS = 9999


@dataclass(frozen=True, slots=True)
class Events:
    """Differences by period.

    Attributes
    ----------
    event : tuple of int
        Periods since the start, but for the reference -1.
    effect : ndarray, shape (k,)
        In the outcome's unit.
    spreads : tuple of Spread
        Standard error and degrees of freedom of each.
    covariance : ndarray, shape (k, k)
        Of the effects.
    critical : float
        Standard errors that a band reaches to hold all of them.
    std_error : str
        Estimator.
    """

    event: tuple[int, ...]
    effect: Float
    spreads: tuple[Spread, ...]
    covariance: Float
    critical: float
    std_error: ClusterStdError


def read_events(did: Did, fitted: TreatmentFit) -> Events:
    """Return the groups' difference in each period less that in the last before the start.

    Parameters
    ----------
    did : Did
        Two groups, with a calendar.
    fitted : TreatmentFit
        The headline's model, whose covariates are held constant here too.

    Raises
    ------
    Refused
        ``no_periods`` without a calendar or clusters; ``periods_apart`` where units do not
        lead from every period to every other; and the codes of ``fit`` and
        ``cluster_spread``.

    References
    ----------
    R ``fixest::feols(y ~ i(time, treated, ref = last) + x | unit + time)``, with CR2 of
    ``clubSandwich``.
    """
    base, calendar = did.base, did.calendar
    if base is None or calendar is None or base.periods is None:
        raise Refused(
            "no_periods",
            "no column of periods is named, or rows are not of clusters",
            "name the period of each row under time",
        )
    if not base.connected:
        raise Refused(
            "periods_apart",
            "no unit is seen in some of the periods and in others too",
            "use units that are seen throughout, or leave unit out",
        )
    reference = calendar.start - 1
    shown = [at for at in range(len(calendar.periods)) if at != reference]
    used = with_covariates(did, base, fitted)
    groups, fit = fit_base(used, used.own(base.periods[:, shown]), used.shared())
    kind: ClusterStdError = "CR2"
    if did.columns.weights and did.columns.kind == "probability":
        kind = "CR1"  # CR2 supposes that weights are of precision
    picks = np.eye(fit.rank)[: len(shown)]
    spreads = tuple(cluster_spread(groups, fit, one, kind) for one in picks)
    covariance = cluster_covariance(groups, fit, picks, kind)
    least = min(one.df for one in spreads)
    settings = did.trial.settings
    critical = critical_value(covariance, settings.conf_level, _BAND_DRAWS, settings.seed, least)
    event = tuple(at - calendar.start for at in shown)
    effect = picks @ fit.coefficients
    return Events(event, effect, spreads, covariance, critical, kind)


def coefficients_of(did: Did, events: Events | Refused) -> EventCoefficients | Refused:
    """Return the differences as tests of unequal trends take them, or why they cannot.

    Parameters
    ----------
    did : Did
        Two groups.
    events : Events or Refused
        Differences by period, or why there are none.
    """
    if isinstance(events, Refused):
        return events
    after = [one for one in events.event if one >= 0]
    weights = dict.fromkeys(after, 1 / len(after))
    units = did.trial.assignment.units
    fewest = min(units(0), units(1))
    try:
        return event_coefficients(
            events.event, events.effect, events.covariance, weights, n_clusters=fewest
        )
    except Refused as refused:
        return refused
