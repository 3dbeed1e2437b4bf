"""How far pieces of evidence move belief in a claim, and how far it moves with what was assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.tracing_parts import Piece, Span, Test, Together, Traced, Weighed

TELLING = 5.0
_NEAR = 1e-9
_MOST_LOG = 700.0  # exp of more is infinite


def trace(
    prior: Span,
    shares: Sequence[float],
    pieces: Sequence[Piece],
    *,
    together: Mapping[str, Together] | None = None,
    telling: float = TELLING,
    sure: float = 0.95,
) -> Traced:
    """Return the posterior probability of a claim, by Bayes' rule in odds.

    Posterior odds are prior odds times the likelihood ratio. With rivals of shares w the
    probability of the evidence without the claim is the mixture of theirs, each rival's pieces
    multiplied first. The posterior rises or falls with each probability alone, so its bounds
    over the ranges are attained at their ends.

    Parameters
    ----------
    prior : Span
        Probability of the claim before the evidence.
    shares : sequence of float
        How likely each rival is if the claim does not hold; they sum to 1.
    pieces : sequence of Piece
        The evidence.
    together : mapping of str to Together, optional
        By group: what all that was seen of it has for a probability. It then counts instead of
        the group's strongest pieces.
    telling : float
        From which likelihood ratio on a piece decides.
    sure : float
        Posterior for which the needed prior is told.

    Returns
    -------
    Traced
        Belief, its bounds, and what each piece says.

    Raises
    ------
    Refused
        If a probability is 0 or 1, ranges are out of order, shares do not sum to 1, or the
        likelihood ratio has no number.

    References
    ----------
    Fairfield, Charman (2017). Explicit Bayesian analysis for process tracing. *Political
    Analysis* 25(3). Humphreys, Jacobs (2015). Mixing methods. *APSR* 109(4).
    Van Evera (1997) for the names of the four tests.
    """
    joint = dict(together or {})
    _judge(prior, shares, pieces, joint)
    weights = np.array(shares, dtype=float)
    weighed = _weigh(weights, pieces, joint, telling)
    counted = [one.counted for one in weighed]
    parts = [_seen(piece) for piece, kept in zip(pieces, counted, strict=True) if kept]
    parts += [(one.if_true, one.if_false) for one in joint.values()]
    logs = [_log_ratio(weights, parts, end) for end in (-1, 0, 1)]
    if max(map(abs, logs)) > _MOST_LOG:
        raise Refused(
            "beyond_numbers",
            "the evidence multiplies the odds of a claim by more than can be written as a number",
            "give probabilities that somebody could defend, and judge pieces that hang together "
            "as one group",
        )
    odds = [_logit(one) for one in (prior.low, prior.point, prior.high)]
    low, point, high = (_share(a + b) for a, b in zip(odds, logs, strict=True))
    rivals = _rivals(weights, parts) * (1 - point)
    looked = {one.group for one in pieces if one.observed != "not_looked_for"}
    return Traced(
        posterior=point,
        low=low,
        high=high,
        ratio=float(np.exp(logs[1])),
        prior_half=_share(-logs[1]),
        prior_sure=_share(_logit(sure) - logs[1]),
        rivals=tuple(float(one) for one in rivals),
        pieces=tuple(weighed),
        groups=len(looked | set(joint)),
    )


def classify(if_true: float, if_false: float, telling: float = TELLING) -> Test:
    """Return what kind of test a piece of evidence is.

    Finding it is telling if it multiplies the odds of the claim by ``telling`` or more; missing
    it is telling if it divides them by as much. Only the first: a smoking gun. Only the second:
    a hoop. Both: doubly decisive. Neither: a straw in the wind.

    Parameters
    ----------
    if_true, if_false : float
        Probability of finding it if the claim holds, and if not, in (0, 1).
    telling : float
        Likelihood ratio, above 1.
    """
    finds = if_true / if_false >= telling * (1 - _NEAR)
    misses = (1 - if_false) / (1 - if_true) >= telling * (1 - _NEAR)
    if finds:
        return "doubly_decisive" if misses else "smoking_gun"
    return "hoop" if misses else "straw_in_the_wind"


def _judge(
    prior: Span, shares: Sequence[float], pieces: Sequence[Piece], joint: Mapping[str, Together]
) -> None:
    judged = [(one.if_true, one.if_false) for one in pieces]
    judged += [(one.if_true, one.if_false) for one in joint.values()]
    spans = [prior]
    for true, false in judged:
        spans += [true, *false]
        if len(false) != len(shares):
            raise Refused(
                "rivals_differ",
                "a piece of evidence is not judged under each rival account",
                "give its probability under every rival, or leave the rivals out",
            )
    if not all(0 < one.low <= one.point <= one.high < 1 for one in spans):
        raise Refused(
            "certain_probability",
            "a probability is 0 or 1, or lies outside its own range",
            "give probabilities above 0 and below 1: no evidence can move a certainty",
        )
    if not shares or min(shares) < 0 or abs(sum(shares) - 1) > _NEAR:
        raise Refused(
            "rivals_shares",
            "the shares of the rival accounts do not sum to 1",
            "say how likely each rival is if the claim does not hold, in shares that sum to 1",
        )


def _seen(piece: Piece) -> tuple[Span, tuple[Span, ...]]:
    """Return the probability of what was observed, with the claim and under each rival."""
    if piece.observed == "yes":
        return piece.if_true, piece.if_false
    return _not(piece.if_true), tuple(_not(one) for one in piece.if_false)


def _not(one: Span) -> Span:
    return Span(1 - one.high, 1 - one.point, 1 - one.low)


def _weigh(
    weights: NDArray[np.float64],
    pieces: Sequence[Piece],
    joint: Mapping[str, Together],
    telling: float,
) -> list[Weighed]:
    ratios = []
    for one in pieces:
        false = float(weights @ [span.point for span in one.if_false])
        found, missed = one.if_true.point / false, (1 - one.if_true.point) / (1 - false)
        ratio = {"yes": found, "no": missed}.get(one.observed, 1.0)
        ratios.append((classify(one.if_true.point, false, telling), found, missed, ratio))
    kept = _counted(pieces, [ratio for *_, ratio in ratios], joint)
    return [
        Weighed(one.key, test, found, missed, ratio, index in kept)
        for index, (one, (test, found, missed, ratio)) in enumerate(
            zip(pieces, ratios, strict=True)
        )
    ]


def _counted(
    pieces: Sequence[Piece], ratios: Sequence[float], joint: Mapping[str, Together]
) -> set[int]:
    """Return the pieces that count: of a group the strongest for and the strongest against.

    Dropping what speaks against, because something stronger from the same source speaks for,
    would favour the claim; so each side keeps one.
    """
    kept: set[int] = set()
    for group in dict.fromkeys(one.group for one in pieces if one.group not in joint):
        members = [
            i
            for i, one in enumerate(pieces)
            if one.group == group and one.observed != "not_looked_for"
        ]
        sides = ([i for i in members if ratios[i] > 1], [i for i in members if ratios[i] < 1])
        for side in sides if any(sides) else (members,):
            if side:
                kept.add(max(side, key=lambda i: (abs(np.log(ratios[i])), -i)))
    return kept


Parts = Sequence[tuple[Span, tuple[Span, ...]]]


def _log_ratio(weights: NDArray[np.float64], parts: Parts, end: int) -> float:
    """Return the log likelihood ratio at the points (0), or where it is least (-1) or most (1)."""
    true = sum((np.log(_at(one, end)) for one, _ in parts), 0.0)
    false = np.array(
        [sum((np.log(_at(one[k], -end)) for _, one in parts), 0.0) for k in range(len(weights))]
    )
    used = weights > 0
    top = false[used].max()
    return float(true - top - np.log(weights[used] @ np.exp(false[used] - top)))


def _rivals(weights: NDArray[np.float64], parts: Parts) -> NDArray[np.float64]:
    """Return how likely each rival is after the evidence, if the claim does not hold."""
    logs = np.array(
        [sum((np.log(one[k].point) for _, one in parts), 0.0) for k in range(len(weights))]
    )
    whole = weights * np.exp(logs - logs[weights > 0].max())
    share: NDArray[np.float64] = whole / whole.sum()
    return share


def _at(one: Span, end: int) -> float:
    return (one.point, one.high, one.low)[end]


def _logit(share: float) -> float:
    return float(np.log(share) - np.log1p(-share))


def _share(logit: float) -> float:
    """Return the probability of a log-odds, without overflow at either end."""
    if logit >= 0:
        return float(1 / (1 + np.exp(-logit)))
    return float(np.exp(logit) / (1 + np.exp(logit)))
