"""Commits are parsed from their bytes; whatever is odd about one is said, never raised."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctpat_policy.trail import commits
from ctpat_policy.trail.commits import Commit, parse
from ctpat_policy.trail.repository import open_repository
from ctpat_policy.trail.signatures import COMMIT, Claim, bare, claim, of_armour, verify
from tests.repositories import Trail, fresh, key, public, who

TREE = b"tree " + b"1" * 40 + b"\n"
AUTHOR = b"author Ann Example <ann@test.example> 1782388800 +0700\n"
COMMITTER = b"committer Bob <bob@test.example> 1782475200 -0500\n"
GOOD = TREE + b"parent " + b"2" * 40 + b"\n" + AUTHOR + COMMITTER + b"\nsubject\n\nbody\n"


def read(content: bytes) -> Commit:
    return parse("3" * 40, content)


def test_a_commit_is_read_whole() -> None:
    found = read(GOOD)

    assert found.odd == ""
    assert (found.tree, found.parents) == ("1" * 40, ("2" * 40,))
    assert found.author is not None
    assert found.committer is not None
    assert (found.author.name, found.author.email) == ("Ann Example", "ann@test.example")
    assert (found.author.day, found.committer.day) == ("2026-06-25", "2026-06-26")
    assert (found.subject, found.short, found.seal) == ("subject", "3" * 12, None)


def test_the_day_of_a_person_is_that_of_utc() -> None:
    found = read(GOOD.replace(b"1782388800 +0700", b"1782431999 +1400"))

    assert found.author is not None
    assert found.author.day == "2026-06-25"


def test_names_that_are_no_utf8_are_still_names() -> None:
    found = read(GOOD.replace(b"Ann Example", b"Andr\xe9"))

    assert found.author is not None
    assert found.author.name == "Andr\ufffd"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (AUTHOR, AUTHOR + AUTHOR, "2 author lines"),
        (COMMITTER, COMMITTER + COMMITTER, "2 committer lines"),
        (AUTHOR, b"", "0 author lines"),
        (COMMITTER, b"", "0 committer lines"),
        (TREE, b"", "0 tree lines"),
        (TREE, TREE + TREE, "2 tree lines"),
        (b" 1782388800 +0700", b"", "cannot be read"),
        (b"1782388800", b"17823888000000000000000", "cannot be read"),
        (b"1782388800", b"999999999999", "cannot be read"),
        (b"1782388800", b"-1", "cannot be read"),
        (b"1782388800", b"0x5f", "cannot be read"),
        (b"+0700", b"0700", "cannot be read"),
        (b"+0700", b"+07:00", "cannot be read"),
        (b"<ann@test.example>", b"ann@test.example", "cannot be read"),
        (b"<ann@test.example>", b"<<ann@test.example>>", "cannot be read"),
        (b"Ann Example", b"Ann <x@y> Example", "cannot be read"),
        (b"+0700\n", b"+0700\n more of it\n", "cannot be read"),
        (b"\n\nsubject", b"\nparent " + b"4" * 40 + b"\n\nsubject", "parent line"),
        (AUTHOR, AUTHOR + b"parent " + b"4" * 40 + b"\n", "parent line"),
        (TREE, b"parent " + b"4" * 40 + b"\n" + TREE, "parent line"),
        (b"2\n", b"2\n more\n", "parent line"),
        (b"subject", b"sub\0ject", "NUL"),
        (b"Ann Example", b"Ann\0 Example", "NUL"),
        (b"\n\nsubject", b"\ngpgsig a\ngpgsig b\n\nsubject", "more than one signature"),
        (b"\n\nsubject", b"\ngpgsig a\ngpgsig-sha256 b\n\nsubject", "more than one signature"),
    ],
)
def test_what_programs_read_differently_is_odd_and_has_no_people(
    old: bytes, new: bytes, says: str
) -> None:
    found = read(GOOD.replace(old, new, 1))

    assert says in found.odd
    assert (found.author, found.committer) == (None, None)


@pytest.mark.parametrize(
    ("after", "count"), [(TREE, 2), (b"2\n", 2), (AUTHOR, 1), (COMMITTER, 1), (b"\n\n", 1)]
)
def test_the_parents_are_those_that_git_reads(after: bytes, count: int) -> None:
    found = read(GOOD.replace(after, after + b"parent " + b"4" * 40 + b"\n", 1))

    assert len(found.parents) == count


_ODD = [
    (b"1782475200", b"0"),
    (b"1782475200", b"253402300799"),
    (b"1782475200", b"253402300800"),
    (b"1782388800", b"999999999999"),
    (b"\n\nsubject", b"\nencoding x\n\nsubject"),
    (b"\n\nsubject", b"\ngpgsig a\n b\n\nsubject"),
    (b"\n\nsubject", b"\ngpgsig a\ngpgsig b\n\nsubject"),
    (b"subject", b"sub\0ject"),
    (b"Bob", b"Bob <x@y>"),
    (b"Bob", b""),
    (b"Bob ", b""),
    (b"Bob", b"Bob\n1"),
    (COMMITTER, b""),
    (COMMITTER, COMMITTER * 2),
    (AUTHOR, COMMITTER),
    (TREE, b""),
    (TREE, TREE.upper()),
    (b"-0500\n", b"-0500\n more\n"),
    (b"-0500\n\n", b"-0500\n"),
]


@pytest.mark.parametrize(("old", "new"), _ODD)
def test_a_commit_is_dated_as_it_is_read(old: bytes, new: bytes) -> None:
    content = GOOD.replace(old, new)
    committer = read(content).committer

    assert content != GOOD
    assert commits.seconds(content) == (committer.seconds if committer else None)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\0", b"tree", b"\n\nmessage", b" x\n y\n", GOOD[:90]]
)
def test_rubbish_is_odd(content: bytes) -> None:
    assert read(content).odd


@given(st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    found = read(GOOD.replace(b"Ann", content, 1))

    assert bool(found.odd) == (found.author is None) == (found.committer is None)


@given(st.text(string.printable + "éß漢\u202e", max_size=60))
def test_a_long_or_strange_name_takes_no_time(name: str) -> None:
    found = read(GOOD.replace(b"Ann Example", name.encode() * 500))

    assert bool(found.odd) == (found.author is None)


def test_commits_come_in_the_order_asked_for(tmp_path: Path) -> None:
    trail = fresh(tmp_path / "trail")
    repository = open_repository(trail.root)
    line = repository.first_parents(repository.head())

    assert [c.id for c in commits.read(repository, reversed(line))] == line[::-1]


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)])
def test_the_bytes_that_were_signed_are_found(tmp_path: Path, options: tuple[str, ...]) -> None:
    trail = Trail(tmp_path)
    trail.git("init", "-q", "-b", "main", *options)
    trail.write("notes.txt", "x")
    trail.signed("2026-06-01", "p-1", who("P-1"), "subject\n\nbody, with a line\n")
    repository = open_repository(tmp_path)
    (found,) = commits.read(repository, [repository.head()])

    assert found.seal is not None
    signature = of_armour(found.seal.armour)
    claimed = claim(signature)
    assert claimed is not None
    assert (claimed.key, claimed.namespace) == (bare(public("p-1")), COMMIT)
    assert verify(found.seal.payload, signature, COMMIT, public("p-1"))
    assert not verify(found.seal.payload + b" ", signature, COMMIT, public("p-1"))
    assert not verify(
        found.seal.payload, signature, COMMIT, key("p-2").with_suffix(".pub").read_text()
    )


@pytest.mark.parametrize(
    "armour",
    [b"", b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----", b"-----BEGIN SSH"],
)
def test_other_signatures_are_not_taken_for_ours(armour: bytes) -> None:
    assert of_armour(armour) == ""
    assert claim("") is None


@given(st.binary(max_size=200))
def test_no_signature_raises(raw: bytes) -> None:
    import base64

    for signature in (base64.b64encode(b"SSHSIG" + raw).decode(), raw.decode("latin-1")):
        found = claim(signature)

        assert found is None or isinstance(found, Claim)
