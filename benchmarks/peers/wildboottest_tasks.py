"""wildboottest: the restricted wild cluster bootstrap, alone."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
from measure import Answer, arguments, report

task, path, warm = arguments()
frame = pq.read_table(path).to_pandas()
names = ["t", *(name for name in frame.columns if name.startswith("x"))]
X = np.column_stack([np.ones(len(frame)), frame[names].to_numpy(np.float64)])
Y, cluster = frame["y"].to_numpy(), frame["school"].to_numpy()
R = np.zeros(X.shape[1])
R[1] = 1.0


def wild() -> Answer:
    """Return the statistic and the p-value of 9 999 draws."""
    from wildboottest.wildboottest import WildboottestCL

    boot = WildboottestCL(X=X, Y=Y, cluster=cluster, R=R, B=9999, seed=1, parallel=True)
    boot.get_scores(bootstrap_type="11", impose_null=True, adj=True, cluster_adj=True)
    boot.get_weights(weights_type="rademacher")
    boot.get_numer()
    boot.get_denom()
    boot.get_tboot()
    boot.get_vcov()
    boot.get_tstat()
    boot.get_pvalue(pval_type="two-tailed")
    return {"t": float(np.ravel(boot.t_stat)[0]), "p_wild": float(np.ravel(boot.pvalue)[0])}


report({"wild": wild}[task], warm)
