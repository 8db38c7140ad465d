"""Integrity: every name resolves, and every attachment is there and has the digest it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.attachments import Attachments
from ctpat_policy.briefs import LOOKED_UP, SCOPED, beyond, is_backwards, named, unnamed
from ctpat_policy.catalog import Catalog
from ctpat_policy.filing import PROFILE, Filed, Files, expected
from ctpat_policy.kinds import Kind
from ctpat_policy.model import INVALID, Finding, Place, Pointer
from ctpat_policy.nearest import nearest
from ctpat_policy.records import brief_of
from ctpat_policy.sources import Source

#: What a reference is called in a message, and where the thing would be written down.
_NOUNS = {
    "person": ("person", "people in policies/security-profile.yaml"),
    "site": ("site", "sites in policies/security-profile.yaml"),
    "lane": ("lane", "lanes in policies/security-profile.yaml"),
    "system": ("system", "systems in policies/security-profile.yaml"),
    "account": ("account", "accounts in policies/security-profile.yaml"),
    "partner": ("business partner", "policies/partners/"),
    "procedure": ("procedure", "policies/procedures/"),
    "corrective_action": ("corrective action", "evidence/corrective_action/"),
    "evidence": ("record or attachment", "evidence/, or attachments of this record"),
}


#: For so many unknown names the nearest known one is looked for: each search goes through all.
_SEARCHES = 100
_CRITERIA = "ctpat-policy explain criteria lists them"


def check(
    files: Files,
    catalog: Catalog,
    source: Source,
    profile: Mapping[str, Any],
    kinds: Mapping[str, Kind],
) -> list[Finding]:
    """Every dangling name, wrong digest, contradiction of scope and unclaimed file."""
    checker = _Checker(files, catalog, source, profile, kinds)
    return checker.findings()


class _Checker:
    def __init__(
        self,
        files: Files,
        catalog: Catalog,
        source: Source,
        profile: Mapping[str, Any],
        kinds: Mapping[str, Kind],
    ) -> None:
        self.files, self.catalog = files, catalog
        self.profile, self.kinds = profile, kinds
        self.attachments = Attachments(source)
        self._hints: dict[tuple[str, str], str] = {}
        records = {f"{k}/{f.id}" for k in kinds for f in files.of(k)}
        self.known: dict[str, set[str]] = {
            "person": {p["id"] for p in profile["people"]},
            "site": {s["id"] for s in profile["sites"]},
            "lane": {x["id"] for x in profile.get("lanes", ())},
            "system": {x["id"] for x in profile.get("systems", ())},
            "account": {a["id"] for a in profile["accounts"]},
            "partner": {f.id for f in files.of("business_partner")},
            "procedure": {f.id for f in files.of("procedure")},
            "corrective_action": {f.id for f in files.of("corrective_action")},
            "evidence": records,
        }
        assert self.known.keys() == LOOKED_UP
        homes = ((expected(f.place.path), f.place.path) for f in files.findings)
        #: Documents that are not read, by kind and id: who names one must not be sent elsewhere.
        self.refused = {"/".join(home): path for home, path in homes if home is not None}
        self.there = {named(what, name) for what, names in self.known.items() for name in names}

    def findings(self) -> list[Finding]:
        found = [*self._profile(), *self._partners(), *self._procedures()]
        for kind in self.kinds.values():
            for filed in self.files.of(kind.id):
                found += self._record(filed, kind)
        in_trouble = (finding.place.path for finding in self.files.findings)
        found += self.attachments.unclaimed(self.files.beside, in_trouble)
        return found

    def _profile(self) -> Iterator[Finding]:
        for name in ("sites", "lanes", "systems"):
            for index, item in enumerate(self.profile.get(name, ())):
                for number, account in enumerate(item.get("accounts", ())):
                    at: Pointer = (name, index, "accounts", number)
                    yield from self._resolve("account", account, PROFILE, at)
        for name in ("accounts", "people", "sites", "lanes", "systems"):
            seen: set[str] = set()
            for index, item in enumerate(self.profile.get(name, ())):
                if item["id"].lower() in seen:
                    place = Place(PROFILE, (name, index, "id"))
                    yield Finding(
                        "profile-id-taken", INVALID, f"two of {name} are called {item['id']}", place
                    )
                seen.add(item["id"].lower())

    def _partners(self) -> Iterator[Finding]:
        for filed in self.files.of("business_partner"):
            for name in ("accounts", "lanes"):
                for index, ref in enumerate(filed.value.get(name, ())):
                    yield from self._resolve(name[:-1], ref, filed.path, (name, index))

    def _procedures(self) -> Iterator[Finding]:
        for filed in self.files.of("procedure"):
            value = filed.value
            yield from self._resolve("person", value["owner"], filed.path, ("owner",))
            for index, site in enumerate(value.get("sites", ())):
                yield from self._resolve("site", site, filed.path, ("sites", index))
            yield from self._satisfies(filed)
            yield from self.attachments.wrong(filed)

    def _satisfies(self, filed: Filed) -> Iterator[Finding]:
        steps = {step["id"] for step in filed.value["steps"]}
        for criterion_id, elements in filed.value.get("satisfies", {}).items():
            at: Pointer = ("satisfies", criterion_id)
            criterion = self.catalog.criteria.get(criterion_id)
            if criterion is None:
                yield _finding(
                    "procedure-unknown-criterion",
                    f"{criterion_id} is not in the catalog",
                    filed.path,
                    at,
                    _near(criterion_id, self.catalog.criteria) or _CRITERIA,
                )
                continue
            names = {e.id for e in criterion.elements}
            for element, steps_named in elements.items():
                if element not in names:
                    yield _finding(
                        "procedure-unknown-element",
                        f"{criterion_id} asks for no element {element}",
                        filed.path,
                        (*at, element),
                        _near(element, names) or f"its elements: {', '.join(sorted(names))}",
                    )
                for step in steps_named:
                    if step not in steps:
                        yield _finding(
                            "procedure-unknown-step",
                            f"there is no step {step} in this procedure",
                            filed.path,
                            (*at, element),
                            _near(step, steps) or f"its steps: {', '.join(sorted(steps))}",
                        )

    def _record(self, filed: Filed, kind: Kind) -> Iterator[Finding]:
        """What is wrong with one record; where its brief shows nothing, it is not opened."""
        found = brief_of(filed, kind)
        if not self.there.issuperset(found.names):
            yield from self._names(filed, kind)
        if found.at_odds:
            yield from self._at_odds(filed, kind)
        if found.has_attachments:
            yield from self.attachments.wrong(filed)
        if kind.id == "corrective_action":
            yield from self._action(filed)

    def _names(self, filed: Filed, kind: Kind) -> Iterator[Finding]:
        value = filed.value
        for index, account in enumerate(value.get("accounts", ())):
            yield from self._resolve("account", account, filed.path, ("accounts", index))
        own = {a["path"] for a in value.get("attachments", ()) if "path" in a}
        for reference in kind.references:
            for name, pointer in walk(value, reference.path, ()):
                if reference.to == "evidence" and name in own:
                    continue
                yield from self._resolve(reference.to, name, filed.path, pointer)

    def _at_odds(self, filed: Filed, kind: Kind) -> Iterator[Finding]:
        """What the data say must be what the scope says, or the record proves nothing."""
        scope, data = filed.value["scope"], filed.value["data"]
        for key, listed in SCOPED:
            name = data.get(key)
            if name not in self.known[key]:
                continue  # which is told of itself
            if unnamed(data, scope, key, listed):
                message = f"the data speak of {name}, but scope.{listed} does not name it"
                hint = f"correct one of the two: data.{key}, or scope: {{{listed}: [{name}]}}"
                yield _finding("record-scope", message, filed.path, ("data", key), hint)
            elif name is not None and beyond(scope, key, listed, kind):
                others = ", ".join(other for other in scope[listed] if other != name)
                message = f"the data speak of {name} alone, but scope.{listed} names {others}, too"
                hint = f"write scope: {{{listed}: [{name}]}}, and a record for each of the others"
                yield _finding("record-scope", message, filed.path, ("scope", listed), hint)
        if is_backwards(data):
            message = f"it begins on {data['period_from']} and ends before, on {data['period_to']}"
            at: Pointer = ("data", "period_from")
            yield _finding("record-period", message, filed.path, at, "correct one of the two")

    def _action(self, filed: Filed) -> Iterator[Finding]:
        data = filed.value["data"]
        for index, criterion_id in enumerate(data["criteria"]):
            if criterion_id not in self.catalog.criteria:
                message = f"{criterion_id} is not in the catalog"
                hint = _near(criterion_id, self.catalog.criteria) or _CRITERIA
                at: Pointer = ("data", "criteria", index)
                yield _finding("action-unknown-criterion", message, filed.path, at, hint)
        for index, covered in enumerate(data.get("covers", ())):
            criterion_id, _, clause = covered.partition("/")
            criterion = self.catalog.criteria.get(criterion_id)
            clauses = [c.id for c in criterion.clauses] if criterion else []
            if clause not in clauses:
                hint = (
                    f"its clauses: {', '.join(clauses)}"
                    if clauses
                    else _near(criterion_id, self.catalog.criteria) or _CRITERIA
                )
                yield _finding(
                    "action-unknown-clause",
                    f"there is no clause {covered}",
                    filed.path,
                    ("data", "covers", index),
                    hint,
                )

    def _resolve(self, to: str, name: Any, path: str, pointer: Pointer) -> Iterator[Finding]:
        if to not in _NOUNS or name in self.known[to]:
            return
        noun, where = _NOUNS[to]
        kind = {"evidence": "", "partner": "business_partner/"}.get(to, f"{to}/")
        message = f"there is no {noun} {name}"
        if (refused := self.refused.get(f"{kind}{name}")) is not None:
            message = f"{name} is there, but in trouble itself, so nobody can tell what it says"
            self._hints[to, name] = f"mend {refused} first"
        # One name is often wrong in many places, and to look for the nearest takes a while.
        if (to, name) not in self._hints:
            near = self._nearest(to, str(name)) if len(self._hints) < _SEARCHES else ""
            self._hints[to, name] = near or f"they are listed in {where}"
        yield _finding(
            f"unknown-{to.replace('_', '-')}",
            message,
            path,
            pointer,
            self._hints[to, name],
        )

    def _nearest(self, to: str, name: str) -> str:
        return _near(name, self._alike(name) if to == "evidence" else self.known[to])

    def _alike(self, name: str) -> list[str]:
        """Of ten thousand records those that can be meant: of the same kind, or else of one id."""
        kind, _, own = name.rpartition("/")
        of_kind = [known for known in self.known["evidence"] if known.startswith(f"{kind}/")]
        return of_kind or [known for known in self.known["evidence"] if known.endswith(f"/{own}")]


def walk(value: Any, path: tuple[str, ...], at: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Every text at a path through mappings and lists, with its pointer."""
    if not path:
        if isinstance(value, str):
            yield value, at
        return
    step, rest = path[0], path[1:]
    if step == "*":
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from walk(item, rest, (*at, index))
    elif isinstance(value, Mapping) and step in value:
        yield from walk(value[step], rest, (*at, step))


def _finding(code: str, message: str, path: str, pointer: Pointer, hint: str = "") -> Finding:
    return Finding(code, INVALID, message, Place(path, pointer), hint)


def _near(word: str, known: Any) -> str:
    near = nearest(word, known)
    return f"did you mean {near}?" if near else ""
