"""diff-diff: group-time effects and imputation, from a frame in memory."""

from __future__ import annotations

import warnings

import pyarrow.parquet as pq
from measure import Answer, arguments, report

warnings.simplefilter("ignore")
task, path, warm = arguments()
frame = pq.read_table(path).to_pandas()
COLUMNS = {"outcome": "y", "unit": "unit", "time": "period", "first_treat": "first"}


def _group_time(covariates: list[str] | None, draws: int) -> Answer:
    from diff_diff import CallawaySantAnna

    method = "dr" if covariates else "reg"
    model = CallawaySantAnna(estimation_method=method, n_bootstrap=draws, seed=1)
    found = model.fit(frame, covariates=covariates, aggregate="all", **COLUMNS)
    study = found.event_study_effects
    answer = {"estimate": found.overall_att, "event_0": study[0]["effect"]}
    if draws:
        return answer | {"reach": found.cband_crit_value}
    last = max(study)
    return answer | {
        "std_error": found.overall_se,
        "event_0_se": study[0]["se"],
        f"event_{last}": study[last]["effect"],
        f"event_{last}_se": study[last]["se"],
    }


def group_time() -> Answer:
    """Return effects without covariates."""
    return _group_time(None, 0)


def doubly_robust() -> Answer:
    """Return effects with the file's covariates."""
    return _group_time([name for name in frame.columns if name.startswith("x")], 0)


def bands() -> Answer:
    """Return effects without covariates, and the band's critical value by 999 draws."""
    return _group_time(None, 999)


def imputation() -> Answer:
    """Return the overall effect by imputation."""
    from diff_diff import ImputationDiD

    found = ImputationDiD().fit(frame, **COLUMNS)
    return {"estimate": found.overall_att, "std_error": found.overall_se}


TASKS = {
    "group_time": group_time,
    "doubly_robust": doubly_robust,
    "bands": bands,
    "imputation": imputation,
}
report(TASKS[task], warm)
