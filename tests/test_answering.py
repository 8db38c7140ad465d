"""Bad news may come with its corrective action, and nobody can hide anything with one (--trust)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy.cli.check import with_history
from ctpat_policy.model import Report, Row
from ctpat_policy.reports.outcome import exit_code
from tests.company import example, law, patched
from tests.history_repositories import (
    READER,
    Built,
    approved,
    record,
    request,
    started,
)

GOOD = "evidence/cctv_footage_review/2026-06-10-s-1.yaml"
BAD = "evidence/cctv_footage_review/2026-06-20-s-1.yaml"
ACTION = "evidence/corrective_action/CA-1.yaml"
NEWS = {"procedure_followed": False, "deviations": ["a seal was put on before the doors closed"]}


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """The base: a site whose footage was reviewed, and all was well."""
    built = started(tmp_path / "r")
    built.write(GOOD, record("cctv_footage_review"))
    built.commit("2026-06-10", "the base")
    built.git("checkout", "-q", "-b", "change")
    return built


def review(day: str, **data: Any) -> dict[str, Any]:
    seen = {
        "reviewed_at": f"{day}T10:15:00Z",
        "footage_from": f"{day}T05:50:00Z",
        "footage_to": f"{day}T06:40:00Z",
    }
    return record("cctv_footage_review", {"recorded_on": day, "data": {**seen, **data}})


def action(built: Built, *answers: str, path: str = ACTION, by: str = "P-1", **more: Any) -> None:
    data = {
        "opened_on": "2026-06-20",
        "criteria": ["MSC-9.15"],
        "severity": "must",
        "answers": list(answers),
        **more.pop("data", {}),
    }
    patch = {"recorded_on": "2026-06-20", "scope": {"sites": ["S-1"]}, "data": data, **more}
    name = path.rpartition("/")[2].removesuffix(".yaml")
    value = record("corrective_action", {key: v for key, v in patch.items() if v is not None})
    built.write(path, approved(f"corrective_action/{name}", value, by, day="2026-06-20"))


def judged(built: Built, since: str | None = "main") -> Report:
    """As a pull request is judged."""
    return with_history(built.root, law(), READER, request("9.15"), since=since, trust="main")


def row(report: Report) -> Row:
    (found,) = (r for r in report.rows if (r.subject, r.level) == ("S-1", "must"))
    return found


def test_bad_news_alone_is_a_gap(built: Built) -> None:
    built.write(BAD, review("2026-06-20", **NEWS))

    assert exit_code(judged(built)) == 1


def test_bad_news_with_its_approved_action_is_none(built: Built) -> None:
    built.write(BAD, review("2026-06-20", **NEWS))
    action(built, "cctv_footage_review/2026-06-20-s-1")

    report = judged(built)

    assert row(report).verdict == "met"
    assert exit_code(report) == 0
    (told,) = (f for f in report.findings if f.code == "governance-changed")
    assert "counts for them at once" in told.message


def news(built: Built) -> str:
    built.write(BAD, review("2026-06-20", **NEWS))
    return "cctv_footage_review/2026-06-20-s-1"


def it_covers_a_clause_too(built: Built) -> None:
    action(built, news(built), data={"covers": ["MSC-9.15/deviations_followed_up"]})


def it_is_not_approved(built: Built) -> None:
    action(built, news(built), by="P-404")


def its_approver_got_the_function_just_now(built: Built) -> None:
    people = [
        patched(p, {"functions": ["site_manager", "company_officer"]}) if p["id"] == "P-6" else p
        for p in example("security_profile")["people"]
    ]
    built.profile({"people": people})
    action(built, news(built), by="P-6")


def it_answers_a_record_that_was_changed(built: Built) -> None:
    built.write(GOOD, record("cctv_footage_review", {"data": NEWS}))
    action(built, "cctv_footage_review/2026-06-10-s-1")


def the_action_itself_was_known(built: Built) -> None:
    moved = ACTION.replace("CA-1", "2026/CA-1")
    action(built, data={"answers": None}, path=moved, scope={"partners": ["PT-1"]})
    built.commit("2026-06-11")
    built.git("branch", "-f", "main")
    built.remove(moved)
    action(built, news(built))


def it_replaces_another(built: Built) -> None:
    action(built, news(built), supersedes="corrective_action/CA-0")


def it_hides_what_was_deleted(built: Built) -> None:
    action(built, news(built))
    built.remove(BAD)
    built.remove(GOOD)


def it_names_the_profile_as_its_paper(built: Built) -> None:
    """The base's profile says that there are cameras; only what lies beside actions is taken."""
    action(built, attachments=[{"path": "policies/security-profile.yaml"}], data={"answers": None})
    site = example("security_profile")["sites"][0]
    built.profile({"sites": [patched(site, {"cctv": {"installed": False, "since": None}})]})
    built.write(GOOD, record("cctv_footage_review", {"data": NEWS}))


ATTACKS: tuple[Callable[[Built], object], ...] = (
    it_covers_a_clause_too,
    it_is_not_approved,
    its_approver_got_the_function_just_now,
    it_answers_a_record_that_was_changed,
    the_action_itself_was_known,
    it_replaces_another,
    it_hides_what_was_deleted,
    it_names_the_profile_as_its_paper,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_no_other_action_earns_anything(built: Built, attack: Callable[[Built], object]) -> None:
    attack(built)

    report = judged(built)

    assert row(report).verdict in ("partly_met", "not_met")
    assert exit_code(report) == 1


@pytest.mark.parametrize(
    ("day", "data", "older"),
    [
        ("2026-06-10", NEWS, ()),
        ("2026-06-10", NEWS, ("cctv_footage_review/2026-06-10-s-1",)),
        ("2026-01-10", {}, ()),
    ],
    ids=["bad news", "bad news that it answers, too", "an old review"],
)
def test_what_failed_before_is_no_better_by_an_action(
    day: str, data: dict[str, Any], older: tuple[str, ...], tmp_path: Path
) -> None:
    """New records may mend it, as always; an action that comes with them does not."""
    built = started(tmp_path / "r")
    built.write(GOOD, review(day, **data))
    built.commit("2026-06-10", "the base")
    action(built, news(built), *older)

    alone, ratchet = judged(built, since=None), judged(built)

    assert row(alone).verdict == "partly_met"
    assert exit_code(alone) == 1
    assert row(ratchet).standing in ("as_before", "better")
    assert exit_code(ratchet) == 0


def test_an_action_that_only_covers_is_merged_first(built: Built) -> None:
    clause = "MSC-9.15/deviations_followed_up"
    action(built, data={"answers": None, "covers": [clause], "criteria": ["MSC-9.15"]})
    assert exit_code(judged(built)) == 0
    built.commit("2026-06-20")
    built.git("branch", "-f", "main")
    news(built)

    assert exit_code(judged(built)) == 0
