"""Each defect of the domain's examples changes exactly the rows of the sample that it concerns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from ctpat_policy.dossiers.series import PAST
from ctpat_policy.model import NOTE
from ctpat_policy.reports.outcome import exit_code
from tests.sample import PROFILE, Files, changed, check, judged, records, sample


def d1() -> Files:
    """No seal audit at WH-EWR since May."""
    return sample().without("evidence/seal_audit/2026-08-13-wh-ewr.yaml")


def d3() -> Files:
    """The newest questionnaire of PT-07 is older than a year."""
    return sample().reworded(
        "evidence/partner_questionnaire/2026-08-21-pt-07.yaml",
        ('^recorded_on: "2026', 'recorded_on: "2025'),
        ('^  sent_on: "2026', '  sent_on: "2025'),
        ('^  answered_on: "2026-08-21', '  answered_on: "2025-08-12'),
        ('^  reviewed_on: "2026', '  reviewed_on: "2025'),
    )


def d5() -> Files:
    """The newest look at the carrier PT-11 shows it suspended."""
    path = "evidence/partner_membership_check/2026-10-02-pt-11.yaml"
    return sample().reworded(path, ("status: validated", "status: suspended"))


def d6() -> Files:
    """No review of footage at WH-MIA since July."""
    return sample().without("evidence/cctv_footage_review/2026-09-23-wh-mia.yaml")


def d8() -> Files:
    """The inspector P-131 did not take part in the class of March."""
    path = "evidence/training_session/2026-03-20-inspectors.yaml"
    return sample().reworded(path, (r"^    - person: P-131\n(?:      .*\n)+", ""))


def d11() -> Files:
    """A pick-up without the number of its seal."""
    path = "evidence/cargo_pickup_log/2026-09-30-dc-dfw.yaml"
    first = r"(?s)\A(.*?)^ +seal_no_at_departure: [^\n]*\n"
    return sample().reworded(path, (first, r"\1"))


def d14() -> Files:
    """The phone list of WH-EWR was last verified in February."""
    path = "evidence/emergency_contact_list/2026-09-02-wh-ewr.yaml"
    return sample().reworded(path, ('verified_on: "2026-09-02"', 'verified_on: "2026-02-01"'))


def d15() -> Files:
    """No mail is screened at OF-LRD, and nobody has argued why; its missing UPS is argued."""
    return sample().without("evidence/criterion_exception/of-lrd-10.8.yaml")


def d16() -> Files:
    """CA-2026-014 fell due in September and is open."""
    path = "evidence/corrective_action/CA-2026-014.yaml"
    return sample().reworded(path, ('due: "2026-11-15"', 'due: "2026-09-15"')).approved(path)


def d19() -> Files:
    """A mark on wood without the number of its producer."""
    path = "evidence/wpm_check/2026-09-14-cfs-lgb.yaml"
    return sample().reworded(path, (r"^  producer_no: .*\n", ""))


DEFECTS: list[tuple[Callable[[], Files], dict[str, str], dict[str, str]]] = [
    (
        d1,
        {"abc-con MSC-6.6 must WH-EWR": "not_met"},
        {"6.6 must": "evidence/seal_audit/2026-05-14-wh-ewr.yaml"},
    ),
    (
        d3,
        {
            "abc-con MSC-3.5 must PT-07": "partly_met",
            "abc-con MSC-3.5 should PT-07": "not_applicable",  # it speaks of current answers
            "abc-con MSC-3.7 should PT-07": "partly_met",
        },
        {"3.5 must": "evidence/partner_questionnaire/2026-08-21-pt-07.yaml"},
    ),
    (
        d5,
        {"abc-con MSC-3.4 must PT-11": "not_met", "abc-con MSC-3.5 must PT-11": "not_met"},
        {
            "3.4 must": "evidence/partner_membership_check/2026-10-02-pt-11.yaml",
            "3.5 must": "evidence/partner_membership_check/2026-10-02-pt-11.yaml",
        },
    ),
    (
        d6,
        {"abc-con MSC-9.15 must WH-MIA": "not_met"},
        {"9.15 must": "evidence/cctv_footage_review/2026-07-21-wh-mia.yaml"},
    ),
    (
        d8,
        {
            "abc-con MSC-5.3 must CFS-LGB": "partly_met",
            "abc-con MSC-12.2 must company": "partly_met",
        },
        {
            "5.3 must": "evidence/container_inspection/2026-04-22-zzzu7931294.yaml",
            "12.2 must": "evidence/container_inspection/2026-04-22-zzzu7931294.yaml",
        },
    ),
    (
        d11,
        {"abc-con MSC-10.4 should DC-DFW": "not_met"},
        {"10.4 should": "evidence/cargo_pickup_log/2026-09-30-dc-dfw.yaml"},
    ),
    (d14, {"abc-con MSC-7.23 must company": "partly_met"}, {"7.23 must": PROFILE}),
    (
        d15,
        {
            "abc-con MSC-10.8 should OF-LRD": "not_met",
            "abc-brk MSC-10.8 should OF-LRD": "not_met",
        },
        {},
    ),
    (
        d16,
        {
            "abc-con MSC-1.3 must company": "partly_met",
            "abc-con MSC-9.4 must WH-EWR": "partly_met",
        },
        {
            "1.3 must": "evidence/corrective_action/CA-2026-014.yaml",
            "9.4 must": "evidence/corrective_action/CA-2026-014.yaml",
        },
    ),
    (
        d19,
        {"abc-con MSC-8.1 must company": "partly_met"},
        {"8.1 must": "evidence/wpm_check/2026-09-14-cfs-lgb.yaml"},
    ),
]


@pytest.mark.parametrize(
    ("defect", "verdicts", "places"), DEFECTS, ids=[d[0].__name__ for d in DEFECTS]
)
def test_a_defect_changes_exactly_the_rows_it_concerns(
    defect: Callable[[], Files], verdicts: dict[str, str], places: dict[str, str]
) -> None:
    found = changed(defect())

    assert found.verdicts == verdicts
    assert not found.gone
    musts = any(" must " in key for key in verdicts)
    assert exit_code(found.report) == (1 if musts else 0)
    for name, path in places.items():
        number, level = name.split()
        gap = found.gaps(f"MSC-{number}", level)[0]
        assert (gap.place.path, gap.place.line > 0) == (path, True), gap


def test_the_program_shows_a_defect_with_file_and_line(tmp_path: Path) -> None:
    folder = d19().write(tmp_path)

    done = check(folder, "--report", f"json={tmp_path / 'report.json'}", "--report", "text")

    assert done.returncode == 1
    place = r"evidence/wpm_check/2026-09-14-cfs-lgb\.yaml:\d+:\d+: the wood packaging"
    assert re.search(place, done.stdout), done.stdout
    rows = json.loads((tmp_path / "report.json").read_text())["rows"]
    failing = [r for r in rows if r["level"] == "must" and r["verdict"] == "partly_met"]
    assert [(r["criterion"], r["subject"]) for r in failing] == [("MSC-8.1", "company")]


def test_an_exception_still_covers_the_missing_backup_power_beside_d15() -> None:
    verdicts = {" ".join(row.key): row.verdict for row in judged(d15()).rows}

    assert verdicts["abc-con MSC-9.11 should OF-LRD"] == "not_adopted"
    assert verdicts["abc-brk MSC-9.11 should OF-LRD"] == "not_adopted"


# -- a hole, and what explains it

MARCH = "evidence/cctv_footage_review/2026-03-05-wh-ewr.yaml"


def test_a_missing_review_of_march_is_a_hole_with_its_days() -> None:
    found = changed(sample().without(MARCH))

    assert found.verdicts == {"abc-con MSC-9.15 must WH-EWR": "partly_met"}
    (gap,) = found.gaps("MSC-9.15")
    words = "no footage of WH-EWR was reviewed between 2026-01-13 and 2026-05-18"
    assert gap.message == words + PAST
    assert gap.place.path == "evidence/cctv_footage_review/2026-01-13-wh-ewr.yaml"


@pytest.mark.parametrize(
    ("until", "status", "is_explained"),
    [
        ("2026-05-18", "verified_closed", True),
        ("2026-05-17", "verified_closed", False),  # one day of the hole stays
        ("2026-05-18", "implemented", False),
    ],
)
def test_a_closed_action_that_names_the_whole_period_explains_it(
    until: str, status: str, is_explained: bool
) -> None:
    found = changed(explained(sample().without(MARCH), until, status))

    assert ("abc-con MSC-9.15 must WH-EWR" not in found.verdicts) is is_explained
    assert (exit_code(found.report) == 0) is is_explained


def test_a_record_that_was_copied_and_left_as_it_was_is_told() -> None:
    original = records("management_briefing")[0]
    copy = "evidence/management_briefing/2026-05-24-company.yaml"
    other = "evidence/training_session/2026-05-24-company.yaml"

    found = judged(Files({**sample(), copy: sample()[original], other: b""}))

    (told,) = (f for f in found.findings if f.code == "record-copied")
    assert {told.place.path, told.message.rpartition(" ")[2]} == {copy, original}
    assert told.severity == NOTE


def explained(files: Files, until: str, status: str) -> Files:
    closed = deepcopy(files.value("evidence/corrective_action/CA-2026-010.yaml"))
    closed["scope"] = {"sites": ["WH-EWR"]}
    data = closed["data"]
    for key in ("answers", "source_ref", "closure_evidence"):
        data.pop(key, None)
    data["owner"], data["verified_by"], data["status"] = "P-022", "P-009", status
    data["explains"] = [
        {"kind": "cctv_footage_review", "unit": "WH-EWR", "from": "2026-01-13", "until": until}
    ]
    data["closure_evidence"] = ["cctv_footage_review/2026-05-18-wh-ewr"]
    data["verified_on"] = "2026-05-20"
    closed.pop("attachments", None)
    path = "evidence/corrective_action/CA-2026-099.yaml"
    made = files.put(path, closed)
    return made.approved(path) if "approvals" in closed else made
