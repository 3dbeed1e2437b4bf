"""Agreement of coders as a method: tables, the check on planted data, and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import ask, check_of, rows_of

from evaluate.core import Cell
from evaluate.errors import Refused
from evaluate.methods.agreement import METHOD, Agreement, Ratings

CODES = ("mandate", "meetings", "secrecy", "distance")
DRAWS = 30


def said(
    rng: np.random.Generator, right: float, units: int = 80, coders: int = 2
) -> dict[str, Any]:
    """Return what coders say who see the truth in a share of the units and else guess."""
    truth = rng.integers(0, len(CODES), units)
    found = [
        (f"s{at}", f"coder {who}", CODES[one if rng.random() < right else rng.integers(len(CODES))])
        for who in range(coders)
        for at, one in enumerate(truth)
    ]
    unit, coder, code = (np.array(one, dtype=object) for one in zip(*found, strict=True))
    return {"segment": unit, "coder": coder, "code": code}


def run(record: dict[str, Any], **more: Any) -> Any:
    fields = {"record": "segments", "unit": "segment", "coder": "coder"} | (
        more or {"value": "code"}
    )
    return ask(METHOD, Agreement(variables={"theme": Ratings(**fields)}), record)


def share(result: str, right: float) -> float:
    rng = np.random.default_rng(3)
    got = [check_of(run(said(rng, right)), "agreement").result for _ in range(DRAWS)]
    return got.count(result) / DRAWS


def test_coders_who_guess_fire_and_good_ones_do_not() -> None:
    assert share("failed", 0.6) >= 0.8  # alpha is about 0.36
    assert share("failed", 0.97) <= 0.07  # alpha is about 0.94
    assert share("passed", 0.97) >= 0.8


def test_a_wide_interval_tells_nothing() -> None:
    rng = np.random.default_rng(3)
    assert check_of(run(said(rng, 0.95, units=9)), "agreement").result != "failed"
    few = check_of(run(said(rng, 1.0, units=4)), "agreement")
    assert few.result == "uninformative"


def test_coefficients_of_two_and_of_three() -> None:
    rng = np.random.default_rng(1)
    two = rows_of(run(said(rng, 0.8)), "coefficients")
    assert {"theme.alpha", "theme.cohen", "theme.gwet"} <= set(two)
    alpha = two["theme.alpha"]
    assert alpha["low"] < alpha["value"] < alpha["high"]
    three = run(said(rng, 0.8, coders=3))
    assert "theme.conger" in rows_of(three, "coefficients")
    pairs = rows_of(three, "pairs")
    assert set(pairs) == {"theme.1_2", "theme.1_3", "theme.2_3"}
    # The one interval of Cohen's kappa that both ways give: by units, and by its standard error.
    pair = rows_of(run(said(np.random.default_rng(1), 0.8)), "pairs")["theme.1_2"]
    assert two["theme.cohen"]["value"] == pytest.approx(pair["kappa"], rel=1e-9)
    width = (two["theme.cohen"]["high"] - two["theme.cohen"]["low"]) / (2 * 1.96)
    assert width == pytest.approx(pair["std_error"], rel=0.2)


def test_no_coder_is_named() -> None:
    found = run(said(np.random.default_rng(1), 0.8, coders=3))
    cells: list[Cell] = [cell for one in found.tables for row in one.rows for cell in row.values()]
    assert not any("coder " in str(one) for one in cells)


def test_several_codes_of_one_unit() -> None:
    rng = np.random.default_rng(4)
    record = said(rng, 1.0, units=40)
    # The second coder never gives the last code, and gives the first one in its place.
    wrong = (record["coder"] == "coder 1") & (record["code"] == "distance")
    record["code"] = np.where(wrong, "mandate", record["code"])
    found = run(record, code="code")
    codes = rows_of(found, "codes")
    assert set(codes) == {f"theme.{one}" for one in CODES}
    assert codes["theme.meetings"]["value"] == pytest.approx(1.0)
    assert codes["theme.distance"]["value"] < 0.2
    (apart,) = rows_of(found, "disagreements").values()
    assert (apart["one"], apart["other"], apart["n_pairs"]) == (
        "distance",
        "mandate",
        int(wrong.sum()),
    )
    whole = rows_of(found, "coefficients")["theme.alpha"]
    assert whole["n_units"] == 40
    assert codes["theme.distance"]["value"] < whole["value"] < 1


def test_a_code_that_everybody_gives_to_everything_has_no_alpha() -> None:
    record = said(np.random.default_rng(4), 0.9, units=30)
    for name, more in (("segment", record["segment"]), ("coder", record["coder"])):
        record[name] = np.concatenate([record[name], more])
    record["code"] = np.concatenate([record["code"], np.full(60, "always", dtype=object)])
    row = rows_of(run(record, code="code"), "codes")["theme.always"]
    assert "value" not in row
    assert (row["state"], row["percent"]) == ("agreement.all_equal", 1.0)


def test_all_equal_is_uninformative() -> None:
    record = said(np.random.default_rng(4), 1.0, units=12)
    record["code"] = np.full(24, "mandate", dtype=object)
    found = run(record)
    row = rows_of(found, "coefficients")["theme.alpha"]
    assert "value" not in row
    assert check_of(found, "agreement").result == "uninformative"


def test_scales_and_their_order() -> None:
    rng = np.random.default_rng(9)
    record = said(rng, 0.7)
    ordinal = rows_of(run(record, value="code", scale="ordinal", order=CODES), "coefficients")
    assert {"theme.cohen_linear", "theme.cohen_squared", "theme.kendall"} <= set(ordinal)
    # Numbers in the same order are the same scale.
    record["grade"] = np.array([10.0 ** CODES.index(one) for one in record["code"]])
    numbers = rows_of(run(record, value="grade", scale="ordinal"), "coefficients")
    for name in ("theme.alpha", "theme.cohen_linear", "theme.kendall"):
        assert numbers[name]["value"] == pytest.approx(ordinal[name]["value"], rel=1e-9)
    ratio = rows_of(run(record, value="grade", scale="ratio"), "coefficients")
    assert {"theme.icc_agreement", "theme.icc_consistency"} <= set(ratio)
    assert "theme.fleiss" not in ratio


@pytest.mark.parametrize(
    ("change", "more", "code"),
    [
        ({"coder": "one"}, {"value": "code"}, "coded_twice"),
        ({"segment": "numbered"}, {"value": "code"}, "no_shared_units"),
        ({"code": None}, {"value": "code"}, "no_ratings"),
        ({}, {"value": "code", "scale": "interval"}, "not_numbers"),
        ({}, {"value": "code", "scale": "ordinal", "order": CODES[:3]}, "off_scale"),
        ({"coder": "one"}, {"code": "code"}, "one_rater"),
    ],
)
def test_what_is_refused(change: dict[str, Any], more: dict[str, Any], code: str) -> None:
    record = said(np.random.default_rng(2), 0.8)
    n = len(record["code"])
    for name, what in change.items():
        cells = [f"u{i}" for i in range(n)] if what == "numbered" else [what] * n
        record[name] = np.array(cells, dtype=object)
    with pytest.raises(Refused) as refused:
        run(record, **more)
    assert refused.value.code == code
    assert not any(one in str(refused.value) for one in CODES)


def test_one_coder_alone() -> None:
    record = said(np.random.default_rng(2), 0.8, coders=1)
    with pytest.raises(Refused) as refused:
        run(record)
    assert refused.value.code == "one_rater"


def test_values_below_nought_have_no_ratio() -> None:
    record = said(np.random.default_rng(2), 0.8)
    record["grade"] = np.array([CODES.index(one) - 1.0 for one in record["code"]])
    with pytest.raises(Refused) as refused:
        run(record, value="grade", scale="ratio")
    assert refused.value.code == "negative_ratio"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"value": "code", "code": "code"},
        {"code": "code", "scale": "interval"},
        {"value": "code", "order": CODES},
        {"value": "code", "scale": "ordinal", "order": ("a", "a")},
    ],
)
def test_fields_that_contradict_each_other(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"code|order"):
        Ratings(**{"record": "segments", "unit": "segment", "coder": "coder"} | fields)


def test_thresholds_in_the_wrong_order() -> None:
    one = Ratings(record="segments", unit="segment", coder="coder", value="code")
    with pytest.raises(ValueError, match="turn them round"):
        Agreement(variables={"theme": one}, good=0.5, least=0.6)
