"""The call in R that a headline over time carries gives the headline's numbers."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from typing import Any

import pytest
from test_did import groups
from test_same_number_in_r import PACKAGES, TIGHT, write

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.designs.did import DESIGN, Did

CROSSED: dict[str, Any] = {"cluster": "my c", "covariates": ("x",)}
FOLLOWED: dict[str, Any] = {"unit": "u", "time": "time", "covariates": ("x",)}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    **{f"crossed {name}": (CROSSED, name) for name in ("CR0", "CR1", "CR1S", "CR2", "CR3")},
    "crossed by year CR2": ({"cluster": "my c", "time": "time"}, "CR2"),
    **{f"followed {name}": (FOLLOWED, name) for name in ("CR0", "CR1", "CR1S", "CR2", "CR3")},
    **{f"rows {name}": ({"unit": "r", "covariates": ("x",)}, name) for name in ("HC1", "HC2")},
    "precision CR2": ({**CROSSED, "weights": "w", "weights_kind": "inverse_variance"}, "CR2"),
    "sampling CR2": ({**CROSSED, "weights": "w"}, "CR2"),
    "frequencies CR1S": ({**CROSSED, "weights": "w", "weights_kind": "frequency"}, "CR1S"),
}
NAMES = {"t": "if", "c": "my c"}


def data() -> dict[str, Any]:
    """Return two groups under names that R has to quote."""
    return {NAMES.get(name, name): values for name, values in groups().items()}


@cache
def headline(case: str) -> Estimate:
    """Return the row whose call is run."""
    fields, name = CASES[case]
    spec = Did(treated="if", post="post", **fields)
    settings = Settings(std_errors=(name,), headline_only=True)
    asked = Estimand("ATT", "y", "points")
    return DESIGN.estimate(spec, ArraySample(data(), "y"), asked, settings).estimates[0]


@pytest.fixture(scope="module")
def in_r(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, ...]]:
    """Return estimate, standard error and degrees of freedom of every call, from one R."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed")
    folder = tmp_path_factory.mktemp("calls")
    write(data(), folder / "d.csv")
    lines = [
        f"if (!requireNamespace('{one}', quietly = TRUE)) quit(status = 3)" for one in PACKAGES
    ]
    lines.append(
        "show <- function(key, x) cat(key, sprintf('%.17g', if (is.data.frame(x))"
        " c(x[[2]], x[[3]], x[[which(names(x) %in% c('df', 'df_Satt', 'df_t'))[1]]]) else x),"
        " sep = '\\t', fill = 400)"
    )
    for case in CASES:
        read = "d <- read.csv('d.csv', check.names = FALSE, encoding = 'UTF-8')"
        lines += [read, f"show('{case}', {{ {headline(case).call_r} }})"]
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


@pytest.mark.parametrize("case", list(CASES))
def test_the_call_gives_the_same_number(case: str, in_r: dict[str, tuple[float, ...]]) -> None:
    row = headline(case)
    estimate, std_error, df = in_r[case]
    assert row.estimate == pytest.approx(estimate, rel=TIGHT)
    assert row.std_error == pytest.approx(std_error, rel=TIGHT)
    assert row.df == pytest.approx(df, rel=TIGHT)


def test_what_cannot_be_said_has_no_call() -> None:
    found = {**data(), "a`b": data()["if"]}
    for fields in ({"cluster": "my c"}, {"unit": "u"}):
        spec = Did(treated="a`b", post="post", **fields)
        asked = Estimand("ATT", "y", "points")
        rows = DESIGN.estimate(spec, ArraySample(found, "y"), asked, Settings()).estimates
        assert {(row.call_r, row.call_stata) for row in rows} == {(None, None)}
