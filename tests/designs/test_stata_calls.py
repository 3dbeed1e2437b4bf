"""The commands in Stata: what stands in them, and what is left out where none is known."""

from __future__ import annotations

import pytest

from evaluate.inference.calls import Call
from evaluate.inference.calls_stata import call_stata, late_call_stata


@pytest.mark.parametrize(
    ("call", "name", "said"),
    [
        (Call("y", "t"), "HC2", "regress y t, vce(hc2, dfadjust)"),
        (Call("y", "t", ("x",), cluster="c"), "CR2", "regress y t x, vce(hc2 c, dfadjust)"),
        (
            Call("y", "t", (), ("s",), cluster="c"),
            "CR1S",
            "egen long _g_s = group(s)\nregress y t i._g_s, vce(cluster c)",
        ),
        (Call("y", "t", cluster="c"), "CR3", "regress y t, vce(jackknife, cluster(c) mse)"),
        (Call("y", "t", cluster="c"), "CR0", None),
        (
            Call("y", "t", cluster="c", weights="w"),
            "CR1S",
            "drop if missing(w) | w <= 0\nregress y t [pweight = w], vce(cluster c)",
        ),
        (
            Call("y", "t", cluster="c", weights="w", weights_kind="frequency"),
            "CR2",
            "drop if missing(w) | w <= 0\nexpand w\nregress y t, vce(hc2 c, dfadjust)",
        ),
        (Call("y", "t", weights="w"), "HC2", None),
        (Call("y", "t", cluster="c", probability="p"), "CR2", None),
        (
            Call("y", "t", cluster="c", absorbed=True),
            "CR1S",
            "egen long _g_c = group(c)\nxtset _g_c\nxtreg y t, fe vce(cluster c)",
        ),
        (Call("y", "t", cluster="c", absorbed=True), "CR2", None),
    ],
)
def test_the_call_in_stata(call: Call, name: str, said: str | None) -> None:
    assert call_stata(call, name) == said


def test_the_call_in_stata_centres_what_is_interacted() -> None:
    call = Call("y", "t", ("x",), ("s",), interacted=True, cluster="c")
    lines = (call_stata(call, "CR2") or "").splitlines()
    assert lines[0] == "drop if missing(y, t, x, s, c)"
    # Text columns become numbers before indicators are made of them.
    assert lines.index("egen long _g_s = group(s)") < lines.index(
        "quietly tabulate _g_s, generate(_g_s_)"
    )
    assert "    quietly summarize `v', meanonly" in lines
    assert lines[-1] == "regress y i.t##c.(_c_*), vce(hc2 c, dfadjust)"


def test_the_call_in_stata_centres_at_the_weighted_mean() -> None:
    call = Call("y", "t", ("x",), interacted=True, cluster="c", weights="w", probability="p")
    lines = (call_stata(call, "CR1S") or "").splitlines()
    weight = "w * cond(t == 1, 1 / p, 1 / (1 - p))"
    assert "drop if missing(w) | w <= 0" in lines
    assert f"    quietly summarize `v' [aweight = {weight}], meanonly" in lines
    assert lines[-1] == f"regress y i.t##c.(_c_*) [pweight = {weight}], vce(cluster c)"


def test_taking_part_in_stata() -> None:
    said = "ivregress 2sls y i._g_s (d = t), vce(cluster c) small"
    assert late_call_stata(Call("y", "t", (), ("s",), cluster="c"), "d", "CR1S") == (
        f"egen long _g_s = group(s)\n{said}"
    )
    assert late_call_stata(Call("y", "t", cluster="c", absorbed=True), "d", "CR1S") is None
    assert late_call_stata(Call("y", "t", cluster="c"), "d", "CR2") is None
