"""Trails for tests: a small company whose history is in order, to be copied and tampered with."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ctpat_policy import approvals, documents
from ctpat_policy.model import INVALID
from ctpat_policy.trail.checkpoint import Checkpoint
from ctpat_policy.trail.report import TrailReport
from ctpat_policy.trail.repository import open_repository
from ctpat_policy.trail.signatures import APPROVAL, sign
from ctpat_policy.trail.verify import verify
from tests.company import example, law
from tests.history_repositories import Built, record

TODAY = "2026-06-30"
SOP = "policies/procedures/SOP-1.yaml"
ACTION = "evidence/corrective_action/CA-1.yaml"
AUDIT = "evidence/seal_audit/a.yaml"
OTHER_AUDIT = "evidence/seal_audit/b.yaml"
SCAN = "evidence/seal_audit/scan.txt"
NOBODY = "Nobody <nobody@test.example>"


def who(person: str) -> str:
    """The git identity of a person of the profile."""
    return f"{person} <{person.lower()}@test.example>"


@cache
def key(name: str) -> Path:
    """An SSH key, made once in a test run."""
    path = Path(tempfile.mkdtemp(prefix="ctpat-keys-"), name)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def public(name: str) -> str:
    """The public half of a key."""
    return key(name).with_name(f"{name}.pub").read_text().strip()


class Trail(Built):
    """A repository with the moves that honest people and others make."""

    def people(self, **patches: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The people of the example, each with a git identity and a patch."""
        found = []
        for person in example("security_profile")["people"]:
            name = person["id"]
            git = {"name": name, "email": f"{name.lower()}@test.example"}
            found.append({**person, "git": git, **patches.get(name.replace("-", ""), {})})
        return found

    def set_profile(self, settings: Mapping[str, Any] | None = None, **people: Any) -> None:
        """Write the profile with settings and patches of people (P1={...})."""
        self.profile({"people": self.people(**people), "settings": dict(settings or {})})

    def load(self, path: str) -> dict[str, Any]:
        """A document as it lies in the work tree."""
        value = documents.load((self.root / path).read_bytes(), path).value
        assert value is not None
        return value

    def edit(self, path: str, **changes: Any) -> None:
        """Change fields of a document; of a record those of its data."""
        value = self.load(path)
        target = value.get("data", value)
        target.update(changes)
        self.write(path, value)

    def approve(
        self,
        path: str,
        by: str = "P-1",
        day: str = "2026-06-20",
        *,
        function: str = "company_officer",
        signed: Path | None = None,
        namespace: str = APPROVAL,
    ) -> None:
        """Add an approval to a document, without a commit."""
        value = self.load(path)
        parts = path.removesuffix(".yaml").split("/")
        doc_id = f"{parts[1]}/{parts[-1]}" if parts[0] == "evidence" else parts[-1]
        digests = {
            a["path"]: hashlib.sha256(
                (self.root / path).with_name(a["path"]).read_bytes()
            ).hexdigest()
            for a in value.get("attachments", ())
        }
        digest = approvals.digest(doc_id, value, by, function, day, digests)
        entry = {"by": by, "as": function, "approved_on": day, "digest": digest}
        if signed:
            entry["signature"] = sign(digest, signed, namespace)
        self.write(path, {**value, "approvals": [*value.get("approvals", ()), entry]})

    def signed(self, day: str, name: str, by: str, message: str = "change") -> str:
        """Commit everything that differs, signed with a key; the id."""
        self.git("add", "-A", day=day, by=by)
        options = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={key(name)}"]
        self.git(*options, "commit", "-q", "-S", "--allow-empty", "-m", message, day=day, by=by)
        self.tips.append(self.git("rev-parse", "HEAD"))
        return self.tips[-1]

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Begin a side branch and go there."""
        self.git("checkout", "-q", "-b", name, start)

    def merge(
        self, *names: str, day: str = "2026-06-28", by: str = "P-3", options: Sequence[str] = ()
    ) -> str:
        """Go back to main and merge, always with a merge commit; the id."""
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", *options, *names, day=day, by=who(by))
        return self.git("rev-parse", "HEAD")

    def merge_with(self, name: str, *, day: str = "2026-06-28", by: str = "P-3") -> None:
        """Go back to main and begin a merge; `commit` ends it, with what was done to the files."""
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "--no-commit", name, day=day, by=who(by))

    def raw_commit(self, change: tuple[bytes, bytes] | None = None, **lines: bytes) -> str:
        """Put a commit made of bytes on top: HEAD's own, as its child, with lines replaced."""
        head = self.git("rev-parse", "HEAD").encode()
        tree = self.git("rev-parse", "HEAD^{tree}").encode()
        person = b"Admin <admin@test.example> 1782388800 +0000"
        author, committer = lines.get("author", person), lines.get("committer", person)
        content = b"tree " + tree + b"\nparent " + head + b"\nauthor " + author
        content += b"\ncommitter " + committer + lines.get("more", b"")
        content += b"\n\n" + lines.get("message", b"odd\n")
        if change:
            content = content.replace(*change)
        return self.put(content)

    def put(self, content: bytes) -> str:
        """Write a commit object as it is, and move the branch to it."""
        oid = self.written("commit", content)
        self.git("update-ref", "HEAD", oid)
        return oid

    def written(self, kind: str, content: bytes) -> str:
        """The id of an object that is written as it is."""
        made = subprocess.run(
            ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"],
            cwd=self.root,
            input=content,
            capture_output=True,
            check=True,
        )
        return made.stdout.decode().strip()

    def judged(self, today: str = TODAY, kept: Checkpoint | None = None) -> TrailReport:
        """What verify says."""
        return judged(self.root, today, kept)


def judged(root: Path, today: str = TODAY, kept: Checkpoint | None = None) -> TrailReport:
    """What verify says about a repository."""
    return verify(open_repository(root), law(), today, kept)


def codes(report: TrailReport, severity: str = INVALID) -> set[str]:
    """The codes of the findings of one severity."""
    return {f.code for rule in report.rules for f in rule.findings if f.severity == severity}


def messages(report: TrailReport, code: str) -> list[str]:
    """What the findings of one code say."""
    return [f.message for rule in report.rules for f in rule.findings if f.code == code]


def build(root: Path, *options: str, settings: Mapping[str, Any] | None = None) -> Trail:
    """A trail in order: a profile, a procedure, an action, both approved, and two audits."""
    root.mkdir(parents=True)
    trail = Trail(root)
    trail.git("init", "-q", "-b", "main", "--template=", *options)
    trail.set_profile(settings)
    trail.commit("2026-05-01", "profile", by="Admin <admin@test.example>")
    trail.write(SOP, record("procedure", {"approvals": None}))
    trail.commit("2026-05-02", "procedure", by=who("P-2"))
    trail.approve(SOP, day="2026-05-04")
    trail.commit("2026-05-04", "approval", by=who("P-1"))
    trail.write(ACTION, record("corrective_action", {"approvals": None}))
    trail.commit("2026-05-20", "action", by=who("P-2"))
    trail.approve(ACTION, day="2026-05-21")
    trail.commit("2026-05-21", "approval", by=who("P-1"))
    trail.write(SCAN, "the paper\n")
    digest = hashlib.sha256(b"the paper\n").hexdigest()
    paper = [{"path": "scan.txt", "sha256": digest}]
    trail.write(AUDIT, record("seal_audit", audit("2026-05-25", attachments=paper)))
    trail.commit("2026-05-25", "audit", by=who("P-5"))
    trail.write(OTHER_AUDIT, record("seal_audit", audit("2026-06-15")))
    trail.commit("2026-06-15", "audit", by=who("P-5"))
    return trail


def audit(day: str, **more: Any) -> dict[str, Any]:
    """A patch that moves the example of a seal audit to another day."""
    return {"recorded_on": day, "data": {"audited_on": day}, **more}


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ctpat-trail-"), "trail")
    build(folder)
    return folder


def fresh(root: Path) -> Trail:
    """A copy of the trail in order: copying is cheaper than committing again."""
    shutil.copytree(_template(), root, symlinks=True)
    return Trail(root)
