"""Subjects, and how far a dossier about one may look."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from ctpat_policy.dossiers.rows import Row


class Subject(NamedTuple):
    """What one verdict is about: the company, a site or a business partner."""

    scope: str
    id: str
    row: Row


class Sight(NamedTuple):
    """What may be looked at: of `kinds` the records that the subject sees (of no subject, all),
    of the kinds in `whole` every record.
    """

    kinds: Container[str]
    whole: Container[str]
    subject: Subject | None = None

    def reaches(self, kind: str, subject: Subject) -> bool:
        """Whether the records of a kind may be looked at that a subject sees."""
        mine = self.subject
        own = mine is None or (mine.id == subject.id and mine.scope == subject.scope)
        return (own and kind in self.kinds) or kind in self.whole
