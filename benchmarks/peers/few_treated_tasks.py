"""p-values of the overall effect in many roll-outs to a few schools, by a tool's own default.

python few_treated_tasks.py TOOL FILE: one p-value for each draw in the file, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import math
import sys
import warnings
from collections.abc import Callable

import pandas as pd

tool, path = sys.argv[1:3]


def normal(effect: float, std_error: float) -> float:
    """Return the two-sided p-value of an estimate; one where it has no spread."""
    z = abs(effect) / std_error if std_error > 0 else math.nan
    return math.erfc(z / math.sqrt(2))


def diff_diff(frame: pd.DataFrame) -> float:
    """Return the p-value of diff-diff's overall effect."""
    from diff_diff import CallawaySantAnna

    found = CallawaySantAnna().fit(frame, outcome="y", unit="id", time="year", first_treat="first")
    return float(found.overall_p_value)


def moderndid(frame: pd.DataFrame) -> float:
    """Return the p-value of moderndid's overall effect."""
    from moderndid import aggte, att_gt

    found = att_gt(frame, yname="y", tname="year", idname="id", gname="first")
    simple = aggte(found, type="simple")
    return normal(float(simple.overall_att), float(simple.overall_se))


def pyfixest(frame: pd.DataFrame) -> float:
    """Return the p-value of two-way fixed effects with standard errors clustered by school."""
    import pyfixest as pf

    treated = (frame["first"] > 0) & (frame["year"] >= frame["first"])
    fit = pf.feols("y ~ d | id + year", frame.assign(d=treated.astype(float)), vcov={"CRV1": "id"})
    return float(fit.pvalue()["d"])


TOOLS: dict[str, Callable[[pd.DataFrame], float]] = {
    one.__name__: one for one in (diff_diff, moderndid, pyfixest)
}


def main() -> None:
    """Print the p-value of each draw; NaN where the tool gives none."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    frame = pd.read_parquet(path)
    frame["id"] = frame["school"].str[1:].astype(int)
    frame = frame.astype({"year": int, "first": int}).drop(columns="school")
    found = []
    for _, part in frame.groupby("draw"):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found.append(TOOLS[tool](part.drop(columns="draw").reset_index(drop=True)))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
