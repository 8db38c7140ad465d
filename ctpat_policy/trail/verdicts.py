"""What the verdicts were in past states, and after each change."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ctpat_policy.cache import Cache, ReadOnly, key_of
from ctpat_policy.catalog import Catalog
from ctpat_policy.chronicle import Counts, Entry, Standing, Turned
from ctpat_policy.concern import Concern
from ctpat_policy.errors import UsageError
from ctpat_policy.model import MUST, SHOULD
from ctpat_policy.precedents import Precedents, Verdicts
from ctpat_policy.reading import Reader
from ctpat_policy.request import Request
from ctpat_policy.trail.chain import Trail
from ctpat_policy.trail.recalling import Recalling
from ctpat_policy.trail.repository import Repository
from ctpat_policy.trail.revision import Revision

#: From so many states on, several processes share them.
WORTH_A_PROCESS = 4
#: How many times what a state holds is remembered at most.
ROOM = 2
#: A commit, and the day to judge it on.
State = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges past states of what a question is about; what it said of one is kept."""

    repository: Repository
    law: Catalog
    reader: Reader
    request: Request
    about: Concern
    #: Is told which day is being judged.
    say: Callable[[str], None] | None = None

    def at(self, states: Sequence[State]) -> Iterator[Verdicts]:
        """The verdicts of each state, in order."""
        found = self._known("verdicts", states)
        return ({tuple(key): verdict for *key, verdict in rows} for rows in found)

    def counted(self, states: Sequence[State]) -> Iterator[Counts]:
        """The number of rows of each state by level and verdict, in order."""
        return self._known("counts", states)

    def _known(self, what: str, states: Sequence[State]) -> Iterator[Any]:
        """In order, what is told of the verdicts of each state, as plain values."""
        keys = {state: self.key(what, state) for state in states}
        texts = self.reader.cache.get(keys.values())
        known = {key: _value(text) for key, text in texts.items()}
        missing = [state for state, key in keys.items() if known.get(key) is None]
        for state, text in _fresh(self, missing, what):
            known[keys[state]] = json.loads(text)
        return (known[keys[state]] for state in states)

    def key(self, what: str, state: State) -> str:
        """What is told of a state is kept by this."""
        commit, day = state
        source = Revision(self.repository, commit)
        request = asdict(self.past(day))
        # What is said of the past stays so tomorrow: only findings hang on the true date.
        del request["real_today"]
        asked = json.dumps([request, self.about.site, self.about.partner])
        return key_of(what, self.law.schemas.digest, source.identity(), asked)

    def past(self, day: str) -> Request:
        """What is asked of the state of a day."""
        criteria = (self.about.criterion,) if self.about.criterion else ()
        return replace(self.request, today=day, criteria=criteria)


@dataclass(frozen=True, slots=True)
class _Sitting:
    """Judges states in the order of their days: what they share is read once, and who stands on
    the same ground is judged once. `blobs` are by their ids; those in `last` are needed until then.
    """

    judge: Judge
    what: str
    reader: Recalling
    blobs: dict[str, bytes] = field(default_factory=dict)
    last: set[str] = field(default_factory=set)
    precedents: Precedents = field(default_factory=Precedents)

    def text(self, state: State) -> str:
        """What is told of the verdicts of a state, as JSON: little has to travel.

        It is kept as soon as it is known, so that nothing is lost to whoever stops the others.
        """
        told = json.dumps(_TOLD[self.what](self._verdicts(state)), ensure_ascii=False)
        self.judge.reader.cache.put({self.judge.key(self.what, state): told})
        return told

    def begin(self, last: State) -> None:
        """Read what the last state holds, as it is nearly all that is in the others."""
        from ctpat_policy.filing import gather
        from ctpat_policy.judgement import kinds_behind

        commit, day = last
        law = self.judge.law
        source = Revision(self.judge.repository, commit, self.blobs)
        gather(source, law, self.reader, kinds_behind(law, self.judge.past(day)))
        self.last.update(entry.blob for entry in source.entries.values())

    def _verdicts(self, state: State) -> Verdicts:
        from ctpat_policy.judgement import verdicts  # not loaded where all is known

        commit, day = state
        asked = self.judge
        if asked.say is not None:
            asked.say(f"judging {day}")
        source = Revision(asked.repository, commit, self.blobs)
        gc.freeze()  # what is read already stays, so nobody needs to look through it
        try:
            request, about = asked.past(day), asked.about.judges
            return verdicts(source, asked.law, request, self.reader, self.precedents, about)
        except UsageError:
            return {}  # on that day no account was judged by the criterion
        finally:
            self._forget(source)
            gc.collect()  # nobody else does, and one state after another would stay

    def _forget(self, source: Revision) -> None:
        """Let go what only other states hold, now and then: a long history is to take no more
        room than a large state.
        """
        needed = self.last | {entry.blob for entry in source.entries.values()}
        if len(self.blobs) > ROOM * max(len(needed), 1):
            for blob in self.blobs.keys() - needed:
                del self.blobs[blob]
            self.reader.keep(self.blobs.values())


def _fresh(asked: Judge, states: Sequence[State], what: str) -> Iterator[tuple[State, str]]:
    """Each state with what is told of it; by several processes where it pays.

    The cache is only asked for documents: what is told here is known the next time without them.
    """
    count = asked.reader.processes
    behind = Reader(ReadOnly(asked.reader.cache), count)
    sitting = _Sitting(asked, what, Recalling(Cache(None), count, behind=behind))
    try:
        if count > 1 and len(states) >= WORTH_A_PROCESS:
            from ctpat_policy.parallel import shared_out  # not loaded where all is known

            # Read by all processes together; then each judges one state after the other.
            sitting.begin(states[-1])
            alone = replace(sitting, reader=sitting.reader.alone())
            (texts,) = shared_out(alone.text, [states], count)
            yield from zip(states, texts, strict=True)
            return
        yield from ((state, sitting.text(state)) for state in states)
    finally:
        gc.unfreeze()


def _listed(verdicts: Verdicts) -> list[list[str]]:
    return [[*key, verdict] for key, verdict in verdicts.items()]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def with_standings(trail: Trail, entries: Sequence[Entry], judge: Judge) -> list[Entry]:
    """The entries (newest first), each with the verdicts after it, judged on its day.

    A row has turned against the entry before; for the oldest, against the commit before it.
    """
    if not entries:
        return []
    numbers = {step.commit.id: step.number for step in trail.steps}
    start = numbers[entries[-1].hand.commit]
    states = [(step.commit.id, step.day) for step in trail.steps[:start][-1:]]
    found = judge.at([*states, *((e.hand.commit, e.day) for e in reversed(entries))])
    before = next(found) if states else {}
    told = []
    for entry, after in zip(reversed(entries), found, strict=True):
        standing = Standing(counts(after), tuple(_turned(before, after)))
        told.append(replace(entry, standing=standing))
        before = after
    return told[::-1]


def counts(verdicts: Verdicts) -> Counts:
    """The number of rows by level and verdict."""
    found = Counter((level, verdict) for (_, _, level, _), verdict in verdicts.items())
    levels = (level for level in (MUST, SHOULD) if any(lv == level for lv, _ in found))
    return {
        level: {verdict: n for (lv, verdict), n in sorted(found.items()) if lv == level}
        for level in levels
    }


#: What is told of the verdicts of a state, by what is asked.
_TOLD: Mapping[str, Callable[[Verdicts], Any]] = {"verdicts": _listed, "counts": counts}


def _turned(before: Verdicts, after: Verdicts) -> Iterator[Turned]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            account, _, level, subject = key
            yield Turned(account, level, subject, old, new)
