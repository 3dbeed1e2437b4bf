"""Every internal rate of return of a row of flows, found exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.finite import finite

_NEGLIGIBLE = 1e-15  # of the largest flow: what a subtraction leaves, and no flow
_BITS = 64  # of a root; a float holds 53
_PRIME = 2**61 - 1
_NOISE = 8 * 2.0**-52  # of the discounted sizes: a present value that may as well be 0

Polynomial = list[int]  # coefficients, lowest power first
Interval = tuple[Fraction, Fraction]  # with one root inside, or twice the root itself


@dataclass(frozen=True, slots=True)
class InternalRates:
    """The rates at which the present value of flows is zero.

    Attributes
    ----------
    rates : tuple of float
        All real ones above −1 in rising order, each once.
    sign_changes : int
        In the row of flows, zeros left out.
    state : str
        ``""``: one change of sign, so that the one rate may be read as a return; ``"ambiguous"``:
        several changes of sign, so that none may, however many rates there are; ``"none"``: the
        present value is zero at no rate; ``"no_flow"``: at all.
    """

    rates: tuple[float, ...]
    sign_changes: int
    state: Literal["", "ambiguous", "none", "no_flow"]


def irr(flows: ArrayLike) -> InternalRates:
    """Return all internal rates of return.

    The flows are a polynomial in 1/(1+r). Its roots are told apart by exact arithmetic (Descartes'
    rule on halved intervals), so that none is lost over long horizons. Two roots between which
    the present value stays within rounding of the flows are one, and so is a present value that
    touches zero within it.

    Parameters
    ----------
    flows : array_like, shape (t,)
        Net money in each year.

    Returns
    -------
    InternalRates
        Rates a year, as shares.

    Raises
    ------
    ValueError
        If the flows are not one finite row.

    References
    ----------
    Collins and Akritas (1976), Polynomial real root isolation using Descartes' rule of signs. In
    R: ``1 / Re(polyroot(flows)) - 1`` of the real positive roots; ``jrvFinance::irr`` finds one.

    Examples
    --------
    >>> irr([-1000, 2500, -1540]).rates
    (0.1, 0.4)
    >>> irr([100, 50])
    InternalRates(rates=(), sign_changes=0, state='none')
    """
    money = finite("flows", flows)
    if money.ndim != 1:
        raise ValueError("flows are one row")
    size = float(np.abs(money).max(initial=0.0))
    kept = np.trim_zeros(np.where(np.abs(money) > _NEGLIGIBLE * size, money, 0.0))
    if not kept.size:
        return InternalRates((), 0, "no_flow")
    signs = np.sign(kept[kept != 0])
    changes = int((signs[1:] != signs[:-1]).sum())
    rates = _rates(kept, changes)
    if not rates:
        return InternalRates((), changes, "none")
    return InternalRates(rates, changes, "" if changes == 1 else "ambiguous")


def _rates(flows: NDArray[np.float64], changes: int) -> tuple[float, ...]:
    """Return the rates of flows that neither start nor end with 0, nearly equal ones as one."""
    if not changes:
        return ()
    exact = [Fraction(float(one)) for one in flows]
    whole = math.lcm(*(one.denominator for one in exact))
    coefficients = [int(one * whole) for one in exact]
    roots = _above_minus_one(coefficients)
    if changes == 1:
        return tuple(roots)
    slope = [k * c for k, c in enumerate(coefficients)][1:]
    turns = _above_minus_one(slope[next(k for k, c in enumerate(slope) if c) :])
    # Between neighbours in this row the present value is monotone: a turn at which it is not 0
    # parts what lies on its two sides, and everything between two such turns is one rate.
    row = sorted([*((rate, 1) for rate in roots), *((r, 2 * _vanishes(flows, r)) for r in turns)])
    groups = [list(group) for parted, group in groupby(row, lambda one: one[1] == 0) if not parted]
    return tuple(_one_rate(group) for group in groups)


def _one_rate(group: list[tuple[float, int]]) -> float:
    """Return the rate of a group: a turn is better determined than the roots beside it."""
    surest = max(kind for _, kind in group)
    rates = [rate for rate, kind in group if kind == surest]
    return rates[len(rates) // 2]


def _vanishes(flows: NDArray[np.float64], rate: float) -> bool:
    """Return whether the present value at a rate is within rounding of 0."""
    # Discounted from the end when rates are negative: the powers stay below 1.
    years = np.arange(flows.size)
    factors = (1 + rate) ** -years if rate >= 0 else (1 + rate) ** (flows.size - 1.0 - years)
    terms = flows * factors
    return bool(abs(math.fsum(terms)) <= _NOISE * np.abs(terms).sum())


def _above_minus_one(coefficients: Polynomial) -> list[float]:
    """Return the rates at which a polynomial in 1/(1+r) is zero, in no order."""
    if not _variations(coefficients):
        return []
    plain = _square_free(coefficients)
    rates = [] if sum(plain) else [0.0]
    rates += [float(1 / root - 1) for root in _roots_in_unit(plain)]
    # Rates below 0: x = 1/(1+r) is above 1, and 1/x a root of the polynomial read backwards.
    return rates + [float(root - 1) for root in _roots_in_unit(plain[::-1])]


def _roots_in_unit(coefficients: Polynomial) -> Iterator[Fraction]:
    """Yield the roots of a square-free polynomial strictly between 0 and 1."""
    for low, high in _isolated(coefficients):
        yield _refined(coefficients, low, high)


def _isolated(coefficients: Polynomial) -> Iterator[Interval]:
    """Yield intervals within (0, 1) that hold one root each."""
    queue = [(coefficients, Fraction(0), Fraction(1))]
    while queue:
        here, low, width = queue.pop()
        # The roots between 0 and 1 become those above 0: Descartes bounds their number.
        bound = _variations(_shifted(here[::-1]))
        if bound == 0:
            continue
        if bound == 1:
            yield low, low + width
            continue
        half, n = width / 2, len(here) - 1
        left = [c << (n - k) for k, c in enumerate(here)]
        right = _shifted(left)
        if right[0] == 0:
            yield low + half, low + half
            right = right[1:]
        queue += [(left, low, half), (right, low + half, half)]


def _refined(coefficients: Polynomial, low: Fraction, high: Fraction) -> Fraction:
    """Return the one root of an interval to the bits of a float."""
    if low == high:
        return low
    # The lower end may itself be a root, of another interval: then its slope tells the sign inside.
    below = _sign(coefficients, low) or _sign([k * c for k, c in enumerate(coefficients)][1:], low)
    while not low or (high - low) * 2**_BITS > low:
        middle = (low + high) / 2
        found = _sign(coefficients, middle)
        if found == 0:
            return middle
        low, high = (middle, high) if found == below else (low, middle)
    return (low + high) / 2


def _sign(coefficients: Polynomial, at: Fraction) -> int:
    """Return the sign of a polynomial at a fraction, in whole numbers."""
    value, power = 0, 1
    for coefficient in reversed(coefficients):
        value = value * at.numerator + coefficient * power
        power *= at.denominator
    return (value > 0) - (value < 0)


def _variations(coefficients: Sequence[int]) -> int:
    """Return the number of changes of sign, zeros left out."""
    signs = [c > 0 for c in coefficients if c]
    return sum(one != other for one, other in pairwise(signs))


def _shifted(coefficients: Polynomial) -> Polynomial:
    """Return p(x + 1) for p(x)."""
    out = list(coefficients)
    for start in range(len(out) - 1):
        for k in range(len(out) - 2, start - 1, -1):
            out[k] += out[k + 1]
    return out


def _square_free(coefficients: Polynomial) -> Polynomial:
    """Return the polynomial with the same roots, each once."""
    slope = [k * c for k, c in enumerate(coefficients)][1:]
    if len(_gcd(coefficients, slope, _PRIME)) == 1:  # a common root would show here too
        return coefficients
    return _quotient(coefficients, _gcd(coefficients, slope))


def _gcd(one: Polynomial, other: Polynomial, prime: int = 0) -> Polynomial:
    """Return the greatest common divisor, modulo a prime or in whole numbers."""
    a, b = _reduced(one, prime), _reduced(other, prime)
    while b:
        while len(a) >= len(b):
            lead, gap = a[-1], len(a) - len(b)
            a = [c * b[-1] for c in a]
            for k, c in enumerate(b):
                a[k + gap] -= lead * c
            a = _reduced(a, prime)
        a, b = b, a
    return a


def _reduced(coefficients: Polynomial, prime: int) -> Polynomial:
    """Return the coefficients as small as they can be, without leading zeros."""
    shared = math.gcd(*coefficients) or 1
    out = [c % prime for c in coefficients] if prime else [c // shared for c in coefficients]
    while out and out[-1] == 0:
        out.pop()
    return out


def _quotient(whole: Polynomial, part: Polynomial) -> Polynomial:
    """Return a polynomial divided by one of its divisors, but for a positive factor."""
    rest = [Fraction(c) for c in whole]
    out = [Fraction(0)] * (len(whole) - len(part) + 1)
    for k in reversed(range(len(out))):
        out[k] = rest[k + len(part) - 1] / part[-1]
        for j, c in enumerate(part):
            rest[k + j] -= out[k] * c
    scale = math.lcm(*(c.denominator for c in out))
    return [int(c * scale) for c in out]
