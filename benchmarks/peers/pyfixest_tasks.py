"""pyfixest, with wildboottest behind its bootstrap."""

from __future__ import annotations

import pyarrow.parquet as pq
from measure import Answer, arguments, report

task, path, warm = arguments()
frame = pq.read_table(path).to_pandas()


def clustered() -> Answer:
    """Return coefficient, CR1-type and CR3 standard errors, and the wild bootstrap's p-value."""
    import pyfixest as pf

    names = [name for name in frame.columns if name.startswith("x")]
    fit = pf.feols("y ~ t + " + " + ".join(names), frame, vcov={"CRV1": "school"})
    one = fit.se()["t"]
    # Its CR3 carries G / (G - 1) where the jackknife has (G - 1) / G.
    n = frame["school"].nunique()
    three = fit.vcov({"CRV3": "school"}).se()["t"] * (n - 1) / n
    wild = fit.wildboottest(reps=9999, param="t", cluster="school", seed=1, parallel=True)
    return {"estimate": fit.coef()["t"], "cr1s": one, "cr3": three, "p_wild": wild["Pr(>|t|)"]}


def two_way() -> Answer:
    """Return the coefficient of d and its standard error clustered by unit."""
    import pyfixest as pf

    # G / (G - 1) alone: its count of nested effects has differed between runs.
    ssc = pf.ssc(k_adj=False, G_adj=True)
    fit = pf.feols("y ~ d + x | unit + period", frame, vcov={"CRV1": "unit"}, ssc=ssc)
    return {"estimate": fit.coef()["d"], "cr1": fit.se()["d"]}


report({"clustered": clustered, "two_way": two_way}[task], warm)
