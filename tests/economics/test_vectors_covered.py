"""No worked value is forgotten: each is claimed by one test module, which holds it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "economics_vectors.json").read_text("utf-8"))

# A module claims a value either by its key or by the numbers themselves.
CLAIMS: dict[str, tuple[str, ...]] = {
    "economics/test_discount.py": (
        "DF_NO",
        "DF_SE",
        "DF_UK",
        "DF_DK",
        "DF_NO_midyear_t0.5,t40.5",
        "DF_NO_spot_41_vs_forward",
        "DF_NO_60",
        "1.04^-40*1.03^-20",
        "PV_annuity_30000_t1_40",
        "PV_annuity_30000_t1_40_NO_mid",
        "PV_annuity_30000_t1_40_NO_growth1pct",
        "PV_annuity_30000_t0_40_NO",
        "annuity_factors_20y",
    ),
    "parameters/test_prices.py": (
        "SEK100k_2018_to_SEK2023",
        "SEK100k_2018_to_SEK2024(415.15)",
        "route_A inflate SE then FX2024 -> NOK2024",
        "route_B FX2018 then inflate NO -> NOK2024",
        "route_C inflate SE then PPP2024 -> NOK2024",
        "NOK_7.1M_2012_to_2024 (CPI 93.9->133.6)",
        "NOK_900k_2009(91.9?) note: EUR120k_x_EURNOK2012",
    ),
    "parameters/test_parameter_tables.py": (
        "KVP 2G at G=130160: full, 2/3 (<25)",
        "NO counsellor 560000 x(1+.141)x(1+.12 pension approx)",
    ),
    "economics/test_ingredients.py": (
        "annualise_120000_5y_4pct",
        "annualise_120000_5y_0pct",
        "annualise_120000_5y_3.5pct_salv20000",
        "ingredients_total_NOK",
        "ingredients_by_item",
        "ingredients_per_pupil_n60",
        "PO-palagg 39.75%: SEK 38000/month x12",
        "Plug In: SEK 200M/47 municipalities",
    ),
    "economics/test_returns.py": (
        "WSIPP_391_2022",
        "WSIPP_391_2023",
        "IRR -1000,300x5",
        "IRR multiple -1000,2500,-1540",
        "IRR none",
        "SSB: 10%/12% of 20.7M (2019 NOK)",
        " -> 2024 NOK (CPI 110.8->133.6), x0.5 causal",
        "level annuity equivalent to 2.07M at 1% over t=0..46",
        " same stream at 4% NO",
        " same stream growing 1pct real at 4% NO",
    ),
    "economics/test_fiscal.py": (
        "MVPF_stylised_cost",
        "MVPF_stylised (wtp inframarg 100000 + 0.8*300000 net wage)",
        "MVPF_FIU_cost_pre/at33",
        "MVPF_K12_cost",
        "MVPF_school_ex wtp 250k net cost 100k / -20k / wtp -5 cost -10",
    ),
    "economics/test_effectiveness.py": (
        "ICER_frontier",
        "quadrants",
        "same ICER opposite meaning: dC=+100,dE=+2 and dC=-100,dE=-2; NMB at 60",
        "Fieller dC=1.6e6 se3e5 dE=9 se2 rho0.1",
        "Fieller dE=3 se2",
    ),
    "economics/test_acceptability.py": (
        "PSA_lam100000",
        "PSA_lam250000",
        "PSA_lam500000",
        "ICER ratio of means s1 vs s0; mean of ratios (WRONG)",
    ),
    "economics/test_information.py": (
        "pop EVPI lam250k, 1 decision/yr 5y NO",
        "EVPPI lam250k theta groups draws 0,1|2,3",
        "EVPPI lam250k theta groups draws 0,2|1,3",
    ),
    "economics/test_optimism.py": (
        "OB benefits grade5 cost grade3: B,C,NPV,BCR",
        "unadjusted BCR",
    ),
    "economics/test_sensitivity.py": (
        "breakeven N: cost 4.0M, value per averted 900k; 240k; 0",
        "breakeven pp for 200 pupils",
        "tornado base",
        "tornado",
        "switching eff,val,cost",
        "Derived per-averted-dropout: 5.4bn/(0.10*60000); 5bn/(0.333*63000)",
    ),
    "economics/test_wellbeing.py": (
        "weights (ref 500k) eps1.3 at 250k,500k,1000k",
        "WELLBY 0.2pt x2y x13000 undisc / disc1.5% t0,t1",
    ),
    "economics/test_account.py": (
        "society before MCF",
        "public net NPV",
        "MCF 0.2*public",
        "society NPV incl MCF 0.20",
        "check: production PV - costs",
    ),
    "economics/test_incentives.py": (
        "payer NPV (no MCF)",
        "PV outlay t0-1 by payer",
        "payback disc/undisc by payer",
        "public payback disc/undisc",
        "wrong-pocket ratio",
        "municipality NPV with 10% tax retention",
        "breakeven averted county",
        "breakeven averted municipality",
        "breakeven averted state_NAV",
    ),
    "economics/test_organiser.py": (
        "huvudman: margin/month, breakeven months retained per treated pupil, months at 10% avert",
        "huvudman with 47% ESF",
        "hemkommun extra cost per retained 12 months",
    ),
    "economics/test_cofinancing.py": (
        "ESF 47%: grant, cofin",
        "cofin split in-kind 2.0M -> cash",
    ),
    "economics/test_fund.py": ("fund balance L=2.0M i=2% repay 70% of 450k",),
}
# Values that a module states through others, and why that is the same.
THROUGH = {
    "society before MCF": "4_963_817.61",  # the worked one adds four payers rounded to cents
    "MCF 0.2*public": "0.20 * 780_707.78",
    "check: production PV - costs": "production less resource cost",
    "DF_NO_spot_41_vs_forward": "1.03**-41",
    "DF_NO_60": "1.04**-40 * 1.03**-20",
    "1.04^-40*1.03^-20": "1.04**-40 * 1.03**-20",
}


def text_of(module: str) -> str:
    """Return a module and the values it reads, numbers without their separators."""
    text = (TESTS / module).read_text("utf-8")
    if "discount_vectors.json" in text:
        text += (HERE / "discount_vectors.json").read_text("utf-8")
    return re.sub(r"(?<=\d)_(?=\d)", "", text)


def numbers(value: Any) -> Iterator[float]:
    """Yield every number within a value."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from numbers(one)
    elif isinstance(value, int | float):
        yield value


def stated(key: str, text: str) -> bool:
    """Return whether a text names a value, also by an f-string, or has all its numbers."""
    start = key.rsplit(" ", 1)[0]
    if key in THROUGH:
        return re.sub(r"(?<=\d)_(?=\d)", "", THROUGH[key]) in text
    if re.sub(r"(?<=\d)_(?=\d)", "", key) in text or f"{start} {{" in text:
        return True
    known = {abs(float(one)) for one in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", text)}
    wanted = [abs(one) for one in numbers(VECTORS[key])]
    return bool(wanted) and all(one in known for one in wanted)


def test_every_value_is_claimed_once() -> None:
    claimed = Counter(key for keys in CLAIMS.values() for key in keys)
    assert set(claimed) == set(VECTORS)
    assert set(claimed.values()) == {1}


@pytest.mark.parametrize("module", sorted(CLAIMS))
def test_a_module_holds_what_it_claims(module: str) -> None:
    text = text_of(module)
    assert "def test_" in text
    assert [key for key in CLAIMS[module] if not stated(key, text)] == []


def test_a_forgotten_value_would_be_seen() -> None:
    assert not stated("IRR none", text_of("economics/test_fund.py"))
    assert not stated("PV_annuity_30000_t1_40", text_of("economics/test_wellbeing.py"))
