"""What the reader does with a reply: drafts it, changes it, sends it, takes it back."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

from jarvis.errors import JarvisError
from jarvis.records import ChatId
from jarvis.tui.drafting import SUGGESTIONS, record_outcome
from jarvis.tui.screens.choice import Choice, ChoiceScreen
from jarvis.tui.screens.reading import ReadingScreen
from jarvis.tui.store.card import Outcome
from jarvis.tui.store.daemon_state import Online
from jarvis.tui.store.outbox import Outgoing, Progress
from jarvis.tui.store.pane import Pane
from jarvis.tui.text import when


class ReplyingScreen(ReadingScreen):
    """Each act is done in its key's own handling: the next key may rely on it."""

    _is_editing = False

    # --- drafts ---------------------------------------------------------------------------

    def action_draft(self, *, keep: bool = False) -> None:
        """Ask for drafts of the open conversation; `keep` the suggestions there are."""
        store, chat_id = self._store, self._store.open_chat
        if chat_id is None:
            self._tell("Open a conversation first: enter on its name.")
        elif not isinstance(store.link, Online):
            self._tell("Nobody is there to write it: Jarvis is not connected.")
        elif store.card_of(chat_id).is_live:
            self._tell("A draft is being written already; esc stops it.")
        else:
            card = store.card_of(chat_id)
            card.ask(self._clock.elapsed_s(), SUGGESTIONS, keep=keep)
            store.prepared.note(chat_id, is_ready=False)  # it is served but once
            store.touch(Pane.LIST | Pane.REPLY)
            # Not begun yet, so that one which is stopped at once is nobody's loose end.
            work: Callable[[], Awaitable[None]] = partial(self._drafting.run, chat_id)
            self.run_worker(work, group=f"draft {chat_id}")

    def action_draft_again(self) -> None:
        self.action_draft(keep=True)

    def action_step_back(self) -> None:
        """One step back: stop the draft, put it away, or return to the conversations."""
        card, chat_id = self._store.card, self._store.open_chat
        if card is None or chat_id is None or not card.is_open:
            self.set_focus(self._list)
        elif card.is_live:
            self._drafting.stop(chat_id)
            self.workers.cancel_group(self, f"draft {chat_id}")
        else:
            self._close(chat_id, card.dismissal)

    def _close(self, chat_id: ChatId, outcome: Outcome | None) -> None:
        """Put the draft away; the daemon is told what became of it."""
        self._store.card_of(chat_id).is_open = False
        self._store.touch(Pane.REPLY)
        if outcome is not None:
            work = record_outcome(self._client, chat_id, outcome)
            self.run_worker(work, group="feedback")

    def action_next_suggestion(self, step: int = 1) -> None:
        card = self._store.card
        if card is not None and card.is_open:
            card.walk(step)
            self._store.touch(Pane.REPLY)

    def action_previous_suggestion(self) -> None:
        self.action_next_suggestion(-1)

    def action_use_draft(self) -> None:
        """Put the shown suggestion into the composer; asks if something stands there."""
        card = self._store.card
        if card is None or card.current is None or not card.current.text:
            self._tell("There is no draft to use yet; ^g writes one.")
            return
        self._offer(card.current.text, "the draft")

    # --- the composer ---------------------------------------------------------------------

    def action_compose(self) -> None:
        # Not `focus`, which waits its turn behind the keys that were typed already.
        self.set_focus(self._reply.composer)

    def action_newline(self) -> None:
        self._reply.composer.insert("\n")

    def _offer(self, text: str, name: str, taken: Outgoing | None = None) -> None:
        """Put a text into the composer; asks if something else stands there."""
        chat_id = self._store.open_chat
        if chat_id is None:
            return
        use = partial(self._use_as, chat_id=chat_id, text=text, taken=taken)
        if self._reply.composer.text.strip() in ("", text.strip()):
            use(Choice.REPLACE)
        else:
            self.app.push_screen(ChoiceScreen(name, use))

    def _use_as(
        self, choice: Choice, *, chat_id: ChatId, text: str, taken: Outgoing | None
    ) -> None:
        """Do as the reader said, in the conversation that was open when it was asked."""
        if self._store.open_chat == chat_id:
            self.action_compose()
        if choice is Choice.KEEP:
            return
        written = self._written(chat_id).rstrip()
        is_more = choice is Choice.APPEND
        self._put(chat_id, f"{written} {text}" if is_more else text)
        if taken is not None:
            taken.is_taken_back = True
            self._store.touch(Pane.THREAD)
        else:
            self._store.card_of(chat_id).taken = text

    def action_edit(self) -> None:
        """Open what is written in the reader's own editor."""
        if self._store.open_chat is not None and not self._is_editing:
            self._is_editing = True
            work = self._edit(self._store.open_chat, self._reply.composer.text)
            self.run_worker(work, group="editor")

    async def _edit(self, chat_id: ChatId, text: str) -> None:
        from jarvis.tui import editor

        try:
            edited = await editor.edit(self.app, text, editor.command(os.environ))
        except JarvisError as error:
            self._tell(str(error))
        else:
            self._take_edited(chat_id, text, edited)
        finally:
            self._is_editing = False

    def _take_edited(self, chat_id: ChatId, text: str, edited: str) -> None:
        """Put the editor's text in place of the one it was given.

        What was typed in the composer meanwhile stays behind it.
        """
        written = self._written(chat_id)
        since = written.removeprefix(text) if written.startswith(text) else written
        self._put(chat_id, f"{edited}{since}")

    def _written(self, chat_id: ChatId) -> str:
        """What is written to a conversation by now, and not sent yet."""
        self._keep_written()
        return self._store.unsent.get(chat_id, "")

    def _put(self, chat_id: ChatId, text: str) -> None:
        """Let this stand in the composer of a conversation, open or not."""
        self._store.unsent[chat_id] = text
        if chat_id == self._store.open_chat:
            self._reply.composer.put(text)

    # --- sending --------------------------------------------------------------------------

    def action_submit(self) -> None:
        """Send what is written; where that cannot be, say why, and leave it where it is.

        It leaves the composer here and now: the next key belongs to the next message.
        """
        store, text = self._store, self._reply.composer.text
        chat_id = store.open_chat
        if chat_id is None or not text.strip() or self._is_editing:
            return  # what is typed on the way to an editor was meant for it
        if not isinstance(store.link, Online):
            self._tell("Not sent, kept here: Jarvis is not connected.")
        elif not store.can_send:
            work = self._copy(text, store.sender.refusal)
            self.run_worker(work, group="copy", exclusive=True)
        else:
            self._put(chat_id, "")
            self._begin(chat_id, text)

    async def _copy(self, text: str, refusal: str) -> None:
        from jarvis.tui.clipboard import copy

        is_copied = await copy(self.app, text)
        where = "kept here and copied" if is_copied else "kept here"
        self._tell(f"Not sent, {where}: {refusal}")

    def _begin(self, chat_id: ChatId, text: str) -> None:
        store, card = self._store, self._store.card_of(chat_id)
        now = when.stamp(self._clock.now())
        newest_id = store.page_of(chat_id).newest_id
        self._send(store.outbox.begin(str(uuid4()), chat_id, text, now, newest_id))
        if not card.is_live:
            self._close(chat_id, card.outcome_of(text))  # an answer was given
        store.page_of(chat_id).leave_visit()
        store.touch(Pane.THREAD)
        self._thread.follow()
        self._mark_read_if_seen()

    def action_take_back(self) -> None:
        """Put the newest message that was not sent into the composer."""
        outgoing = self._store.outbox.last_not_sent(self._store.open_chat)
        if outgoing is None:
            self._tell("There is nothing here that was not sent.")
            return
        if outgoing.progress is Progress.UNKNOWN:
            self._tell("It may still go out: sent again, it may arrive twice.")
        self._offer(outgoing.text, "what was not sent", outgoing)
