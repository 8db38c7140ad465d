"""Every finding about a document has its code, its severity, its line and its column."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy import references
from ctpat_policy.attachments import attachment_path
from ctpat_policy.codes import HINTS
from tests.company import law
from tests.doors import site, two_sites
from tests.policy_folder import PROFILE, Folder, small_company

SOP = "policies/procedures/SOP-1.yaml"
SEAL = "evidence/seal_audit/a.yaml"
ACTION = "evidence/corrective_action/a.yaml"
LANE = {
    "id": "L-1",
    "name": "Shenzhen to Long Beach",
    "origin": "Shenzhen",
    "destination": "S-1",
    "mode": "ocean",
    "active": True,
    "started_on": "2015-01-01",
    "risk": "high",
}
OFFICER = {"id": "P-1", "functions": ["company_officer"], "from": "2015-01-01"}
SYSTEM = {"id": "SYS-1", "name": "Transport", "sensitive": True, "since": "2015-01-01"}
OVERLAY = """\
schema: level_overlay/1
criterion: MSC-6.6
levels:
  consolidator: should
source:
  document: CBP's criteria for consolidators
  dated: "2026-01-01"
  page: "7"
"""


def criterion(name: str) -> dict[str, Any]:
    return {
        "steps": [{"id": "count", "text": "Seals are counted."}],
        "satisfies": {name: {"who_audits": ["count"]}},
    }


def nothing(made: Folder) -> None:
    """The profile and the partner alone."""


def two_audited(made: Folder) -> None:
    """One audit, of one site, that claims to speak for two."""
    made.profile(**two_sites())
    made.record("seal_audit", scope={"sites": ["S-1", "S-2"]})


BROKEN = "schema: visitor_log/1\nbroken: [\n"


def unapproved_overlay(made: Folder) -> None:
    made.put("policies/levels/6.6.yaml", OVERLAY)


def unknown_overlay(made: Folder) -> None:
    made.put("policies/levels/6.66.yaml", OVERLAY.replace("MSC-6.6", "MSC-6.66"))


def attachment(made: Folder, name: str, content: bytes | None, **more: str) -> None:
    made.record("seal_audit", attachments=[{"path": name, **more}])
    if content is not None:
        made.put(f"evidence/seal_audit/{name}", content)


def written_twice(made: Folder) -> None:
    made.record("seal_audit", "a")
    made.record("seal_audit", "A", folder="2026/")


#: What is done to a small company; code, file, and a text that stands where the finding points.
CASES: list[tuple[Callable[[Folder], object], str, str, str]] = [
    # files that are no document, or not where they belong
    (
        lambda m: m.put("evidence/seal_audit/scan.pdf", b"%PDF"),
        "file-unclaimed",
        "evidence/seal_audit/scan.pdf",
        "",
    ),
    (lambda m: m.put("evidence/notes.txt", "x"), "file-unclaimed", "evidence/notes.txt", ""),
    (lambda m: m.put("policies/manual.docx", b"PK"), "file-unclaimed", "policies/manual.docx", ""),
    (
        lambda m: m.put("policies/notes.yaml", "a: 1\n"),
        "document-misplaced",
        "policies/notes.yaml",
        "",
    ),
    (lambda m: m.put("evidence/a.yaml", "a: 1\n"), "document-misplaced", "evidence/a.yaml", ""),
    (
        lambda m: m.put("policies/procedures/old/a.yaml", "a: 1\n"),
        "document-misplaced",
        "policies/procedures/old/a.yaml",
        "",
    ),
    (lambda m: m.put("vis.yaml", BROKEN), "document-misplaced", "vis.yaml", ""),
    (lambda m: m.put("vis.YML", "# A log\r\n" + BROKEN), "document-misplaced", "vis.YML", ""),
    *(
        (lambda m, path=path: m.put(path, BROKEN), "document-misplaced", path, "")
        for path in (
            "Evidence/visitor_log/a.yaml",
            "evidences/a.yml",
            "evidense/a.yaml",
            "policy/a.yaml",
            "POLICIES/procedures/old/a.yaml",
        )
    ),
    (
        lambda m: m.put("evidence/seal_audits/a.yaml", "a: 1\n"),
        "kind-unknown",
        "evidence/seal_audits/a.yaml",
        "",
    ),
    # a document that steers verdicts, filed where nobody looks after it
    (
        lambda m: m.put("evidence/level_overlay/a.yaml", OVERLAY),
        "kind-unknown",
        "evidence/level_overlay/a.yaml",
        "",
    ),
    (
        lambda m: m.put("evidence/procedure/a.yaml", "schema: procedure/1\n"),
        "kind-unknown",
        "evidence/procedure/a.yaml",
        "",
    ),
    (
        lambda m: m.put("evidence/security_profile/a.yaml", "schema: security_profile/1\n"),
        "kind-unknown",
        "evidence/security_profile/a.yaml",
        "",
    ),
    (lambda m: m.record("seal_audit", "_a"), "document-id", "evidence/seal_audit/_a.yaml", ""),
    (
        lambda m: m.record("seal_audit", "a" * 65),
        "document-id",
        f"evidence/seal_audit/{'a' * 65}.yaml",
        "",
    ),
    (written_twice, "document-id-taken", "evidence/seal_audit/a.yaml", ""),
    # documents that cannot be read or do not fit
    (lambda m: m.put(SEAL, "schema: seal_audit/1\nsite: on\n"), "yaml-ambiguous", SEAL, "on"),
    (lambda m: m.put(SEAL, ""), "yaml-empty", SEAL, ""),
    (lambda m: m.put(SEAL, b"a: \xff\n"), "yaml-encoding", SEAL, ""),
    (
        lambda m: m.record("seal_audit", schema="seal_audit/2"),
        "document-schema-line",
        SEAL,
        "schema:",
    ),
    (
        lambda m: m.record("seal_audit", data={"bols_sampled": -1}),
        "document-invalid",
        SEAL,
        "bols_sampled",
    ),
    (lambda m: m.record("seal_audit", notes="TODO"), "document-todo", SEAL, "notes"),
    # names that name nothing
    (lambda m: m.profile(lanes=[LANE | {"accounts": ["acx"]}]), "unknown-account", PROFILE, "acx"),
    (
        lambda m: m.partner(accounts=["acx"]),
        "unknown-account",
        "policies/partners/PT-1.yaml",
        "acx",
    ),
    (lambda m: m.record("seal_audit", accounts=["acx"]), "unknown-account", SEAL, "acx"),
    (lambda m: m.partner(lanes=["L-9"]), "unknown-lane", "policies/partners/PT-1.yaml", "L-9"),
    (lambda m: m.procedure(owner="P-99"), "unknown-person", SOP, "owner: P-99"),
    (lambda m: m.procedure(sites=["S-9"]), "unknown-site", SOP, "S-9"),
    (
        lambda m: m.record("seal_audit", recorded_by="P-99"),
        "unknown-person",
        SEAL,
        "recorded_by: P-99",
    ),
    (
        lambda m: m.record("corrective_action", scope={"company": None, "sites": ["S-9"]}),
        "unknown-site",
        ACTION,
        "S-9",
    ),
    (
        lambda m: m.record("seal_audit", data={"findings": ["CA-9"]}),
        "unknown-corrective-action",
        SEAL,
        "CA-9",
    ),
    (
        lambda m: m.record("seal_audit", supersedes="seal_audit/old"),
        "unknown-evidence",
        SEAL,
        "supersedes:",
    ),
    (
        lambda m: m.record("seal_audit", scope={"systems": ["SYS-9"]}),
        "unknown-system",
        SEAL,
        "SYS-9",
    ),
    (
        lambda m: m.record("seal_audit", scope={"partners": ["PT-9"]}),
        "unknown-partner",
        SEAL,
        "PT-9",
    ),
    (
        lambda m: m.record("corrective_action", data={"answers": ["seal_audit/none"]}),
        "unknown-evidence",
        ACTION,
        "seal_audit/none",
    ),
    (
        lambda m: m.record("procedure_review", data={"procedure": "SOP-9"}),
        "unknown-procedure",
        "evidence/procedure_review/a.yaml",
        "procedure: SOP-9",
    ),
    # what contradicts itself
    (
        lambda m: m.record("seal_audit", scope={"sites": None, "systems": ["SYS-1"]}),
        "record-scope",
        SEAL,
        "site: S-1",
    ),
    (
        two_audited,
        "record-scope",
        SEAL,
        "sites:",
    ),
    (
        lambda m: [
            m.profile(sites=[site(seal_stock=False)]),
            m.record("seal_audit"),
        ],
        "record-unfounded",
        SEAL,
        "sites:",
    ),
    (
        lambda m: m.record("seal_log", data={"period_from": "2026-12-31"}),
        "record-period",
        "evidence/seal_log/a.yaml",
        "period_from:",
    ),
    (
        lambda m: m.record(
            "seal_audit", recorded_on="2026-05-01", data={"audited_on": "2026-06-01"}
        ),
        "record-before-event",
        SEAL,
        "audited_on",
    ),
    (
        lambda m: m.record(
            "seal_audit", recorded_on="2026-07-01", data={"audited_on": "2026-07-01"}
        ),
        "record-in-future",
        SEAL,
        "audited_on",
    ),
    (
        lambda m: m.profile(systems=[SYSTEM, SYSTEM | {"id": "sys-1"}]),
        "profile-id-taken",
        PROFILE,
        "id: sys-1",
    ),
    (
        lambda m: m.profile(settings={"records_from": "2062-05-01"}),
        "profile-day",
        PROFILE,
        "records_from:",
    ),
    (
        lambda m: m.profile(people=[{**OFFICER, "until": "2014-12-31"}]),
        "profile-day",
        PROFILE,
        "until:",
    ),
    (
        lambda m: m.profile(settings={"intervals": {"risk_assessment": {"every": "P2Y"}}}),
        "setting-loosens",
        PROFILE,
        "risk_assessment:",
    ),
    (
        lambda m: m.profile(settings={"intervals": {"door_check": {"every": "P2Y"}}}),
        "setting-unknown-kind",
        PROFILE,
        "door_check:",
    ),
    # procedures
    (
        lambda m: m.procedure(**criterion("MSC-6.60")),
        "procedure-unknown-criterion",
        SOP,
        "MSC-6.60",
    ),
    (
        lambda m: m.procedure(satisfies={"MSC-6.6": {"who_audit": ["nothing"]}}),
        "procedure-unknown-element",
        SOP,
        "who_audit:",
    ),
    (
        lambda m: m.procedure(satisfies={"MSC-6.6": {"who_audits": ["count"]}}),
        "procedure-unknown-step",
        SOP,
        "who_audits:",
    ),
    # what is signed
    (
        lambda m: m.record("corrective_action", data={"covers": ["MSC-6.6/counted"]}),
        "action-unknown-clause",
        ACTION,
        "MSC-6.6/counted",
    ),
    (
        lambda m: m.record("corrective_action", data={"criteria": ["MSC-6.66"]}),
        "action-unknown-criterion",
        ACTION,
        "MSC-6.66",
    ),
    (lambda m: m.record("corrective_action", approvals=[]), "action-unapproved", ACTION, "status:"),
    (
        lambda m: m.record("corrective_action", data={"due": "2026-06-29"}),
        "action-overdue",
        ACTION,
        "due:",
    ),
    (
        lambda m: m.record("corrective_action", data={"due": "2027-06-29"}),
        "action-too-long",
        ACTION,
        "due:",
    ),
    (unapproved_overlay, "overlay-unapproved", "policies/levels/6.6.yaml", "criterion:"),
    (unknown_overlay, "overlay-unknown-criterion", "policies/levels/6.66.yaml", "criterion:"),
    # attachments
    (lambda m: attachment(m, "a.pdf", None), "attachment-missing", SEAL, "path: a.pdf"),
    (lambda m: attachment(m, "a.pdf", b""), "attachment-empty", SEAL, "path: a.pdf"),
    (lambda m: attachment(m, "../../x.pdf", None), "attachment-path", SEAL, "path: ../../x.pdf"),
    (lambda m: attachment(m, "a.pdf", b"x", sha256="0" * 64), "attachment-digest", SEAL, "sha256:"),
    (
        lambda m: attachment(m, "a.pdf", b"version https://git-lfs.github.com/spec/v1\n"),
        "attachment-lfs-pointer",
        SEAL,
        "path: a.pdf",
    ),
    (lambda m: attachment(m, "a.yaml", None), "attachment-document", SEAL, "path: a.yaml"),
]


def test_a_folder_renamed_as_a_whole_costs_no_search_for_each_name(
    made: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []

    def near(word: str, _: Any) -> str:
        searched.append(word)
        return ""

    monkeypatch.setattr(references, "_near", near)
    for number in range(150):
        made.record("seal_audit", f"a-{number}", recorded_by=f"X-{number}")

    assert len(made.findings()) == 150
    assert len(searched) == 100


def test_an_attachment_whose_line_ends_git_changed_says_so(tmp_path: Path) -> None:
    made = small_company(tmp_path)
    recorded = hashlib.sha256(b"a,b\n").hexdigest()
    attachment(made, "a.csv", b"a,b\r\n", sha256=recorded)

    (finding,) = made.findings()

    assert finding.code == "attachment-digest"
    assert "other line ends" in finding.message
    assert "core.autocrlf" in finding.hint


@pytest.fixture
def made(tmp_path: Path) -> Folder:
    return small_company(tmp_path)


def test_a_small_company_in_order_has_no_finding(made: Folder) -> None:
    made.procedure()
    made.record("seal_audit", attachments=[{"path": "a.pdf"}])
    made.put("evidence/seal_audit/a.pdf", b"%PDF")
    made.put("evidence/seal_log/.gitkeep", b"")

    assert made.findings() == []


@pytest.mark.parametrize(
    ("wreck", "code", "path", "text"), CASES, ids=[f"{c}-{p}" for _, c, p, _ in CASES]
)
def test_each_thing_that_is_wrong_is_told_once_with_its_place(
    made: Folder, wreck: Callable[[Folder], object], code: str, path: str, text: str
) -> None:
    wreck(made)

    (finding,) = made.findings()

    assert (finding.code, finding.place.path) == (code, path)
    assert finding.severity == ("unreadable" if code.startswith("yaml-") else "invalid")
    assert finding.message
    if text:
        line, column = made.line(path, text)
        assert (finding.place.line, finding.place.column) == (line, column) or text == "on"
        assert finding.place.line == line
    assert finding.hint or code in NO_HINT, code


#: The message itself says all that is to be done.
NO_HINT = {"profile-id-taken", "setting-unknown-kind", "overlay-unknown-criterion"}


def test_what_others_keep_beside_the_policies_is_theirs(made: Folder) -> None:
    made.put("policy/gate.yaml", "apiVersion: v1\nschema: visitor_log/1\n")
    made.put("compose.yaml", "schema: compose/1\n")
    made.put("records/a.yaml", BROKEN)

    assert made.codes() == []


@pytest.mark.parametrize(
    ("wreck", "hint"),
    [
        (lambda m: m.record("seal_audit", recorded_by="P-22"), "did you mean P-2?"),
        (lambda m: m.record("seal_audit", recorded_by="p-2"), "did you mean P-2?"),
        (lambda m: m.record("seal_audit", data={"site": "s-1"}), "did you mean S-1?"),
        (lambda m: m.record("visitor_log", "m\u00fcnchen"), "use at most 64 of a-z, A-Z, 0-9"),
        (
            lambda m: m.record("seal_audit", recorded_by="nobody"),
            "they are listed in people in policies/security-profile.yaml",
        ),
        (
            lambda m: m.put("evidence/seal_audits/a.yaml", "a: 1\n"),
            "did you mean evidence/seal_audit/?",
        ),
        (lambda m: m.put("evidence/xyz/a.yaml", "a: 1\n"), "ctpat-policy explain kinds lists them"),
        (
            lambda m: m.record("corrective_action", data={"covers": ["MSC-9.16/counted"]}),
            "its clauses: ",
        ),
        (
            lambda m: m.record("corrective_action", data={"covers": ["MSC-6.66/audited"]}),
            "did you mean MSC-6.6?",
        ),
    ],
)
def test_the_name_that_was_probably_meant_is_told(
    made: Folder, wreck: Callable[[Folder], object], hint: str
) -> None:
    wreck(made)

    (finding,) = made.findings()

    assert finding.hint.startswith(hint)


@pytest.mark.parametrize(
    ("path", "patch", "named"),
    [
        ("evidence/seal_log/a.yaml", {"supersedes": "seal_log/a"}, "seal_log/a"),
        ("policies/partners/PT-1.yaml", {"scope": {"partners": ["PT-1"]}}, "PT-1"),
    ],
)
def test_a_name_of_a_document_in_trouble_is_not_sent_to_another_one(
    made: Folder, path: str, patch: dict[str, Any], named: str
) -> None:
    made.put(path, BROKEN)
    made.partner("PT-2")
    made.record("seal_log", "b", **patch)

    told = [f for f in made.findings() if f.code.startswith("unknown")]

    assert {f.message.partition(",")[0] for f in told} == {f"{named} is there"}
    assert {f.hint for f in told} == {f"mend {path} first"}


def test_a_misspelt_key_at_the_top_of_a_record_is_told(made: Folder) -> None:
    made.record("seal_audit", atachments=[{"path": "a.jpg"}])

    (finding,) = made.findings()

    assert finding.message == "atachments is not a key of the document"
    assert finding.hint == "did you mean attachments?"


def test_a_record_without_a_schema_line_is_told_so(made: Folder) -> None:
    made.record("seal_audit", schema=None)

    (finding,) = made.findings()

    assert finding.message == "there is no schema line, the folder says seal_audit/1"


def test_explain_knows_every_code_that_is_told() -> None:
    known = {row["code"] for row in law().reference["finding_codes"]} | set(HINTS)

    assert {code for _, code, _, _ in CASES} <= known


def test_an_attachment_named_from_the_top_of_the_repository_is_claimed(made: Folder) -> None:
    made.put("evidence/scans/gate.pdf", b"%PDF")
    made.record("seal_audit", attachments=[{"path": "evidence/scans/gate.pdf"}])

    assert made.findings() == []


def test_an_attachment_of_a_procedure_lies_beside_it(made: Folder) -> None:
    made.put("policies/procedures/manual.pdf", b"%PDF")
    made.procedure(attachments=[{"path": "manual.pdf"}], approvals=[])

    assert made.findings() == []


def test_the_path_of_an_attachment_is_read_from_its_document_or_from_the_top() -> None:
    assert attachment_path("evidence/a/b.yaml", "c.pdf") == "evidence/a/c.pdf"
    assert attachment_path("evidence/a/b.yaml", "evidence/c.pdf") == "evidence/c.pdf"
    assert attachment_path("policies/procedures/b.yaml", "policies/c.pdf") == "policies/c.pdf"


def test_evidence_may_be_an_attachment_of_its_own_record(made: Folder) -> None:
    closed = {
        "status": "verified_closed",
        "implemented_on": "2026-06-10",
        "closure_evidence": ["photo.jpg", "corrective_action/a"],
        "verified_by": "P-5",
        "verified_on": "2026-06-12",
    }
    made.put("evidence/corrective_action/photo.jpg", b"\xff\xd8")
    photo = {"path": "photo.jpg", "sha256": hashlib.sha256(b"\xff\xd8").hexdigest()}
    made.record("corrective_action", attachments=[photo], data=closed)

    assert made.findings() == []


def test_a_company_record_may_name_a_partner_or_system_but_not_a_site_beyond_its_scope(
    made: Folder,
) -> None:
    made.record("seal_audit", scope={"sites": None, "company": True})

    assert made.codes() == ["record-scope"]


@pytest.mark.parametrize("data", [{"counted_stok": 3}, {"counted_stock": "many"}])
def test_a_slip_in_a_record_does_not_denounce_its_attachments(
    made: Folder, data: dict[str, Any]
) -> None:
    made.put("evidence/seal_audit/scan.pdf", b"%PDF")
    made.record("seal_audit", attachments=[{"path": "scan.pdf"}], data=data)

    assert made.codes() == ["document-invalid"]


def test_every_other_document_is_still_judged_beside_a_bad_one(made: Folder) -> None:
    made.put("evidence/seal_audit/bad.yaml", "a: [\n")
    made.record("seal_audit", "good", recorded_by="P-99")

    assert made.codes() == ["yaml-syntax", "unknown-person"]


def test_findings_come_in_the_order_of_their_places(made: Folder) -> None:
    made.record("seal_audit", "b", recorded_by="P-99", scope={"sites": ["S-1", "S-9"]})
    made.record("seal_audit", "a", recorded_by="P-99")
    made.procedure(owner="P-99")

    places = [f.place for f in made.findings()]

    assert places == sorted(places, key=lambda p: (p.path, p.line, p.column))
    assert all(p.line for p in places)
