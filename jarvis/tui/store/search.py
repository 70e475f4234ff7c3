"""The search as it stands: what was typed, what was found, and how far that can be trusted.

Answers come with the number of their question; those to an older one change nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from jarvis.protocol.methods.search import IndexState, SearchHit, SearchResults

MORE_WITHIN = 5
"""How near the last hit the following ones are asked for."""


class Search:
    """One search; it stays as it is while its screen is closed."""

    def __init__(self) -> None:
        """Look for nothing yet."""
        self.typed = ""
        self.is_here_only = False
        """Whether only the open conversation is searched."""
        self.hits: list[SearchHit] = []
        self.chosen = 0
        self.answer: SearchResults | None = None
        """The latest page: in which mode it was found, why not in another."""
        self.failure: str | None = None
        """Why there is no answer, in a sentence."""
        self.hints: tuple[str, ...] = ()
        """What the filters lack."""
        self.index: IndexState | None = None
        self.is_asking = False
        self.is_loading_more = False
        self.number = 0
        """Of the question that is asked now; rises with each."""
        self.on_change: Callable[[], None] = lambda: None
        """Called at the first change after `take_change`."""
        self._has_changed = False

    def touch(self) -> None:
        """What shows of it is drawn anew, once, however often it changes."""
        is_first, self._has_changed = not self._has_changed, True
        if is_first:
            self.on_change()

    def take_change(self) -> None:
        """It is drawn as it is now."""
        self._has_changed = False

    @property
    def current(self) -> SearchHit | None:
        """The hit under the cursor."""
        return self.hits[self.chosen] if self.hits else None

    @property
    def wants_more(self) -> bool:
        """Whether the cursor comes near the last hit and there are others."""
        has_next = self.answer is not None and self.answer.next is not None
        is_near = self.chosen >= len(self.hits) - MORE_WITHIN
        return has_next and is_near and not self.is_asking and not self.is_loading_more

    def type(self, typed: str) -> None:
        """Other words are looked for."""
        self.typed = typed
        self.begin()

    def begin(self) -> None:
        """A question is to be asked: what was asked before is answered for nobody."""
        self.number += 1
        self.is_asking = True
        self.is_loading_more = False
        self.touch()

    def rest(self) -> None:
        """Nothing is asked."""
        self.hits, self.chosen, self.answer, self.failure = [], 0, None, None
        self.is_asking = False
        self.touch()

    def take(self, number: int, answer: SearchResults) -> None:
        """The first page of an answer."""
        if number != self.number:
            return
        self.hits, self.chosen = list(answer.results), 0
        self.answer, self.failure, self.is_asking = answer, None, False
        self.touch()

    def extend(self, number: int, answer: SearchResults) -> None:
        """The following page."""
        if number != self.number:
            return
        self.hits += answer.results
        self.answer, self.is_loading_more = answer, False
        self.touch()

    def fail(self, number: int, sentence: str) -> None:
        """There is no answer; what is found no longer answers what is typed."""
        if number != self.number:
            return
        self.hits, self.chosen, self.answer = [], 0, None
        self.failure, self.is_asking, self.is_loading_more = sentence, False, False
        self.touch()

    def walk_to(self, position: int) -> None:
        """Put the cursor on another hit."""
        self.chosen = min(max(position, 0), max(0, len(self.hits) - 1))
        self.touch()

    def note_index(self, state: IndexState) -> bool:
        """Take how far the index is; whether more may be found than before."""
        before, self.index = self.index, state
        self.touch()
        return state.state == "ready" and before is not None and before.state != "ready"
