"""Search by meaning: hits come as a question is typed; enter opens one where it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from jarvis.protocol.methods.search import FoundMessage
from jarvis.tui.actions import Where, bindings
from jarvis.tui.client import ClientLike
from jarvis.tui.clipboard import copy
from jarvis.tui.clock import Clock
from jarvis.tui.keys import WAIT_WITHIN_S
from jarvis.tui.screens.help import HelpScreen
from jarvis.tui.searching import Searching
from jarvis.tui.store.daemon_state import Online
from jarvis.tui.store.search import Search
from jarvis.tui.store.store import Store
from jarvis.tui.text import search_facts
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.message_rows import Part
from jarvis.tui.widgets.search_hits import HitContext, SearchHits
from jarvis.tui.widgets.strips import entitle

PAUSE_S: Final = 0.15
"""After the last key: whoever types on has not asked yet."""
_STYLES: Final = {
    "heading": "bold",
    "fact": "$text-muted",
    "hint": "$text-muted",
    "warn": "$warning",
    "bad": "$error",
}
_KEYS: Final = "↑↓ choose · enter opens there · tab {other} · ^y copies · esc back"
_MOST_TYPED: Final = 500
"""Letters of a question; a longer one says no more."""


class QuestionBox(Input):
    """What is looked for; its keys are those of the search."""

    BINDINGS: ClassVar = bindings(Where.SEARCH)

    def __init__(self, typed: str, *, id: str | None = None) -> None:
        """Hold what was typed before, ready to be typed over."""
        super().__init__(
            typed,
            id=id,
            placeholder="who asked about the boots",
            compact=True,
            max_length=_MOST_TYPED,
        )
        self.cursor_blink = False


class Lines(Static):
    """Sentences, each in its colour; hidden while there are none."""

    def __init__(self, *, id: str | None = None) -> None:
        """Show nothing; a stranger's words are never read as markup."""
        super().__init__(id=id, markup=False)
        self._shown: list[Part] = []

    def show(self, lines: list[Part]) -> None:
        """Show these."""
        self.display = bool(lines)
        if lines != self._shown:
            self._shown = lines
            styled = [Content.styled(text, _STYLES[style]) for style, text in lines]
            self.update(Content("\n").join(styled))


class SearchScreen(ModalScreen[None]):
    """A box, what is found under it, and what is to be known of that."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012  # so in Textual
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    AUTO_FOCUS: ClassVar = "#question"
    BINDINGS: ClassVar = [("f1", "help", "Help")]
    CSS = """
    SearchScreen { align: center middle; background: $background 40%; }
    #search {
        width: 100%; max-width: 110; height: 90%; padding: 0 1;
        border: round $accent; border-title-color: $accent; background: $surface;
        border-subtitle-color: $text-muted;
    }
    SearchScreen.-narrow #search, SearchScreen.-low #search { height: 100%; }
    #question { background: $panel; margin: 0 0 1 0; padding: 0 1; }
    #question > .input--placeholder { color: $text-muted; }
    SearchScreen.-low #question { margin: 0; }
    #hits {
        height: 1fr; background: $surface; overflow-x: hidden; overflow-y: scroll;
        scrollbar-size-vertical: 1; scrollbar-color: $border-blurred;
        scrollbar-color-hover: $border; scrollbar-color-active: $primary;
        scrollbar-background: $surface; scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
    }
    #notes { height: 1fr; padding: 1 1; background: $surface; }
    #beside {
        height: 7; background: $surface; border-top: round $border-blurred;
        border-title-color: $text-muted;
    }
    SearchScreen.-low #beside, #beside.-empty { display: none; }
    #facts {
        height: auto; max-height: 4; padding: 0 1; background: $surface;
        border-top: round $border-blurred;
    }
    SearchScreen.-low #facts { max-height: 2; }
    """

    def __init__(
        self,
        client: ClientLike,
        search: Search,
        store: Store,
        clock: Clock,
        opened: Callable[[FoundMessage], None],
    ) -> None:
        """Go on with a search; `opened` is told which message the reader wants to see."""
        super().__init__()
        self._search = search
        self._store = store
        self._clock = clock
        self._opened = opened
        self._searching = Searching(client, search, clock)
        self._pause: Timer | None = None
        self._asking: Worker[None] | None = None
        self._said: str | None = None
        self.redraws = 0
        """How often it was drawn: at most once a turn of the loop."""

    def compose(self) -> ComposeResult:
        """The box above, what is known below, and between them what is found."""
        self._box = QuestionBox(self._search.typed, id="question")
        self._notes = Lines(id="notes")
        self._hits = SearchHits(self._clock, id="hits")
        self._beside = HitContext(self._clock, id="beside")
        self._facts = Lines(id="facts")
        with Vertical(id="search") as self._frame:
            yield self._box
            yield self._notes
            yield self._hits
            yield self._beside
            yield self._facts

    def on_mount(self) -> None:
        """Show what was found before, and what changes from now on."""
        self._search.on_change = partial(self.call_next, self._redraw)
        self._search.take_change()
        self._redraw()
        self.link_changed()

    def on_unmount(self) -> None:
        """Draw no more."""
        self._search.on_change = lambda: None

    def link_changed(self) -> None:
        """The daemon answers again, and is asked what it did not answer; or it does not."""
        search = self._search
        if isinstance(self._store.link, Online):
            # The application's, for it is to end in order when this screen has gone.
            self.app.run_worker(self._searching.follow_index(), group="index")
            if search.is_asking or search.failure is not None:
                self._ask()
        search.touch()

    def ask_again(self) -> None:
        """More may be found by now; a reader who went down the hits keeps them."""
        search = self._search
        is_answered = search.answer is not None and not search.is_asking
        if is_answered and not search.chosen:
            self._ask()

    def _redraw(self) -> None:
        """Draw the search as it is, once for all that changed."""
        search = self._search
        search.take_change()
        self.redraws += 1
        is_online = isinstance(self._store.link, Online)
        notes = search_facts.notes(search)
        self._notes.show(notes)
        self._hits.display = not notes
        self._beside.set_class(search.current is None, "-empty")
        self._hits.show(search.hits, search.chosen)
        self._beside.show(search.current)
        self._facts.show(search_facts.facts(search, is_online=is_online))
        place, other = self._places()
        entitle(
            self._frame, f"Search · {place}", self._said or _KEYS.format(other=other)
        )

    def _places(self) -> tuple[str, str]:
        """Where is looked, and where the other key press would look."""
        conversation = self._store.conversation
        if not self._search.is_here_only or conversation is None:
            return "everywhere", "this chat"
        return f"only in {one_line(conversation.display_name)}", "everywhere"

    # --- asking ---------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask when the reader pauses."""
        self._take_typed(event.value)

    def _take_typed(self, typed: str) -> None:
        if typed == self._search.typed:
            return
        self._said = None
        self._search.type(typed)
        question = self._searching.question()
        self._search.hints = question.hints
        self._wait_no_more()
        if question.is_empty:
            self.workers.cancel_group(self, "search")
            self._search.rest()
        else:
            self._pause = self.set_timer(PAUSE_S, self._ask)

    def _wait_no_more(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _ask(self) -> None:
        self._wait_no_more()
        self._search.begin()
        work = self._searching.ask(self._store.open_chat)
        self._asking = self.run_worker(work, group="search", exclusive=True)

    async def _until_answered(self) -> None:
        """What was found for fewer words is not what the reader means."""
        if self._pause is not None:
            self._ask()
        if self._asking is not None:
            with suppress(TimeoutError, WorkerCancelled, WorkerFailed):
                async with asyncio.timeout(WAIT_WITHIN_S):
                    await self._asking.wait()

    # --- what the keys do -----------------------------------------------------------------

    async def action_choose_hit(self) -> None:
        """Open the conversation where the hit under the cursor stands."""
        self._take_typed(self._box.value)
        if self._search.is_asking:
            await self._until_answered()
        hit = self._search.current
        if hit is not None and not self._search.is_asking:
            self.action_close_search()
            self._opened(hit.message)

    def action_close_search(self) -> None:
        """Back to where the reader was."""
        self.app.run_worker(self._searching.leave_index(), group="index")
        self.dismiss()

    def action_next_hit(self) -> None:
        self._walk(1)

    def action_previous_hit(self) -> None:
        self._walk(-1)

    def action_hits_down(self) -> None:
        self._walk(self._hits.in_view - 1)

    def action_hits_up(self) -> None:
        self._walk(1 - self._hits.in_view)

    def _walk(self, step: int) -> None:
        self._said = None
        self._search.walk_to(self._search.chosen + step)
        if self._search.wants_more:
            self.run_worker(self._searching.ask_for_more(), group="more")

    @on(SearchHits.Chosen)
    async def _choose_clicked(self, message: SearchHits.Chosen) -> None:
        self._search.walk_to(message.position)
        await self.action_choose_hit()

    def action_toggle_here(self) -> None:
        """Look in the open conversation only, or in all again."""
        if self._store.open_chat is not None:
            self._search.is_here_only = not self._search.is_here_only
            self._search.touch()
            if not self._searching.question().is_empty:
                self._ask()

    def action_copy_hit(self) -> None:
        """Copy the whole text of the hit."""
        if self._search.current is not None:
            work = self._copy(self._search.current.message.text)
            self.run_worker(work, group="copy", exclusive=True)

    async def _copy(self, text: str) -> None:
        is_copied = await copy(self.app, text)
        self._said = "Copied." if is_copied else "Too long to be copied."
        self._search.touch()

    def action_help(self) -> None:
        """The keys of the search."""
        self.app.push_screen(HelpScreen(Where.SEARCH))
