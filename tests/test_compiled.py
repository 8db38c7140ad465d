"""A law that was checked is not checked again, and any other is."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy import catalog, dialect, schemas, soundness
from ctpat_policy.cache import Cache
from ctpat_policy.compiled import Compiled
from ctpat_policy.errors import BrokenRule
from ctpat_policy.rules import Rule
from ctpat_policy.schemas import Schemas
from tests import small_law
from tests.company import law

PLACE = "criteria/09-physical-security/9.4.yaml"


@pytest.fixture(autouse=True)
def bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "__pycache__" / "law.json"


def loaded(folder: Path, kept: Path, cache: Path | None = None) -> Schemas:
    return catalog.load(Schemas(folder, Compiled(Cache(cache), str(kept)))).schemas


def test_a_law_that_was_checked_is_not_checked_again(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not loaded(small_law.base(), kept).checked
    monkeypatch.setattr(dialect, "check", None)
    monkeypatch.setattr(soundness, "check", None)

    assert loaded(small_law.base(), kept).checked


def test_what_was_checked_is_the_same_law(kept: Path) -> None:
    fresh = catalog.load(Schemas(schemas.shipped(), Compiled(path=str(kept))))
    known = catalog.load(Schemas(schemas.shipped(), Compiled(path=str(kept))))

    assert known.schemas.checked
    assert known.kinds == fresh.kinds == law().kinds
    assert list(known.criteria) == list(fresh.criteria)
    assert (known.reference, known.facts) == (fresh.reference, fresh.facts)
    assert [told(c) for c in known.criteria.values()] == [told(c) for c in law().criteria.values()]
    assert all(known.schemas.has(path) for path, _ in fresh.schemas.below("evidence"))
    assert not known.schemas.has("evidence/gone.yaml")


def told(criterion: Any) -> Any:
    """A criterion as plain data, its rules and places, too."""
    return json.loads(json.dumps(criterion, default=plain))


def plain(value: Any) -> Any:
    if isinstance(value, Rule):
        return [value.schema, plain(value.place)]
    return [value.path, value.pointer]


def test_a_law_of_which_one_letter_changed_is_checked_again(tmp_path: Path, kept: Path) -> None:
    folder = small_law.folder(tmp_path)
    file = folder / PLACE
    before = file.stat()
    loaded(folder, kept)
    text = file.read_text()
    file.write_text(text.replace("current.door_check", "current.door_chec_"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(BrokenRule, match=rf"{PLACE}:\d+:\d+: no dossier holds the fact"):
        loaded(folder, kept)
    file.write_text(text)

    assert loaded(folder, kept).checked, "what was refused is not kept"


def test_a_file_that_came_or_went_has_the_law_checked_again(tmp_path: Path, kept: Path) -> None:
    folder = small_law.folder(tmp_path)
    loaded(folder, kept)
    (folder / "evidence" / "more.yaml").write_text("title: more\n")

    with pytest.raises(BrokenRule, match="evidence/more"):
        loaded(folder, kept)


def test_another_program_checks_the_law_again(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(small_law.base(), kept)
    monkeypatch.setattr(schemas, "program_mark", lambda: "another")

    assert not loaded(small_law.base(), kept).checked
    assert loaded(small_law.base(), kept).checked


@pytest.mark.parametrize("damage", [b"", b"no law", b"{}\n{}\n", b"\xff\xfe\n"])
def test_a_damaged_file_is_as_good_as_none(kept: Path, damage: bytes) -> None:
    loaded(small_law.base(), kept)
    digest = kept.read_bytes().partition(b"\n")[0]
    for content in (damage, digest + b"\n" + damage, kept.read_bytes()[:-1]):
        kept.write_bytes(content)

        assert not loaded(small_law.base(), kept).checked
        assert loaded(small_law.base(), kept).checked


def test_where_nothing_can_be_kept_the_law_is_checked_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    for path in (tmp_path / "file" / "law.json", tmp_path):
        assert not loaded(small_law.base(), path).checked
        assert not loaded(small_law.base(), path).checked
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_where_python_keeps_no_bytecode_no_law_is_kept(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    loaded(small_law.base(), kept)

    assert not kept.exists()
    assert not loaded(small_law.base(), kept).checked


def test_the_user_s_cache_keeps_the_law_where_nothing_else_may(tmp_path: Path) -> None:
    nowhere, cache = tmp_path, tmp_path / "cache.sqlite"

    assert not loaded(small_law.base(), nowhere, cache).checked
    assert loaded(small_law.base(), nowhere, cache).checked
    assert not loaded(small_law.base(), nowhere).checked


def test_the_installed_law_lies_beside_the_bytecode_of_the_program() -> None:
    where = Path(Compiled()._path)

    assert where.name == "law.json"
    assert where.parent == Path(cache_from_source(catalog.__file__)).parent
