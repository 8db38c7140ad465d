"""The questions that `init` asks once: what decides which criteria apply, and little else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ctpat_policy.authoring.agreement import contradiction
from ctpat_policy.catalog import Catalog
from ctpat_policy.errors import UsageError
from ctpat_policy.filing import is_id
from ctpat_policy.schemas import is_date
from ctpat_policy.unfinished import TODO

#: What a place may have. Whoever is not asked has all of it, so that nothing drops out unseen.
FEATURES: tuple[str, ...] = (
    "fence",
    "gates",
    "cctv",
    "alarm",
    "backup_power",
    "badges",
    "card_readers",
)
FEATURES += ("seal_stock", "private_vehicles", "offsite_monitoring", "land_border")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `read` turns what was typed into a value, or raises ValueError with why.

    `default` is what holds where nobody is asked; None where somebody has to answer.
    """

    key: str
    ask: str
    read: Callable[[str], Any]
    default: Any = None


@dataclass(slots=True)
class Answers:
    """Values by key, and which of them nobody gave."""

    values: dict[str, Any]
    assumed: set[str]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


#: Asks a person; returns what was typed.
Ask = Callable[[Question], str]


def answered(
    law: Catalog, given: Mapping[str, str], ask: Ask | None, folder: str, today: str
) -> Answers:
    """Every answer: the given ones, then what `ask` brings, or the defaults without it.

    Raises UsageError for a given answer that is none.
    """
    answers = Answers({}, set())
    for question in _questions(law, answers, folder, today):
        typed = given.get(question.key)
        if typed is None and ask is not None:
            typed = ask(question)
        if typed is None or (not typed.strip() and question.default is not None):
            if question.default is None:
                raise UsageError(f"{question.key} must be answered: {question.ask}")
            answers.values[question.key] = question.default
            if ask is None:
                answers.assumed.add(question.key)
            continue
        try:
            answers.values[question.key] = question.read(typed)
        except ValueError as error:
            raise UsageError(f"{question.key}: {error}") from None
    unknown = sorted(set(given) - set(answers.values))
    if unknown:
        known = ", ".join(answers.values)
        raise UsageError(f"nobody asks for {unknown[0]}; there are {known}")
    return answers


def _questions(law: Catalog, answers: Answers, folder: str, today: str) -> Iterator[Question]:
    """The questions one by one, as later ones depend on earlier answers."""
    schema = law.schemas.value("security_profile.yaml")
    profile, with_cargo = schema["properties"], schema["$defs"]["cargo_activity"]["enum"]
    past = partial(_day, today)
    yield Question("company", "The company's name", _text, folder)
    yield Question("country", "Country where it is registered, two letters", _country, "US")
    yield Question("headcount", "How many people it employs", _number, 1)
    truth = partial(partial, _truth, law, answers)
    yield from _accounts(law, profile, truth, today)
    if answers["status"] != "applicant":
        yield Question("certified_on", "Day on which CBP certified it", past)
    if answers["status"] == "certified_validated":
        yield Question("last_validated_on", "Day of CBP's last validation", past)
    yield Question("officer", "Position of who answers to CBP and approves", _text, "Officer")
    yield Question("contact", "Position of who keeps this up day by day", _text, "Contact")
    for name, practice in profile["practices"]["properties"].items():
        applies = not contradiction(law, answers.values, name, value=True)
        yield Question(name, _asked(practice["description"]), truth(name), applies)
    yield Question("sites", "Sites, a short id for each, such as HQ, WH-1", _ids, ["SITE-1"])
    without = () if answers["handles_cargo"] else with_cargo
    for site in answers["sites"]:
        yield from _site(profile["sites"]["items"]["properties"], site, answers, without)
    routes = [(TODO, TODO, "ocean")]
    yield Question(
        "routes", "Routes of the cargo, from > to > ocean|air|truck|rail; none", _routes, routes
    )
    ask = "Computer systems with shipping, customs or staff data, a short id for each; none"
    yield Question("systems", ask, _ids_or_none, ["SYS-1"])
    yield Question("reviewers", "GitHub user or team that reviews changes, or none", _text, "none")


def _accounts(
    law: Catalog, profile: Mapping[str, Any], truth: Callable[[str], Any], today: str
) -> Iterator[Question]:
    account = profile["accounts"]["items"]["properties"]
    types = list(law.entity_types)
    ask = f"Its entity types in CTPAT, of {', '.join(types)}"
    yield Question("entity_types", ask, _some_of(types), ["importer"])
    statuses = account["status"]["enum"]
    ask = f"Where it stands with CBP, one of {', '.join(statuses)}"
    yield Question("status", ask, _one_of(statuses), "applicant")
    ask = "Does it handle, load or store cargo itself?"
    yield Question("handles_cargo", ask, truth("handles_cargo"), True)
    yield Question(
        "records_from", "First day of the records kept here", partial(_day, today), today
    )


def _site(
    site: Mapping[str, Any], name: str, answers: Answers, without: Sequence[str]
) -> Iterator[Question]:
    features = [f for f in FEATURES if f != "land_border" or answers["land_border"]]
    doing = site["activities"]["items"]["enum"]
    ask = f"What is done at {name}, of {', '.join(doing)}; or all"
    yield Question(
        f"{name}.activities", ask, _some_of(doing), [d for d in doing if d not in without]
    )
    ask = f"What {name} has, of {', '.join(features)}; all or none"
    yield Question(f"{name}.has", ask, _some_of(features, 0), features)
    guards = site["guards"]["properties"]["employed"]["enum"]
    ask = f"Guards at {name}, one of {', '.join(guards)}"
    yield Question(f"{name}.guards", ask, _one_of(guards), "contract")
    ask = f"Languages spoken on the floor of {name}, such as en, es"
    yield Question(f"{name}.languages", ask, _languages, ["en"])
    yield Question(
        f"{name}.headcount", f"How many people work at {name}", _number, answers["headcount"]
    )


def _asked(description: str) -> str:
    """A description that begins with `True if` as a question."""
    first = description.strip().split(". ")[0].removeprefix("True if ").rstrip(".")
    return f"{first[0].upper()}{first[1:]}?"


def _text(typed: str) -> str:
    if not typed.strip():
        raise ValueError("something must stand here")
    return typed.strip()


def _country(typed: str) -> str:
    if not _COUNTRY.fullmatch(typed.strip().upper()):
        raise ValueError("write two letters, such as US")
    return typed.strip().upper()


def _number(typed: str) -> int:
    if not typed.strip().isascii() or not typed.strip().isdigit() or int(typed) < 1:
        raise ValueError("write a number, 1 or more")
    return int(typed)


def _day(today: str, typed: str) -> str:
    """A day up to today."""
    day = typed.strip()
    if not is_date(day):
        raise ValueError("write a day as 2026-10-31")
    if day > today:
        raise ValueError("that day has not come yet")
    return day


def _truth(law: Catalog, answers: Answers, name: str, typed: str) -> bool:
    word = typed.strip().lower()
    if word not in ("y", "yes", "true", "n", "no", "false"):
        raise ValueError("answer yes or no")
    found = word in ("y", "yes", "true")
    wrong = contradiction(law, answers.values, name, found)
    if wrong:
        raise ValueError(wrong)
    return found


def _listed(typed: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in typed.split(",") if part.strip()))


def _ids(typed: str) -> list[str]:
    found = _ids_or_none(typed)
    if not found:
        raise ValueError("name at least one")
    return found


def _ids_or_none(typed: str) -> list[str]:
    found = [] if typed.strip().lower() == "none" else _listed(typed)
    for name in found:
        if not is_id(name):
            raise ValueError(f"{name} cannot be an id; use letters, digits, dots and dashes")
    if len({name.lower() for name in found}) < len(found):
        raise ValueError("two are called alike; upper and lower case count as one")
    return found


def _languages(typed: str) -> list[str]:
    found = _listed(typed)
    if not found or not all(map(_LANGUAGE.fullmatch, found)):
        raise ValueError("write language tags, such as en, es")
    return found


def _one_of(words: Sequence[str]) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if typed.strip() not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return typed.strip()

    return read


def _some_of(words: Sequence[str], least: int = 1) -> Callable[[str], list[str]]:
    def read(typed: str) -> list[str]:
        whole = {"all": list(words), "none": []}
        found = whole.get(typed.strip().lower(), _listed(typed))
        wrong = [word for word in found if word not in words]
        if wrong:
            raise ValueError(f"{wrong[0]} is none of {', '.join(words)}")
        if len(found) < least:
            raise ValueError(f"name at least one of {', '.join(words)}")
        return found

    return read


def _routes(typed: str) -> list[tuple[str, str, str]]:
    found = []
    for route in [] if typed.strip().lower() == "none" else typed.split(";"):
        parts = [part.strip() for part in route.split(">")]
        if len(parts) != 3 or not all(parts) or parts[2] not in ("ocean", "air", "truck", "rail"):
            raise ValueError("write Ningbo, China > Houston > ocean; several with ; between them")
        found.append((parts[0], parts[1], parts[2]))
    return found
