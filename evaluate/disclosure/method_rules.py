"""The gate's rules for tables of methods: those that count people, and those that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from evaluate.core import Cell, Table
from evaluate.disclosure.rule import Profile, Rule, people, public, stated, withheld


def _without_df(rule: Rule) -> Rule:
    """Return a rule that also hides degrees of freedom: with all digits they give n back."""

    def hidden(table: Table, profile: Profile) -> Table:
        shown = rule(table, profile)
        if profile.smallest == 0:
            return shown
        rows = tuple({k: None if k == "df" else v for k, v in row.items()} for row in shown.rows)
        return replace(shown, rows=rows)

    return hidden


def _without(*columns: str) -> Rule:
    """Return a rule that leaves out columns with names of cases, which may be persons."""

    def bare(table: Table, profile: Profile) -> Table:
        shown = public(table, profile)
        if profile.smallest == 0:
            return shown
        rows = ({k: v for k, v in row.items() if k not in columns} for row in shown.rows)
        return replace(shown, rows=tuple(rows))

    return bare


def _few_beside(column: str, rule: Rule) -> Rule:
    """Return a rule that hides one count where it is small, and not the rest for its sake.

    Nothing else in the table is computed from those whom it counts.
    """

    def hidden(table: Table, profile: Profile) -> Table:
        bare = (({k: v for k, v in row.items() if k != column}) for row in table.rows)
        shown = rule(replace(table, rows=tuple(bare)), profile)
        counted = people({column: None})
        one = (counted(replace(table, rows=(row,)), profile).rows[0] for row in table.rows)
        rows = tuple(
            {k: beside.get(k) if k == column and _numbers(after) else after.get(k) for k in row}
            for row, after, beside in zip(table.rows, shown.rows, one, strict=True)
        )
        return replace(shown, rows=rows)

    return hidden


def _numbers(row: Mapping[str, Cell]) -> bool:
    return any(isinstance(one, int | float) for one in row.values())


def _state_withheld(rule: Rule) -> Rule:
    """Return a rule that, where it hides a number, hides states too: ``one_rater`` is a count."""

    def hidden(table: Table, profile: Profile) -> Table:
        shown = rule(table, profile)
        pairs = [*zip(table.rows, shown.rows, strict=True)]
        if not any(
            row[k] is not None and after.get(k) is None for row, after in pairs for k in row
        ):
            return shown
        rows = tuple(
            {k: "withheld" if k == "state" and v is not None else v for k, v in row.items()}
            for row in shown.rows
        )
        return replace(shown, rows=rows)

    return hidden


def _uncounted(column: str, tells: Callable[[Mapping[str, Cell]], bool], rule: Rule) -> Rule:
    """Return a rule to which a count that nobody gave is too small, in rows that tell something."""

    def hidden(table: Table, profile: Profile) -> Table:
        if profile.smallest == 0:
            return rule(table, profile)
        rows = (
            {**row, column: 0} if row.get(column) is None and tells(row) else row
            for row in table.rows
        )
        return rule(replace(table, rows=tuple(rows)), profile)

    return hidden


def _shows(row: Mapping[str, Cell]) -> bool:
    own = ("case", "n_least", "concordance")
    return any(value is not None for name, value in row.items() if name not in own)


def _speaks(row: Mapping[str, Cell]) -> bool:
    return any(row.get(name) for name in ("speak_for", "speak_against", "silent"))


def _key_alone(rule: Rule) -> Rule:
    """Return a rule that, where it hides a number, leaves the rows' keys: words would tell it."""

    def hidden(table: Table, profile: Profile) -> Table:
        shown = rule(table, profile)
        pairs = zip(table.rows, shown.rows, strict=True)
        if not any(
            old is not None and after.get(k) is None
            for row, after in pairs
            for k, old in row.items()
        ):
            return shown
        first = table.columns[0].name
        return replace(shown, rows=tuple({first: row[first]} for row in table.rows))

    return hidden


# Tables without counts of their own that tell of the people of another table of the analysis:
# where that one is hidden, they are.
FOLLOWS: Mapping[str, str] = {
    "change_selection": "change_scores",
    "goals_sensitivity": "goals_scores",
    "places_change": "places_series",
    "reliability_items": "reliability_scales",
}


METHOD_RULES: Mapping[str, Rule] = {
    "agreement_codes": people({"n_given": None, "n_units": "percent"}),
    "agreement_coefficients": people({"n_units": None}),
    "agreement_disagreements": people({"n_pairs": "share"}),
    "agreement_pairs": people({"n_units": "percent"}),
    "single_case_test": people({"n_people": None}),
    "single_case_measures": people({"n_people": None}),
    "single_case_series": withheld,
    "shares_rates": people({"n": "share", "n_passed": None, "n_missing": None}),
    "shares_reference": people({"n": "share"}),
    "pathways_incidence": people({"n_at_risk": "hazard", "n_events": None}),
    "pathways_flow": people({"n": "share"}),
    "pathways_outcomes": people({"n_events": None, "n_entered": "share"}),
    "places_rates": people({"n": "share"}),
    "places_ranks": people({"n": "share"}),
    "places_series": people({"n": "share"}),
    "places_change": public,
    "places_members": public,
    "before_after_groups": people({"n_rows": None, "n_obs": "mean", "n_units": "mean"}),
    "ladder": public,
    "not_computed_lines": public,
    "theory_nodes": public,
    "theory_edges": public,
    "theory_paths": public,
    "theory_evidence": public,
    "tracing_claims": public,
    "tracing_evidence": public,
    "tracing_accounts": public,
    "practices_records": public,
    "practices_typology": public,
    "practices_matrix": public,
    "practices_evidence": public,
    "practices_agreement": public,
    "practices_transfer": public,
    "practices_conditions": public,
    "outputs_deliverables": public,
    "outputs_completion": public,
    "outputs_participants": people({"n_reached": None}),
    "outputs_uptake": public,
    "joint_cases": _key_alone(_uncounted("n_least", _shows, people({"n_least": None}))),
    "joint_concordance": _key_alone(_uncounted("n_least", _speaks, people({"n_least": None}))),
    "joint_columns": public,
    "network_waves": public,
    "network_crossing": public,
    "network_sectors": public,
    "network_types": public,
    "network_change": public,
    "network_permanence": public,
    "network_actors": public,
    "network_ties": public,
    "distance_matrix": _state_withheld(people({"n": None})),
    "distance_gaps": _state_withheld(people({"n_one": None, "n_other": None})),
    "distance_own": _state_withheld(people({"n_one": None, "n_other": None})),
    "distance_pairs": _state_withheld(people({"n_one": None, "n_other": None})),
    "implementation_sites": people({"n_target": "reach", "n_reached": None}),
    "implementation_components": public,
    "implementation_adaptations": public,
    "implementation_dose": public,
    "implementation_reading": public,
    "rubric_overall": public,
    "rubric_criteria": public,
    "rubric_plans": public,
    "rubric_scores": public,
    "rubric_readers": public,
    "goals_scores": _without_df(people({"n_people": None})),
    "goals_sensitivity": stated(public),
    "goals_levels": people({"n": None}),
    "goals_distribution": people({"n": None, "n_measured": None}),
    "goals_benefits": stated(public),
    "change_scores": _without_df(people({"n_units": None, "n_pairs": None})),
    "change_groups": people({"n_pairs": None}),
    "change_reliable": people({"n": None, "n_pairs": None}),
    "change_selection": stated(public),
    "change_lost": people(
        dict.fromkeys(
            ("n_units", "n_pairs", "n_before_only", "n_after_only", "n_neither"),
        )
    ),
    "change_ends": people({"n_measured": None, "n_worst": None, "n_best": None}),
    "change_shift": people({"n_units": None}),
    "reliability_scales": _few_beside("n_incomplete", people({"n": None})),
    "reliability_items": public,
    "chosen_place_falls": stated(public),
    "detectable_shares": stated(public),
    "detectable_pairs": stated(public),
    "qca_rows": _without("cases", "deviant"),
    "qca_necessity": public,
    "qca_solutions": public,
    "qca_diversity": public,
    "qca_random": public,
    "qca_random_bins": public,
    "qca_robustness": public,
    "qca_points": withheld,
    "qca_excluded": withheld,
    "qca_ranges": public,
    "coding_breadth": people({"n_informants": None}),
    "coding_quotations": withheld,
    "coding_matrix": withheld,
    "coding_cases": withheld,
    "coding_links": public,
    "coding_saturation": public,
    "coding_unseen": public,
    "coding_findings": public,
    "coding_recommendations": public,
}
