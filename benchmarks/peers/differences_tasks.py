"""differences: group-time effects, from a frame in memory."""

from __future__ import annotations

import warnings

import numpy as np
import pyarrow.parquet as pq
from measure import Answer, arguments, report

warnings.simplefilter("ignore")
task, path, warm = arguments()
frame = pq.read_table(path).to_pandas()
frame["first"] = frame["first"].replace(0, np.nan)
frame = frame.set_index(["unit", "period"])


def _group_time(formula: str, method: str, draws: int) -> Answer:
    from differences import ATTgt

    model = ATTgt(data=frame, cohort_column="first")
    model.fit(formula, est_method=method, boot_iterations=draws, random_state=1,
              progress_bar=False)  # fmt: skip
    whole = model.aggregate("simple", boot_iterations=draws, random_state=1)
    study = model.aggregate("event", boot_iterations=draws, random_state=1)
    whole, study = (
        one.droplevel(list(range(one.columns.nlevels - 1)), axis=1) for one in (whole, study)
    )
    answer = {
        "estimate": float(whole.iloc[0].iloc[0]),
        "event_0": float(study.loc[0].iloc[0]),
    }
    if draws:
        return answer
    last = int(study.index.max())
    return answer | {
        "std_error": float(whole.iloc[0]["std_error"]),
        "event_0_se": float(study.loc[0]["std_error"]),
        f"event_{last}": float(study.loc[last].iloc[0]),
        f"event_{last}_se": float(study.loc[last]["std_error"]),
    }


def group_time() -> Answer:
    """Return effects without covariates."""
    return _group_time("y", "reg", 0)


def doubly_robust() -> Answer:
    """Return effects with the file's covariates."""
    names = [name for name in frame.columns if name.startswith("x")]
    return _group_time("y ~ " + " + ".join(names), "dr", 0)


def bands() -> Answer:
    """Return effects without covariates, with a band by 999 draws."""
    return _group_time("y", "reg", 999)


report({"group_time": group_time, "doubly_robust": doubly_robust, "bands": bands}[task], warm)
