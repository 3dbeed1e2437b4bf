"""The gate's rules for tables of a comparison that was built from observed people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evaluate.core import Cell, Table
from evaluate.disclosure.rule import Profile, Row, Rule, digits, nearest, shortened

# Distances of distributions and ratios of variances keep this many decimals, ranges of scores
# too: with more they would give the single people at whom they are reached.
_COARSE = 2
_DF_DIGITS = 2  # degrees of freedom count people: with all digits they give n back
_COARSENED = ("variance_ratio", "variance_ratio_after", "distance", "distance_after")
_SIDES = ("treated", "comparison")


def _balance(table: Table, profile: Profile) -> Table:
    """Return means and differences of covariates behind whose every number stand enough people.

    ``n_least`` counts the fewest of all, of those kept and of those left out, so that no mean
    follows from the others. Levels of one text column hide together: they add up to 1.
    """
    if profile.smallest == 0:
        return table
    hidden = {row.get("key") for row in table.rows if _few(row.get("n_least"), profile)}
    return replace(
        table,
        rows=tuple(
            _bare(row) if row.get("key") in hidden else _coarse(row, profile) for row in table.rows
        ),
    )


def _few(count: Cell, profile: Profile) -> bool:
    """Return whether a count is too small; one that nobody gave is."""
    return not isinstance(count, int) or count < profile.smallest


def _bare(row: Row) -> Row:
    kept = ("covariate", "key", "side", "bin")
    return {key: value if key in kept else None for key, value in row.items()}


def _coarse(row: Row, profile: Profile) -> Row:
    shown = {
        key: nearest(value, profile)
        if isinstance(value, int) and not isinstance(value, bool)
        else round(value, _COARSE)
        if key in _COARSENED and isinstance(value, float)
        else digits(value, profile)
        for key, value in row.items()
    }
    return {**shown, "n_least": None}


def _samples(table: Table, profile: Profile) -> Table:
    """Return the sizes of the groups, without the heaviest unit and the ends of the scores.

    Where few were left out, or few kept, nothing is shown: each count follows from the others.
    """
    if profile.smallest == 0:
        return table
    counts = [row.get(key) for row in table.rows for key in ("n_units", "n_kept")]
    lost = [n for row in table.rows if (n := row.get("n_dropped")) != 0]
    worth = [
        value for row in table.rows if isinstance(value := row.get("effective_n_after"), float)
    ]
    few = any(_few(n, profile) for n in (*counts, *lost))
    if few or any(value < profile.smallest for value in worth):
        return replace(table, rows=tuple(map(_bare, table.rows)))
    return replace(table, rows=tuple(_size(row, profile) for row in table.rows))


def _size(row: Row, profile: Profile) -> Row:
    shown: dict[str, Cell] = dict.fromkeys(row)
    shown["side"] = row.get("side")
    for key in ("n_units", "n_kept", "n_dropped", "effective_n", "effective_n_after"):
        value = row.get(key)
        # An effective size is a count where weights are equal.
        if isinstance(value, int | float) and not isinstance(value, bool):
            shown[key] = nearest(round(value), profile)
    return shown


def _overlap(table: Table, profile: Profile) -> Table:
    """Return bins with enough people of each group, neighbours made one until they have.

    Shares are those of the rounded counts: the exact ones would give these back. Shares under
    the weights are shown where in each bin enough were kept, and enough or none left out.
    """
    if profile.smallest == 0:
        return table
    bins = _merged(table.rows, profile)
    if not bins:
        return replace(table, rows=tuple(map(_bare, table.rows)))
    after = all(_kept(one, profile) for one in bins)
    totals = {side: sum(nearest(_n(one, f"n_{side}"), profile) for one in bins) for side in _SIDES}
    rows = [_bin(str(i + 1), one, totals, profile, after) for i, one in enumerate(bins)]
    # The lowest and the highest score are single people's: the bins reach as far as scores can.
    rows[0] = {**rows[0], "low": 0.0}
    rows[-1] = {**rows[-1], "high": 1.0}
    return replace(table, rows=tuple(rows))


def _n(rows: Sequence[Row], key: str) -> int:
    return sum(value for row in rows if isinstance(value := row.get(key), int))


def _merged(rows: Sequence[Row], profile: Profile) -> list[list[Row]]:
    """Return neighbouring rows in groups with enough of each side; nothing where all are few."""
    done: list[list[Row]] = []
    open_: list[Row] = []
    for row in rows:
        open_.append(row)
        if all(_n(open_, f"n_{side}") >= profile.smallest for side in _SIDES):
            done.append(open_)
            open_ = []
    if open_ and done:
        done[-1] += open_
    return done


def _kept(rows: Sequence[Row], profile: Profile) -> bool:
    for side in _SIDES:
        n, kept = _n(rows, f"n_{side}"), _n(rows, f"n_{side}_kept")
        if kept < profile.smallest or 0 < n - kept < profile.smallest:
            return False
    return True


def _bin(
    name: str, rows: Sequence[Row], totals: Mapping[str, int], profile: Profile, after: bool
) -> Row:
    shown: dict[str, Cell] = dict.fromkeys(rows[0])
    shown["bin"] = name
    for key, value in (("low", rows[0].get("low")), ("high", rows[-1].get("high"))):
        shown[key] = round(value, _COARSE) if isinstance(value, float) else None
    for side in _SIDES:
        count = nearest(_n(rows, f"n_{side}"), profile)
        shown[f"n_{side}"] = count
        shown[f"share_{side}"] = digits(count / totals[side], profile)
        if after:
            shown[f"n_{side}_kept"] = nearest(_n(rows, f"n_{side}_kept"), profile)
            shares = (row.get(f"share_{side}_after") for row in rows)
            whole = sum(share for share in shares if isinstance(share, float))
            shown[f"share_{side}_after"] = round(whole, _COARSE)
    return shown


# A ratio of two shares gives both back beside their difference.
_GIVES_SHARES = ("e_value_risk_ratio",)


def _hidden_selection(table: Table, profile: Profile) -> Table:
    """Return how strong hidden selection must be, where enough people stand in both groups."""
    if profile.smallest == 0:
        return table
    rows = tuple(
        {**_told(row), "state": "withheld"}
        if _few(row.get("n_least"), profile) or row.get("measure") in _GIVES_SHARES
        else {**{key: digits(value, profile) for key, value in row.items()}, "n_least": None}
        for row in table.rows
    )
    return replace(table, rows=rows)


def _told(row: Row) -> dict[str, Cell]:
    return {
        key: value if key in ("key", "measure", "benchmark") else None for key, value in row.items()
    }


def _missing_rules(table: Table, profile: Profile) -> Table:
    """Return the effect under each rule, where enough people stand behind each and between them.

    Rules use more and fewer of the same people: where two differ by a few, their numbers would
    give those few away, and nothing is shown. So too where a row has few degrees of freedom.
    """
    if profile.smallest == 0:
        return table
    counted = [
        (treated, n - treated)
        for row in table.rows
        if isinstance(n := row.get("n_obs"), int)
        and isinstance(treated := row.get("n_treated"), int)
    ]
    each = [n for pair in counted for n in (*pair, sum(pair))]
    gaps = [
        abs(a - b)
        for one in counted
        for other in counted
        for a, b in zip((*one, sum(one)), (*other, sum(other)), strict=True)
        if a != b
    ]
    worth = [df for row in table.rows if isinstance(df := row.get("df"), float)]
    if any(n < profile.smallest for n in (*each, *gaps, *worth)):
        kept = ("rule", "headline")
        rows = tuple(
            {**{k: v if k in kept else None for k, v in row.items()}, "state": "withheld"}
            for row in table.rows
        )
        return replace(table, rows=rows)
    return replace(table, rows=tuple(_rule(row, profile) for row in table.rows))


def _rule(row: Row, profile: Profile) -> Row:
    shown = {
        key: nearest(value, profile)
        if isinstance(value, int) and not isinstance(value, bool)
        else digits(value, profile)
        for key, value in row.items()
    }
    if isinstance(df := shown.get("df"), float):
        shown["df"] = shortened(df, _DF_DIGITS)
    return shown


COMPARISON_RULES: Mapping[str, Rule] = {
    "missing_rules": _missing_rules,
    "comparison_balance": _balance,
    "comparison_overlap": _overlap,
    "comparison_samples": _samples,
    "comparison_dropped": _balance,
    "hidden_selection": _hidden_selection,
    "hidden_selection_bounds": _hidden_selection,
}
