"""The security profile from the answers: every fact that decides what applies, and its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ctpat_policy.authoring.questions import FEATURES, Answers
from ctpat_policy.authoring.yaml_text import comment, scalar
from ctpat_policy.catalog import Catalog

OFFICER, CONTACT = "P-01", "P-02"
#: Features that are a plain yes or no; of the others the profile also says since when.
_PLAIN = ("seal_stock", "private_vehicles", "offsite_monitoring", "land_border")
_WORD = {"gates": "present", "badges": "issued"}
#: How long a recorder keeps footage is set in the recorder; this much is assumed.
_DAYS_KEPT = 30
_ASSUMED = "  # assumed: correct it"


def profile(law: Catalog, answers: Answers) -> str:
    """The text of policies/security-profile.yaml."""
    described = law.schemas.value("security_profile.yaml")["properties"]
    parts = {
        "member": _member(answers),
        "accounts": _accounts(answers),
        "people": _people(answers),
        "sites": _sites(answers),
        "lanes": _lanes(answers),
        "systems": _systems(answers),
        "practices": _practices(law, answers),
        "settings": _settings(law, answers),
    }
    lines = ["schema: security_profile/1"]
    for name, part in parts.items():
        body = list(part)
        about = comment(described[name]["description"], 0)
        lines += ["", *about, *([f"{name}:", *body] if body else [f"{name}: []"])]
    return "\n".join(lines) + "\n"


def account_id(entity_type: str) -> str:
    """The id of the account of an entity type."""
    return entity_type.replace("_", "-")


def _line(indent: int, key: str, value: Any, assumed: bool = False) -> str:
    return f"{' ' * indent}{key}: {scalar(value)}{_ASSUMED if assumed else ''}"


def _member(answers: Answers) -> Iterator[str]:
    for key, name in (("company", "name"), ("country", "country"), ("headcount", "headcount")):
        yield _line(2, name, answers[key], key in answers.assumed)


def _accounts(answers: Answers) -> Iterator[str]:
    for entity in answers["entity_types"]:
        yield _line(2, "- id", account_id(entity))
        yield _line(4, "entity_type", entity, "entity_types" in answers.assumed)
        yield _line(4, "status", answers["status"], "status" in answers.assumed)
        if "certified_on" in answers.values:
            yield _line(4, "certified_on", answers["certified_on"])
            yield _line(4, "anniversary", answers["certified_on"][5:])
        if "last_validated_on" in answers.values:
            yield _line(4, "last_validated_on", answers["last_validated_on"])
        handles = answers["handles_cargo"]
        yield _line(4, "handles_cargo", handles, "handles_cargo" in answers.assumed)


def _people(answers: Answers) -> Iterator[str]:
    since = answers["records_from"]
    posts = (
        (OFFICER, answers["officer"], ["executive", "company_officer"]),
        (CONTACT, answers["contact"], ["poc"]),
    )
    for person, title, functions in posts:
        yield _line(2, "- id", person)
        yield _line(4, "title", title)
        yield _line(4, "functions", functions)
        yield _line(4, "from", since, assumed=True)


def _sites(answers: Answers) -> Iterator[str]:
    since = answers["records_from"]
    for site in answers["sites"]:
        assumed = {k for k in answers.assumed if k.startswith(f"{site}.")}
        yield _line(2, "- id", site)
        yield _line(4, "country", answers["country"])
        yield _line(4, "accounts", [account_id(e) for e in answers["entity_types"]])
        yield _line(4, "since", since, assumed=True)
        yield _line(4, "staffed", value=True)
        for key in ("headcount", "activities", "languages"):
            name = f"{site}.{key}"
            yield _line(4, key, answers[name], name in assumed)
        for feature in FEATURES:
            has = feature in answers[f"{site}.has"]
            yield from _feature(feature, has, since, f"{site}.has" in assumed)
        employed = answers[f"{site}.guards"]
        yield from ("    guards:", _line(6, "employed", employed, f"{site}.guards" in assumed))
        if employed != "none":
            yield _line(6, "since", since, assumed=True)


def _feature(name: str, has: bool, since: str, assumed: bool) -> Iterator[str]:
    if name in _PLAIN:
        yield _line(4, name, has, assumed)
        return
    yield f"    {name}:"
    yield _line(6, _WORD.get(name, "installed"), has, assumed)
    if has:
        yield _line(6, "since", since, assumed=True)
    if has and name == "cctv":
        yield _line(6, "retention_days", _DAYS_KEPT, assumed=True)


def _lanes(answers: Answers) -> Iterator[str]:
    assumed = "routes" in answers.assumed
    for number, (origin, destination, mode) in enumerate(answers["routes"], 1):
        yield _line(2, "- id", f"L{number}")
        yield _line(4, "name", f"{origin} to {destination}", assumed)
        yield _line(4, "origin", origin, assumed)
        yield _line(4, "destination", destination, assumed)
        yield _line(4, "mode", mode, assumed)
        yield _line(4, "accounts", [account_id(e) for e in answers["entity_types"]])
        yield _line(4, "active", value=True)
        yield _line(4, "started_on", answers["records_from"], assumed=True)


def _systems(answers: Answers) -> Iterator[str]:
    assumed = "systems" in answers.assumed
    for system in answers["systems"]:
        yield _line(2, "- id", system, assumed)
        yield _line(4, "name", system, assumed)
        yield _line(4, "sensitive", value=True)
        yield _line(4, "since", answers["records_from"], assumed=True)


def _practices(law: Catalog, answers: Answers) -> Iterator[str]:
    schema = law.schemas.value("security_profile.yaml")["properties"]["practices"]
    for name, practice in schema["properties"].items():
        yield from comment(practice["description"], 2)
        yield _line(2, name, answers[name], name in answers.assumed)


def _settings(law: Catalog, answers: Answers) -> Iterator[str]:
    schema = law.schemas.value("security_profile.yaml")["properties"]["settings"]
    yield from comment(schema["properties"]["records_from"]["description"], 2)
    yield _line(2, "records_from", answers["records_from"], "records_from" in answers.assumed)
    yield _line(2, "warn_within", "P90D")
    yield _line(2, "action_limit_must", "P90D")
