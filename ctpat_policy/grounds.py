"""The ground of a verdict: everything that it can depend on, as one digest.

Verdicts are kept by their ground, so whatever a dossier may look at belongs in here: the law, the
policies, what people signed and whether it counts today, and the records of the kinds that the
criterion reads (`Ledger.rows` refuses any other). The day is no part of it: a verdict that is kept
says until when it holds (`dossiers.today`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from ctpat_policy.cache import key_of
from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import Criterion
from ctpat_policy.filing import Filed, Files
from ctpat_policy.program import Programme
from ctpat_policy.reads import kinds_read

#: Records whose state every criterion looks at.
SIGNED = frozenset({"corrective_action", "criterion_exception"})


class Grounds:
    """The grounds of one programme's criteria; its documents have to have keys."""

    def __init__(self, catalog: Catalog, programme: Programme, files: Files) -> None:
        self._programme = programme
        policies = [k for k in sorted(files.documents) if k not in catalog.kinds or k in SIGNED]
        self._common = key_of(
            catalog.schemas.digest,
            *_marks(filed for kind in policies for filed in files.of(kind)),
            *_states(programme),
        )
        self._kinds: dict[str, str] = {}

    def key(self, account: str, criterion: Criterion, level: tuple[str, str]) -> str:
        """The ground of a criterion for an account, at its level and with that level's basis."""
        read = (self._kind(kind) for kind in sorted(kinds_read(criterion)))
        return key_of("rows", self._common, account, criterion.id, *level, *read)

    def _kind(self, kind: str) -> str:
        if kind not in self._kinds:
            records = self._programme.records.get(kind, ())
            self._kinds[kind] = key_of(*_marks(record.filed for record in records))
        return self._kinds[kind]


def _marks(documents: Iterable[Filed]) -> Iterable[str]:
    for filed in documents:
        assert filed.key, "only what came through the cache can be told from what it was"
        yield f"{filed.key} {filed.path}"


def _states(programme: Programme) -> Iterable[str]:
    """Whether what was signed counts: it hangs on attachments and on the clock, too."""
    yield json.dumps([(p.id, p.approved_on, p.unwritten) for p in programme.procedures])
    yield json.dumps([(a.id, a.state) for a in programme.actions.values()])
    yield json.dumps([(e.record.id, e.criterion, e.type, e.expires) for e in programme.exceptions])
    yield json.dumps([(o.path, o.criterion, dict(o.levels)) for o in programme.overlays])
