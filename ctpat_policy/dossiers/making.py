"""Makes rows of records, and of the items of their lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ctpat_policy import clock
from ctpat_policy.catalog import Catalog
from ctpat_policy.dossiers.computed import DAILY, compute, compute_item
from ctpat_policy.dossiers.items import action_paths, list_items, mentioned
from ctpat_policy.dossiers.rows import Row
from ctpat_policy.dossiers.today import Today
from ctpat_policy.filing import Filed
from ctpat_policy.kinds import Kind
from ctpat_policy.program import Programme
from ctpat_policy.records import Record, began
from ctpat_policy.references import walk

#: What may differ in the rows of two states that hold the same record.
_MOVING = ("until", "actions", "state")


class Making:
    """What rows of one programme are made with."""

    def __init__(self, catalog: Catalog, programme: Programme, today: Today) -> None:
        self._programme, self._today, self._lookups = programme, today, catalog.lookups
        self._answers = _answers(programme)

    def rows(self, records: Iterable[Record], kind: Kind, before: Iterable[Row]) -> list[Row]:
        """The rows of records of a kind; of those from `before` that would be the same, the same.

        `before` are rows of another state of the same account.
        """
        daily = any(not DAILY.isdisjoint(operation) for operation in kind.computed.values())
        known = {} if daily else {row["id"]: row for row in before}
        paths = action_paths(kind)
        return [self._row(record, kind, paths, known.get(record.id)) for record in records]

    def items(self, row: Row, path: str) -> list[Row]:
        """One row per item of the list at a path of a row (`data.entries`)."""
        kind = self._programme.kinds[row["kind"]]
        below = path.removeprefix("data.")
        made = []
        for pointer, content in list_items(row, path.split(".")):
            own = mentioned(content, kind, pointer)
            own = [a for a in own if a not in _ids(row["actions"])]
            content["record"] = row
            content["computed"] = compute_item(
                kind.computed, below, content, self._today, self._lookups
            )
            data = content if "dated" in content else row["data"]
            answers = self._actions(own, row["scope"], data, row["dated"])
            content["actions"] = [*row["actions"], *answers]
            content["dated"] = clock.day_of(content.get("dated", row["dated"]))
            made.append(Row(content, row.path, pointer))
        return made

    def _row(
        self, record: Record, kind: Kind, paths: list[tuple[str, ...]], before: Row | None
    ) -> Row:
        filed, brief = record.filed, record.brief
        value, actions = filed.value, self._programme.actions
        data = value["data"]
        names = [*self._answers.get(record.id, ())]
        names += [name for at in paths for name, _ in walk(value, at, ())]
        named = self._actions(names, brief.scope, data, brief.dated)
        moving = {"until": record.until, "actions": named}
        if filed.id in actions and filed.kind == "corrective_action":
            moving["state"] = actions[filed.id].state
        if before is not None and _is_row_of(before, filed, moving):
            return before
        content = {
            **moving,
            "id": record.id,
            "kind": filed.kind,
            "dated": brief.dated,
            "scope": brief.scope,
            "accounts": [*brief.accounts],
            "computed": compute(kind.computed, data, self._today, self._lookups),
            "data": data,
        }
        return Row(content, filed.path)

    def _actions(
        self, names: list[str], scope: Mapping[str, Any], data: Mapping[str, Any], dated: str
    ) -> list[dict[str, str]]:
        """Those of the actions that can answer something in such a record."""
        if not names:  # as of nearly all
            return []
        known, first_day = self._programme.actions, began(data, dated)
        found = (known[name] for name in dict.fromkeys(names) if name in known)
        return [
            {"id": action.id, "state": action.state, "due": action.due}
            for action in found
            if action.state != "cancelled" and not action.why_not(scope, first_day)
        ]


def _answers(programme: Programme) -> dict[str, list[str]]:
    """Ids of the corrective actions by the record that they say they answer."""
    found: dict[str, list[str]] = {}
    for action in programme.actions.values():
        for record in action.record.data.get("answers", ()):
            found.setdefault(record, []).append(action.id)
    return found


def _is_row_of(row: Row, filed: Filed, moving: Mapping[str, Any]) -> bool:
    """Whether a row of another state is that of a document, with what moves though it stays."""
    same = row["data"] is filed.value["data"] and row.path == filed.path
    return same and all(row.get(name) == moving.get(name) for name in _MOVING)


def _ids(actions: list[dict[str, str]]) -> set[str]:
    return {a["id"] for a in actions}
