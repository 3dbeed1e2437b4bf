"""linearmodels: PanelOLS with two-way effects."""

from __future__ import annotations

import pyarrow.parquet as pq
from measure import Answer, arguments, report

task, path, warm = arguments()
frame = pq.read_table(path).to_pandas().set_index(["unit", "period"])


def two_way() -> Answer:
    """Return the coefficient of d, and a standard error clustered by unit."""
    from linearmodels.panel import PanelOLS

    model = PanelOLS(frame["y"], frame[["d", "x"]], entity_effects=True, time_effects=True)
    fit = model.fit(cov_type="clustered", cluster_entity=True, debiased=True, count_effects=False)
    # It counts effects that lie within clusters: its standard error is another, and not compared.
    return {"estimate": fit.params["d"], "cr1s_all_counted": fit.std_errors["d"]}


report({"two_way": two_way}[task], warm)
