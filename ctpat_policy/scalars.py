"""What an unquoted scalar means where YAML 1.1 and 1.2 agree; else why it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum

MAX_DIGITS = 18
#: Decimals become floats, which hold fifteen digits without loss.
MAX_DECIMAL_DIGITS = 15


class Refused(Enum):
    """Why a plain scalar has no value: the code of the problem."""

    AMBIGUOUS = "yaml-ambiguous"
    NUMBER = "yaml-number"
    DATE = "yaml-date"


SAID: Mapping[Refused, str] = {
    Refused.AMBIGUOUS: "ambiguous: {} is text to some programs and not to others",
    Refused.NUMBER: "{} has more digits than every program keeps",
    Refused.DATE: "{} is no day of the calendar",
}

_TRUTH = "write true or false, without quotes; where a text is asked for, put it in quotes"
_TIME = 'write day and time as "2026-10-31T14:05:00-05:00", in quotes, with the offset from UTC'


def hint(text: str) -> str:
    """What helps with an ambiguous text that was meant as an answer or a time; empty for others."""
    if text in _TRUTHS.split():
        return _TRUTH
    return _TIME if _MOMENT.match(text) else ""


Plain = str | int | float | bool | None | Refused

_TRUTHS = "y Y yes Yes YES n N no No NO on On ON off Off OFF True TRUE False FALSE"
#: Words that some program reads as something else than text. `=` and `<<` are types of YAML 1.1.
WORDS: Mapping[str, Plain] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
} | dict.fromkeys([*_TRUTHS.split(), "Null", "NULL", "=", "<<"], Refused.AMBIGUOUS)
#: Only a scalar that begins with one of these can be a number or a time.
NUMBER_STARTS = frozenset("0123456789+-.")

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL = re.compile(r"-(?!0\.0*\Z)(?:0|[1-9][0-9]*)\.[0-9]+|(?:0|[1-9][0-9]*)\.[0-9]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt ]")
#: The union of what YAML 1.1, YAML 1.2 and their common readers take for a number or a time.
_NUMBER_TO_SOME = re.compile(
    r"""
      [-+]? [0-9] [0-9_]*                                     # 12  012  1_000  +1
    | [-+]? 0 [bB] [01_]+ | [-+]? 0 [oO] [0-7_]+ | [-+]? 0 [xX] [0-9a-fA-F_]+
    | [-+]? [0-9] [0-9_]* (?: : [0-5]?[0-9] )+ (?: \. [0-9_]* )?         # 22:15 in base 60
    | [-+]? (?: [0-9] [0-9_]* (?: \. [0-9_]* )? | \. [0-9_]+ ) (?: [eE] [-+]? [0-9]+ )?
    | [-+]? \. [iI][nN][fF] | \. [nN][aA][nN]
    | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: (?: [Tt] | [ ]+ ) [0-9]{1,2} : .* )?  # a time stamp
    """,
    re.VERBOSE | re.DOTALL,
)


def number(text: str) -> Plain:
    """The value of a plain scalar that begins with one of NUMBER_STARTS."""
    if _INTEGER.fullmatch(text):
        return int(text) if len(text.lstrip("-")) <= MAX_DIGITS else Refused.NUMBER
    if _DATE.fullmatch(text):
        return text if _is_day(text) else Refused.DATE
    if _DECIMAL.fullmatch(text):
        return float(text) if len(text.lstrip("-")) <= MAX_DECIMAL_DIGITS + 1 else Refused.NUMBER
    return Refused.AMBIGUOUS if _NUMBER_TO_SOME.fullmatch(text) else text


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
