"""The truth table of verdicts, line by line and column by column, on real documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy.model import Report, Row
from ctpat_policy.reports.outcome import exit_code, outcome
from tests import small_law
from tests.company import TODAY, dump, example, patched
from tests.doors import EVENTS, LOADS, two_sites
from tests.policy_folder import Folder, small_company
from tests.small_law import CRITERION

APPLIES = {"of": "subject.seal_stock", "rule": {"const": True}, "reason": "<id> keeps no seals"}
UNSAID = {"of": "subject.name", "rule": {"const": "Dock"}, "reason": "another dock"}


def clause(name: str, of: str, rule: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "level": "must",
        "all": [{"of": of, "rule": rule, "gap": f"no {name}"}],
        **more,
    }


def law(level: str, **patch: Any) -> Any:
    """A criterion with three clauses: the doors, the log of the gate, and every load."""
    criterion = {
        "levels": {"consolidator": [{"level": level, "basis": "confirmed"}]},
        "views": {"loads": LOADS},
        "clauses": [
            clause("checked", "current.door_check", {"minItems": 1}),
            clause("logged", "records.gate_log", {"minItems": 1}),
            clause("loads", "views.loads", {"items": {"required": ["ref"]}}),
        ],
    }
    return small_law.load({CRITERION: patched(criterion, patch)})


Documents = dict[str, Any]


def record(kind: str, data: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    whole = {"schema": f"{kind}/1", "scope": {"sites": ["S-1"]}, "recorded_on": TODAY}
    return {**whole, "recorded_by": "P-2", "data": data, **more}


DOORS = {"door_check": record("door_check", {"checked_on": "2026-06-10"})}
GATE = {"gate_log": record("gate_log", {"first": "2026-05-01", "last": "2026-06-30"})}


def register(**events: Any) -> Documents:
    """A register of the whole time, in which nothing happened but what is named."""
    named = {name: events.get(name, []) for name in EVENTS}
    data = {"period_from": "2026-05-01", "period_to": "2026-06-30", "events": named}
    return {"event_register": record("event_register", data)}


LOADED = register(load=[{"ref": "SH-1", "dated": "2026-05-12", "site": "S-1"}])
ALL = DOORS | GATE | LOADED


def action(*clauses: str, severity: str = "must", **data: Any) -> Documents:
    covers = [f"MSC-9.4/{name}" for name in clauses or ("checked",)]
    about = {"criteria": ["MSC-9.4"], "covers": covers, "severity": severity}
    return {"corrective_action": {"data": {**about, **data}}}


def late(*clauses: str, severity: str = "must") -> Documents:
    return action(*clauses, severity=severity, due="2026-06-29")


def unapproved(documents: Documents) -> Documents:
    return {kind: {**value, "approvals": []} for kind, value in documents.items()}


def exception(type_: str, **patch: Any) -> Documents:
    data = {"criterion": "MSC-9.4", "type": type_, "reason": "Nobody comes here."}
    return {"criterion_exception": {"data": {**data, **patch.pop("data", {})}, **patch}}


def put(made: Folder, documents: Documents) -> None:
    for kind, value in documents.items():
        if kind in ("corrective_action", "criterion_exception"):
            made.record(kind, **value)
        else:
            made.put(f"evidence/{kind}/a.yaml", dump(value))


NOT_APPLICABLE = exception("not_applicable")
NOT_ADOPTED = exception("should_not_adopted")

#: Line of the table; what is special about the criterion; the documents; the verdict of a must and
#: of a should row, the outcome in JUnit and the exit code of each.
TABLE: list[
    tuple[str, Mapping[str, Any], Documents, tuple[str, str], tuple[str, str], tuple[int, int]]
] = [
    (
        "2 a fact of the profile is missing",
        {"applies_when": UNSAID},
        ALL,
        ("not_assessed", "not_assessed"),
        ("error", "skipped"),
        (1, 0),
    ),
    (
        "2 even with an exception",
        {"applies_when": UNSAID},
        ALL | NOT_APPLICABLE,
        ("not_assessed", "not_assessed"),
        ("error", "skipped"),
        (1, 0),
    ),
    (
        "3 it does not apply",
        {"applies_when": {**APPLIES, "rule": {"const": False}}},
        {},
        ("not_applicable", "not_applicable"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    (
        "3 not one of its clauses applies",
        {
            "clauses": [
                clause(
                    "checked",
                    "current.door_check",
                    {"minItems": 1},
                    applies_when={**APPLIES, "rule": {"const": False}},
                )
            ]
        },
        {},
        ("not_applicable", "not_applicable"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    (
        "4 argued not to apply, though nothing is there",
        {},
        NOT_APPLICABLE,
        ("not_applicable", "not_applicable"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    (
        "4 argued not to apply, though all is there",
        {},
        ALL | NOT_APPLICABLE,
        ("not_applicable", "not_applicable"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    # line 5, and 6 in the column of a must: the exception is then a finding
    (
        "5 and 6 not adopted, the first clause fails",
        {},
        GATE | LOADED | NOT_ADOPTED,
        ("not_met", "not_adopted"),
        ("failure", "skipped"),
        (1, 0),
    ),
    (
        "5 and 6 not adopted, a later clause fails",
        {},
        DOORS | LOADED | NOT_ADOPTED,
        ("partly_met", "not_adopted"),
        ("failure", "skipped"),
        (1, 0),
    ),
    (
        "5 and 6 not adopted, and a clause is unknown",
        {},
        DOORS | GATE | NOT_ADOPTED,
        ("not_assessed", "not_adopted"),
        ("error", "skipped"),
        (1, 0),
    ),
    (
        "11 not adopted, yet all pass",
        {},
        ALL | NOT_ADOPTED,
        ("met", "met"),
        ("passed", "passed"),
        (1, 0),  # the exception to a must is a finding all the same
    ),
    (
        "7 the first clause fails",
        {},
        GATE | LOADED,
        ("not_met", "not_met"),
        ("failure", "skipped"),
        (1, 0),
    ),
    ("7 all clauses fail", {}, {}, ("not_met", "not_met"), ("failure", "skipped"), (1, 0)),
    (
        "7 a late action about the clause that fails",
        {},
        GATE | LOADED | late(),
        ("not_met", "not_met"),
        ("failure", "skipped"),
        (1, 1),  # the late action is a finding of its own
    ),
    (
        "8 only a later clause fails",
        {},
        DOORS | LOADED,
        ("partly_met", "partly_met"),
        ("failure", "skipped"),
        (1, 0),
    ),
    (
        "8 a later clause fails and another is unknown",
        {},
        DOORS,
        ("partly_met", "partly_met"),
        ("failure", "skipped"),
        (1, 0),
    ),
    (
        "8 the first clause is covered, a later one fails",
        {},
        LOADED | action("checked"),
        ("partly_met", "partly_met"),
        ("failure", "skipped"),
        (1, 0),
    ),
    (
        "8 a late action about the first clause, which passes",
        {},
        ALL | late("checked"),
        ("partly_met", "partly_met"),
        ("failure", "skipped"),
        (1, 1),
    ),
    (
        "8 a late action about a later clause, which passes",
        {},
        ALL | late("logged"),
        ("partly_met", "partly_met"),
        ("failure", "skipped"),
        (1, 1),
    ),
    (
        "8 a late action about a clause that is unknown",
        {},
        DOORS | GATE | late("loads"),
        ("partly_met", "partly_met"),
        ("failure", "skipped"),
        (1, 1),
    ),
    (
        "8 an action that nobody approved, about a clause that passes",
        {},
        ALL | unapproved(action("checked")),
        ("partly_met", "partly_met"),
        ("failure", "skipped"),
        (1, 1),
    ),
    (
        "9 no clause fails, one is unknown",
        {},
        DOORS | GATE,
        ("not_assessed", "not_assessed"),
        ("error", "skipped"),
        (1, 0),
    ),
    (
        "9 one is covered, one is unknown",
        {},
        DOORS | action("logged"),
        ("not_assessed", "not_assessed"),
        ("error", "skipped"),
        (1, 0),
    ),
    (
        "10 the clause that fails is covered",
        {},
        GATE | LOADED | action("checked"),
        ("action_open", "action_open"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    (
        "10 the clause that is unknown is covered",
        {},
        DOORS | GATE | action("loads"),
        ("action_open", "action_open"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    (
        "10 all clauses are covered",
        {},
        action("checked", "logged", "loads"),
        ("action_open", "action_open"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    (
        "10 an action about a should covers, too",
        {},
        GATE | LOADED | action("checked", severity="should"),
        ("action_open", "action_open"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    (
        "10 an open must is itself a gap of a clause that passes",
        {},
        ALL | action("checked"),
        ("action_open", "action_open"),
        ("skipped", "skipped"),
        (0, 0),
    ),
    ("11 all pass", {}, ALL, ("met", "met"), ("passed", "passed"), (0, 0)),
    (
        "11 an open should about a clause that passes",
        {},
        ALL | action("checked", severity="should"),
        ("met", "met"),
        ("passed", "passed"),
        (0, 0),
    ),
    (
        "11 a late should about a clause that passes",
        {},
        ALL | late("checked", severity="should"),
        ("met", "met"),
        ("passed", "passed"),
        (1, 1),
    ),
    (
        "11 what fails does not apply",
        {
            "clauses": [
                clause("checked", "current.door_check", {"minItems": 1}),
                clause(
                    "logged",
                    "records.gate_log",
                    {"minItems": 1},
                    applies_when={**APPLIES, "rule": {"const": False}},
                ),
            ]
        },
        DOORS,
        ("met", "met"),
        ("passed", "passed"),
        (0, 0),
    ),
]


def judged(
    root: Path, level: str, patch: Mapping[str, Any], documents: Documents
) -> tuple[Row, Report]:
    made = small_company(root, law(level, **patch))
    put(made, documents)
    report = made.judge()
    (row,) = report.rows
    return row, report


@pytest.mark.parametrize("level", ["must", "should"])
@pytest.mark.parametrize(
    ("line", "patch", "documents", "verdicts", "outcomes", "exits"),
    TABLE,
    ids=[t[0] for t in TABLE],
)
def test_truth_table(
    tmp_path: Path,
    line: str,
    patch: Mapping[str, Any],
    documents: Documents,
    verdicts: tuple[str, str],
    outcomes: tuple[str, str],
    exits: tuple[int, int],
    level: str,
) -> None:
    column = int(level == "should")

    row, report = judged(tmp_path, level, patch, documents)

    assert row.level == level
    assert row.verdict == verdicts[column]
    assert outcome(row, "must") == outcomes[column]
    assert exit_code(report) == exits[column], [f.message for f in report.findings]


@pytest.mark.parametrize(
    ("line", "patch", "documents", "verdicts", "outcomes", "exits"),
    TABLE,
    ids=[t[0] for t in TABLE],
)
def test_fail_on_should_moves_should_rows_into_the_column_of_musts(
    tmp_path: Path,
    line: str,
    patch: Mapping[str, Any],
    documents: Documents,
    verdicts: tuple[str, str],
    outcomes: tuple[str, str],
    exits: tuple[int, int],
) -> None:
    row, _ = judged(tmp_path, "should", patch, documents)

    if row.verdict == verdicts[0]:
        assert outcome(row, "should") == outcomes[0]
    else:
        assert (row.verdict, outcome(row, "should")) == ("not_adopted", "skipped")
    assert outcome(row, "never") in ("skipped", "passed")


# -- line 1


def test_without_a_level_there_is_no_row_and_the_criterion_is_counted(tmp_path: Path) -> None:
    made = small_company(tmp_path, law("must"))
    made.profile(
        accounts=[{**example("security_profile")["accounts"][0], "entity_type": "importer"}]
    )

    report = made.judge()

    assert report.rows == ()
    assert (report.accounts[0].known, report.accounts[0].total) == (0, 1)
    assert exit_code(report) == 3  # nothing checked at all is never a success


# -- reasons, until, covered


def test_a_fact_that_the_profile_does_not_say_is_named(tmp_path: Path) -> None:
    row, _ = judged(tmp_path, "must", {"applies_when": UNSAID}, ALL)

    assert row.reason == "the profile does not say subject.name"
    assert row.clauses == ()


def test_why_it_does_not_apply_is_said(tmp_path: Path) -> None:
    row, _ = judged(tmp_path, "must", {"applies_when": {**APPLIES, "rule": {"const": False}}}, {})

    assert (row.reason, row.until) == ("S-1 keeps no seals", None)


def test_what_was_argued_is_said_with_its_end(tmp_path: Path) -> None:
    for number, documents in enumerate((NOT_APPLICABLE, NOT_ADOPTED)):
        row, _ = judged(tmp_path / str(number), "should", {}, documents)

        assert (row.reason, row.until) == ("Nobody comes here.", "2026-12-31")


def test_a_covered_row_says_by_what_and_until_when(tmp_path: Path) -> None:
    made = small_company(tmp_path, law("must"))
    put(made, LOADED)
    made.record(
        "corrective_action", "later", **action("checked", due="2026-08-10")["corrective_action"]
    )
    made.record(
        "corrective_action", "sooner", **action("logged", due="2026-07-10")["corrective_action"]
    )

    (row,) = made.judge().rows

    assert (row.verdict, row.until) == ("action_open", "2026-07-10")
    assert [c.covered_by for c in row.clauses] == [("later",), ("sooner",), ()]
    assert row.gaps == ()


def test_a_late_action_is_a_gap_with_its_own_words_and_place(tmp_path: Path) -> None:
    row, _ = judged(tmp_path, "must", {}, ALL | late("checked"))

    (gap,) = row.gaps
    assert gap.message == "corrective action a was due on 2026-06-29 and is not closed"
    assert (gap.place.path, gap.place.line > 0) == ("evidence/corrective_action/a.yaml", True)


def test_an_exception_to_a_must_is_a_finding_that_names_it(tmp_path: Path) -> None:
    _, report = judged(tmp_path, "must", {}, ALL | NOT_ADOPTED)

    (finding,) = report.findings
    assert (finding.code, finding.severity) == ("exception-on-must", "invalid")
    assert finding.message == "MSC-9.4 is a must: it cannot be left unadopted"


def test_an_exception_to_what_does_not_apply_anyway_is_a_note(tmp_path: Path) -> None:
    patch = {"applies_when": {**APPLIES, "rule": {"const": False}}}

    _, report = judged(tmp_path, "must", patch, NOT_APPLICABLE)

    assert [(f.code, f.severity) for f in report.findings] == [("exception-redundant", "note")]
    assert exit_code(report) == 0


@pytest.mark.parametrize("type_", ["compensating_measure", "temporary_waiver"])
def test_other_exceptions_are_on_record_and_change_nothing(tmp_path: Path, type_: str) -> None:
    more = {"compensating_measure": "A guard."} if type_ == "compensating_measure" else {}

    row, report = judged(tmp_path, "should", {}, exception(type_, data=more))

    assert (row.verdict, report.findings) == ("not_met", ())


def test_an_exception_on_record_does_not_hide_one_that_counts(tmp_path: Path) -> None:
    made = small_company(tmp_path, law("must"))
    made.record("criterion_exception", "a", **exception("temporary_waiver")["criterion_exception"])
    made.record("criterion_exception", "b", **exception("not_applicable")["criterion_exception"])

    assert made.judge().rows[0].verdict == "not_applicable"


def test_of_two_exceptions_the_one_that_says_it_does_not_apply_counts(tmp_path: Path) -> None:
    made = small_company(tmp_path, law("should"))
    made.record(
        "criterion_exception", "a", **exception("should_not_adopted")["criterion_exception"]
    )
    made.record("criterion_exception", "b", **exception("not_applicable")["criterion_exception"])

    assert made.judge().rows[0].verdict == "not_applicable"


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"data": {"expires": "2026-06-29"}}, "exception-expired"),
        ({"approvals": []}, "exception-unapproved"),
    ],
)
def test_an_exception_that_does_not_stand_excuses_nothing(
    tmp_path: Path, patch: Mapping[str, Any], code: str
) -> None:
    row, report = judged(tmp_path, "must", {}, exception("not_applicable", **patch))

    assert row.verdict == "not_met"
    assert [f.code for f in report.findings] == [code]


# -- to whom actions and exceptions speak


def verdicts(
    root: Path, documents: Documents, scope: str = "site", **profile: Any
) -> dict[str, str]:
    made = small_company(root, law("must", scope=scope))
    made.profile(**(profile or two_sites()))
    put(made, documents)
    return {row.subject: row.verdict for row in made.judge().rows}


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({"sites": ["S-1"]}, {"S-1"}),
        ({"sites": ["S-1", "S-2"]}, {"S-1", "S-2"}),
        ({"company": True}, {"S-1", "S-2"}),
        ({"partners": ["PT-1"]}, set()),
    ],
)
def test_an_action_and_an_exception_count_where_their_scope_says(
    tmp_path: Path, scope: Mapping[str, Any], covered: set[str]
) -> None:
    whole = action("checked", "logged", "loads")["corrective_action"]
    places = {"company": None, "sites": None, **scope}
    acted = verdicts(tmp_path / "a", {"corrective_action": {**whole, "scope": places}})
    excused = verdicts(tmp_path / "b", exception("not_applicable", scope=places))

    assert {s for s, v in acted.items() if v == "action_open"} == covered
    assert {s for s, v in excused.items() if v == "not_applicable"} == covered


@pytest.mark.parametrize("scope", [{"company": True}, {"sites": ["S-1"]}])
def test_an_action_about_one_of_its_sites_covers_the_company(
    tmp_path: Path, scope: Mapping[str, Any]
) -> None:
    whole = action("checked", "logged", "loads")["corrective_action"]
    places = {"company": None, **scope}

    found = verdicts(tmp_path, {"corrective_action": {**whole, "scope": places}}, "company")

    assert found == {"company": "action_open"}


def test_an_action_about_a_site_of_another_account_covers_nothing_here(tmp_path: Path) -> None:
    whole = action("checked", "logged", "loads")["corrective_action"]
    account = example("security_profile")["accounts"][0]
    profile = two_sites(accounts=["other"]) | {"accounts": [account, {**account, "id": "other"}]}
    made = small_company(tmp_path, law("must", scope="company"))
    made.profile(**profile)
    made.record("corrective_action", **{**whole, "scope": {"company": None, "sites": ["S-2"]}})

    found = {row.account: row.verdict for row in made.judge().rows}

    assert found == {"acc": "not_met", "other": "action_open"}


def test_an_exception_for_one_account_excuses_no_other(tmp_path: Path) -> None:
    account = example("security_profile")["accounts"][0]
    profile = {"accounts": [account, {**account, "id": "other"}]}
    sites = [patched(s, {"accounts": ["acc", "other"]}) for s in two_sites()["sites"]]
    made = small_company(tmp_path, law("must"))
    made.profile(**profile, sites=sites[:1])
    put(made, exception("not_applicable", accounts=["other"]))

    found = {row.account: row.verdict for row in made.judge().rows}

    assert found == {"acc": "not_met", "other": "not_applicable"}


# -- rows


def test_a_criterion_with_musts_and_shoulds_has_two_rows(tmp_path: Path) -> None:
    clauses = law("must").schemas.value(CRITERION)["clauses"]
    mixed = {"clauses": [clauses[0], {**clauses[1], "level": "should"}]}
    made = small_company(tmp_path, law("must", **mixed))
    put(made, DOORS)

    found = {row.level: (row.verdict, [c.clause for c in row.clauses]) for row in made.judge().rows}

    assert found == {"must": ("met", ["checked"]), "should": ("not_met", ["logged"])}


def test_a_should_criterion_has_one_row_with_all_its_clauses(tmp_path: Path) -> None:
    row, _ = judged(tmp_path, "should", {}, ALL)

    assert [c.clause for c in row.clauses] == ["checked", "logged", "loads"]


@pytest.mark.parametrize(
    ("scope", "patch", "reason"),
    [
        (
            "partner",
            {"active": False, "until": "2026-01-01"},
            "the account acc has no active business partner",
        ),
        ("site", {}, "the account acc has no site"),
    ],
)
def test_an_account_without_a_subject_has_one_row_that_does_not_apply(
    tmp_path: Path, scope: str, patch: Mapping[str, Any], reason: str
) -> None:
    made = small_company(tmp_path, law("must", scope=scope, applies_when=None))
    made.partner(**patch)
    sites = [patched(s, {"since": "2026-07-01"}) for s in two_sites()["sites"][:1]]
    made.profile(sites=sites)

    (row,) = made.judge().rows

    assert (row.verdict, row.reason, row.subject) == ("not_applicable", reason, "company")


def test_what_proves_a_row_is_named_in_the_order_of_its_days(tmp_path: Path) -> None:
    row, _ = judged(tmp_path, "must", {}, ALL)

    assert row.evidence == ("door_check/a", "event_register/a", "gate_log/a")
    assert row.evidence_count == 3


def test_of_many_proofs_the_newest_are_named_and_all_are_counted(tmp_path: Path) -> None:
    made = small_company(tmp_path, law("must"))
    for day in range(1, 26):
        value = record("door_check", {"checked_on": f"2026-06-{day:02}"})
        made.put(f"evidence/door_check/d{day:02}.yaml", dump(value))

    (row,) = made.judge().rows

    assert row.evidence_count == 25
    assert row.evidence[0] == "door_check/d06"
    assert row.evidence[-1] == "door_check/d25"


# -- clauses


def either(**more: Any) -> dict[str, Any]:
    """One clause with two branches."""
    return {
        "clauses": [
            {
                "id": "looked_after",
                "level": "must",
                "gap": "neither doors nor gate of <id> are looked after",
                "any": [
                    {"of": "current.door_check", "rule": {"minItems": 1}},
                    {"of": "views.loads", "rule": {"minItems": 1}},
                ],
                **more,
            }
        ]
    }


def test_of_two_branches_one_is_enough(tmp_path: Path) -> None:
    assert judged(tmp_path, "must", either(), DOORS)[0].verdict == "met"


def test_where_both_branches_fail_the_clause_says_so_once(tmp_path: Path) -> None:
    row, _ = judged(tmp_path, "must", either(), register())

    assert row.verdict == "not_met"
    assert [gap.message for gap in row.gaps] == ["neither doors nor gate of S-1 are looked after"]


def test_an_unknown_branch_beside_one_that_fails_is_not_assessed(tmp_path: Path) -> None:
    branches = [
        {"of": "current.door_check", "rule": {"minItems": 1}},
        {"of": "views.loads", "rule": {"items": {"required": ["ref"]}}},
    ]
    row, _ = judged(tmp_path, "must", either(any=branches), GATE)

    assert row.verdict == "not_assessed"
    assert row.reason.startswith("no event register names load at S-1")


def test_where_loads_are_what_is_done_not_one_in_any_register_is_not_assessed(
    tmp_path: Path,
) -> None:
    row, _ = judged(tmp_path, "must", {}, DOORS | GATE | register())

    assert row.verdict == "not_assessed"
    said = "no event of load stands in any register of S-1 since 2026-05-01"
    assert row.reason == f"{said}, so nothing could be judged"


def test_a_clause_whose_condition_the_profile_does_not_decide_is_unknown(tmp_path: Path) -> None:
    patch = {
        "clauses": [clause("checked", "current.door_check", {"minItems": 1}, applies_when=UNSAID)]
    }

    row, _ = judged(tmp_path, "must", patch, ALL)

    assert (row.verdict, row.reason) == ("not_assessed", "the profile does not say subject.name")


def test_a_test_of_what_the_profile_does_not_say_is_unknown(tmp_path: Path) -> None:
    patch = {"clauses": [clause("named", "subject.name", {"minLength": 1})]}

    row, _ = judged(tmp_path, "must", patch, {})

    assert (row.verdict, row.gaps[0].unknown) == ("not_assessed", True)
