"""statsmodels OLS with clustered standard errors."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
from measure import Answer, arguments, report

task, path, warm = arguments()
frame = pq.read_table(path).to_pandas()


def clustered() -> Answer:
    """Return coefficient and CR1S standard error."""
    import statsmodels.api as sm

    names = ["t", *(name for name in frame.columns if name.startswith("x"))]
    x = np.column_stack([np.ones(len(frame)), frame[names].to_numpy(np.float64)])
    groups = {"groups": frame["school"].to_numpy()}
    fit = sm.OLS(frame["y"].to_numpy(), x).fit(cov_type="cluster", cov_kwds=groups)
    return {"estimate": fit.params[1], "cr1s": fit.bse[1]}


report({"clustered": clustered}[task], warm)
