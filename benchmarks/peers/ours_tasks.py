"""Evaluate, on the same files."""

from __future__ import annotations

from pathlib import Path

from measure import Answer, arguments, report

task, path, warm = arguments()
STUDY = """\
version: 1
id: trial
title: A simulated trial
question: How fast?
status: running
programme: {{owner: Nobody}}
intervention:
  {{name: n, why: w, what: w, provider: w, how: w, where: w, dose: w, tailoring: w, changes: w,
   fidelity: w, class: [preventive], reach: universal, levels: [school]}}
comparison: {{who: w, received: w, why_credible: w}}
data: {{kind: dummy, source: {file}}}
outcomes: {{y: {{column: y, unit: points, role: primary, direction: increase}}}}
analyses:
  main:
    outcome: y
    estimand: ITT
    design: {{randomised: {{treated: t, cluster: school, covariates: [{covariates}]}}}}
    adjustment: additive
    inference: {{std_error: [CR2, CR3, CR1S, wild]}}
"""
HEAD = """\
# Data dictionary

## {folder}

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| y | number | points | | | outcome | simulated |
| t | boolean | | | | offered | simulated |
| school | integer | | | | school | simulated |
"""


def clustered() -> Answer:
    """Return what `evaluate run` finds in a study of this file."""
    from evaluate.flow import run

    file = Path(path)
    names = [f"x{i}" for i in range(9)]
    text = STUDY.format(file=file.name, covariates=", ".join(names))
    (file.parent / "study.yaml").write_text(text, encoding="utf-8")
    rows = "".join(f"| {name} | number | points | | | covariate | simulated |\n" for name in names)
    head = HEAD.format(folder=file.parent.name)
    (file.parent / "data-dictionary.md").write_text(head + rows, encoding="utf-8")
    finding = run(file.parent)
    found = {row.std_error_method: row for row in reversed(finding.estimates)
             if "additive" in row.method}  # fmt: skip
    tests = next(one for one in finding.tables if one.kind == "inference").rows
    wild = next(row for row in tests if "wild" in str(row["method"]))
    return {
        "estimate": found["CR2"].estimate,
        "cr2": found["CR2"].std_error,
        "cr3": found["CR3"].std_error,
        "cr1s": found["CR1S"].std_error,
        "p_wild": float(str(wild["p_value"])),
    }


def two_way() -> Answer:
    """Return the coefficient of d and its standard error clustered by unit."""
    import numpy as np

    from evaluate.inference.two_way import absorb_effects

    table = _columns()
    if "d" in table:  # once: the columns with a coefficient side by side, and not twice
        table["dx"] = np.column_stack([table.pop("d"), table.pop("x")])
    unit, period = table["unit"], table["period"]
    effects = (unit, period)
    fit = absorb_effects(table["y"], table["dx"], effects, cluster=unit, std_error="CR1")
    return {"estimate": float(fit.coefficients[0]), "cr1": float(fit.std_errors[0])}


def wild() -> Answer:
    """Return the statistic and the p-value of 9 999 draws, from rows in memory."""
    import numpy as np

    from evaluate.data.sample import ArraySample
    from evaluate.inference.linear import GroupMoments, fit
    from evaluate.inference.wild import wild_bootstrap

    table = _columns()
    names = ["t", *(name for name in table if name.startswith("x"))]
    cross = ArraySample(table, "y").moments([*names, "y"], ["school"])
    groups = GroupMoments(
        cross.n, cross.cross[:, :-1, :-1], cross.cross[:, :-1, -1], cross.cross[:, -1, -1]
    )
    contrast = np.zeros(len(names) + 1)
    contrast[1] = 1.0
    boot = wild_bootstrap(groups, fit(groups), contrast, seed=(1,), draws=9999)
    return {"t": boot.statistic, "p_wild": boot.p_value}


def permutation() -> Answer:
    """Return the difference in means and the p-value of 10 000 permutations."""
    import numpy as np

    from evaluate.inference.permutation import permutation_test

    table = _columns()
    y, t = table["y"], table["t"] == 1
    found = permutation_test(y, t, seed=(1,), draws=10_000)
    return {"statistic": float(np.mean(y[t]) - np.mean(y[~t])), "p_value": found.p_value}


_READ: dict = {}


def _columns() -> dict:
    """Return the file's columns, read once."""
    if not _READ:
        import pyarrow
        import pyarrow.parquet as pq

        for name in pq.read_schema(path).names:  # one by one: no column is held twice
            _READ[name] = pq.read_table(path, columns=[name])[name].to_numpy()
        pyarrow.default_memory_pool().release_unused()  # what reading took and gave back
    return _READ


tasks = {"clustered": clustered, "two_way": two_way, "wild": wild, "permutation": permutation}
report(tasks[task], warm)
