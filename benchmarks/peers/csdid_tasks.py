"""csdid: group-time effects, from a frame in memory."""

from __future__ import annotations

import contextlib
import io
import warnings

import numpy as np
import pyarrow.parquet as pq
from measure import Answer, arguments, report

warnings.simplefilter("ignore")
task, path, warm = arguments()
frame = pq.read_table(path).to_pandas()


def _group_time(formula: str | None, *, draws: bool) -> Answer:
    from csdid.att_gt import ATTgt

    model = ATTgt("y", "period", "unit", "first", frame, control_group=["nevertreated"],
                  xformla=formula, cband=draws, biters=999)  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        found = model.fit(est_method="dr" if formula else "reg", bstrap=draws)
        simple = found.aggte("simple", bstrap=False).atte
        answer = {"estimate": float(simple["overall_att"])}
        std_error = float(np.ravel(simple["overall_se"])[0])
        study = found.aggte("dynamic", bstrap=draws, cband=draws).atte
    since = [int(one) for one in study["egt"]]
    effect, spread = np.ravel(study["att_egt"]), np.ravel(study["se_egt"])
    answer["event_0"] = float(effect[since.index(0)])
    if draws:
        return answer
    last = max(since)
    return answer | {
        "std_error": std_error,
        "event_0_se": float(spread[since.index(0)]),
        f"event_{last}": float(effect[since.index(last)]),
        f"event_{last}_se": float(spread[since.index(last)]),
    }


def group_time() -> Answer:
    """Return effects without covariates."""
    return _group_time(None, draws=False)


def doubly_robust() -> Answer:
    """Return effects with the file's covariates."""
    names = [name for name in frame.columns if name.startswith("x")]
    return _group_time("y ~ " + " + ".join(names), draws=False)


def bands() -> Answer:
    """Return effects without covariates, with a band by 999 draws."""
    return _group_time(None, draws=True)


report({"group_time": group_time, "doubly_robust": doubly_robust, "bands": bands}[task], warm)
