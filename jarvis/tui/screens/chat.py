"""The main screen: what the keys do that have nothing to do with a reply."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events

from jarvis.errors import JarvisError
from jarvis.tui import fetch
from jarvis.tui.actions import Where, bindings
from jarvis.tui.screens.help import HelpScreen
from jarvis.tui.screens.replying import ReplyingScreen
from jarvis.tui.store.daemon_state import Offer, Online
from jarvis.tui.widgets.thread import Thread

QUIT_WITHIN_S: Final = 2.0
"""Two presses of ctrl+c further apart than this are two first presses."""

_NO_OFFERS: Final = "No other model was found: `jarvis models list` shows them all."


class ChatScreen(ReplyingScreen):
    """Does what the table of actions says, in its order."""

    BINDINGS: ClassVar = bindings(Where.ANYWHERE)
    _has_been_warned = False
    _interrupted_at_s = float("-inf")

    def on_key(self, event: events.Key) -> None:
        """A letter that is no key among the messages begins one."""
        is_bound = event.key in self.active_bindings
        if event.is_printable and event.character is not None and not is_bound:
            self._begin_to_write(event.character, event)

    def on_paste(self, event: events.Paste) -> None:
        """A paste among the messages begins one, too."""
        self._begin_to_write(event.text, event)

    def _begin_to_write(self, text: str, event: events.Key | events.Paste) -> None:
        if isinstance(self.focused, Thread) and self._store.open_chat is not None:
            event.stop()
            self.set_focus(self._reply.composer)
            self._reply.composer.insert(text)

    def action_search(self) -> None:
        """Look for messages; the search of before goes on."""
        # Its box and its rows: 20 ms that nobody pays who looks for nothing.
        from jarvis.tui.screens.search import SearchScreen

        if self._search_screen is None:
            self._search_screen = SearchScreen(
                *(self._client, self._search, self._store, self._clock),
                opened=lambda message: self.open_at(message.chat_id, message.id),
            )
            self.app.push_screen(self._search_screen, self._search_closed)

    def _search_closed(self, _: None) -> None:
        self._search_screen = None

    def action_next_unread(self) -> None:
        """Open the next conversation with a badge."""
        chat_id = self._store.inbox.next_unread(self._store.open_chat)
        if chat_id is None:
            self._tell("Everything is read.")
        else:
            self._open(chat_id)

    def action_retry(self) -> None:
        """Connect or read again without waiting."""
        if isinstance(self._store.link, Online):
            self._fetch_everything()
        else:
            self._client.retry_now()

    def action_use_offer(self) -> None:
        """Let the first of the models that were found write."""
        if self._store.offers:
            self._use(self._store.offers[0])
        else:
            self._tell(_NO_OFFERS)

    def action_choose_offer(self) -> None:
        """Ask which of them is to write."""
        if not self._store.offers:
            self._tell(_NO_OFFERS)
            return
        from jarvis.tui.screens.offers import OffersScreen

        self.app.push_screen(OffersScreen(self._store.offers, self._use))

    def _use(self, offer: Offer) -> None:
        self.run_worker(self._used(offer), group="model", exclusive=True)

    async def _used(self, offer: Offer) -> None:
        self._tell(f"{offer.title} is asked whether it can write.")
        try:
            await self._client.call("use_model", model=offer.name)
        except JarvisError as error:
            self._tell(str(error))
            return
        await fetch.fetch_status(self._client, self._store)
        await fetch.fetch_offers(self._client, self._store)
        self._tell(f"{offer.title} writes from now on.")

    def action_open(self) -> None:
        if self._list.chosen is not None:
            self._open(self._list.chosen)

    def action_thread_up(self) -> None:
        """A page of messages up: the composer is too short to page in."""
        self._thread.action_page_up()

    def action_thread_down(self) -> None:
        self._thread.action_page_down()

    def action_next_pane(self) -> None:
        self.focus_next()

    def action_previous_pane(self) -> None:
        self.focus_previous()

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_help(self) -> None:
        """The keys of where the focus is."""
        self.app.push_screen(HelpScreen(self._where()))

    def action_leave(self) -> None:
        """Leave; the daemon goes on. Asked for twice while something is being sent."""
        if self._store.outbox.is_sending and not self._has_been_warned:
            self._has_been_warned = True
            self._tell("A message is still being sent. ^q again quits all the same.")
        else:
            self.app.exit()

    def action_interrupt(self) -> None:
        """Clear what is written; where nothing is, leave the second time."""
        is_second = self._clock.elapsed_s() - self._interrupted_at_s < QUIT_WITHIN_S
        self._interrupted_at_s = self._clock.elapsed_s()
        if self._reply.composer.text:
            self._reply.composer.put("")
            self._tell("Cleared; ^z brings it back. ^c again quits.")
        elif is_second:
            self.action_leave()
        else:
            self._tell("^c again quits.")
