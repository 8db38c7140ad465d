"""Files come as they are or with a problem; nothing outside the root is ever read."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ctpat_policy import walking
from ctpat_policy.codes import HINTS
from ctpat_policy.errors import (
    BrokenRule,
    CtpatError,
    EnvironmentProblem,
    NotTrusted,
    UsageError,
)
from ctpat_policy.model import Problem
from ctpat_policy.names import twins, visible, wrong_name, wrong_path
from ctpat_policy.sources import Source, WorkTree

RECORD = b"schema: seal_audit/1\n"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

BAD_NAMES = [
    ("-rf.yaml", "option"),
    ("a\nb.yaml", "hidden"),
    ("a\x1b[2J.yaml", "hidden"),
    ("a\u202egnp.yaml", "hidden"),
    ("a\u200bb.yaml", "hidden"),
    ("a\xa0b.yaml", "hidden"),
    ("caf\udce9.yaml", "hidden"),
    ("a.yaml.", "changes"),
    ("a.yaml ", "changes"),
    ("a\\b.yaml", "Windows does not take"),
    ("a:b.yaml", "Windows does not take"),
    ("a*.yaml", "Windows does not take"),
    ("a?.yaml", "Windows does not take"),
    ('a".yaml', "Windows does not take"),
    ("a<b.yaml", "Windows does not take"),
    ("a>b.yaml", "Windows does not take"),
    ("a|b.yaml", "Windows does not take"),
    ("con.yaml", "device"),
    ("NUL", "device"),
    ("Aux.txt", "device"),
    ("com1.yaml", "device"),
    ("LPT9.tar.gz", "device"),
    ("nul .yaml", "device"),
    ("conin$.yaml", "device"),
    ("caf" + "e\u0301" + ".yaml", "NFC"),
    ("x" * 251 + ".yaml", "255 bytes"),
    ("\u65e5" * 84 + ".yaml", "255 bytes"),
]
GOOD_NAMES = [
    "2026-08-12-DC-DFW.yaml",
    "caf\xe9.yaml",
    "\u65e5\u672c.yaml",
    "a b (1).pdf",
    ".gitkeep",
    "con-fig.yaml",
    "common.yaml",
    "x" * 250 + ".yaml",
    "R&D's 100%, #1.pdf",
]
BAD_PATHS = [
    "/etc/passwd",
    "../secret.txt",
    "evidence/../../secret.txt",
    "evidence/seal/..",
    "evidence\\seal\\photo.jpg",
    "..\\secret.txt",
    "C:\\secret.txt",
    "C:/secret.txt",
    "c:secret.txt",
    "//server/share/x.txt",
    "evidence//photo.jpg",
    "./photo.jpg",
    "evidence/./photo.jpg",
    "evidence/",
    "",
    ".",
    ".git/config",
    "evidence/.GIT/config",
    "evidence/git~1/config",
    "evidence/a\x00b.jpg",
    "evidence/a\nb.jpg",
    "evidence/con.jpg",
    "evidence/photo.jpg.",
    "evidence/photo.jpg::$DATA",
    "a/" * 65 + "photo.jpg",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with two records and a photograph, and a secret beside it."""
    write(tmp_path / "secret.txt", b"secret\n")
    write(tmp_path / "repo/evidence/seal_audit/b.yaml", RECORD)
    write(tmp_path / "repo/evidence/seal_audit/2026/a.yaml", RECORD)
    write(tmp_path / "repo/evidence/seal_audit/photo.jpg", b"\xff\xd8photo")
    return tmp_path / "repo"


def test_files_come_sorted_by_path_and_only_documents_have_data(root: Path) -> None:
    write(root / "evidence/seal_audit-old.pdf", b"%PDF")

    found = [(f.path, f.data, f.problem) for f in WorkTree(root).files("evidence")]

    assert found == [
        ("evidence/seal_audit-old.pdf", None, None),
        ("evidence/seal_audit/2026/a.yaml", RECORD, None),
        ("evidence/seal_audit/b.yaml", RECORD, None),
        ("evidence/seal_audit/photo.jpg", None, None),
    ]


def test_a_folder_that_is_not_there_has_no_files(root: Path) -> None:
    assert list(WorkTree(root).files("policies")) == []


def test_the_whole_tree_can_be_walked(root: Path) -> None:
    first = next(WorkTree(root / "evidence").files(""))

    assert first.path == "seal_audit/2026/a.yaml"


def test_the_work_tree_is_a_source(root: Path) -> None:
    source: Source = WorkTree(root)

    assert source.read("evidence/seal_audit/b.yaml") == RECORD


def test_an_empty_document_has_no_bytes_and_no_problem(root: Path) -> None:
    write(root / "evidence/seal_audit/c.yaml", b"")

    assert codes(root)["evidence/seal_audit/c.yaml"] == ""
    assert WorkTree(root).read("evidence/seal_audit/c.yaml") == b""


def link_to_file(place: Path) -> None:
    place.symlink_to("../../../secret.txt")


def link_to_document(place: Path) -> None:
    place.symlink_to("b.yaml")


def link_to_nowhere(place: Path) -> None:
    place.symlink_to("nowhere")


def link_to_itself(place: Path) -> None:
    place.symlink_to(place.name)


def link_to_folder(place: Path) -> None:
    place.symlink_to("..", target_is_directory=True)


def socket_at(place: Path) -> None:
    here = os.getcwd()
    os.chdir(place.parent)  # the path of a socket may have 107 bytes
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(place.name)
    os.chdir(here)


def sparse(place: Path) -> None:
    place.touch()
    os.truncate(place, 5 << 30)


def one_byte_too_many(place: Path) -> None:
    place.write_bytes(b"#" * ((1 << 20) + 1))


def repository(place: Path) -> None:
    for part in ("objects", "refs"):
        (place / part).mkdir(parents=True)
    (place / "HEAD").write_text("ref: refs/heads/main\n")
    (place / "config").write_text("[core]\n\tfsmonitor = touch /tmp/owned\n")


HOSTILE: list[tuple[str, Callable[[Path], object], str]] = [
    ("x.yaml", link_to_file, "file-link"),
    ("x.yaml", link_to_document, "file-link"),
    ("x.yaml", link_to_nowhere, "file-link"),
    ("x.yaml", link_to_itself, "file-link"),
    ("x", link_to_folder, "file-link"),
    ("x.jpg", link_to_file, "file-link"),
    ("x.yaml", os.mkfifo, "file-type"),
    ("x", os.mkfifo, "file-type"),
    ("x.yaml", socket_at, "file-type"),
    ("x.yaml", os.mkdir, "file-type"),
    ("x.YML", os.mkdir, "file-type"),
    ("x.yaml", sparse, "file-too-large"),
    ("x.yaml", one_byte_too_many, "file-too-large"),
    ("x.yml", Path.touch, "file-suffix"),
    ("x.YAML", Path.touch, "file-suffix"),
    ("x.Yml", Path.touch, "file-suffix"),
    (".git", os.mkdir, "file-repository"),
    (".git", Path.touch, "file-repository"),
    (".GIT", os.mkdir, "file-repository"),
    ("2024", repository, "file-repository"),
    ("-x", os.mkdir, "file-name"),
]


@pytest.mark.parametrize(("name", "make", "code"), HOSTILE)
def test_a_hostile_file_is_a_problem_and_the_others_are_read(
    root: Path, name: str, make: Callable[[Path], object], code: str
) -> None:
    make(root / "evidence/seal_audit" / name)

    found = codes(root)

    assert found == {
        f"evidence/seal_audit/{name}": code,
        "evidence/seal_audit/2026/a.yaml": "",
        "evidence/seal_audit/b.yaml": "",
        "evidence/seal_audit/photo.jpg": "",
    }
    assert WorkTree(root).read(f"evidence/seal_audit/{name}") is None or code == "file-suffix"


@pytest.mark.parametrize(("name", "why"), BAD_NAMES)
def test_a_name_that_does_not_travel_is_refused(root: Path, name: str, why: str) -> None:
    assert why in wrong_name(name)
    if len(os.fsencode(name)) > 255:
        return
    write(root / "evidence/seal_audit" / name, RECORD)

    found = {f.path: f for f in WorkTree(root).files("evidence")}

    file = found["evidence/seal_audit/" + visible(name)]
    assert file.data is None
    assert file.problem is not None
    assert file.problem.code == "file-name"
    assert file.path.isprintable()


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_a_name_that_travels_is_taken(root: Path, name: str) -> None:
    write(root / "evidence/seal_audit" / name, RECORD)

    assert wrong_name(name) == ""
    assert codes(root)["evidence/seal_audit/" + name] == ""


def test_a_bad_name_is_shown_with_escapes() -> None:
    assert visible("a\nb\u202e\udce9.yaml") == "a\\nb\\u202e\\udce9.yaml"
    assert visible("caf\xe9.yaml") == "caf\xe9.yaml"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.yaml", "A.yaml"),
        ("stra\xdfe.yaml", "strasse.yaml"),
        ("caf\xe9.yaml", "CAF\xc9.yaml"),
        ("\u0130.yaml", "i\u0307.yaml"),
    ],
)
def test_names_that_differ_in_case_alone_are_both_refused(
    root: Path, first: str, second: str
) -> None:
    write(root / "evidence/seal_audit" / first, RECORD)
    write(root / "evidence/seal_audit" / second, RECORD)

    found = codes(root)

    assert {n for n, code in found.items() if code} == {
        f"evidence/seal_audit/{name}" for name in (first, second)
    }


def test_twins_name_each_other() -> None:
    split = unicodedata.normalize("NFD", "caf\xe9")

    assert twins(["a", "A", "b"]) == {"A": "a", "a": "A"}
    assert twins(["caf\xe9", split]) == {"caf\xe9": split, split: "caf\xe9"}
    assert twins(["a", "b", "caf\xe9"]) == {}


def test_a_folder_with_a_twin_is_not_entered(root: Path) -> None:
    write(root / "evidence/Seal_audit/c.yaml", RECORD)

    assert codes(root) == {
        "evidence/Seal_audit": "file-name-taken",
        "evidence/seal_audit": "file-name-taken",
    }


@pytest.mark.parametrize("under", ["evidence", "evidence/seal_audit"])
def test_a_link_in_place_of_a_walked_folder_is_not_followed(tmp_path: Path, under: str) -> None:
    write(tmp_path / "real/seal_audit/a.yaml", RECORD)
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/evidence").symlink_to("../real")

    found = list(WorkTree(tmp_path / "repo").files(under))

    assert [(f.path, f.problem and f.problem.code) for f in found] == [(under, "file-link")]


def test_a_file_in_place_of_a_walked_folder_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "evidence", b"")

    assert codes(tmp_path) == {"evidence": "file-type"}


def test_the_root_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "here").symlink_to("repo")

    assert "" in codes(tmp_path / "here").values()


def test_folders_may_be_nested_sixty_four_deep(root: Path) -> None:
    deep = root / "evidence" / "/".join(["d"] * 63)
    write(deep / "a.yaml", RECORD)
    (deep / "e").mkdir()
    (deep / "e/b.yaml").write_bytes(RECORD)

    found = codes(root)

    path = deep.relative_to(root).as_posix()
    assert found[path + "/a.yaml"] == ""
    assert WorkTree(root).read(path + "/a.yaml") == RECORD
    assert found[path + "/e"] == "file-depth"
    assert path + "/e/b.yaml" not in found


def test_a_walk_ends_at_its_limit_and_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_FILES", 6)
    for number in range(10):
        write(root / f"evidence/seal_audit/{number}.yaml", RECORD)

    assert codes(root)["evidence"] == "file-count"


def test_a_hundred_thousand_names_are_checked_in_a_second() -> None:
    names = [f"2026-08-12-DC-DFW-{number}.yaml" for number in range(100_000)]
    start = perf_counter()

    assert not any(map(wrong_name, names))
    assert not twins(names)
    assert perf_counter() - start < 1


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder, and the rights of a user to whom nothing belongs; root may read everything."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    write(folder / "evidence/seal_audit/a.yaml", RECORD)
    write(folder / "evidence/seal_audit/photo.jpg", b"photo")
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_an_unreadable_document_is_a_problem(as_nobody: Path) -> None:
    as_owner(lambda: (as_nobody / "evidence/seal_audit/a.yaml").chmod(0))

    assert codes(as_nobody)["evidence/seal_audit/a.yaml"] == "file-unreadable"
    assert WorkTree(as_nobody).read("evidence/seal_audit/a.yaml") is None


def test_an_unreadable_folder_is_a_problem(as_nobody: Path) -> None:
    as_owner(lambda: (as_nobody / "evidence/seal_audit").chmod(0))

    assert codes(as_nobody) == {"evidence/seal_audit": "file-unreadable"}


def test_a_folder_that_can_be_listed_but_not_entered_is_a_problem(as_nobody: Path) -> None:
    as_owner(lambda: (as_nobody / "evidence/seal_audit").chmod(0o444))

    assert codes(as_nobody)["evidence/seal_audit/a.yaml"] == "file-unreadable"
    digest = WorkTree(as_nobody).attachment_digest("evidence/seal_audit/photo.jpg")
    assert isinstance(digest, Problem)
    assert digest.code == "file-unreadable"


def test_an_attachment_has_the_digest_of_its_bytes(root: Path) -> None:
    data = os.urandom(3 << 20)
    write(root / "evidence/seal_audit/scan.pdf", data)

    found = WorkTree(root).attachment_digest("evidence/seal_audit/scan.pdf")

    assert found == (hashlib.sha256(data).hexdigest(), len(data))
    assert WorkTree(root).attachment_problem("evidence/seal_audit/scan.pdf") is None


def test_one_byte_less_is_another_digest(root: Path) -> None:
    write(root / "a.bin", b"ab")
    write(root / "b.bin", b"a")

    first, second = (WorkTree(root).attachment_digest(name) for name in ("a.bin", "b.bin"))

    assert not isinstance(first, Problem)
    assert not isinstance(second, Problem)
    assert first[0] != second[0]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_an_attachment_is_never_looked_for_outside(root: Path, path: str) -> None:
    found = WorkTree(root).attachment_digest(path)

    assert wrong_path(path)
    assert isinstance(found, Problem)
    assert found.code == "attachment-path"
    assert WorkTree(root).attachment_problem(path) == found
    assert WorkTree(root).read(path) is None


HOSTILE_ATTACHMENTS: list[tuple[str, Callable[[Path], object], str]] = [
    ("none.jpg", lambda place: None, "attachment-missing"),
    ("photo.jpg/x.jpg", lambda place: None, "attachment-missing"),
    ("x.jpg", Path.touch, "attachment-empty"),
    ("x.jpg", lambda place: place.write_bytes(POINTER), "attachment-lfs-pointer"),
    ("x.jpg", lambda place: place.write_bytes(b"/annex/objects/S\n"), "attachment-lfs-pointer"),
    ("b.yaml", lambda place: None, "attachment-document"),
    ("x.YML", Path.touch, "attachment-document"),
    ("x.jpg", link_to_file, "file-link"),
    ("x.jpg", link_to_document, "file-link"),
    ("x.jpg", link_to_nowhere, "file-link"),
    ("x.jpg", link_to_itself, "file-link"),
    ("x/photo.jpg", lambda place: place.parent.symlink_to("."), "file-link"),
    ("x.jpg", os.mkfifo, "file-type"),
    ("x.jpg", os.mkdir, "file-type"),
    ("x.jpg", socket_at, "file-unreadable"),
    ("x.jpg", sparse, "file-too-large"),
]


@pytest.mark.parametrize(("name", "make", "code"), HOSTILE_ATTACHMENTS)
def test_a_hostile_attachment_is_a_problem(
    root: Path, name: str, make: Callable[[Path], object], code: str
) -> None:
    make(root / "evidence/seal_audit" / name)

    found = WorkTree(root).attachment_digest(f"evidence/seal_audit/{name}")

    assert isinstance(found, Problem)
    assert found.code == code
    assert found.hint == HINTS[code]
    assert WorkTree(root).attachment_problem(f"evidence/seal_audit/{name}") == found


def test_the_digest_of_nothing_is_never_given(root: Path) -> None:
    write(root / "evidence/empty.bin", b"")

    assert EMPTY not in str(WorkTree(root).attachment_digest("evidence/empty.bin"))


@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from(["a", "..", ".", "", "/", "\\", "C:"])).map("/".join)
)
@example("a/../../b")
@example("\udce9")
def test_no_path_raises_or_leads_outside(path: str) -> None:
    if wrong_path(path):
        return

    joined = os.path.normpath(os.path.join("/root", path))
    assert joined.startswith("/root/")
    assert joined == "/root/" + path


@given(st.text(max_size=30))
def test_no_name_raises_and_every_name_can_be_shown(name: str) -> None:
    wrong_name(name)

    assert visible(name).isprintable()


@pytest.mark.parametrize(
    ("error", "code"), [(UsageError, 2), (NotTrusted, 3), (EnvironmentProblem, 4), (BrokenRule, 4)]
)
def test_an_error_is_one_line_with_its_exit_code(error: type[CtpatError], code: int) -> None:
    raised = error("schemas/facts.yaml:3: a rule\n  is broken")

    assert raised.exit_code == code
    assert str(raised) == "schemas/facts.yaml:3: a rule is broken"


def codes(root: Path) -> dict[str, str]:
    """The code of each file below evidence/, empty where there is no problem."""
    return {f.path: f.problem.code if f.problem else "" for f in WorkTree(root).files("evidence")}


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def as_owner(act: Callable[[], object]) -> None:
    user = os.geteuid()
    os.seteuid(os.getuid())
    act()
    os.seteuid(user)
