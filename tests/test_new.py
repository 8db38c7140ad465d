"""New documents: the right fields in the right place, which pass only once they are filled in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ctpat_policy import documents, filing
from ctpat_policy.authoring import place, skeleton
from ctpat_policy.authoring.place import Asked
from ctpat_policy.cli import group
from ctpat_policy.errors import UsageError
from ctpat_policy.sources import WorkTree
from ctpat_policy.unfinished import TODO
from tests.company import EXAMPLES, dump, example, law, patched

DAY = "2026-06-30"
PROFILE = example("security_profile")
ASKED = Asked(DAY, DAY, "S-1", "PT-1")
#: Any digest will do for a kind that has no example of one.
DIGEST = "container_inspection-digest"
#: Asked for where another field says so.
SHAPES = [(name, False) for name in law().kinds]
SHAPES += [(name, True) for name, kind in law().kinds.items() if kind.has_digest]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/security-profile.yaml").write_text(dump(PROFILE))
    return tmp_path


def new(root: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["new", *words, "--root", str(root)])


def written(name: str, digest: bool = False, asked: Asked = ASKED) -> str:
    kind = law().kinds[name]
    known, _ = place.known_of_record(law(), kind, PROFILE, asked)
    return skeleton.record(law(), kind, known, digest)


def read(text: str) -> dict[str, Any]:
    document = documents.load(text.encode(), "new.yaml")
    assert document.value is not None, document.problem
    return document.value


def uncommented(text: str) -> str:
    """A skeleton with all that is optional in it."""
    return re.sub(r"(?m)^( *)#(?=\S)", r"\1", text)


def todos(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [found for item in items for found in todos(item)]
    return [value] if value == TODO else []


@pytest.mark.parametrize(("kind", "digest"), SHAPES)
def test_a_skeleton_is_restricted_yaml_of_its_kind_with_something_left_to_do(
    kind: str, digest: bool
) -> None:
    value = read(written(kind, digest))

    assert value["schema"] == f"{kind}/1"
    assert value["recorded_on"] == DAY
    assert todos(value)


@pytest.mark.parametrize(("kind", "digest"), SHAPES)
def test_a_filled_skeleton_is_valid(kind: str, digest: bool) -> None:
    name = f"{kind}-digest" if digest else kind
    good = patched(example(name if (EXAMPLES / f"{name}.yaml").exists() else DIGEST), {})
    good = {**good, "schema": f"{kind}/1"}
    for approval in good.get("approvals", ()):
        approval["digest"] = f"v1:sha256:{'0' * 64}"

    filled = patched(read(written(kind, digest)), good)

    assert not law().schemas.violations(filing.schema_path(kind), filled)
    assert not todos(filled)


@pytest.mark.parametrize(("kind", "digest"), SHAPES)
def test_every_required_field_is_there(kind: str, digest: bool) -> None:
    value = read(written(kind, digest))

    missing = [
        v
        for v in law().schemas.violations(filing.schema_path(kind), value)
        if v.message.endswith("is missing")
    ]
    assert not missing


@pytest.mark.parametrize(("kind", "digest"), SHAPES)
def test_taking_the_marks_away_from_what_is_optional_leaves_yaml(kind: str, digest: bool) -> None:
    assert read(uncommented(written(kind, digest)))["schema"] == f"{kind}/1"


def test_a_contact_of_a_partner_is_written_by_taking_the_marks_away(root: Path) -> None:
    path = root / new(root, "partner", "--name", "PT-9").output.strip()

    value = read(uncommented(path.read_text()))

    assert value["contact"]["position"] == TODO


def test_every_field_has_its_description_above_it() -> None:
    lines = written("seal_audit").splitlines()

    at = lines.index("  counted_stock: TODO")
    assert lines[at - 1] == "  # How many seals were counted by hand. A number"
    assert "  #findings: TODO" in lines
    assert all(len(line) <= 100 for line in lines)


def test_what_only_a_condition_asks_for_says_when(root: Path) -> None:
    lines = [line.strip() for line in written("partner_questionnaire").splitlines()]

    at = lines.index("#signed: TODO")
    said = " ".join(line.removeprefix("# ") for line in lines[at - 2 : at])
    assert said.endswith("true or false. Needed where result is accepted or accepted_with_actions")


def test_the_day_dates_the_record_and_names_the_file(root: Path) -> None:
    done = new(root, "seal_audit", "--site", "S-1", "--on", "2026-06-12")

    assert done.output == "evidence/seal_audit/2026-06-12-s-1.yaml\n"
    value = read((root / done.output.strip()).read_text())
    assert value["data"]["audited_on"] == "2026-06-12"
    assert value["data"]["site"] == "S-1"
    assert value["scope"] == {"sites": ["S-1"]}


@pytest.mark.parametrize("kind", ["risk_assessment", "visitor_log", "corrective_action"])
def test_a_day_that_nobody_named_is_left_open(root: Path, kind: str) -> None:
    path = new(root, kind, "--site", "S-1").output.strip()

    value = read((root / path).read_text())
    assert value["data"][law().kinds[kind].anchor] == TODO
    assert Path(path).name.startswith(value["recorded_on"])


def test_a_record_that_may_speak_for_many_partners_begins_with_all_on_file(root: Path) -> None:
    for name in ("PT-1", "PT-2"):
        new(root, "partner", "--name", name)

    path = new(root, "restricted_party_and_tbml_screen").output.strip()
    one = new(root, "restricted_party_and_tbml_screen", "--partner", "PT-2").output.strip()

    assert read((root / path).read_text())["scope"] == {"partners": ["PT-1", "PT-2"]}
    assert read((root / one).read_text())["scope"] == {"partners": ["PT-2"]}


def test_an_untouched_skeleton_never_passes(root: Path) -> None:
    for kind in law().kinds:
        new(root, kind, "--site", "S-1", "--partner", "PT-1", "--on", DAY)

    files = filing.gather(WorkTree(root), law())

    assert set(files.documents) == {"security_profile"}
    assert len({f.place.path for f in files.findings}) == len(law().kinds)


@pytest.mark.parametrize("text", ["TODO", "TODO: say who", "TODO say who", "Ask (TODO) Jo"])
def test_a_record_with_a_todo_in_free_text_proves_nothing(root: Path, text: str) -> None:
    value = patched(example("cross_functional_team"), {"notes": text})
    file = root / "evidence/cross_functional_team/a.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(dump(value))

    files = filing.gather(WorkTree(root), law())

    assert [(f.code, f.place.pointer) for f in files.findings] == [("document-todo", ("notes",))]
    assert not files.of("cross_functional_team")


@pytest.mark.parametrize("text", ["METODO", "MÉTODO", "ME\u0301TODO", "TODOS", "todo", "to do"])
def test_a_word_that_only_looks_like_a_todo_is_none(root: Path, text: str) -> None:
    value = patched(example("cross_functional_team"), {"notes": f"{text} de sellado"})
    file = root / "evidence/cross_functional_team/a.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(dump(value))

    files = filing.gather(WorkTree(root), law())

    assert not files.findings


def test_a_todo_is_found_on_its_own_line(root: Path) -> None:
    new(root, "procedure", "--name", "seals", "--criterion", "6.1")
    path = "policies/procedures/seals.yaml"
    text = (root / path).read_text().replace("owner: TODO", "owner: P-2")
    (root / path).write_text(text.replace("      TODO", "      We", 2))
    lines = enumerate((root / path).read_text().splitlines(), 1)
    first = next(number for number, line in lines if line.startswith("      TODO"))

    done = CliRunner().invoke(group, ["check", str(root), "--criterion", "6.1", "--no-cache"])

    assert f"{path}:{first}:7" in done.output


def test_nothing_is_overwritten(root: Path) -> None:
    new(root, "partner", "--name", "PT-9")
    file = root / "policies/partners/PT-9.yaml"
    file.write_text("mine")

    done = new(root, "partner", "--name", "PT-9")

    assert isinstance(done.exception, UsageError)
    assert "nothing is overwritten" in str(done.exception)
    assert file.read_text() == "mine"


def test_a_partner_is_valid_once_it_is_filled(root: Path) -> None:
    path = new(root, "partner", "--name", "PT-9").output.strip()

    value = read((root / path).read_text())

    assert todos(value)
    filled = patched(value, example("business_partner"))
    assert not law().schemas.violations("business_partner.yaml", filled)


def test_a_procedure_asks_the_questions_of_its_criteria(root: Path) -> None:
    done = new(root, "procedure", "--name", "seals", "--criterion", "6.1", "--criterion", "6.5")

    value = read((root / done.output.strip()).read_text())
    for number in ("MSC-6.1", "MSC-6.5"):
        wanted = {e.id for e in law().criteria[number].elements}
        assert set(value["satisfies"].get(number, {})) == wanted
    assert all(step["text"].startswith("TODO") for step in value["steps"])
    assert len({step["id"] for step in value["steps"]}) == len(value["steps"])
    assert not law().schemas.violations("procedure.yaml", value)


def test_a_procedure_of_one_site_says_so(root: Path) -> None:
    path = new(root, "procedure", "--name", "gate", "--site", "S-1").output.strip()

    assert read((root / path).read_text())["sites"] == ["S-1"]


def test_a_register_names_the_events_of_its_site() -> None:
    office = patched(PROFILE, {})
    office["sites"][0]["activities"] = ["office"]
    kind = law().kinds["event_register"]

    known, _ = place.known_of_record(law(), kind, office, ASKED)
    events = read(skeleton.record(law(), kind, known))["data"]["events"]

    assert "hire" in events
    assert "load" not in events
    assert "load" in read(written("event_register"))["data"]["events"]


@pytest.mark.parametrize("activities", [None, "office", [{"a": "b"}], {"office": True}])
def test_a_register_begins_whatever_the_profile_says_of_activities(
    root: Path, activities: Any
) -> None:
    value = patched(PROFILE, {})
    value["sites"][0]["activities"] = activities
    (root / "policies/security-profile.yaml").write_text(dump(value))

    assert new(root, "event_register", "--site", "S-1").exit_code == 0


def test_a_record_begins_without_any_sites(root: Path) -> None:
    (root / "policies/security-profile.yaml").write_text("sites:\nsystems: [none]\nlanes: 7\n")

    assert new(root, "event_register").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["seal_audits"], "did you mean seal_audit"),
        (["seal_audit", "--site", "S-9"], "there is no site S-9"),
        (["partner_questionnaire"], "name it with --partner"),
        (["procedure"], "give the procedure an id"),
        (["partner"], "give the partner an id"),
        (["procedure", "--name", "x", "--criterion", "6.99"], "not in the catalog"),
        (["seal_audit", "--digest"], "has no digest"),
        (["partner", "--name", "../../x"], "cannot be an id"),
    ],
)
def test_what_cannot_be_is_said(root: Path, words: list[str], says: str) -> None:
    done = new(root, *words)

    assert isinstance(done.exception, UsageError)
    assert says in str(done.exception)


def test_with_several_sites_one_must_be_named(root: Path) -> None:
    two = patched(PROFILE, {})
    two["sites"].append(patched(two["sites"][0], {"id": "S-2"}))
    (root / "policies/security-profile.yaml").write_text(dump(two))

    done = new(root, "seal_audit")

    assert "name it with --site: S-1, S-2" in str(done.exception)
