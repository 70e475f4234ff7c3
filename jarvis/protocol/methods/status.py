"""The daemon itself: who answers, how each of its parts is, and what it forgets.

Members with a default came after the first release: an older daemon leaves them out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from jarvis.protocol.methods.base import Params, described
from jarvis.protocol.methods.search import IndexState
from jarvis.records import Record

PingStatus = Literal["ok", "starting", "degraded", "draining"]


class Ping(Record, frozen=True, kw_only=True):
    """Who answers, and whether it can work. `timestamp`: seconds since 1970."""

    status: PingStatus
    timestamp: float
    version: str
    protocol_version: int
    pid: int
    epoch: str | None
    uptime_s: float
    models_ready: bool
    can_send: bool


class HelloParams(Params, frozen=True):
    """What a client is going to do; nothing depends on its saying so."""

    drafts: Annotated[
        bool, described("Ask for drafts: the model is loaded now, where there is room.")
    ] = False


class DaemonStatus(Record, frozen=True, kw_only=True):
    """The process, and the paths of its home, its socket and its log."""

    status: PingStatus
    pid: int
    version: str
    protocol_version: int
    uptime_s: float
    rss_bytes: int
    home: str
    socket: str
    log: str


class StoresStatus(Record, frozen=True, kw_only=True):
    """The databases: chat.db, which is only read, and jarvis.db.

    `problem`: why messages cannot be read. `notice`: what was mended in jarvis.db.
    `waiting_rows` were seen and are not whole yet; `uncounted_rows` are those whose
    messages the list does not count yet. Null: not known until the databases are open.
    """

    chat_db: str
    problem: str | None
    jarvis_db: str
    notice: str | None
    epoch: str | None
    seq: int | None
    conversations: int | None
    waiting_rows: int | None
    uncounted_rows: int | None = None


class ContactsStatus(Record, frozen=True, kw_only=True):
    """The AddressBook: in `sources` its databases, in `problems` what cannot be read.

    `shared_addresses`: how many addresses stand on more than one card.
    """

    location: str
    names: int | None
    shared_addresses: int | None = None
    sources: tuple[str, ...]
    problems: tuple[str, ...]


class ModelStatus(Record, frozen=True, kw_only=True):
    """The model that writes, and the worker process that holds it.

    `tokens` and `crashes` count since the daemon started; `waiting` requests are in line.
    `reason`: why the model failed. `notice`: why it is another than was chosen.
    `not_warmed`: why it was not loaded before a draft was asked for, when that was wanted.
    """

    engine: str
    model: str | None
    state: Literal["loading", "ready", "unloaded", "failed"]
    reason: str | None
    pid: int | None
    rss_bytes: int | None
    tokens: int
    crashes: int
    waiting: int
    notice: str | None = None
    not_warmed: str | None = None


class WatcherStatus(Record, frozen=True, kw_only=True):
    """What notices that chat.db changed; `backend` is null until its databases are open.

    It polls (`looks` counts it) after each event, and after `safety_s` seconds without
    one; `missed_changes` were found by those polls alone.
    """

    backend: str | None = None
    events: int = 0
    looks: int = 0
    missed_changes: int = 0
    safety_s: float | None = None
    problem: str | None = None


class SendingStatus(Record, frozen=True, kw_only=True):
    """Whether messages can be sent and by what; `reason` says why they cannot."""

    can_send: bool | None = None
    sender: str | None = None
    reason: str | None = None


class SessionsStatus(Record, frozen=True, kw_only=True):
    """The connections; of the `busy` ones something is asked, this status included."""

    open: int
    busy: int | None = None


class Status(Record, frozen=True, kw_only=True):
    """Everything `jarvis status` shows, by part."""

    daemon: DaemonStatus
    stores: StoresStatus
    contacts: ContactsStatus
    model: ModelStatus
    watcher: WatcherStatus
    sessions: SessionsStatus
    sending: SendingStatus = SendingStatus()
    index: IndexState = IndexState(state="waiting")


class ForgetParams(Params, frozen=True):
    what: Literal["index", "history", "everything"]


class Forgotten(Record, frozen=True, kw_only=True):
    success: bool
    freed_bytes: int
