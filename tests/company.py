"""A small company for tests: valid documents in memory, changed by JSON merge patches."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ctpat_policy import approvals, catalog, filing, program, schemas
from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import Criterion
from ctpat_policy.filing import PROFILE, Filed, Files
from ctpat_policy.model import Problem
from ctpat_policy.program import Programme
from ctpat_policy.sources import SourceFile

TODAY = "2026-06-30"
EXAMPLES = Path(__file__).parent / "examples"
_OFFICER = "P-1"


@cache
def law() -> Catalog:
    """The shipped catalog."""
    return catalog.load(schemas.Schemas(schemas.shipped()))


@cache
def example(kind: str) -> Mapping[str, Any]:
    """A good record (or partner, procedure, profile) of a kind, from tests/examples/."""
    return read_yaml(EXAMPLES / f"{kind}.yaml")


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file of the tests, read as the product reads its own."""
    from ctpat_policy import documents

    document = documents.load(path.read_bytes(), path.name, schema_file=True)
    assert document.value is not None, (path, document.problem)
    return document.value


def patched(value: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396): mappings merge, null removes, everything else replaces."""
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    merged = dict(copy.deepcopy(value)) if isinstance(value, Mapping) else {}
    for key, inner in patch.items():
        if inner is None:
            merged.pop(key, None)
        else:
            merged[key] = patched(merged.get(key), inner)
    return merged


class NoFiles:
    """A source without attachments."""

    def files(self, under: str) -> Iterator[SourceFile]:
        """Nothing lies anywhere."""
        return iter(())

    def astray(self) -> Iterator[SourceFile]:
        """Nor beside."""
        return iter(())

    def read(self, path: str) -> bytes | None:
        """There is no file."""
        return None

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """Every attachment is there, with a made-up digest."""
        return "0" * 64, 1

    def attachment_problem(self, path: str) -> Problem | None:
        """Nothing is wrong with any attachment."""
        return None


def programme(
    entity_type: str = "consolidator",
    *,
    profile: Mapping[str, Any] | None = None,
    partners: Iterable[Mapping[str, Any]] = ({},),
    procedures: Iterable[Mapping[str, Any]] = (),
    records: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    today: str = TODAY,
    check: bool = True,
) -> Programme:
    """A linked programme: each document is a merge patch over its kind's example.

    A record may say `like: seal_verification-digest` to begin from another example of its kind.
    With `check`, a document that breaks its schema fails the test: no rule may be tried on what
    the product would refuse.
    """
    base = patched(example("security_profile"), profile or {})
    base["accounts"][0]["entity_type"] = entity_type
    found: dict[str, list[Filed]] = {
        "security_profile": [Filed(PROFILE, "security_profile", "security-profile", base)]
    }
    found["business_partner"] = [filed_partner(i, p) for i, p in enumerate(partners, 1)]
    found["procedure"] = [filed_procedure(i, p) for i, p in enumerate(procedures, 1)]
    for kind, patches in (records or {}).items():
        found[kind] = [filed_record(kind, i, p) for i, p in enumerate(patches, 1)]
    if check:
        for filed in (f for many in found.values() for f in many):
            wrong = law().schemas.violations(filing.schema_path(filed.kind), filed.value)
            assert not wrong, f"{filed.path}: {[(v.pointer, v.message) for v in wrong]}"
    built = program.build(Files(documents=found, count=1), law(), NoFiles(), today, today)
    assert built is not None
    return built


def full_procedure(criterion: Criterion, without: Iterable[str] = ()) -> dict[str, Any]:
    """A procedure that spells out every element of a criterion but the named ones."""
    spelled = [e.id for e in criterion.elements if e.id not in set(without)]
    return {
        "steps": [
            {"id": name, "text": f"This is how {name} is done."} for name in spelled or ["nothing"]
        ],
        "satisfies": {criterion.id: {name: [name] for name in spelled}} if spelled else {},
    }


def filed_partner(index: int, patch: Mapping[str, Any]) -> Filed:
    """A business partner, PT-1 and so on unless the patch has an `id`."""
    value = dict(patch)
    name = value.pop("id", f"PT-{index}")
    return Filed(
        f"policies/partners/{name}.yaml",
        "business_partner",
        name,
        patched(example("business_partner"), value),
    )


def filed_procedure(index: int, patch: Mapping[str, Any]) -> Filed:
    """A procedure, SOP-1 and so on unless the patch has an `id`."""
    value = dict(patch)
    name = value.pop("id", f"SOP-{index}")
    merged = patched(example("procedure"), value)
    return Filed(f"policies/procedures/{name}.yaml", "procedure", name, approved(name, merged))


def filed_record(kind: str, index: int, patch: Mapping[str, Any]) -> Filed:
    """A record, r1 and so on unless the patch has an `id`."""
    value = dict(patch)
    name = value.pop("id", f"r{index}")
    merged = patched(example(value.pop("like", kind)), value)
    if kind in ("corrective_action", "criterion_exception"):
        merged = approved(f"{kind}/{name}", merged)
    return Filed(f"evidence/{kind}/{name}.yaml", kind, name, merged)


def approved(doc_id: str, value: dict[str, Any]) -> dict[str, Any]:
    """Fill in digests written as `right`."""
    for entry in value.get("approvals", ()):
        if entry["digest"] == "right":
            entry["digest"] = approvals.digest(
                doc_id, value, entry["by"], entry["as"], entry["approved_on"]
            )
    return value


def dump(value: Any) -> str:
    """YAML for a test that writes files."""
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    return text
