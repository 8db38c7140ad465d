"""The sample company is healthy and true, and no key that its profile loses hides a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy import filing, program
from ctpat_policy.criteria import WRITTEN
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.dossiers.rows import Row
from ctpat_policy.dossiers.series import holes, unit_rows
from ctpat_policy.dossiers.sight import Subject
from ctpat_policy.reports.outcome import exit_code
from tests.company import law
from tests.sample import (
    PROFILE,
    TODAY,
    Files,
    before,
    check,
    judged,
    records,
    sample,
)


def test_the_sample_is_healthy_and_its_honest_gaps_are_known() -> None:
    report = before()

    assert exit_code(report) == 0
    assert report.findings == ()
    open_rows = {
        " ".join(row.key): row.verdict
        for row in report.rows
        if row.verdict not in ("met", "not_applicable")
    }
    assert open_rows == {
        "abc-con MSC-4.8 should company": "not_met",  # no second factor on the training platform
        "abc-brk MSC-4.8 should company": "not_met",
        "abc-con MSC-9.4 must WH-EWR": "action_open",  # CA-2026-014, the rear gate
        "abc-con MSC-9.11 should OF-LRD": "not_adopted",
        "abc-brk MSC-9.11 should OF-LRD": "not_adopted",
        "abc-con MSC-9.12 should WH-EWR": "partly_met",
        "abc-con MSC-9.13 should WH-MIA": "partly_met",
        "abc-con MSC-10.7 should OF-LRD": "partly_met",
        "abc-con MSC-10.8 should OF-LRD": "not_adopted",
        "abc-brk MSC-10.8 should OF-LRD": "not_adopted",
    }


@pytest.mark.parametrize("today", ["2026-10-17", "2026-10-24", "2026-11-07"])
def test_it_is_as_healthy_two_weeks_earlier_and_a_week_later(today: str) -> None:
    report = judged(sample(), today)

    assert exit_code(report) == 0
    assert {r.key: r.verdict for r in report.rows} == {r.key: r.verdict for r in before().rows}


def test_every_file_is_read() -> None:
    documents = [path for path in sample() if path.endswith(".yaml")]

    assert before().documents == len(documents)  # and no finding: none is refused or unclaimed
    for path in documents:
        assert filing.expected(path), path
    assert {p.split("/")[1] for p in documents if p.startswith("evidence/")} == {
        kind
        for kind in law().kinds
        if kind not in ("vessel_access_control", "voyage_security_audit")
    }


def test_the_procedures_rhythms_are_kept_wherever_a_series_runs() -> None:
    for ledger in _ledgers():
        for kind in ledger.programme.kinds.values():
            for subject in _series_subjects(ledger, kind.unit):
                running = {u["id"] for u, seen, _ in unit_rows(ledger, kind, subject) if seen}
                broken = [h for h in holes(ledger, kind.id, subject) if h["unit"] in running]
                assert not broken, (kind.id, broken)


def test_own_intervals_are_set_only_for_kinds_that_have_records() -> None:
    for kind in sample().value(PROFILE)["settings"]["intervals"]:
        assert records(kind), kind


def test_the_program_names_both_accounts_what_is_known_of_them_and_the_open_actions(
    tmp_path: Path,
) -> None:
    done = check(sample().write(tmp_path))

    assert done.returncode == 0, done.stdout
    for text in (
        "ABC Logistics · as of 2026-10-31",
        r"abc-con · consolidator: Must 249/250 met · 1 under corrective action",
        r"\d+ of 102 criteria known for consolidator",
        r"abc-brk · customs broker: Must 49/49 met",
        r"\d+ of 102 criteria known for customs broker",
        r"Open corrective actions",
        *(rf"CA-2026-{n:03} \(in time\)" for n in (14, 15, 16, 18, 19, 20, 21)),
        "nothing fails",
    ):
        assert re.search(text, done.stdout), text


def test_without_evidence_only_what_a_procedure_alone_decides_is_met(tmp_path: Path) -> None:
    bare = Files({p: data for p, data in sample().items() if not p.startswith("evidence/")})

    report = judged(bare)
    met = [row for row in report.rows if row.verdict in ("met", "action_open", "not_adopted")]
    assert met
    for row in met:
        assert row.verdict == "met", row.key
        assert {c.clause for c in row.clauses if c.state != "absent"} == {WRITTEN}, row.key
    assert len(report.rows) == len(before().rows)

    folder = bare.write(tmp_path)
    (folder / "evidence").mkdir()
    assert check(folder).returncode == 1


# -- the profile


def _keys(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Any = enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield from ((*path, key) for key in value)
        items = value.items()
    for key, inner in items:
        yield from _keys(inner, (*path, key))


def _alike(path: tuple[str | int, ...]) -> bool:
    """Whether another key stands for this one: a title of a person, a part of an interval."""
    if path[0] in ("sites", "lanes"):
        return int(path[1]) > 1
    if path[0] == "people":
        return path[1] != 0 and path[2] != "until"
    return path[:2] == ("settings", "intervals") and len(path) == 4 and path[2] != "seal_log"


def _shortened(value: Any, path: tuple[str | int, ...]) -> Any:
    short = deepcopy(value)
    inner = short
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return short


def test_no_key_of_the_profile_can_be_dropped_to_be_judged_less() -> None:
    profile = sample().value(PROFILE)
    refused, allowed = 0, []
    for path in _keys(profile):
        if not law().schemas.is_valid("security_profile.yaml", _shortened(profile, path)):
            refused += 1
        elif not _alike(path):
            allowed.append(path)

    assert refused > 400  # an omission is an invalid document, never "does not apply"
    assert exit_code(judged(sample().put(PROFILE, _shortened(profile, ("practices",))))) == 3
    for path in allowed:
        report = judged(sample().put(PROFILE, _shortened(profile, path)))
        fewer = {r.key for r in before().rows} - {r.key for r in report.rows}
        assert exit_code(report) != 0 or not fewer, (path, fewer)


# -- helpers


def _ledgers() -> Iterator[Ledger]:
    files = sample()
    gathered = filing.gather(files, law())
    programme = program.build(gathered, law(), files, TODAY, TODAY)
    assert programme is not None
    for account in programme.profile["accounts"]:
        yield Ledger(law(), programme, account)


def _series_subjects(ledger: Ledger, unit: str) -> Iterator[Subject]:
    if unit == "partner":
        for name, partner in ledger.programme.partners.items():
            yield Subject("partner", name, Row({**partner.value, "id": name}, partner.path))
    else:
        yield Subject("company", "company", Row({"id": "company"}, PROFILE))
