"""The call in R that a headline carries gives the headline's numbers."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from awkward_trials import pairs, passed, schools, told, wedge
from numpy.typing import NDArray

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.inference.calls import Call
from evaluate.inference.calls_r import call_r, late_call_r
from evaluate.inference.calls_stata import call_stata

Data = Mapping[str, NDArray[Any]]
# Both solve the same equations in double precision, by other decompositions.
TIGHT = 1e-8
PACKAGES = ("estimatr", "clubSandwich")

ROLLOUT: dict[str, Any] = {"treated": "t", "cluster": "c", "period": "when"}
PAIRS: dict[str, Any] = {"treated": "t", "cluster": "school", "strata": "pair"}
ADJUSTED: dict[str, Any] = {"strata": "county", "covariates": ("x", "if")}
WEIGHTS = {"frequency": "times", "inverse_variance": "weight", "probability": "some zero"}
OF_SCHOOLS = ("CR0", "CR1", "CR1S", "CR2", "CR3")
OF_PUPILS = ("HC0", "HC1", "HC2", "HC3")
SCHOOLS: dict[str, Any] = {"treated": "offered", "cluster": "skole nr"}
PUPILS: dict[str, Any] = {"treated": "offered"}
Case = tuple[Data, str, dict[str, Any], Settings, str]


def case(data: Data, spec: dict[str, Any], estimand: str = "ITT", **settings: Any) -> Case:
    outcome = "åpen" if "åpen" in data else "y"
    return data, outcome, spec, Settings(**settings), estimand


CASES: dict[str, Case] = {
    **{
        f"pupils {name}": case(schools(), {**PUPILS, "covariates": ("x", "if")}, std_errors=(name,))
        for name in OF_PUPILS
    },
    **{
        f"schools {name}": case(
            schools(), {**SCHOOLS, "covariates": ("x", "if")}, std_errors=(name,)
        )
        for name in OF_SCHOOLS
    },
    **{
        f"schools plain {name}": case(schools(), SCHOOLS, std_errors=(name,))
        for name in ("CR1", "CR2", "CR3")
    },
    "pupils plain": case(schools(), PUPILS),
    "pupils strata": case(schools(), {**PUPILS, "strata": "county", "covariates": ("x",)}),
    "schools strata": case(schools(), {**SCHOOLS, "strata": "county", "covariates": ("x",)}),
    "schools additive": case(
        schools(),
        {**SCHOOLS, "strata": "county", "covariates": ("x", "if")},
        adjustment="additive",
    ),
    "took part, schools": case(
        schools(), {**SCHOOLS, "received": "took part", "covariates": ("x",)}, "LATE"
    ),
    "took part, pupils": case(
        schools(), {**PUPILS, "received": "took part", "strata": "county"}, "LATE"
    ),
    "chance, schools": case(schools(), SCHOOLS, probability="chance"),
    "chance, pupils": case(schools(), {**PUPILS, "covariates": ("x",)}, probability="chance"),
    "weights, schools": case(schools(), {**SCHOOLS, "weights": "weight", "covariates": ("x",)}),
    "weights, pupils": case(schools(), {**PUPILS, "weights": "weight"}, std_errors=("HC2",)),
    "precision, schools": case(
        schools(), {**SCHOOLS, "weights": "weight", "weights_kind": "inverse_variance"}
    ),
    **{
        f"{kind}, {unit} {name}{chance}": case(
            schools(),
            {**spec, **ADJUSTED, "weights": column, "weights_kind": kind},
            std_errors=(name,),
            adjustment="additive" if chance else "interacted",
            probability=chance[2:] or None,
        )
        for kind, column in WEIGHTS.items()
        for unit, spec, names in (("schools", SCHOOLS, OF_SCHOOLS), ("pupils", PUPILS, OF_PUPILS))
        for name in names
        for chance in ("", ", chance")
    },
    **{
        f"wedge {name}": case(wedge(), {**ROLLOUT, "covariates": ("x",)}, std_errors=(name,))
        for name in OF_SCHOOLS
    },
    **{
        f"wedge, {kind} {name}": case(
            wedge(),
            {**ROLLOUT, "weights": "times" if kind == "frequency" else "weight"}
            | {"weights_kind": kind},
            std_errors=(name,),
        )
        for kind in WEIGHTS
        for name in OF_SCHOOLS
    },
    **{
        f"pairs of schools {name}": case(
            pairs(5), {**PAIRS, "covariates": ("x",)}, std_errors=(name,)
        )
        for name in OF_SCHOOLS
    },
    **{
        f"pairs of pupils {name}": case(
            pairs(1), {"treated": "t", "strata": "pair"}, std_errors=(name,)
        )
        for name in OF_PUPILS
    },
    **{
        f"took part, pairs {name}": case(
            pairs(5),
            {**PAIRS, "received": "took", "covariates": ("x",)},
            "LATE",
            std_errors=(name,),
        )
        for name in OF_SCHOOLS[:4]
    },
    **{
        f"took part, schools {name}": case(
            schools(), {**SCHOOLS, "received": "took part"}, "LATE", std_errors=(name,)
        )
        for name in OF_SCHOOLS[:4]
    },
    **{
        f"took part, pupils {name}": case(
            schools(), {**PUPILS, "received": "took part"}, "LATE", std_errors=(name,)
        )
        for name in OF_PUPILS
    },
    **{
        f"true or false {name}": case(
            told(schools(), "offered", "if"), {**SCHOOLS, **ADJUSTED}, std_errors=(name,)
        )
        for name in OF_SCHOOLS
    },
    "true or false, pupils": case(
        told(schools(), "offered", "if"), {**PUPILS, **ADJUSTED, "weights": "weight"}
    ),
    "true or false, took part": case(
        told(schools(), "offered", "took part"), {**SCHOOLS, "received": "took part"}, "LATE"
    ),
    "true or false outcome": case(passed(schools()), {**SCHOOLS, "covariates": ("x",)}),
    "true or false outcome CR3": case(passed(schools()), SCHOOLS, std_errors=("CR3",)),
    "treated in awkward words": case(
        told(schools(), "if"), {"treated": "if", "covariates": ("x",)}
    ),
}


@cache
def headline(name: str) -> Estimate:
    """Return the row whose call is run: that of the standard error, were units few or not."""
    data, outcome, spec, settings, estimand = CASES[name]
    data = {name: one * 1.0 if one.dtype == bool else one for name, one in data.items()}
    asked = Estimand(estimand, outcome, "points")  # type: ignore[arg-type]
    found = DESIGN.estimate(Randomised(**spec), ArraySample(data, outcome), asked, settings)
    return found.estimates[0]


def write(data: Data, path: Path) -> None:
    """Write a table; missing numbers are empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(data)
        for row in zip(*data.values(), strict=True):
            writer.writerow(map(written, row, data))


def written(cell: Any, column: str) -> str:
    """Return a cell as a file holds it; R takes TRUE for logical and true for text."""
    if isinstance(cell, np.bool_):
        return str(cell).upper() if column == "offered" else str(cell).lower()
    if isinstance(cell, str):
        return cell
    return f"{cell:.17g}".replace("nan", "")


@pytest.fixture(scope="module")
def in_r(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, ...]]:
    """Return estimate, standard error and degrees of freedom of every call, from one R."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed")
    folder = tmp_path_factory.mktemp("calls")
    lines = [
        f"if (!requireNamespace('{one}', quietly = TRUE)) quit(status = 3)" for one in PACKAGES
    ]
    lines.append(
        "show <- function(key, x) cat(key, sprintf('%.17g', if (is.data.frame(x))"
        " c(x[[2]], x[[3]], x[[which(names(x) %in% c('df', 'df_Satt', 'df_t'))[1]]]) else x),"
        " sep = '\\t', fill = 400)"
    )
    for at, (name, one) in enumerate(CASES.items()):
        call = headline(name).call_r
        if call is not None:
            write(one[0], folder / f"{at}.csv")
            read = f"d <- read.csv('{at}.csv', check.names = FALSE, encoding = 'UTF-8')"
            lines += [read, f"show('{name}', {{ {call} }})"]
    (folder / "calls.R").write_text("\n".join(lines), encoding="utf-8")
    found = subprocess.run(
        [program, "--vanilla", "calls.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        timeout=120,
    )
    if found.returncode == 3:
        pytest.skip("R lacks estimatr or clubSandwich")
    assert found.returncode == 0, found.stderr
    rows = [line.split("\t") for line in found.stdout.splitlines() if "\t" in line]
    return {row[0]: tuple(map(float, row[1:4])) for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CASES))
def test_the_call_gives_the_same_number(name: str, in_r: dict[str, tuple[float, ...]]) -> None:
    row = headline(name)
    assert row.call_r is not None
    estimate, std_error, df = in_r[name]
    assert row.estimate == pytest.approx(estimate, rel=TIGHT)
    assert row.std_error == pytest.approx(std_error, rel=TIGHT)
    assert row.df == pytest.approx(df, rel=TIGHT)


def test_only_the_headline_carries_calls() -> None:
    data, outcome, spec, settings, _ = CASES["schools CR2"]
    asked = Estimand("ITT", outcome, "points")
    rows = DESIGN.estimate(Randomised(**spec), ArraySample(data, outcome), asked, settings)
    assert [row.call_r is None for row in rows.estimates] == [
        row.role != "headline" for row in rows.estimates
    ]


def test_names_are_quoted_or_the_call_is_left_out() -> None:
    call = Call("y", "t", covariates=("Inf", "my x", "x.1"), cluster="a b")
    text = call_r(call, "CR2") or ""
    assert "y ~ t + `Inf` + `my x` + x.1" in text
    assert "clusters = `a b`" in text
    assert call_stata(call, "CR2") is None
    assert late_call_r(call, "d", "CR3") is None
    for hostile in ("a`b", "a\\b", "a\nb", "a\x00b"):
        assert call_r(Call("y", hostile), "HC2") is None
        assert call_stata(Call("y", hostile), "HC2") is None
