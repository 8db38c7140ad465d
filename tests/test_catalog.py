"""The law is checked at load: what no dossier holds is refused, and what passes on nothing, too."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy import catalog, documents
from ctpat_policy.criteria import Criterion
from ctpat_policy.errors import BrokenRule
from ctpat_policy.reads import kinds_read, source_of
from tests import row_shapes, small_law
from tests.company import law, patched, read_yaml
from tests.small_law import CRITERION, DOOR_CHECK


def test_criteria_are_in_the_order_of_their_numbers() -> None:
    ids = list(law().criteria)

    assert ids == sorted(ids, key=lambda c: [int(n) for n in c.removeprefix("MSC-").split(".")])
    assert (
        ids.index("MSC-6.7") < ids.index("MSC-7.1") < ids.index("MSC-9.10") < ids.index("MSC-10.1")
    )


def test_a_fact_is_split_into_source_name_and_rest() -> None:
    assert source_of("records.event_register.data.events.load") == (
        "records",
        "event_register",
        ("data", "events", "load"),
    )
    assert source_of("as_of") == ("as_of", "", ())


def test_the_kinds_that_a_criterion_reads_include_joined_ones_and_the_register() -> None:
    made = small_law.load(
        {
            CRITERION: {
                "views": {
                    "loads": {
                        "each": "records.event_register.data.events.load",
                        "known_by": "load",
                        "with": {
                            "sheets": {
                                "from": "records.load_sheet",
                                "where": {"data.shipment": "ref"},
                            }
                        },
                    }
                }
            }
        }
    )

    assert kinds_read(made.criteria["MSC-9.4"]) == {"door_check", "event_register", "load_sheet"}


def test_a_level_is_known_from_its_first_to_its_last_day() -> None:
    periods = [
        {"level": "should", "basis": "recalled", "until": "2022-12-31"},
        {"level": "must", "basis": "confirmed", "from": "2023-01-01"},
    ]
    made = small_law.load({CRITERION: {"levels": {"importer": periods}}})
    criterion = made.criteria["MSC-9.4"]

    def level(day: str) -> str:
        found = criterion.level_on("importer", day)
        return f"{found.level} {found.basis}" if found else ""

    assert level("2022-12-31") == "should recalled"
    assert level("2023-01-01") == "must confirmed"
    assert criterion.level_on("exporter", "2023-01-01") is None


def test_between_two_periods_no_level_is_known() -> None:
    gap = [{"level": "must", "basis": "confirmed", "until": "2022-12-31"}]
    made = small_law.load({CRITERION: {"levels": {"importer": gap}}})

    assert made.criteria["MSC-9.4"].level_on("importer", "2023-01-01") is None


def test_a_clause_counts_at_the_lower_of_its_own_level_and_the_criterions() -> None:
    criterion = law().criteria["MSC-6.6"]

    assert criterion.row_levels("must") == ("must", "should")
    assert criterion.row_levels("should") == ("should",)
    for level in ("must", "should"):
        found = criterion.clauses_at("must", level)
        assert [c for c in criterion.clauses if c.level == level] == list(found) != []
    assert criterion.clauses_at("should", "should") == criterion.clauses


def test_a_shared_view_is_read_from_its_own_file() -> None:
    made = small_law.load(
        {
            "views.yaml": {"doors": {"each": "current.door_check", "unique": "data.site"}},
            CRITERION: {"views": {"mine": {"$ref": "../../views.yaml#/doors"}}},
        }
    )

    view = made.criteria["MSC-9.4"].views["mine"]

    assert (view.name, view.each, view.unique) == ("mine", ("current.door_check",), "data.site")
    assert view.place.path == "views.yaml"


MINIMUM = {"minItems": 1}
NOTHING = {"$ref": "../../facts.yaml#/$defs/nothing"}


def clause(of: str, rule: Any, **more: Any) -> dict[str, Any]:
    test = {"of": of, "rule": rule, "gap": "it is missing"}
    return {"clauses": [{"id": "checked", "level": "must", "all": [test], **more}]}


def view(**made: Any) -> dict[str, Any]:
    return {"views": {"doors": {"each": "records.door_check", **made}}}


def join(**made: Any) -> dict[str, Any]:
    return view(**{"with": {"logs": {"from": "records.gate_log", "where": {"id": "id"}, **made}}})


#: Patch of the criterion, message, and the keys that lead to the place.
BROKEN: list[tuple[dict[str, Any], str, tuple[str | int, ...]]] = [
    ({"levels": {"importers": []}}, "importers is not a key of levels", ("levels", "importers")),
    ({"scope": "room"}, "scope may not be room", ("scope",)),
    ({"criterion": "MSC-9.5"}, "MSC-9.5 does not belong into this file", ("criterion",)),
    ({"criterion": "MSC-8.4"}, "MSC-8.4 does not belong into this file", ("criterion",)),
    ({"remedy": None}, "remedy is missing", ()),
    ({"clauses": []}, "clauses needs at least 1 entry", ("clauses",)),
    ({"reviews": ["MSC-9.9"]}, "MSC-9.9 is not in the catalog", ("reviews",)),
    (
        {"elements": {"who": "who looks"}},
        "the clause `written` and the elements go together",
        ("elements",),
    ),
    (
        clause("current.door_chek", MINIMUM),
        "no dossier holds the fact current.door_chek",
        RULE := (
            "clauses",
            0,
            "all",
            0,
            "rule",
        ),
    ),
    (
        clause("records.door_check.data.point", MINIMUM),
        "no dossier holds the fact records.door_check.data.point",
        RULE,
    ),
    (
        clause("records.door_check.points", MINIMUM),
        "no dossier holds the fact records.door_check.points",
        RULE,
    ),
    (clause("holes.door_check.x", MINIMUM), "no dossier holds the fact holes.door_check.x", RULE),
    (clause("views.doors", MINIMUM), "no dossier holds the fact views.doors", RULE),
    (clause("reference.checklist", MINIMUM), "no dossier holds the fact reference.checklist", RULE),
    (clause("subject.cctvs", MINIMUM), "no dossier holds the fact subject.cctvs", RULE),
    (
        clause("subject.cctv.install", MINIMUM),
        "no dossier holds the fact subject.cctv.install",
        RULE,
    ),
    (
        clause("company.practices.remote", MINIMUM),
        "no dossier holds the fact company.practices.remote",
        RULE,
    ),
    (clause("company.site", MINIMUM), "no dossier holds the fact company.site", RULE),
    (clause("account.entity", MINIMUM), "no dossier holds the fact account.entity", RULE),
    (clause("written.missing", MINIMUM), "no dossier holds the fact written.missing", RULE),
    (clause("today", MINIMUM), "no dossier holds the fact today", RULE),
    (
        clause("current.door_check", {"requird": ["data"]}),
        "requird is not in the dialect of rules",
        (*RULE, "requird"),
    ),
    (
        clause("current.door_check", {"$ref": "../../facts.yaml#/$defs/gone"}),
        "$ref ../../facts.yaml#/$defs/gone names no definition of facts.yaml",
        (*RULE, "$ref"),
    ),
    (
        clause("current.door_check", {"minItems": 1, "items": {"pattern": "["}}),
        '"[" is not a "regex"',
        RULE,
    ),
    (
        {"applies_when": {"of": "subject.cameras", "rule": {"const": True}, "reason": "none"}},
        "no dossier holds the fact subject.cameras",
        ("applies_when", "rule"),
    ),
    (
        clause(
            "current.door_check",
            MINIMUM,
            applies_when={"of": "subject.fences", "rule": {"const": True}, "reason": "none"},
        ),
        "no dossier holds the fact subject.fences",
        ("clauses", 0, "applies_when", "rule"),
    ),
    (
        clause("holes.load_sheet", MINIMUM),
        "load_sheet has no series at the scope site, so it has no holes",
        RULE,
    ),
    (
        clause("records.door_check", {"items": {"required": ["data"]}}),
        "clause checked passes where there is nothing at all",
        ("clauses", 0),
    ),
    (
        clause("holes.door_check", NOTHING),
        "clause checked passes where there is nothing at all",
        ("clauses", 0),
    ),
    (
        view() | clause("views.doors", {"maxItems": 5}),
        "clause checked passes where there is nothing at all",
        ("clauses", 0),
    ),
    (
        {
            "clauses": [
                {
                    "id": "checked",
                    "level": "must",
                    "gap": "neither",
                    "any": [
                        {"of": "current.door_check", "rule": MINIMUM},
                        {"of": "records.gate_log", "rule": {"maxItems": 0}},
                    ],
                }
            ]
        },
        "clause checked passes where there is nothing at all",
        ("clauses", 0),
    ),
    (view(known_by="loads"), "loads is no register event", ("views", "doors", "known_by")),
    (
        view(each="records.doors"),
        "no dossier holds the fact records.doors",
        ("views", "doors", "each"),
    ),
    (
        view(only={"minItem": 1}),
        "minItem is not in the dialect of rules",
        ("views", "doors", "only", "minItem"),
    ),
    (
        {"views": {"doors": {"$ref": "../../views.yaml#/gone"}}},
        "view doors: ../../views.yaml#/gone is not in views.yaml",
        ("views", "doors"),
    ),
    (
        join(**{"from": "records.gate_logs"}),
        "no dossier holds the fact records.gate_logs",
        ("views", "doors", "with", "logs", "from"),
    ),
    (
        join(only={"itms": {}}),
        "itms is not in the dialect of rules",
        ("views", "doors", "with", "logs", "only", "itms"),
    ),
    (
        join(at="dated", any_time=True),
        "logs does not fit its schema (not): a mapping",
        (
            "views",
            "doors",
            "with",
            "logs",
        ),
    ),
]


@pytest.mark.parametrize(("patch", "message", "pointer"), BROKEN, ids=[m for _, m, _ in BROKEN])
def test_a_broken_criterion_is_refused_with_file_and_line(
    tmp_path: Path, patch: Mapping[str, Any], message: str, pointer: tuple[str | int, ...]
) -> None:
    made = small_law.folder(tmp_path, {CRITERION: patch})
    line, column = documents.position_of((made / CRITERION).read_bytes(), pointer)

    with pytest.raises(BrokenRule) as error:
        small_law.load({CRITERION: patch})

    assert str(error.value) == f"schemas/{CRITERION}:{line}:{column}: {message}"
    assert error.value.exit_code == 4


def test_two_clauses_may_not_share_a_name() -> None:
    first = clause("current.door_check", MINIMUM)["clauses"]

    with pytest.raises(BrokenRule, match=r"two clauses are called checked"):
        small_law.load({CRITERION: {"clauses": first * 2}})


def test_a_clause_that_is_known_by_a_register_may_pass_on_nothing_as_it_is_then_unknown() -> None:
    loads = {"each": "records.event_register.data.events.load", "known_by": "load"}
    everyone = clause("views.loads", {"items": {"required": ["ref"]}})

    made = small_law.load({CRITERION: {"views": {"loads": loads}, **everyone}})

    assert "MSC-9.4" in made.criteria


def test_a_view_over_a_list_of_the_law_is_judged_with_nothing_joined() -> None:
    editions = {
        "each": "reference.seal_editions",
        "with": {"doors": {"from": "records.door_check", "where": {"id": "edition"}}},
    }
    rule = {"items": {"properties": {"doors": {"minItems": 1}}}}

    made = small_law.load(
        {CRITERION: {"views": {"lists": editions}, **clause("views.lists", rule)}}
    )

    assert "MSC-9.4" in made.criteria


@pytest.mark.parametrize(
    ("path", "patch", "message"),
    [
        (
            "facts.yaml",
            {"$defs": {"unused": {"requird": ["a"]}}},
            r"facts\.yaml:\d+:\d+: requird is not in the dialect of rules",
        ),
        (
            "facts.yaml",
            {"$defs": {"unused": {"$ref": "#/$defs/unused"}}},
            r"facts\.yaml:\d+:\d+: \$ref #/\$defs/unused leads back to itself",
        ),
        (
            DOOR_CHECK,
            {"x-evidence": {"criteria": ["MSC-9.4", "MSC-9.44"]}},
            r"evidence/door_check\.yaml:\d+:\d+: criteria: there is no MSC-9\.44",
        ),
        (
            DOOR_CHECK,
            {"x-evidence": {"trigger": "delivery"}},
            r"evidence/door_check\.yaml:\d+:\d+: trigger: there is no delivery",
        ),
        (
            DOOR_CHECK,
            {"x-evidence": {"except_units": {"programm": ["none"]}}},
            r"evidence/door_check\.yaml:\d+:\d+: except_units: there is no programm",
        ),
        (
            DOOR_CHECK,
            {"x-evidence": {"series_from": "cameras"}},
            r"evidence/door_check\.yaml:\d+:\d+: series_from: there is no cameras",
        ),
        (
            DOOR_CHECK,
            {"x-evidence": {"only_with": ["cameras"]}},
            r"evidence/door_check\.yaml:\d+:\d+: only_with: there is no cameras",
        ),
        (
            DOOR_CHECK,
            {
                "x-evidence": {
                    "computed": {
                        "gone": {"absent": {"list": "truck_18", "in": "points", "field": "point"}}
                    }
                }
            },
            r"evidence/door_check\.yaml:\d+:\d+: computed\.gone: there is no truck_18",
        ),
        (
            DOOR_CHECK,
            {"x-evidence": {"computed": {"gone": {"lookup": {"list": "doors", "key": "site"}}}}},
            r"evidence/door_check\.yaml:\d+:\d+: computed\.gone: there is no doors",
        ),
        (
            "reference/checklists.yaml",
            {"rows": None},
            r"reference/checklists\.yaml:1:1: rows is missing",
        ),
        (
            "reference/register_events.yaml",
            {"rows": [{"event": "load", "flow": ["stuffing", "lading"]}]},
            r"reference/register_events\.yaml:\d+:\d+: flow of load: no profile has lading",
        ),
        ("views.yaml", {"doors": {"each": "current.door"}}, ""),
    ],
)
def test_a_broken_neighbour_is_refused_with_its_own_file(
    path: str, patch: Mapping[str, Any], message: str
) -> None:
    if not message:
        small_law.load({path: patch})  # a shared view that nobody reads is nobody's
        return
    with pytest.raises(BrokenRule) as error:
        small_law.load({path: patch})

    assert re.fullmatch(f"schemas/{message}", str(error.value))


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """The package as a wheel installs it, with the small law inside."""
    package = Path(catalog.__file__).parent
    made = shutil.copytree(package, tmp_path / "site" / "ctpat_policy")
    small_law.folder(made)
    return made


def check(installation: Path) -> tuple[int, str, str]:
    (installation / "policies").mkdir()
    run = [sys.executable, "-m", "ctpat_policy", "check", "--no-cache", str(installation)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=installation.parent)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("path", ["facts.yaml", "views.yaml", "criterion.yaml", "envelope.yaml"])
def test_an_installation_that_lacks_a_file_is_an_environment_that_fails(
    installation: Path, path: str
) -> None:
    (installation / "schemas" / path).unlink()

    code, out, said = check(installation)

    assert (code, out) == (4, "")
    assert path in said
    assert len(said.splitlines()) == 1


def test_an_installation_without_schemas_says_what_to_do(installation: Path) -> None:
    shutil.rmtree(installation / "schemas")

    code, _, said = check(installation)

    assert code == 4
    assert said == (
        "error: the installation is incomplete: its schemas are missing; reinstall ctpat-policy\n"
    )


def test_a_broken_shipped_rule_is_exit_4_with_file_and_line(installation: Path) -> None:
    rule = installation / "schemas" / CRITERION
    lines = rule.read_text().splitlines()
    number = next(i for i, line in enumerate(lines, 1) if "minItems: 1" in line)
    rule.write_text("\n".join(lines).replace("minItems: 1", "minItms: 1"))

    code, out, said = check(installation)

    assert (code, out) == (4, "")
    column = lines[number - 1].index("minItems") + 1
    place = f"schemas/{CRITERION}:{number}:{column}"
    assert said == f"error: {place}: minItms is not in the dialect of rules\n"


# -- the shipped law as a whole


@pytest.mark.parametrize("criterion", law().criteria.values(), ids=lambda c: c.id)
def test_no_rule_speaks_of_a_field_that_no_row_has(criterion: Criterion) -> None:
    """JSON Schema passes over what is absent, so a slip in a name would pass everything."""
    assert list(row_shapes.unknown_fields(law(), criterion)) == []


def test_a_slip_in_a_field_would_be_noticed() -> None:
    rule = {"minItems": 1, "items": {"properties": {"data": {"required": ["door"]}}}}
    made = small_law.load({CRITERION: clause("current.door_check", rule)})

    assert list(row_shapes.unknown_fields(made, made.criteria["MSC-9.4"])) == ["data.door"]


def test_a_slip_in_a_view_would_be_noticed() -> None:
    made = small_law.load(
        {
            CRITERION: join(
                where={"data.visitor": "data.checked"}, at="date", only={"required": ["d"]}
            )
        }
    )

    assert list(row_shapes.unknown_fields(made, made.criteria["MSC-9.4"])) == [
        "data.visitor",
        "data.checked",
        "date",
        "d",
    ]


def test_a_kind_names_every_criterion_that_reads_it() -> None:
    """`explain` tells a manager which criteria a record serves."""
    for criterion in law().criteria.values():
        for name in kinds_read(criterion) - {"event_register"}:
            assert criterion.id in law().kinds[name].criteria, (name, criterion.id)


def _slips(raw: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every mapping of a criterion into which a key may be slipped."""
    if isinstance(raw, Mapping):
        yield at
        for key, inner in raw.items():
            yield from _slips(inner, (*at, key))
    elif isinstance(raw, list):
        for index, inner in enumerate(raw):
            yield from _slips(inner, (*at, index))


def test_no_key_can_be_slipped_into_a_criterion_unseen() -> None:
    raw = read_yaml(small_law.base() / CRITERION)
    for at in _slips(raw):
        changed = patched(raw, {})
        node: Any = changed
        for step in at:
            node = node[step]
        node["surplus"] = 1
        with pytest.raises(BrokenRule, match="surplus"):
            small_law.load({CRITERION: changed})
