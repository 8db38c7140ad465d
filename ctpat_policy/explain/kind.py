"""One evidence kind for people: what to write, how long it proves something, who asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.catalog import Catalog
from ctpat_policy.kinds import Kind

_MODELS = {
    "point": "one current record is enough",
    "periodic": "it must recur without a break",
    "event": "one record per event",
    "log": "a digest for each period, without a day left out",
    "window": "once in each annual window of ninety days before the anniversary",
}


def kind(law: Catalog, one: Kind) -> Iterator[str]:
    """The lines about one kind."""
    schema = law.schemas.value(one.schema_path)
    yield f"{one.id}  {one.title}"
    yield one.description
    yield ""
    yield f"File: evidence/{one.id}/<name>.yaml, beginning with schema: {one.id}/1"
    yield f"Proves: {', '.join(one.criteria)}; one series per {one.unit}; {_MODELS[one.model]}"
    yield from _times(one)
    yield f"Keep it: {one.retention} · privacy: {one.privacy} · form: {one.repo_form}"
    yield f"A validator asks: {one.asked}"
    yield ""
    yield "Fields below data (* required)"
    body = schema["$defs"]["single"] if one.has_digest else schema["properties"]["data"]
    yield from _fields(body, "  ")
    if one.has_digest:
        yield ""
        yield "Or, for many at once, a digest of a period"
        yield from _fields(law.schemas.value("digest.yaml"), "  ")


#: How soon a record is due after what calls for it, where it is not told as a span.
_SOON = {None: "", "P0D": "; due the same day"}


def _times(one: Kind) -> Iterator[str]:
    rhythm = f"every {one.every}, with {one.grace} grace; " if one.every else ""
    rhythm += f"the first after {one.first} at the latest; " if one.first else ""
    life = (
        f"proves something for {one.valid_for}" if one.valid_for else "does not run out by itself"
    )
    printed = f", or to the day in {one.expires} if that is earlier" if one.expires else ""
    yield f"Dated by {one.anchor}; {rhythm}{life}{printed}"
    called_for = one.trigger_says or (f"each {one.trigger} of the register" if one.trigger else "")
    if called_for:
        yield f"Called for by: {called_for}{_SOON.get(one.deadline, f'; due {one.deadline} later')}"
    yield f"Who says the interval: {one.interval_basis}; who asks for it: {one.demanded_by}"


def _fields(schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        star = "*" if name in required else ""
        choices = f" One of: {', '.join(map(str, field['enum']))}." if "enum" in field else ""
        yield f"{indent}{name}{star}: {field.get('description', '')}{choices}"
        inner = field.get("items", field)
        if isinstance(inner, Mapping) and "properties" in inner:
            yield from _fields(inner, indent + "  ")
