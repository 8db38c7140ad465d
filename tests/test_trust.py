"""A change of governance earns nothing before it is merged (reference: trust, base versus head).

Each case is a pull request whose tree would judge itself better than the base does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ctpat_policy.cli.check import with_history
from ctpat_policy.errors import UsageError
from ctpat_policy.model import Report, Row
from ctpat_policy.remembered import judged
from ctpat_policy.reports import render
from ctpat_policy.reports.outcome import exit_code
from ctpat_policy.sources import WorkTree
from tests.company import example, law, patched
from tests.history_repositories import (
    PROFILE,
    READER,
    Built,
    approved,
    procedure,
    record,
    request,
    run,
    started,
)

SITE = example("security_profile")["sites"][0]
TWO_SITES = {"sites": [SITE, patched(SITE, {"id": "S-2"})]}
EXCEPTION = "evidence/criterion_exception/no-review.yaml"
ACTION = "evidence/corrective_action/CA-1.yaml"
PARTNER = "policies/partners/PT-1.yaml"
OVERLAY = "policies/levels/9.15.yaml"
OLD_REVIEW = "evidence/cctv_footage_review/2026-04-10-s-1.yaml"


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """The base: two sites with cameras nobody reviews, and one partner."""
    built = started(tmp_path / "r", TWO_SITES)
    built.write(PARTNER, example("business_partner"))
    data = {
        "reviewed_at": "2026-04-10T10:15:00Z",
        "footage_from": "2026-04-09T05:50:00Z",
        "footage_to": "2026-04-09T06:40:00Z",
    }
    built.write(
        OLD_REVIEW, record("cctv_footage_review", {"recorded_on": "2026-04-10", "data": data})
    )
    built.commit("2026-06-02", "the base")
    built.git("checkout", "-q", "-b", "pull-request")
    return built


def trusted(built: Built, *criteria: str, base: str = "main") -> Report:
    return with_history(built.root, law(), READER, request(*criteria), trust=base)


def alone(built: Built, *criteria: str) -> Report:
    """The judgement by the pull request's own governance."""
    return judged(WorkTree(built.root), law(), request(*criteria), READER)


def rows(report: Report, subject: str, level: str = "must") -> list[Row]:
    return [r for r in report.rows if r.subject == subject and r.level == level]


def listed(report: Report) -> list[str]:
    return [f.place.path for f in report.findings if f.code == "governance-changed"]


def exception(built: Built) -> None:
    value = record(
        "criterion_exception",
        {"scope": {"sites": ["S-1"]}, "data": {"criterion": "MSC-9.15", "type": "not_applicable"}},
    )
    built.write(EXCEPTION, approved("criterion_exception/no-review", value))


def action(built: Built) -> None:
    clauses = [f"MSC-9.15/{c.id}" for c in law().criteria["MSC-9.15"].clauses]
    data = {"criteria": ["MSC-9.15"], "covers": clauses, "severity": "must"}
    value = record("corrective_action", {"scope": {"sites": ["S-1"]}, "data": data})
    built.write(ACTION, approved("corrective_action/CA-1", value))


def cameras_off(built: Built) -> None:
    built.profile(
        {
            "sites": [
                patched(SITE, {"cctv": {"installed": False, "since": None}}),
                TWO_SITES["sites"][1],
            ]
        }
    )


def interval_loosened(built: Built) -> None:
    longer = {"every": "P2Y", "grace": "P1Y", "valid_for": "P2Y"}
    built.profile({**TWO_SITES, "settings": {"intervals": {"cctv_footage_review": longer}}})


def overlay(built: Built) -> None:
    value = {
        "schema": "level_overlay/1",
        "criterion": "MSC-9.15",
        "levels": {"consolidator": "should"},
        "source": {"document": "Minimum Security Criteria", "dated": "2026-01-01", "page": "1"},
    }
    built.write(OVERLAY, approved("9.15", value))


CASES: Mapping[str, tuple[Callable[[Built], None], str]] = {
    "an exception that excuses it": (exception, EXCEPTION),
    "a corrective action that covers it": (action, ACTION),
    "cameras that are no more": (cameras_off, PROFILE),
    "an interval of two years": (interval_loosened, PROFILE),
    "an overlay that makes it a should": (overlay, OVERLAY),
}


@pytest.mark.parametrize("case", CASES)
def test_the_change_earns_nothing(built: Built, case: str) -> None:
    change, path = CASES[case]
    base = rows(trusted(built, "9.15"), "S-1")[0]
    assert base.verdict == "not_met"

    change(built)
    own = rows(alone(built, "9.15"), "S-1")
    report = trusted(built, "9.15")

    assert not own or own[0].verdict != "not_met", "the case would earn nothing anyway"
    row = rows(report, "S-1")[0]
    assert row.verdict == "not_met"
    assert "judged by the policies of main" in row.remark
    assert listed(report) == [path]
    assert exit_code(report) == 1


def test_the_reader_is_told_whose_policies_decided(built: Built) -> None:
    exception(built)

    text = " ".join(render("text", trusted(built, "9.15")).decode().split())

    assert "judged by the policies of main; the change would make it not_applicable" in text
    assert f"{EXCEPTION}:1:1: note" in text or f"{EXCEPTION}: note" in text


def test_once_merged_it_counts(built: Built) -> None:
    exception(built)
    built.commit("2026-06-03")
    built.git("branch", "-f", "main")

    report = trusted(built, "9.15")

    assert rows(report, "S-1")[0].verdict == "not_applicable"
    assert listed(report) == []


def test_a_site_that_was_dropped_is_still_judged(built: Built) -> None:
    built.profile({})

    report = trusted(built, "9.15")

    row = rows(report, "S-2")[0]
    assert row.verdict == "not_met"
    assert "the change drops this row" in row.remark
    assert listed(report) == [PROFILE]
    text = render("text", report).decode()
    assert "S-2" in text


def test_a_row_that_was_met_and_dropped_is_told(built: Built) -> None:
    built.write("policies/procedures/SOP-1.yaml", procedure("MSC-9.15"))
    built.commit("2026-06-03")
    built.git("branch", "-f", "main")
    built.profile({})

    report = trusted(built, "9.15")

    assert rows(report, "S-2", "should")[0].verdict == "met"
    text = " ".join(render("text", report).decode().split())
    assert "Decided by other policies acc MSC-9.15 should S-2: met" in text


def test_a_site_that_is_new_is_judged_by_the_head_alone(built: Built) -> None:
    third = patched(SITE, {"id": "S-3", "cctv": {"installed": False, "since": None}})
    built.profile({"sites": [*TWO_SITES["sites"], third]})

    row = rows(trusted(built, "9.15"), "S-3")[0]

    assert (row.verdict, row.remark) == ("not_applicable", "")


def test_a_partner_that_was_deactivated_is_still_judged(built: Built) -> None:
    built.write(
        PARTNER, patched(example("business_partner"), {"active": False, "until": "2026-06-03"})
    )

    assert rows(alone(built, "3.5"), "PT-1") == []
    report = trusted(built, "3.5")

    row = rows(report, "PT-1")[0]
    assert row.verdict == "not_met"
    assert "the change drops this row" in row.remark
    assert listed(report) == [PARTNER]
    assert exit_code(report) == 1


def test_a_partner_file_that_was_deleted_is_still_judged(built: Built) -> None:
    built.remove(PARTNER)

    assert rows(trusted(built, "3.5"), "PT-1")[0].verdict == "not_met"


def test_a_person_who_was_given_a_function_approves_nothing_yet(built: Built) -> None:
    people = [
        patched(p, {"functions": ["site_manager", "company_officer"]}) if p["id"] == "P-6" else p
        for p in example("security_profile")["people"]
    ]
    built.profile({**TWO_SITES, "people": people})
    built.write("policies/procedures/SOP-1.yaml", procedure("MSC-9.15", by="P-6"))

    assert rows(alone(built, "9.15"), "S-1", "should")[0].verdict == "met"
    report = trusted(built, "9.15")

    assert rows(report, "S-1", "should")[0].verdict == "not_met"
    assert listed(report) == [PROFILE]


def test_records_and_procedures_are_those_of_the_head(built: Built) -> None:
    built.write("policies/procedures/SOP-1.yaml", procedure("MSC-9.15"))
    built.write("evidence/cctv_footage_review/2026-06-10-s-1.yaml", record("cctv_footage_review"))

    report = trusted(built, "9.15")

    assert rows(report, "S-1", "should")[0].verdict == "met"
    assert rows(report, "S-1")[0].verdict == "met"
    assert listed(report) == []


def test_stricter_governance_counts_at_once(built: Built) -> None:
    """The worse verdict counts, whichever side gives it."""
    built.profile({"sites": [patched(SITE, {"cctv": {"installed": False, "since": None}})]})
    built.commit("2026-06-03")
    built.git("branch", "-f", "main")
    built.profile({})

    row = rows(trusted(built, "9.15"), "S-1")[0]

    assert (row.verdict, row.remark) == ("not_met", "")


def test_an_exception_of_the_base_that_the_head_drops_excuses_nothing(built: Built) -> None:
    exception(built)
    built.commit("2026-06-03")
    built.git("branch", "-f", "main")
    built.remove(EXCEPTION)

    report = trusted(built, "9.15")

    assert rows(report, "S-1")[0].verdict == "not_met"
    assert listed(report) == [EXCEPTION]


def test_with_the_ratchet_the_change_neither_earns_nor_is_blamed_twice(built: Built) -> None:
    exception(built)

    report = with_history(built.root, law(), READER, request("9.15"), since="main", trust="main")

    assert rows(report, "S-1")[0].standing == "as_before"
    assert exit_code(report) == 0
    assert listed(report) == [EXCEPTION]


def test_a_base_without_policies_is_refused_without_falling_back(built: Built) -> None:
    built.git("checkout", "-q", "--orphan", "empty")
    built.git("rm", "-rfq", ".")
    empty = built.commit("2026-06-03", "nothing here")
    built.git("checkout", "-q", "-f", "pull-request")

    with pytest.raises(UsageError, match="no policies to trust"):
        trusted(built, base=empty)
    done = run("check", "--trust", empty, cwd=built.root)
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize("broken", ["a: [", "schema: security_profile/1\n"])
def test_a_base_whose_policies_are_broken_is_refused_without_falling_back(
    built: Built, broken: str
) -> None:
    whole = (built.root / PROFILE).read_text()
    built.write(PROFILE, broken)
    base = built.commit("2026-06-03", "broken")
    built.write(PROFILE, whole)
    exception(built)

    with pytest.raises(UsageError, match="cannot be judged"):
        trusted(built, "9.15", base=base)


def test_a_base_that_is_named_like_a_tag_is_refused(built: Built) -> None:
    exception(built)
    built.commit("2026-06-03")
    built.git("tag", "main", "pull-request")

    with pytest.raises(UsageError, match="ambiguous"):
        trusted(built)
    assert rows(trusted(built, "9.15", base="refs/heads/main"), "S-1")[0].verdict == "not_met"
    assert run("check", "--trust", "main", cwd=built.root).returncode == 2


@pytest.mark.parametrize("base", ["--output=x", "-h", "nowhere", "main:policies", ""])
def test_a_base_that_is_no_commit_is_refused(built: Built, base: str) -> None:
    with pytest.raises(UsageError):
        trusted(built, base=base)

    assert not (built.root / "x").exists()


@pytest.mark.parametrize("option", ["--trust", "--since", "--as-of"])
def test_an_unset_variable_of_the_pipeline_is_no_plain_check(built: Built, option: str) -> None:
    done = run("check", option, "", "--today", "2026-06-30", cwd=built.root)

    assert (done.returncode, done.stdout) == (2, b"")


def test_an_option_for_a_base_writes_nothing(built: Built) -> None:
    done = run("check", "--trust=--output=x", cwd=built.root)

    assert done.returncode == 2
    assert not list(built.root.rglob("x"))


def test_nothing_of_the_pull_request_is_run_or_read_as_configuration(
    built: Built, tmp_path: Path
) -> None:
    plain = run("check", "--trust", "main", "--today", "2026-06-30", cwd=built.root)
    ran = tmp_path / "ran"
    for name in ("yaml", "conftest", "sitecustomize", "click", "git", "jsonschema", "ctpat_policy"):
        built.write(f"{name}.py", f"open({str(ran)!r}, 'a').write({name!r})\n")
    built.write("ctpat_policy/__init__.py", f"open({str(ran)!r}, 'a').write('package')\n")
    built.write("pyproject.toml", '[tool.ctpat-policy]\nfail_on = "never"\n')
    built.write(".ctpat-policy.yaml", "fail_on: never\n")
    built.write("schemas/criteria/09-physical-security/9.15.yaml", "schema: criterion/1\n")
    built.write(".gitattributes", "*.yaml filter=evil diff=evil\n")
    built.git("config", "filter.evil.smudge", f"touch {ran}")
    built.git("config", "diff.evil.textconv", f"touch {ran}")
    built.git("config", "core.fsmonitor", f"touch {ran}")
    built.git("config", "core.hooksPath", str(built.root))

    hostile = run("check", "--trust", "main", "--today", "2026-06-30", cwd=built.root)

    assert not ran.exists()
    assert hostile.returncode == plain.returncode == 1
    assert hostile.stdout == plain.stdout


def test_an_embedded_repository_of_the_pull_request_is_not_asked(
    built: Built, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    inner = "evidence/cctv_footage_review/2024"
    for name in ("objects/x", "refs/x"):
        built.write(f"{inner}/{name}", "x")
    built.write(f"{inner}/HEAD", "ref: refs/heads/main\n")
    built.write(f"{inner}/config", f"[core]\n\tbare = true\n\tfsmonitor = touch {ran}\n")

    report = trusted(built, "9.15")

    assert not ran.exists()
    assert "file-repository" in {f.code for f in report.findings}
    assert exit_code(report) == 3


def test_every_row_of_the_base_keeps_its_verdict(built: Built) -> None:
    before = {r.key: r.verdict for r in trusted(built, "9.15").rows}

    exception(built)
    after = {r.key: r.verdict for r in trusted(built, "9.15").rows}

    assert after == before
