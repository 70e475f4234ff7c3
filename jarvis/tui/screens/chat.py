"""The main screen's keys: what the reader does, each act in its key's own handling."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events

from jarvis.tui.actions import Where, bindings
from jarvis.tui.screens.help import HelpScreen
from jarvis.tui.screens.reading import ReadingScreen
from jarvis.tui.store.link import Online
from jarvis.tui.widgets.thread import Thread

QUIT_WITHIN_S: Final = 2.0
"""Two presses of ctrl+c further apart than this are two first presses."""


class ChatScreen(ReadingScreen):
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
        """So does a paste."""
        self._begin_to_write(event.text, event)

    def _begin_to_write(self, text: str, event: events.Key | events.Paste) -> None:
        if isinstance(self.focused, Thread) and self._store.open_chat is not None:
            event.stop()
            self.set_focus(self._desk.composer)
            self._desk.composer.insert(text)

    def action_draft(self) -> None:
        """Ask for drafts anew."""
        self._desk.ask(keep=False)

    def action_draft_again(self) -> None:
        """Ask for more drafts."""
        self._desk.ask(keep=True)

    def action_use_draft(self) -> None:
        """Take the shown candidate as text."""
        self._desk.use()

    def action_next_candidate(self) -> None:
        """Show the next candidate."""
        self._desk.walk(1)

    def action_previous_candidate(self) -> None:
        """Show the candidate before."""
        self._desk.walk(-1)

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

    def action_step_back(self) -> None:
        """One step back: stop the draft, put it away, or return to the conversations."""
        if not (self._desk.stop() or self._desk.put_away()):
            self.set_focus(self._list)

    def action_open(self) -> None:
        """Open the conversation under the cursor."""
        if self._list.chosen is not None:
            self._open(self._list.chosen)

    def action_compose(self) -> None:
        """Go to the composer."""
        self.set_focus(self._desk.composer)

    def action_submit(self) -> None:
        """Send what is written."""
        self._desk.submit()

    def action_newline(self) -> None:
        """Break the line that is written."""
        self._desk.composer.insert("\n")

    def action_edit(self) -> None:
        """Write in an editor."""
        self._desk.edit()

    def action_thread_up(self) -> None:
        """A page of messages up: the composer is too short to page in."""
        self._thread.action_page_up()

    def action_thread_down(self) -> None:
        """A page of messages down."""
        self._thread.action_page_down()

    def action_next_pane(self) -> None:
        """Move the focus on."""
        self.focus_next()

    def action_previous_pane(self) -> None:
        """Move the focus back."""
        self.focus_previous()

    def action_palette(self) -> None:
        """Find an act by name."""
        self.app.action_command_palette()

    def action_help(self) -> None:
        """The keys of where the focus is."""
        self.app.push_screen(HelpScreen(self._where()))

    def action_take_back(self) -> None:
        """Take back what was not sent."""
        self._desk.take_back()

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
        if self._desk.composer.text:
            self._desk.composer.put("")
            self._tell("Cleared; ^z brings it back. ^c again quits.")
        elif is_second:
            self.action_leave()
        else:
            self._tell("^c again quits.")
