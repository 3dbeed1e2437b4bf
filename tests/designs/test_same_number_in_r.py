"""The call in R that a headline carries gives the headline's numbers."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.inference.calls import Call, call_r, call_stata

Data = Mapping[str, NDArray[Any]]
# Both solve the same equations in double precision, by other decompositions.
TIGHT = 1e-8
PACKAGES = ("estimatr", "clubSandwich")


def schools() -> dict[str, NDArray[Any]]:
    """Return 24 schools of unlike size in two counties, with awkward names of columns."""
    rng = np.random.default_rng(11)
    size = rng.integers(4, 12, 24)
    school = np.repeat(np.arange(24), size)
    n = len(school)
    offered = ((school // 2) % 2).astype(float)
    level = rng.normal(size=24)[school]
    x = rng.normal(size=n) + level
    y = 0.4 * offered + x + 0.5 * level + rng.normal(size=n)
    y[rng.random(n) < 0.05] = np.nan
    chance = np.where(school % 2 == 0, 0.3, 0.6)
    return {
        "offered": offered,
        "skole nr": np.array([f"s{one:02d}" for one in school]),
        "county": np.array(["east", "west"])[school % 2],
        "x": x,
        "if": rng.integers(0, 2, n).astype(float),
        "took part": (rng.random(n) < 0.2 + 0.6 * offered).astype(float),
        "chance": chance,
        "weight": rng.uniform(0.5, 2, n),
        "åpen": y,
    }


def pairs(per_school: int) -> dict[str, NDArray[Any]]:
    """Return twelve pairs of schools, one of each pair treated."""
    rng = np.random.default_rng(12)
    size = rng.integers(2, 9, 24) if per_school > 1 else np.ones(24, int)
    school = np.repeat(np.arange(24), size)
    n = len(school)
    return {
        "t": (school % 2).astype(float),
        "school": np.array([f"s{one:02d}" for one in school]),
        "pair": np.array([f"p{one:02d}" for one in school // 2]),
        "x": rng.normal(size=n),
        "y": rng.normal(size=n) + rng.normal(size=12)[school // 2] + rng.normal(size=24)[school],
    }


def wedge() -> dict[str, NDArray[Any]]:
    """Return twelve clusters that begin in four periods."""
    rng = np.random.default_rng(13)
    cluster, period = (one.ravel() for one in np.mgrid[0:12, 0:5].repeat(6, axis=2))
    n = len(cluster)
    level = rng.normal(size=12)[cluster]
    return {
        "t": (period >= 1 + cluster % 4).astype(float),
        "c": np.array([f"c{one:02d}" for one in cluster]),
        "when": np.array([f"20{one:02d}" for one in period]),
        "x": rng.normal(size=n),
        "y": 0.2 * period + level + rng.normal(size=n),
    }


SCHOOLS: dict[str, Any] = {"treated": "offered", "cluster": "skole nr"}
PUPILS: dict[str, Any] = {"treated": "offered"}
Case = tuple[Data, str, dict[str, Any], Settings, str]


def case(data: Data, spec: dict[str, Any], estimand: str = "ITT", **settings: Any) -> Case:
    outcome = "åpen" if "åpen" in data else "y"
    return data, outcome, spec, Settings(**settings), estimand


CASES: dict[str, Case] = {
    **{
        f"pupils {name}": case(schools(), {**PUPILS, "covariates": ("x", "if")}, std_errors=(name,))
        for name in ("HC0", "HC1", "HC2", "HC3")
    },
    **{
        f"schools {name}": case(
            schools(), {**SCHOOLS, "covariates": ("x", "if")}, std_errors=(name,)
        )
        for name in ("CR0", "CR1", "CR1S", "CR2", "CR3")
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
    "pairs of schools": case(
        pairs(5), {"treated": "t", "cluster": "school", "strata": "pair", "covariates": ("x",)}
    ),
    "pairs of pupils": case(pairs(1), {"treated": "t", "strata": "pair"}),
    "pairs of pupils CR1S": case(pairs(1), {"treated": "t", "strata": "pair"}, std_errors=("HC1",)),
    "wedge": case(
        wedge(), {"treated": "t", "cluster": "c", "period": "when", "covariates": ("x",)}
    ),
    "wedge CR1S": case(
        wedge(), {"treated": "t", "cluster": "c", "period": "when"}, std_errors=("CR1S",)
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
}


def headline(one: Case) -> Estimate:
    """Return the row whose call is run: that of the standard error, were units few or not."""
    data, outcome, spec, settings, estimand = one
    asked = Estimand(estimand, outcome, "points")  # type: ignore[arg-type]
    found = DESIGN.estimate(Randomised(**spec), ArraySample(data, outcome), asked, settings)
    return found.estimates[0]


def write(data: Data, path: Path) -> None:
    """Write a table; missing numbers are empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(data)
        for row in zip(*data.values(), strict=True):
            cells = [one if isinstance(one, str) else f"{one:.17g}" for one in row]
            writer.writerow(["" if cell == "nan" else cell for cell in cells])


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
        call = headline(one).call_r
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


@pytest.mark.parametrize("name", list(CASES))
def test_the_call_gives_the_same_number(name: str, in_r: dict[str, tuple[float, ...]]) -> None:
    row = headline(CASES[name])
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
    for hostile in ("a`b", "a\\b", "a\nb", "a\x00b"):
        assert call_r(Call("y", hostile), "HC2") is None
        assert call_stata(Call("y", hostile), "HC2") is None


@pytest.mark.parametrize(
    ("call", "name", "said"),
    [
        (Call("y", "t"), "HC2", "regress y t, vce(hc2, dfadjust)"),
        (Call("y", "t", ("x",), cluster="c"), "CR2", "regress y t x, vce(hc2 c, dfadjust)"),
        (Call("y", "t", (), ("s",), cluster="c"), "CR1S", "regress y t i.s, vce(cluster c)"),
        (Call("y", "t", cluster="c"), "CR3", "regress y t, vce(jackknife, cluster(c) mse)"),
        (Call("y", "t", cluster="c"), "CR0", None),
    ],
)
def test_the_call_in_stata(call: Call, name: str, said: str | None) -> None:
    assert call_stata(call, name) == said


def test_the_call_in_stata_centres_what_is_interacted() -> None:
    call = Call("y", "t", ("x",), ("s",), interacted=True, cluster="c")
    text = call_stata(call, "CR2") or ""
    assert text.splitlines()[0].startswith("quietly tabulate s if !missing(y)")
    assert text.splitlines()[-1] == "regress y i.t##c.(c_*), vce(hc2 c, dfadjust)"
