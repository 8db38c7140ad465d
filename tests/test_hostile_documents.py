"""Every hostile document is refused with its code and place, by both parsers, in little time.

The groups follow the ways in which YAML has hurt: duplicate keys, bombs, sizes, leaks, tags, types
that programs read differently, hidden characters, encodings, and files that are no documents.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from time import process_time

import pytest

from ctpat_policy import scalars
from ctpat_policy.codes import HINTS
from ctpat_policy.documents import load
from ctpat_policy.parsed import Parser

#: name, document, code, line, column
DUPLICATE_KEYS = [
    ("twice", "a: 1\na: 2\n", "yaml-duplicate-key", 2, 1),
    ("with the same value", "a: 1\na: 1\n", "yaml-duplicate-key", 2, 1),
    ("in double quotes", 'a: 1\n"a": 2\n', "yaml-duplicate-key", 2, 1),
    ("in single quotes", "a: 1\n'a': 2\n", "yaml-duplicate-key", 2, 1),
    ("written as an escape", 'a: 1\n"\\x61": 2\n', "yaml-duplicate-key", 2, 1),
    ("written as a long escape", 'a: 1\n"\\U00000061": 2\n', "yaml-duplicate-key", 2, 1),
    ("with a question mark", "a: 1\n? a\n: 2\n", "yaml-duplicate-key", 2, 3),
    (
        "far apart",
        "a: 1\n" + "".join(f"k{n}: 1\n" for n in range(3000)) + "a: 2\n",
        "yaml-duplicate-key",
        3002,
        1,
    ),
    ("nested", "m:\n  a: 1\n  b: 2\n  a: 3\n", "yaml-duplicate-key", 4, 3),
    ("nested in a list", "m:\n  - a: 1\n    a: 2\n", "yaml-duplicate-key", 3, 5),
    ("in the second item", "m:\n  - a: 1\n  - a: 1\n    a: 2\n", "yaml-duplicate-key", 4, 5),
    ("in brackets", "m: {a: 1, a: 2}\n", "yaml-duplicate-key", 1, 11),
    ("around a mapping", "a:\n  b: 1\nc: 2\na:\n  b: 1\n", "yaml-duplicate-key", 4, 1),
    (
        "schema twice",
        "schema: seal_audit/1\nschema: training_session/1\n",
        "yaml-duplicate-key",
        2,
        1,
    ),
]
BOMBS = [
    ("laughs", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "yaml-anchor", 1, 4),
    ("merge", "a: &a {x: 1}\nb:\n  <<: *a\n", "yaml-anchor", 1, 4),
    ("self reference", "a: &a [*a]\n", "yaml-anchor", 1, 4),
    ("self reference at the top", "&a\na: *a\n", "yaml-anchor", 1, 1),
    ("alias alone", "a: *b\n", "yaml-anchor", 1, 4),
    ("alias at the top", "*a\n", "yaml-anchor", 1, 1),
    ("alias in a list", "a:\n  - *b\n", "yaml-anchor", 2, 5),
    ("alias as key", "*a : 1\n", "yaml-anchor", 1, 1),
    ("anchor on a key", "&a b: 1\n", "yaml-anchor", 1, 1),
    ("anchor on a scalar", "a: &b c\n", "yaml-anchor", 1, 4),
    ("anchor on nothing", "a: &b\nc: 1\n", "yaml-anchor", 1, 4),
    ("anchor without a name", "a: & b\n", "yaml-anchor", 1, 5),
    ("a text that begins with *", "a: *** note ***\n", "yaml-anchor", 1, 5),
    ("merge key", "a:\n  <<: {b: 1}\n", "yaml-merge", 2, 3),
    ("merge key at the top", "<<: {b: 1}\n", "yaml-merge", 1, 1),
    ("merge list", "a:\n  <<: [{b: 1}, {c: 2}]\n", "yaml-merge", 2, 3),
    ("brackets 33 deep", "a: " + "[" * 32 + "]" * 32, "yaml-depth", 1, 35),
    ("brackets 50,000 deep", "a: " + "[" * 50_000, "yaml-depth", 1, 35),
    ("braces 50,000 deep", "a: " + "{b: " * 50_000, "yaml-depth", 1, 128),
    ("dashes 50,000 deep", "a:\n" + "- " * 50_000, "yaml-depth", 2, 63),
    ("indented 33 deep", "".join(" " * n + "a:\n" for n in range(34)), "yaml-depth", 33, 33),
    ("brackets 50,000 deep at the top", "[" * 50_000, "yaml-top-level", 1, 1),
    ("question marks 50,000 deep", "? " * 50_000, "yaml-complex-key", 1, 3),
]
SIZES = [
    ("a byte over 1 MiB", "a: 1\n" + "#" * (1 << 20), "yaml-too-large", 0, 0),
    ("20 MB of text", "a: " + "x" * 20_000_000, "yaml-too-large", 0, 0),
    ("200,000 keys", "".join(f"k{n}: 1\n" for n in range(200_000)), "yaml-too-large", 0, 0),
    ("60,000 values", "a: 1\nb:\n" + "- x\n" * 60_000, "yaml-nodes", 49_998, 3),
    ("60,000 values in brackets", "a: [" + "1," * 60_000 + "1]\n", "yaml-nodes", 1, 99_999),
    ("30,000 keys", "".join(f"k{n}: 1\n" for n in range(30_000)), "yaml-nodes", 25_000, 9),
    ("a text over 64 KiB", "a: " + "x" * 65_537 + "\n", "yaml-scalar-length", 1, 4),
    ("a quoted text over 64 KiB", 'a: "' + "x" * 65_537 + '"\n', "yaml-scalar-length", 1, 4),
    ("a block over 64 KiB", "a: |\n" + " xxxxxxx\n" * 8193, "yaml-scalar-length", 1, 4),
    ("a key of 129 characters", "x" * 129 + ": 1\n", "yaml-key", 1, 1),
    ("a quoted key of 1,000 characters", 'a:\n  "' + "x" * 1000 + '": 1\n', "yaml-key", 2, 3),
]
NUMBERS = [
    ("19 digits", "a: 1234567890123456789\n", "yaml-number", 1, 4),
    ("19 digits, negative", "a: -1234567890123456789\n", "yaml-number", 1, 4),
    ("5,000 digits", "a: " + "9" * 5000 + "\n", "yaml-number", 1, 4),
    ("16 digits with decimals", "a: 0.1234567890123456\n", "yaml-number", 1, 4),
    ("5,000 hexadecimal digits", "a: 0x" + "F" * 5000 + "\n", "yaml-ambiguous", 1, 4),
    ("60,000 digits in base 60", "a: 1" + ":59" * 20_000 + "\n", "yaml-ambiguous", 1, 4),
    ("a # before a number", "a: Dock #2 was open\n", "yaml-comment", 1, 9),
    ("a # before a number on a later line", "a: The\n  dock #2\n", "yaml-comment", 2, 8),
    ("a # before a number in brackets", "a: [Dock #2,\n  x]\n", "yaml-comment", 1, 10),
    ("a # for a value", "b: 1\na: #2\n", "yaml-comment", 2, 4),
    ("a # after a number", "a:\n  - 12 ##x\n", "yaml-comment", 2, 8),
    ("not a number", "a: .nan\n", "yaml-ambiguous", 1, 4),
    ("not a number, written large", "a: .NaN\n", "yaml-ambiguous", 1, 4),
    ("infinity", "a: .inf\n", "yaml-ambiguous", 1, 4),
    ("minus infinity", "a: -.INF\n", "yaml-ambiguous", 1, 4),
    ("1e400", "a: 1e400\n", "yaml-ambiguous", 1, 4),
    ("1e3", "a: 1e3\n", "yaml-ambiguous", 1, 4),
    ("1.5e+3", "a: 1.5e+3\n", "yaml-ambiguous", 1, 4),
    ("a seal number that is a power", "a: 12E345\n", "yaml-ambiguous", 1, 4),
    ("a dot last", "a: 1.\n", "yaml-ambiguous", 1, 4),
    ("a dot first", "a: .5\n", "yaml-ambiguous", 1, 4),
    ("plus one", "a: +1\n", "yaml-ambiguous", 1, 4),
    ("plus a half", "a: +0.5\n", "yaml-ambiguous", 1, 4),
    ("minus zero", "a: -0\n", "yaml-ambiguous", 1, 4),
    ("minus 0.0", "a: -0.0\n", "yaml-ambiguous", 1, 4),
    ("leading zero", "a: 02134\n", "yaml-ambiguous", 1, 4),
    ("a seal number in base 8", "a: 00123456\n", "yaml-ambiguous", 1, 4),
    ("leading zero, no base 8", "a: 0789\n", "yaml-ambiguous", 1, 4),
    ("two zeros", "a: 00\n", "yaml-ambiguous", 1, 4),
    ("leading zero with decimals", "a: 01.5\n", "yaml-ambiguous", 1, 4),
    ("base 8 of YAML 1.2", "a: 0o17\n", "yaml-ambiguous", 1, 4),
    ("base 16", "a: 0x1F\n", "yaml-ambiguous", 1, 4),
    ("base 16 without digits", "a: 0x_\n", "yaml-ambiguous", 1, 4),
    ("base 2", "a: 0b1\n", "yaml-ambiguous", 1, 4),
    ("underscores", "a: 1_000\n", "yaml-ambiguous", 1, 4),
    ("underscores in decimals", "a: 1_000.5\n", "yaml-ambiguous", 1, 4),
    ("a time", "a: 22:15\n", "yaml-ambiguous", 1, 4),
    ("a time with seconds", "a: 10:30:00\n", "yaml-ambiguous", 1, 4),
    ("a time with fractions", "a: 10:30:00.5\n", "yaml-ambiguous", 1, 4),
    ("a hardware address of digits", "a: 11:22:33:44:55:06\n", "yaml-ambiguous", 1, 4),
]
DATES = [
    ("30 February", "a: 2026-02-30\n", "yaml-date", 1, 4),
    ("29 February of no leap year", "a: 2026-02-29\n", "yaml-date", 1, 4),
    ("31 September", "a:\n  - 2026-09-31\n", "yaml-date", 2, 5),
    ("month 13", "a: 2026-13-01\n", "yaml-date", 1, 4),
    ("day zero", "a: 2026-01-00\n", "yaml-date", 1, 4),
    ("year zero", "a: 0000-01-01\n", "yaml-date", 1, 4),
    ("a date-time", "a: 2026-11-24T10:00:00Z\n", "yaml-ambiguous", 1, 4),
    ("a date-time with a blank", "a: 2026-11-24 10:00:00\n", "yaml-ambiguous", 1, 4),
    ("a date-time with an offset", "a: 2026-11-24T10:00:00-05:00\n", "yaml-ambiguous", 1, 4),
    ("a date-time without seconds", "a: 2026-11-24T10:00Z\n", "yaml-ambiguous", 1, 4),
    ("a date-time over two lines", "a: 2026-11-24\n  10:00:00\n", "yaml-ambiguous", 1, 4),
    ("a date without zeros", "a: 2026-1-5\n", "yaml-ambiguous", 1, 4),
]
NO_TEXT_TO_SOME = {
    case(word)
    for word in ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "=", "<<")
    for case in (str.lower, str.title, str.upper)
} - {"true", "false", "null"}
WORDS = [(word, f"a: {word}\n", "yaml-ambiguous", 1, 4) for word in sorted(NO_TEXT_TO_SOME)]
KEYS = [
    ("on", "on: push\n", "yaml-ambiguous", 1, 1),
    ("y", "x: 1\ny: 2\n", "yaml-ambiguous", 2, 1),
    ("no in brackets", "a: {no: 1}\n", "yaml-ambiguous", 1, 5),
    ("true", "true: 1\n", "yaml-ambiguous", 1, 1),
    ("null", "null: 1\n", "yaml-ambiguous", 1, 1),
    ("tilde", "~: 1\n", "yaml-ambiguous", 1, 1),
    ("equals sign", "=: 1\n", "yaml-ambiguous", 1, 1),
    ("a year", "2024: 1\n", "yaml-key", 1, 1),
    ("a criterion's number", "a:\n  6.6: met\n", "yaml-key", 2, 3),
    ("a date", "2026-01-01: 1\n", "yaml-key", 1, 1),
    ("nothing", ": 1\n", "yaml-syntax", 1, 1),
    ("empty quotes", '"": 1\n', "yaml-key", 1, 1),
    ("a Cyrillic a", "st\u0430tus: pass\n", "yaml-key", 1, 1),
    ("an accent", "qualit\u00e9: 1\n", "yaml-key", 1, 1),
    ("full-width letters", "\uff53tatus: 1\n", "yaml-key", 1, 1),
    ("a blank", "seal number: 1\n", "yaml-key", 1, 1),
    ("a dash first", '"-a": 1\n', "yaml-key", 1, 1),
    ("a dollar", "$ref: x\n", "yaml-key", 1, 1),
    ("a line break", '"a\\nb": 1\n', "yaml-key", 1, 1),
    ("a line break last", '"a\\n": 1\n', "yaml-key", 1, 1),
    ("a list", "[a]: 1\n", "yaml-complex-key", 1, 1),
    ("a mapping", "{a: 1}: 1\n", "yaml-complex-key", 1, 1),
    ("a list after a question mark", "? - a\n: 1\n", "yaml-complex-key", 1, 3),
    ("a block", "? |\n  a\n: 1\n", "yaml-complex-key", 1, 3),
    ("a block without its line break", "? |-\n  a\n: 1\n", "yaml-complex-key", 1, 3),
]
TAGS = [
    ("str", "a: !!str 1\n", "yaml-tag", 1, 4),
    ("bool", 'a: !!bool "yes"\n', "yaml-tag", 1, 4),
    ("null", "a: !!null fail\n", "yaml-tag", 1, 4),
    ("int of nothing", 'a: !!int ""\n', "yaml-tag", 1, 4),
    ("binary", "a: !!binary aGVsbG8=\n", "yaml-tag", 1, 4),
    ("set", "a: !!set {b, c}\n", "yaml-tag", 1, 4),
    ("omap", "a: !!omap [b: 1]\n", "yaml-tag", 1, 4),
    ("timestamp", "a: !!timestamp 2026-01-01\n", "yaml-tag", 1, 4),
    ("python", "a: !!python/object/apply:os.system [id]\n", "yaml-tag", 1, 4),
    ("python at the top", "!!python/name:os.system {}\n", "yaml-tag", 1, 1),
    ("of one's own", "a: !seal MX1\n", "yaml-tag", 1, 4),
    ("in full", "a: !<tag:yaml.org,2002:int> 1\n", "yaml-tag", 1, 4),
    ("none in particular", "a: ! 12\n", "yaml-tag", 1, 4),
    ("none in particular, quoted", 'a: ! "12"\n', "yaml-tag", 1, 4),
    ("on a key", "!!str a: 1\n", "yaml-tag", 1, 1),
    ("on a list", "a: !!seq [1]\n", "yaml-tag", 1, 4),
    ("on nothing", "a: !!str\nb: 1\n", "yaml-tag", 1, 4),
    ("with an unknown handle", "a: !x!y z\n", "yaml-tag", 1, 4),
    ("and an anchor", "a: !!str &b c\n", "yaml-tag", 1, 4),
    ("directive %YAML 1.2", "%YAML 1.2\n---\na: no\n", "yaml-directive", 1, 1),
    ("directive %YAML 9.9", "%YAML 9.9\n---\na: 1\n", "yaml-directive", 1, 1),
    ("directive %TAG", "%TAG ! tag:x,2026:\n---\na: !b c\n", "yaml-directive", 1, 1),
    ("directive unknown", "%FOO bar\n---\na: 1\n", "yaml-directive", 1, 1),
    ("directive after comments", "# a note\n\n%YAML 1.1\n---\na: 1\n", "yaml-directive", 3, 1),
]
CHARACTERS = [
    ("lone CR in a comment", "# note\rstatus: pass\n", "yaml-line-end", 1, 7),
    ("lone CR at the end", "a: 1\n\r", "yaml-line-end", 2, 1),
    ("old Macintosh line ends", "a: 1\rb: 2\r", "yaml-line-end", 1, 5),
    ("two CR and LF", "a: 1\r\r\n", "yaml-line-end", 1, 5),
    ("next line in a comment", "# note\x85status: pass\n", "yaml-line-end", 1, 7),
    ("line separator", "a: 1 # \u2028b: 2\n", "yaml-line-end", 1, 8),
    ("paragraph separator", "a: 1\n# \u2029b: 2\n", "yaml-line-end", 2, 3),
    ("NUL", "a: 1\n\x00b: 2\n", "yaml-character", 2, 1),
    ("bell", "a: x\x07\n", "yaml-character", 1, 5),
    ("backspace", "a: pass\x08\x08\x08\x08fail\n", "yaml-character", 1, 8),
    ("escape", "a: \x1b[2J\n", "yaml-character", 1, 4),
    ("form feed", "a: 1\x0c\n", "yaml-character", 1, 5),
    ("delete", "a: \x7f\n", "yaml-character", 1, 4),
    ("C1 control", "a: \x9b31m\n", "yaml-character", 1, 4),
    ("right-to-left override", "a: x\nb: \u202egnp.exe\n", "yaml-character", 2, 4),
    ("left-to-right embedding", "a: \u202ab\u202c\n", "yaml-character", 1, 4),
    ("isolate", "a: \u2066b\u2069\n", "yaml-character", 1, 4),
    ("right-to-left mark", "a: b\u200f\n", "yaml-character", 1, 5),
    ("left-to-right mark", "a: b\u200e\n", "yaml-character", 1, 5),
    ("Arabic letter mark", "a: \u061cb\n", "yaml-character", 1, 4),
    ("zero-width space", "a: pa\u200bss\n", "yaml-character", 1, 6),
    ("word joiner", "a: pa\u2060ss\n", "yaml-character", 1, 6),
    ("soft hyphen", "a: pa\xadss\n", "yaml-character", 1, 6),
    ("byte-order mark inside", "a: \ufeffb\n", "yaml-character", 1, 4),
    ("two byte-order marks", "\ufeff\ufeffa: 1\n", "yaml-character", 1, 1),
    ("grapheme joiner", "a: b\u034fc\n", "yaml-character", 1, 5),
    ("Hangul filler", "a: \u3164\n", "yaml-character", 1, 4),
    ("tag letters", "a: b\U000e0041\n", "yaml-character", 1, 5),
    ("ideographic variation", "a: \u845b\U000e0100\n", "yaml-character", 1, 5),
    ("interlinear annotation", "a: \ufff9b\n", "yaml-character", 1, 4),
    ("non-character", "a: \uffff\n", "yaml-character", 1, 4),
    ("non-character of plane 1", "a: \U0001ffff\n", "yaml-character", 1, 4),
    ("in a comment", "a: 1 # \u202e\n", "yaml-character", 1, 8),
    ("after CRLF", "a: 1\r\nb: \u202e\r\n", "yaml-character", 2, 4),
    ("escaped NUL", 'a: "\\0"\n', "yaml-character", 1, 4),
    ("escaped escape", 'a: "\\e[2J"\n', "yaml-character", 1, 4),
    ("escaped CR", 'a: "b\\rc"\n', "yaml-character", 1, 4),
    ("escaped next line", 'a: "\\N"\n', "yaml-character", 1, 4),
    ("escaped line separator", 'a: "\\L"\n', "yaml-character", 1, 4),
    ("escaped override", 'a: 1\nb: "\\u202e"\n', "yaml-character", 2, 4),
    ("escaped zero-width space", 'a: "\\u200b"\n', "yaml-character", 1, 4),
    ("escaped tag letter", 'a: "\\U000e0041"\n', "yaml-character", 1, 4),
    ("escaped stand-in for tabs", 'a: "\\ufdd0"\n', "yaml-character", 1, 4),
    ("escaped stand-in beside a tab", 'a: "\t\\ufdd0"\n', "yaml-character", 1, 4),
]
TABS = [
    ("indenting a key", "a:\n\tb: 1\n", "yaml-tab", 2, 1),
    ("after blanks", "a:\n  \tb: 1\n", "yaml-tab", 2, 3),
    ("indenting a block", "a: |\n\tb\n", "yaml-tab", 2, 1),
    ("indenting a comment", "a: 1\n\t# b\n", "yaml-tab", 2, 1),
    ("on a line of its own", "a: 1\n\t\nb: 2\n", "yaml-tab", 2, 1),
    ("after a colon", "a:\tb\n", "yaml-tab", 1, 3),
    ("after a dash", "a:\n-\tb\n", "yaml-tab", 2, 2),
    ("inside plain text", "a: b\tc\n", "yaml-tab", 1, 5),
    ("after plain text", "a: b\t\n", "yaml-tab", 1, 5),
    ("before a comment", "a: b\t# c\n", "yaml-tab", 1, 5),
    ("after quotes", 'a: "b"\t\n', "yaml-tab", 1, 7),
    ("in brackets", "a: [b,\tc]\n", "yaml-tab", 1, 7),
    ("after the sign of a block", "a: |\t\n  b\n", "yaml-tab", 1, 5),
    ("in quotes over two lines", 'a: "b\t\n  c"\n', "yaml-tab", 1, 6),
]
ENCODINGS = [
    ("UTF-16, little end first", "a: 1\n".encode("utf-16"), "yaml-encoding", 1, 1),
    ("UTF-16, big end first", b"\xfe\xff" + "a: 1\n".encode("utf-16-be"), "yaml-encoding", 1, 1),
    ("UTF-16 without a mark", "a: 1\n".encode("utf-16-le"), "yaml-character", 1, 2),
    ("UTF-32", "a: 1\n".encode("utf-32"), "yaml-encoding", 1, 1),
    ("Latin-1", "a: 1\nb: caf\xe9\n".encode("latin-1"), "yaml-encoding", 2, 7),
    ("Windows-1252 quotes", b"a: \x93b\x94\n", "yaml-encoding", 1, 4),
    ("after other letters", "a: \u65e5\u672c".encode() + b"\xff\n", "yaml-encoding", 1, 6),
    ("cut letter", b"a: \xe2\x82", "yaml-encoding", 1, 4),
    ("overlong slash", b"a: \xc0\xaf\n", "yaml-encoding", 1, 4),
    ("surrogate", b"a: \xed\xa0\x80\n", "yaml-encoding", 1, 4),
    ("above U+10FFFF", b"a: \xf4\x90\x80\x80\n", "yaml-encoding", 1, 4),
    ("zip archive", b"PK\x03\x04\x14\x00", "yaml-character", 1, 3),
    ("PNG", b"\x89PNG\r\n\x1a\n", "yaml-encoding", 1, 1),
]
NO_DOCUMENTS = [
    ("no bytes", "", "yaml-empty", 0, 0),
    ("a byte-order mark alone", "\ufeff", "yaml-empty", 0, 0),
    ("blanks", "  \n \n", "yaml-empty", 0, 0),
    ("comments", "# nothing\n# yet\n", "yaml-empty", 0, 0),
    ("three dashes", "---\n", "yaml-empty", 0, 0),
    ("null", "null\n", "yaml-top-level", 1, 1),
    ("a word", "pass\n", "yaml-top-level", 1, 1),
    ("a number", "12\n", "yaml-top-level", 1, 1),
    ("empty quotes", '""\n', "yaml-top-level", 1, 1),
    ("a list", "- a: 1\n- b: 2\n", "yaml-top-level", 1, 1),
    ("a list in brackets", "[1, 2]\n", "yaml-top-level", 1, 1),
    ("a text", "|\n a: 1\n", "yaml-top-level", 1, 1),
    ("two documents", "a: 1\n---\nb: 2\n", "yaml-documents", 2, 1),
    ("two documents, one empty", "a: 1\n---\n", "yaml-documents", 2, 1),
    ("two documents after dots", "a: 1\n...\n---\nb: 2\n", "yaml-documents", 3, 1),
    (
        "LFS pointer",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n",
        "yaml-lfs-pointer",
        1,
        1,
    ),
    ("annex pointer", "/annex/objects/SHA256E-s1--0.yaml\n", "yaml-lfs-pointer", 1, 1),
    ("web page", "<!DOCTYPE html>\n<html><body>404</body></html>\n", "yaml-html", 1, 1),
    ("web page without a type", "\n<HTML>\n", "yaml-html", 1, 1),
    ("XML", '<?xml version="1.0"?>\n<a/>\n', "yaml-html", 1, 1),
    ("conflict", "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", "yaml-conflict", 2, 1),
    ("half a conflict", "a: 1\n=======\nb: 2\n", "yaml-conflict", 2, 1),
    ("the end of a conflict", "a: 1\r\n>>>>>>> x\r\n", "yaml-conflict", 2, 1),
    ("conflict with its base", "a: 1\n||||||| 1a2b\n=======\n", "yaml-conflict", 2, 1),
    ("conflict within quotes", 'a: "x\n<<<<<<< HEAD\n"\n', "yaml-conflict", 2, 1),
]
SYNTAX = [
    ("unclosed double quotes", 'a: 1\nb: "x\nc: 2\n', "yaml-syntax", 2, 4),
    ("unclosed single quotes", "a: 'it''s\n", "yaml-syntax", 1, 4),
    ("unclosed list", "a: [1, 2\nb: 3\n", "yaml-syntax", 1, 4),
    ("two colons", "a: b: c\n", "yaml-syntax", 1, 5),
    ("colon in a text", "a: 1\ntext: Seals are kept: locked\n", "yaml-syntax", 2, 21),
    ("key without a colon", "a: 1\nb\n", "yaml-syntax", 2, 1),
    ("key without a blank", "a: 1\nb:2\nc: 3\n", "yaml-syntax", 2, 1),
    ("key indented less than its fellows", "a:\n  b: 1\nc: 2\n  d: 3\n", "yaml-syntax", 4, 3),
    ("quotes closed by others", 'a: "1\nb: 2\nc: "3"\n', "yaml-syntax", 1, 4),
    ("at sign first", "a: @b\n", "yaml-syntax", 1, 4),
    ("grave accent first", "a: `b`\n", "yaml-syntax", 1, 4),
    ("per cent first", "a: %b\n", "yaml-syntax", 1, 4),
    ("backslash in double quotes", 'a: "C:\\yard"\n', "yaml-syntax", 1, 7),
    ("escape of no character", 'a: "\\UFFFFFFFF"\n', "yaml-character", None, None),
    ("escape above U+10FFFF", 'a: "\\U0011ffff"\n', "yaml-character", None, None),
    ("escape of a surrogate", 'a: "\\ud800"\n', "yaml-character", None, None),
    ("escape cut short", 'a: "\\u12"\n', "yaml-syntax", 1, 7),
    ("key indented too far", "a: 1\n  b: 2\n", "yaml-syntax", 2, 3),
    ("key indented too little", "  a: 1\n b: 2\n", "yaml-syntax", 2, 2),
    ("list beside keys", "a: 1\n- b\n", "yaml-syntax", 2, 1),
    ("missing value in braces", "a: {b, c}\n", "yaml-syntax", 1, 6),
    ("prose in braces", "a: {says: swept, dried}\n", "yaml-syntax", 1, 23),
    ("missing value before a comma", "a: {b:, c: 1}\n", "yaml-syntax", None, None),
    ("missing value before a blank", "a: {b: , c: 1}\n", "yaml-syntax", 1, 8),
    ("missing item", "a: [b, , c]\n", "yaml-syntax", 1, 8),
    ("question mark in brackets", "a: [who?]\n", "yaml-syntax", None, None),
    ("question mark after a number in brackets", "a: [1?]\n", "yaml-syntax", None, None),
    ("comment glued to a block", "a: |# note\n  b\n", "yaml-syntax", None, None),
    ("comment glued to a strip", "a: >-# note\n  b\n", "yaml-syntax", None, None),
    ("block indented by 0", "a: |0\n  b\n", "yaml-syntax", 1, 5),
    ("text after the end", "a: 1\n...\nb\n", "yaml-syntax", 3, 1),
    ("text after braces", "{a: 1}\nb\n", "yaml-syntax", 2, 1),
    ("closing bracket alone", "a: ]\n", "yaml-syntax", 1, 4),
]
Row = tuple[str, str | bytes, str, int | None, int | None]
GROUPS: dict[str, Sequence[Row]] = {
    "duplicate": DUPLICATE_KEYS,
    "bomb": BOMBS,
    "size": SIZES,
    "number": NUMBERS,
    "date": DATES,
    "word": WORDS,
    "key": KEYS,
    "tag": TAGS,
    "character": CHARACTERS,
    "tab": TABS,
    "encoding": ENCODINGS,
    "no document": NO_DOCUMENTS,
    "syntax": SYNTAX,
}
ROWS: list[Row] = [
    (f"{group}: {row[0]}", *row[1:]) for group, rows in GROUPS.items() for row in rows
]
ALL = [
    pytest.param(text if isinstance(text, bytes) else text.encode(), *expected, id=name)
    for name, text, *expected in ROWS
]
LONG = [param for param, row in zip(ALL, ROWS, strict=True) if len(row[1]) > 20_000]


#: What helps more with some of a code.
MORE = {"yaml-ambiguous": [scalars.hint("yes"), scalars.hint("2026-10-31 10:00")]}


@pytest.mark.parametrize(("data", "code", "line", "column"), ALL)
def test_a_hostile_document_is_refused_at_its_place(
    data: bytes, code: str, line: int | None, column: int | None
) -> None:
    document = load(data, "evidence/x/y.yaml")

    assert document.path == "evidence/x/y.yaml"
    assert document.value is None
    assert document.problem is not None
    assert document.problem.code == code, document.problem
    if line is not None:
        assert (document.problem.line, document.problem.column) == (line, column), document.problem
    assert document.problem.hint in (HINTS[code], *MORE.get(code, ()))
    assert 0 < len(document.problem.message) < 160
    assert document.problem.message.isprintable()


@pytest.mark.parametrize(("data", "code", "line", "column"), ALL)
def test_the_pure_parser_gives_the_same_code(
    data: bytes, code: str, line: int | None, column: int | None
) -> None:
    document = load(data, "x.yaml", parser="pure")

    assert document.value is None
    assert document.problem is not None
    assert document.problem.code == code, document.problem


@pytest.mark.parametrize("parser", ["libyaml", "pure"])
@pytest.mark.parametrize(("data", "code", "line", "column"), LONG)
def test_a_long_hostile_document_costs_little_time(
    data: bytes, code: str, line: int, column: int, parser: Parser
) -> None:
    start = process_time()

    load(data, "x.yaml", parser=parser)

    assert process_time() - start < (0.5 if parser == "libyaml" else 5)


@pytest.mark.parametrize(("data", "code", "line", "column"), LONG)
def test_a_long_hostile_document_costs_little_memory(
    data: bytes, code: str, line: int, column: int
) -> None:
    tracemalloc.start()

    load(data, "x.yaml")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20


def test_both_lines_of_a_duplicate_are_named() -> None:
    problem = load(b'm:\n  - x: 1\n  - a: 1\n    b: 2\n    "a": 3\n', "x.yaml").problem

    assert problem is not None
    assert problem.line == 5
    assert problem.message == "a stands on line 3 already"


def test_the_table_is_long_and_holds_every_code() -> None:
    assert len(ROWS) > 250
    assert {row[2] for row in ROWS} == {code for code in HINTS if code.startswith("yaml-")}
