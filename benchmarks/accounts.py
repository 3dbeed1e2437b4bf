"""Accounts of made-up amounts, as large as asked for: what the benchmark of money values."""

from __future__ import annotations

from typing import Any

ILLUSTRATIVE = {"status": "illustrative", "note": "Made up, to measure time."}
EFFECT = {"estimate": 0.06, "std_error": 0.03, "df": 38.2}
PAYERS = {
    "pupil": {},
    "employer": {},
    "county": {"public": True},
    "municipality": {"public": True},
    "state": {"public": True},
    "welfare": {"public": True},
    "health": {"public": True},
    "union": {"public": True, "eu": True},
}
SOME = ("county", "municipality", "state", "welfare", "health", "union")
ALL = tuple(PAYERS)


def account(draws: int, years: int = 60) -> dict[str, Any]:
    """Return the definition of an account with 8 payers and 20 items, all of them uncertain.

    Parameters
    ----------
    draws : int
        Of its effect and figures.
    years : int
        From year 0 on.
    """
    return {
        "analysis": "main",
        "currency": "NOK",
        "price_year": 2024,
        "base_year": 2024,
        "schedule": "NO",
        "observed": {"from": 0, "to": 3},
        "draws": draws,
        "payers": {name: {"title": name.title(), **kind} for name, kind in PAYERS.items()},
        "costs": [_cost(k) for k in range(6)],
        "earnings": [_earnings(years)],
        "benefits": [_benefit(k, years) for k in range(8)],
        "transfers": [_transfer(k, years) for k in range(3)],
    }


def _cost(k: int) -> dict[str, Any]:
    amount = 1_000.0 * (k + 1)
    kinds = [
        {"gamma": {"std_error": 0.3 * amount}},
        {"lognormal": {"std_error": 0.2 * amount}},
        {"pert": {"low": 0.5 * amount, "high": 2.0 * amount}},
    ]
    return {
        "item": f"cost_{k}",
        "payer": {SOME[k]: 0.75, SOME[k - 1]: 0.25},
        "amount": amount,
        "years": {"from": 0, "to": 1 + k % 2},
        "uncertain": kinds[k % 3],
        **ILLUSTRATIVE,
    }


def _earnings(years: int) -> dict[str, Any]:
    return {
        "item": "wages",
        "earner": "pupil",
        "amount": 40_000.0,
        "growth": 0.009,
        "years": {"from": 3, "to": min(45, years - 1)},
        "tax": {"rate": 0.3, "to": {"state": 0.55, "municipality": 0.35, "county": 0.1}},
        "contribution": {"rate": 0.141, "to": "state"},
        "uncertain": {"gamma": {"std_error": 8_000.0}},
        "causal": {"share": 0.5, "uncertain": {"beta": {"std_error": 0.1}}},
        **ILLUSTRATIVE,
    }


def _benefit(k: int, years: int) -> dict[str, Any]:
    amount = 500.0 * (k + 2)
    kinds = [
        {"triangular": {"low": 0.0, "high": 2.0 * amount}},
        {"gamma": {"std_error": 0.4 * amount}},
        {"pert": {"low": 0.2 * amount, "high": 3.0 * amount}},
        {"uniform": {"low": 0.5 * amount, "high": 1.5 * amount}},
    ]
    return {
        "item": f"benefit_{k}",
        "payer": ALL[k],
        "per": "increase" if k % 4 else "participant",
        "amount": amount / (1.0 if k % 4 else 50.0),
        "years": {"from": k % 3, "to": years - 1 - k},
        "survival": 0.999,
        "uncertain": kinds[k % 4] if k % 4 else {"lognormal": {"std_error": 0.5 * amount / 50.0}},
        **ILLUSTRATIVE,
    }


def _transfer(k: int, years: int) -> dict[str, Any]:
    amount = 9_000.0 - 2_000.0 * k
    return {
        "item": f"transfer_{k}",
        "from": ("pupil", "pupil", "employer")[k],
        "to": ({"welfare": 0.6, "municipality": 0.4}, {"welfare": 1.0}, "state")[k],
        "amount": amount,
        "growth": 0.005,
        "years": {"from": 2, "to": years // (k + 1) - 1},
        "uncertain": {"gamma": {"std_error": 0.25 * amount}},
        **ILLUSTRATIVE,
    }
