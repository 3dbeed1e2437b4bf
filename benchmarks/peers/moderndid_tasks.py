"""moderndid: group-time effects, from a frame in memory."""

from __future__ import annotations

import warnings

import numpy as np
import pyarrow.parquet as pq
from measure import Answer, arguments, report

warnings.simplefilter("ignore")
task, path, warm = arguments()
frame = pq.read_table(path).to_pandas()


def _group_time(formula: str | None, *, draws: bool) -> Answer:
    from moderndid import aggte, att_gt

    found = att_gt(
        frame, yname="y", tname="period", idname="unit", gname="first", xformla=formula,
        est_method="dr" if formula else "reg", boot=draws, cband=draws, biters=999,
        random_state=1,
    )  # fmt: skip
    simple, study = (aggte(found, type=kind) for kind in ("simple", "dynamic"))
    since = [int(one) for one in study.event_times]
    effect, spread = np.ravel(study.att_by_event), np.ravel(study.se_by_event)
    answer = {"estimate": simple.overall_att, "event_0": effect[since.index(0)]}
    if draws:
        return answer | {"reach": float(np.ravel(study.critical_values)[0])}
    last = max(since)
    return answer | {
        "std_error": simple.overall_se,
        "event_0_se": spread[since.index(0)],
        f"event_{last}": effect[since.index(last)],
        f"event_{last}_se": spread[since.index(last)],
    }


def group_time() -> Answer:
    """Return effects without covariates."""
    return _group_time(None, draws=False)


def doubly_robust() -> Answer:
    """Return effects with the file's covariates."""
    names = [name for name in frame.columns if name.startswith("x")]
    return _group_time("~ " + " + ".join(names), draws=False)


def bands() -> Answer:
    """Return effects without covariates, with a band by 999 draws."""
    return _group_time(None, draws=True)


report({"group_time": group_time, "doubly_robust": doubly_robust, "bands": bands}[task], warm)
