"""Plain NumPy on the same account: the tensor of draws, payers and years, in blocks of draws.

Flows by payer, item and year come from the definition by their own few lines, quantiles from
scipy.stats; only the uniform numbers are shared, so that answers can be compared draw for draw.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from measure import Answer, arguments, report
from numpy.typing import NDArray

from benchmarks.accounts import EFFECT
from evaluate.economics.draws import named, slices

Floats = NDArray[np.float64]
_, path, warm = arguments()
definition = json.loads(Path(path).read_text(encoding="utf-8"))
BLOCK, MARGINAL = 1_000, 0.2
PAYERS = list(definition["payers"])


def quantiles(kind: dict[str, Any], figure: float, shares: Floats) -> Floats:
    """Return quantiles of a declared distribution."""
    from scipy import stats

    ((name, given),) = kind.items()
    if name == "uniform":
        frozen = stats.uniform(given["low"], given["high"] - given["low"])
    elif name == "triangular":
        wide = given["high"] - given["low"]
        frozen = stats.triang((figure - given["low"]) / wide, given["low"], wide)
    elif name == "pert":
        wide = given["high"] - given["low"]
        first = 1 + 4 * (figure - given["low"]) / wide
        frozen = stats.beta(first, 6 - first, given["low"], wide)
    elif name == "gamma":
        shape = (figure / given["std_error"]) ** 2
        frozen = stats.gamma(shape, scale=figure / shape)
    elif name == "lognormal":
        variance = np.log1p((given["std_error"] / figure) ** 2)
        frozen = stats.lognorm(np.sqrt(variance), scale=figure * np.exp(-variance / 2))
    else:
        total = figure * (1 - figure) / given["std_error"] ** 2 - 1
        frozen = stats.beta(figure * total, (1 - figure) * total)
    return np.asarray(frozen.ppf(shares))


def shares(parties: str | dict[str, float]) -> dict[str, float]:
    """Return what each of the parties has."""
    return {parties: 1.0} if isinstance(parties, str) else parties


def gains(side: str, row: dict[str, Any]) -> list[dict[str, float]]:
    """Return the items of a row: what each payer gains of one unit."""
    if side == "costs":
        return [{name: -share for name, share in shares(row["payer"]).items()}]
    if side == "benefits":
        return [shares(row["payer"])]
    if side == "transfers":
        lost = {name: -share for name, share in shares(row["from"]).items()}
        return [lost | shares(row["to"])]
    tax, on_top = row["tax"], row["contribution"]
    return [
        {row["earner"]: 1 - tax["rate"]},
        {name: tax["rate"] * share for name, share in shares(tax["to"]).items()},
        {name: on_top["rate"] * share for name, share in shares(on_top["to"]).items()},
    ]


def tensor() -> tuple[Floats, Floats]:
    """Return flows by payer, item and year, and the multiplier of each item in each draw."""
    from scipy import stats

    n, sides = definition["draws"], ("costs", "earnings", "benefits", "transfers")
    rows = [(side, row) for side in sides for row in definition.get(side, ())]
    last = max(row["years"]["to"] for _, row in rows)
    uniform = slices(n, named((7,), "main"))
    drawn = EFFECT["estimate"] + EFFECT["std_error"] * stats.t(EFFECT["df"]).ppf(uniform)
    years, flows, sizes = np.arange(last + 1), [], []
    for side, row in rows:
        on = (years >= row["years"]["from"]) & (years <= row["years"]["to"])
        course = on * (1 + row.get("growth", 0.0)) ** years * row.get("survival", 1.0) ** years
        size = quantiles(
            row["uncertain"], row["amount"], slices(n, named((7,), f"{row['item']} amount"))
        )
        if "causal" in row:
            one = row["causal"]
            at = slices(n, named((7,), f"{row['item']} causal"))
            size = size * quantiles(one["uncertain"], one["share"], at)
        default = "participant" if side == "costs" else "increase"
        if row.get("per", default) == "increase":
            size = size * drawn
        for item in gains(side, row):
            flow = np.zeros((len(PAYERS), last + 1))
            for name, share in item.items():
                flow[PAYERS.index(name)] = share * course
            flows.append(flow)
            sizes.append(size)
    return np.stack(flows, axis=1), np.stack(sizes, axis=1)


def net() -> Answer:
    """Return quantiles, share above 0 and share paid back, by payer and for society."""
    flows, sizes = tensor()
    years = np.arange(flows.shape[2])
    factors = 1.04 ** -np.minimum(years, 40.0) * 1.03 ** -np.maximum(years - 40.0, 0.0)
    kinds = list(definition["payers"].values())
    nation = np.array([not kind.get("eu", False) for kind in kinds])
    public = np.array([kind.get("public", False) for kind in kinds]) & nation
    names = [*PAYERS, "public_funds", "society"]
    nets, back = np.empty((len(names), len(sizes))), np.empty((len(names), len(sizes)), bool)
    for start in range(0, len(sizes), BLOCK):
        block = slice(start, start + BLOCK)
        money = np.tensordot(sizes[block], flows, axes=(1, 1)) * factors
        burden = MARGINAL * money[:, public].sum(axis=1, keepdims=True)
        society = money[:, nation].sum(axis=1, keepdims=True) + burden
        money = np.concatenate([money, burden, society], axis=1)
        running = money.cumsum(axis=2)
        begun = np.maximum.accumulate(money < 0, axis=2)
        nets[:, block] = running[:, :, -1].T
        found = (begun & (running >= 0))[:, :, 1:].any(axis=2) | ~begun[:, :, -1]
        back[:, block] = found.T
    answer = {}
    for name, draws, returned in zip(names, nets, back, strict=True):
        low, high = np.quantile(draws, [0.025, 0.975])
        answer |= {
            f"{name} mean": float(draws.mean()),
            f"{name} low": float(low),
            f"{name} high": float(high),
            f"{name} share": float(np.mean(draws > 0)),
            f"{name} paid_back": float(returned.mean()),
        }
    return answer


report(net, warm)
