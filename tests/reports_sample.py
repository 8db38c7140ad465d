"""One hand-made report with every verdict, level and severity, hostile text included.

The golden files under tests/golden/ hold it in every format. To renew them after a change that is
meant: `CTPAT_GOLDEN=renew pytest tests/test_reports_*.py`, then read their diff.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ctpat_policy.model import (
    INVALID,
    MUST,
    NOTE,
    SHOULD,
    UNREADABLE,
    AccountHead,
    ClauseResult,
    Due,
    Finding,
    Gap,
    OpenAction,
    Place,
    Report,
    Row,
)

PROFILE = "policies/security-profile.yaml"
#: What must never reach a sink as it stands, whatever field it is in.
HOSTILE = (
    "\x1b]0;owned\x07",
    "\u202etxt.exe",
    "\x9b31mred",
    "\n::error file=x::stop",
    "\u2028::add-mask::a",
    "##[error]x",
    "##vso[task.complete]",
    "##TeamCity[x]",
    "]]>&<!--",
    '"><script>',
    "\ud800",
    "\ufffe\uffff\x00",
    "\udcff",
    "zero\u200bwidth",
    "a\tb\r\nc",
)
EVIL = " ".join(HOSTILE)

GOLDEN = Path(__file__).parent / "golden"

HEADS = (
    AccountHead(
        id="abc-con",
        entity_type="consolidator",
        title="Consolidator",
        catalog="MSC",
        known=57,
        total=102,
        bases={"recalled": 47, "confirmed": 8, "disputed": 1, "member": 1},
        status="certified_validated",
    ),
    AccountHead(
        id="abc-imp",
        entity_type="importer",
        title="Importer",
        catalog="MSC",
        known=102,
        total=102,
        bases={"confirmed": 102},
        status="certified",
    ),
)


def golden(name: str, produced: bytes) -> bytes:
    """What the golden file holds; writes it first when CTPAT_GOLDEN=renew asks for that."""
    file = GOLDEN / name
    if os.environ.get("CTPAT_GOLDEN") == "renew":
        GOLDEN.mkdir(exist_ok=True)
        file.write_bytes(produced)
    return file.read_bytes()


def row(
    criterion: str,
    verdict: str,
    subject: str = "company",
    level: str = MUST,
    clauses: tuple[ClauseResult, ...] = (),
    reason: str = "",
    until: str | None = None,
    account: str = "abc-con",
    basis: str = "recalled",
) -> Row:
    """A row whose place is where its subject is written down."""
    partner = criterion.startswith("MSC-3")
    path = f"policies/partners/{subject}.yaml" if partner else PROFILE
    proofs = ("seal_audit/2026-09-02", "seal_audit/2026-10-02") if verdict == "met" else ()
    return Row(
        account=account,
        criterion=criterion,
        level=level,
        subject=subject,
        verdict=verdict,
        title=TITLES.get(criterion, f"Title of {criterion}"),
        category=int(criterion.removeprefix("MSC-").partition(".")[0]),
        basis=basis,
        reason=reason,
        until=until,
        clauses=clauses,
        remedy=f"Do what {criterion} asks, and commit evidence/<kind>/<date>-<site>.yaml.",
        place=Place(path, ("sites", 0), 12, 5),
        evidence=proofs,
        scope="partner" if partner else "site",
        evidence_count=len(proofs),
    )


def failed(clause: str, *messages: str, path: str = PROFILE, line: int = 40) -> ClauseResult:
    """A failed clause with one gap a message, on the lines from `line` on."""
    gaps = tuple(
        Gap(clause, message, Place(path, ("data", n), line + n, 3))
        for n, message in enumerate(messages)
    )
    return ClauseResult(clause, "fail", gaps)


TITLES = {
    "MSC-3.5": "Business partners are screened before they handle cargo",
    "MSC-6.6": "Seals are audited, and the log is reconciled",
    "MSC-7.23": f"Title with {EVIL}",
    "MSC-9.15": "Random reviews of camera footage",
}

_SEALS = "evidence/seal_audit/2026-05-12-wh-ewr.yaml"
_ROWS = (
    row("MSC-1.1", "met", basis="confirmed"),
    row("MSC-1.3", "not_met", clauses=(failed("signed", "nobody signed it"),), basis="confirmed"),
    row("MSC-2.3", "not_applicable", reason="the account abc-con has no site"),
    row("MSC-4.6", "not_adopted", level=SHOULD, reason="done by hand", until="2027-03-31"),
    row(
        "MSC-6.6",
        "not_met",
        "WH-EWR",
        clauses=(
            failed("audited", *(f"seal {n} of WH-EWR is missing" for n in range(7)), path=_SEALS),
            failed("written", "no procedure spells out who counts"),
            ClauseResult("bonded", "absent", reason="the site has no bonded store"),
        ),
    ),
    row("MSC-6.6", "met", "DC-DFW"),
    row(
        "MSC-6.6",
        "partly_met",
        "CFS-LGB",
        clauses=(
            ClauseResult("audited", "pass"),
            failed("reconciled", "the log of September was not reconciled", path=_SEALS, line=9),
        ),
    ),
    row(
        "MSC-6.6",
        "partly_met",
        "CFS-LGB",
        level=SHOULD,
        clauses=(failed("witnessed", "nobody watched the count", path=_SEALS, line=9),),
    ),
    row(
        "MSC-6.10",
        "action_open",
        "WH-EWR",
        clauses=(failed("locked", "the seals lay open")._replace(covered_by=("CA-2026-003",)),),
        until="2026-12-15",
    ),
    row(
        "MSC-7.23",
        "not_met",
        "WH-EWR",
        clauses=(failed("reported", EVIL, path=f"evidence/{EVIL}.yaml", line=1),),
        basis="disputed",
    ),
    row("MSC-9.15", "not_assessed", "DC-DFW", reason="the profile does not say subject.cctv"),
    row(
        "MSC-9.15",
        "not_assessed",
        "WH-EWR",
        clauses=(
            ClauseResult(
                "reviewed",
                "unknown",
                (Gap("reviewed", "the register has a hole", Place(PROFILE), unknown=True),),
            ),
        ),
    ),
    row("MSC-10.3", "not_assessed", level=SHOULD, reason="the profile does not say subject.guards"),
    row("MSC-12.2", "met", level=SHOULD),
    *(row("MSC-3.5", "met", f"partner-{n:02d}") for n in range(20, 40)),
    *(
        row(
            "MSC-3.5",
            "not_met" if n % 3 else "partly_met",
            f"partner-{n:02d}",
            clauses=(failed("screened", f"partner-{n:02d} was never screened"),),
        )
        for n in range(12)
    ),
    row("MSC-6.6", "met", "WH-EWR", account="abc-imp", basis="confirmed"),
    row("MSC-9.15", "not_met", "DC-DFW", level=SHOULD, account="abc-imp", basis="confirmed"),
)

_FINDINGS = (
    Finding(
        "yaml-duplicate-key",
        UNREADABLE,
        "the key data stands twice",
        Place("evidence/seal_log/2026-09.yaml", (), 14, 1),
        "keep one of the two",
    ),
    Finding(
        "document-invalid",
        INVALID,
        "security_profile/1 has no key colour",
        Place("policies/partners/acme.yaml", ("colour",), 9, 1),
        "delete it, or correct its name",
    ),
    Finding("document-id", INVALID, EVIL, Place(f"evidence/{EVIL}", (), 0, 0), EVIL),
    Finding(
        "exception-redundant",
        NOTE,
        "MSC-2.3 does not apply here anyway",
        Place("evidence/criterion_exception/x.yaml", ("data", "type"), 8, 3),
        "the exception may go when it expires",
    ),
    Finding("note-bare", NOTE, "", Place("policies/partners/acme.yaml")),
)

_DUES = tuple(
    Due(
        f"2026-12-{day:02d}",
        f"{what}: the newest record expires",
        "seal_audit",
        "WH-EWR",
        Place("evidence/seal_audit/2026-09-02-wh-ewr.yaml", ("data", "audited_on"), 8, 3),
    )
    for day in range(1, 18)
    for what in ("Seal audit",)
)

_ACTIONS = (
    OpenAction(
        "CA-2026-003",
        "2026-12-15",
        "in_time",
        ("MSC-6.10/locked",),
        "WH-EWR",
        "The seals lay open on a desk; a cabinet is ordered.",
        Place("evidence/corrective_action/CA-2026-003.yaml", ("data", "due"), 11, 3),
    ),
    OpenAction(
        "CA-2026-001",
        "2026-10-01",
        "overdue",
        (),
        "company",
        EVIL,
        Place("evidence/corrective_action/CA-2026-001.yaml", ("data", "due"), 11, 3),
    ),
)

SAMPLE = Report(
    member="ABC Logistics, Inc.",
    today="2026-11-24",
    fail_on=MUST,
    accounts=HEADS,
    rows=_ROWS,
    findings=_FINDINGS,
    due=_DUES,
    actions=_ACTIONS,
    documents=214,
    notes=("the criteria are those of ctpat-policy as installed", EVIL),
    filters={"accounts": [], "criteria": []},
    categories={1: "01-security-vision", 3: "03-business-partners", 6: "06-seal-security"},
)

#: A report on which nothing fails.
CLEAN = replace(
    SAMPLE,
    accounts=HEADS[1:],
    rows=tuple(r for r in _ROWS if r.account == "abc-imp"),
    findings=(),
    notes=(),
)
