"""Cleaning text: what is tested first, to be quick, never changes what comes out."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctpat_policy.characters import HIDDEN
from ctpat_policy.reports import clean
from tests.report_strategies import TEXTS
from tests.reports_sample import EVIL

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#[a-z]*\[)", re.IGNORECASE | re.MULTILINE)
#: What any of the expressions looks for, and what looks like it.
SIGNS = st.text(
    st.sampled_from(" \t\n\r:#[]({0})vVaſK\x0b\x1b\x7f\x85\xa0é…\u2028\u3164\u3000\ud800")
)
ANY = TEXTS | SIGNS | st.lists(TEXTS | SIGNS).map("".join)


def visible(text: str) -> str:
    return HIDDEN.sub(clean._escape, text)


def line(text: str) -> str:
    shown = visible(re.sub(r"[ \t\r\n]+", " ", text).strip(" "))
    return shown if len(shown) <= 500 else shown[:499] + "…"


def inert(text: str) -> str:
    return COMMAND.sub(clean._broken, text)


@settings(max_examples=1000, deadline=None)
@given(ANY)
@example(EVIL)
@example(" " * 600)
@example("x" * 600)
@example(" a  b ")
def test_each_function_gives_what_its_expressions_alone_would(text: str) -> None:
    assert clean.visible(text) == visible(text)
    assert clean.word(text) == visible(text).replace("\t", "\\x09").replace("\n", "\\x0a")
    assert clean.line(text) == line(text)
    assert clean.inert(text) == inert(text)
    assert clean.xml(text) == NOT_XML.sub("\ufffd", visible(inert(text)))


def test_that_holds_for_each_two_characters_of_ascii() -> None:
    signs = [chr(code) for code in range(0x80)]
    for text in (first + second for first in signs for second in signs):
        assert clean.line(text) == line(text)
        assert clean.xml(text) == NOT_XML.sub("\ufffd", visible(inert(text)))
