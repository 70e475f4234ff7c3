"""The lower half of the reading pane: the draft being written, and the composer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker

from jarvis.client import Client
from jarvis.errors import JarvisError
from jarvis.records import ChatId
from jarvis.tui import editor
from jarvis.tui.clipboard import copy
from jarvis.tui.clock import Clock
from jarvis.tui.drafting import CANDIDATES, Drafting
from jarvis.tui.feedback import record_outcome
from jarvis.tui.screens.choice import Choice, ChoiceScreen
from jarvis.tui.sending import Sending
from jarvis.tui.store.card import Card, Outcome, Phase
from jarvis.tui.store.link import Online
from jarvis.tui.store.outbox import Outgoing, Progress
from jarvis.tui.store.store import Store
from jarvis.tui.text import card_words, titles, when
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.draft_card import DraftCard
from jarvis.tui.widgets.strips import entitle

TICK_S: Final = 1 / 30
"""Streams are drawn this often, whatever their speed: more cannot be read."""


class Desk(Vertical):
    """Where a reply is made: drafts are asked for here, and become text in the composer.

    A draft belongs to its conversation: it goes on when another one is opened.
    """

    class Changed(Message):
        """A draft was asked for, or ended."""

    @dataclass
    class Sent(Message):
        """Something was sent, or how far it came has changed."""

        chat_id: ChatId
        is_new: bool = False

    @dataclass
    class News(Message):
        """One sentence for the reader."""

        sentence: str

    def __init__(
        self, client: Client, store: Store, clock: Clock, *, id: str | None = None
    ) -> None:
        """Begin with an empty desk."""
        super().__init__(id=id)
        self._client = client
        self._store = store
        self._clock = clock
        self._drafting = Drafting(client, store, clock)
        self._sending = Sending(client, store)
        self._requests: dict[ChatId, Worker[None]] = {}
        self._is_editing = False
        self.ticks = 0
        """How often the timer has drained; it stands still while nothing streams."""

    def compose(self) -> ComposeResult:
        """The draft above the composer."""
        yield DraftCard(id="draft")
        yield Composer(id="composer")

    def on_mount(self) -> None:
        """The one timer of all streams, which runs only while one is live."""
        self._ticker = self.set_interval(TICK_S, self.tick, pause=True)

    @property
    def composer(self) -> Composer:
        """Where the reader writes."""
        return self.query_one(Composer)

    # --- showing ------------------------------------------------------------------------

    def show(self) -> None:
        """Show the draft of the open conversation, and what may be done with it."""
        self.show_card()
        title = titles.composer_title(self._store.sender)
        keys = titles.composer_keys(
            is_online=isinstance(self._store.link, Online),
            can_send=self._store.can_send,
        )
        entitle(self.composer, title, keys)
        self.composer.display = self._store.open_chat is not None

    def show_card(self) -> None:
        """Show the draft of the open conversation as it is now."""
        widget, card = self.query_one(DraftCard), self._store.card
        if card is None:
            widget.display = False
            return
        facts = card_words.title(
            card,
            self._store.model,
            self._clock.elapsed_s(),
            is_warming_up=self._store.is_warming_up,
        )
        widget.show(card, facts, titles.card_keys(card))

    def take_up(self) -> None:
        """Put back what was written to the conversation that has been opened."""
        chat_id = self._store.open_chat
        self.composer.take_up(self._store.unsent.get(chat_id, "") if chat_id else "")

    @on(Composer.Changed)
    def put_down(self) -> None:
        """Keep what is written to the open conversation."""
        if self._store.open_chat is not None:
            self._store.unsent[self._store.open_chat] = self.composer.text

    # --- drafts ---------------------------------------------------------------------------

    def ask(self, *, keep: bool) -> None:
        """Ask for drafts of the open conversation; `keep` the candidates there are."""
        chat_id, card = self._store.open_chat, self._store.card
        if chat_id is None or card is None:
            self._tell("Open a conversation first: enter on its name.")
        elif not isinstance(self._store.link, Online):
            self._tell("Nobody is there to write it: Jarvis is not connected.")
        elif card.is_live:
            self._tell("A draft is being written already; esc stops it.")
        else:
            card.ask(self._clock.elapsed_s(), CANDIDATES, keep=keep)
            self._requests[chat_id] = self.run_worker(
                partial(self._draft, chat_id), group=f"draft {chat_id}"
            )
            self._ticker.resume()
            self.show_card()
            self.post_message(self.Changed())

    async def _draft(self, chat_id: ChatId) -> None:
        try:
            await self._drafting.run(chat_id)
        finally:
            # The end is drawn at once, not at the next tick.
            if self.is_running:
                self._draft_ended()

    def _draft_ended(self) -> None:
        if not self._store.live_chats:
            self._ticker.pause()
        self.show_card()
        self.post_message(self.Changed())

    def tick(self) -> None:
        """Draw what has gathered of all streams; only the open conversation's shows."""
        self.ticks += 1
        before = self._shown_phase()
        self._drafting.drain()
        self.show_card()
        if self._shown_phase() is not before:
            self.post_message(self.Changed())  # other keys make sense now

    def _shown_phase(self) -> Phase | None:
        return None if self._store.card is None else self._store.card.phase

    def stop(self) -> bool:
        """Stop the open conversation's draft; False when none is being written."""
        card, chat_id = self._store.card, self._store.open_chat
        if card is None or chat_id is None or not card.is_live:
            return False
        self._drafting.stop(chat_id)
        self._requests[chat_id].cancel()
        self._draft_ended()
        return True

    def put_away(self) -> bool:
        """Close the draft that is shown; False when there is none."""
        card = self._store.card
        if card is None or not card.is_open:
            return False
        self._record(self._store.open_chat, card.dismissal)
        self._close(card)
        return True

    def _close(self, card: Card) -> None:
        card.is_open = False
        self.show_card()
        self.post_message(self.Changed())

    def _record(self, chat_id: ChatId | None, outcome: Outcome | None) -> None:
        """Tell the daemon what became of a draft; it learns from that."""
        if chat_id is not None and outcome is not None:
            work = record_outcome(self._client, chat_id, outcome)
            self.run_worker(work, group="feedback")

    def walk(self, step: int) -> None:
        """Show another candidate."""
        card = self._store.card
        if card is not None and card.is_open:
            card.walk(step)
            self.show_card()

    # --- the composer ------------------------------------------------------------------

    def use(self) -> None:
        """Put the shown candidate into the composer; asks if something stands there."""
        card = self._store.card
        if card is None or card.current is None or not card.current.text:
            self._tell("There is no draft to use yet; ^g writes one.")
            return
        self._offer(card.current.text, "the draft")

    def _offer(self, text: str, name: str, taken: Outgoing | None = None) -> None:
        """Put a text into the composer; asks if something else stands there."""
        chat_id = self._store.open_chat
        if chat_id is None:
            return
        use = partial(self._use_as, chat_id=chat_id, text=text, taken=taken)
        if self.composer.text.strip() in ("", text.strip()):
            use(Choice.REPLACE)
        else:
            self.app.push_screen(ChoiceScreen(name, use))

    def _use_as(
        self, choice: Choice, *, chat_id: ChatId, text: str, taken: Outgoing | None
    ) -> None:
        """Do as the reader said, in the conversation that was open when it was asked."""
        if self._store.open_chat == chat_id:
            self._focus_composer()
        if choice is Choice.KEEP:
            return
        standing = self._standing(chat_id).rstrip()
        is_more = choice is Choice.APPEND
        self._put(chat_id, f"{standing} {text}" if is_more else text)
        if taken is not None:
            taken.is_taken_back = True
            self.post_message(self.Sent(taken.chat_id))
        else:
            self._store.card_of(chat_id).taken = text

    def edit(self) -> None:
        """Open what is written in the reader's own editor."""
        if self._store.open_chat is not None and not self._is_editing:
            self._is_editing = True
            work = self._edit(self._store.open_chat, self.composer.text)
            self.run_worker(work, group="editor")

    async def _edit(self, chat_id: ChatId, text: str) -> None:
        try:
            edited = await editor.edit(self.app, text, editor.command(os.environ))
        except JarvisError as error:
            self._tell(str(error))
        else:
            self._take_edited(chat_id, text, edited)
        finally:
            self._is_editing = False

    def _take_edited(self, chat_id: ChatId, text: str, edited: str) -> None:
        """The editor's text for the one it was given; what was typed meanwhile stays."""
        standing = self._standing(chat_id)
        since = standing.removeprefix(text) if standing.startswith(text) else standing
        self._put(chat_id, f"{edited}{since}")

    def _standing(self, chat_id: ChatId) -> str:
        """What is written to a conversation by now, sent or not yet."""
        self.put_down()
        return self._store.unsent.get(chat_id, "")

    def _put(self, chat_id: ChatId, text: str) -> None:
        """Let this stand in the composer of a conversation, open or not."""
        self._store.unsent[chat_id] = text
        if chat_id == self._store.open_chat:
            self.composer.put(text)

    # --- sending --------------------------------------------------------------------------

    def submit(self) -> None:
        """Send what is written; where that cannot be, say why, and leave it where it is.

        It leaves the composer here and now: the next key belongs to the next message.
        """
        store, chat_id, text = self._store, self._store.open_chat, self.composer.text
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
        is_copied = await copy(self.app, text)
        where = "kept here and copied" if is_copied else "kept here"
        self._tell(f"Not sent, {where}: {refusal}")

    def _begin(self, chat_id: ChatId, text: str) -> None:
        store = self._store
        outgoing = store.outbox.begin(
            str(uuid4()),
            chat_id,
            text,
            when.stamp(self._clock.now()),
            store.page_of(chat_id).newest_id,
        )
        self._ask_to_send(outgoing)
        card = store.card
        if card is not None and not card.is_live:
            self._record(chat_id, card.outcome_of(text))
            self._close(card)  # an answer was given
        self.post_message(self.Sent(chat_id, is_new=True))

    def ask_again(self) -> None:
        """Somebody answers again: learn what became of what was on its way."""
        for outgoing in self._store.outbox.lost:
            self._ask_to_send(outgoing)

    def _ask_to_send(self, outgoing: Outgoing) -> None:
        work = self._send(outgoing)
        self.run_worker(work, group=f"send {outgoing.key}", exclusive=True)

    async def _send(self, outgoing: Outgoing) -> None:
        refusal = await self._sending.run(outgoing)
        if refusal is not None:
            self._tell(f"Not sent, F4 takes it back: {refusal}")
        self.post_message(self.Sent(outgoing.chat_id))

    def take_back(self) -> None:
        """Put the newest message that was not sent into the composer."""
        outgoing = self._store.outbox.last_not_sent(self._store.open_chat)
        if outgoing is None:
            self._tell("There is nothing here that was not sent.")
            return
        if outgoing.progress is Progress.UNKNOWN:
            self._tell("It may still go out: sent again, it may arrive twice.")
        self._offer(outgoing.text, "what was not sent", outgoing)

    def _focus_composer(self) -> None:
        # Not `focus`, which waits its turn behind the keys that were typed already.
        self.screen.set_focus(self.composer)

    def _tell(self, sentence: str) -> None:
        self.post_message(self.News(sentence))
