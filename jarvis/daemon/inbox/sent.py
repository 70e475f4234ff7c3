"""What chat.db tells of messages that were handed over for sending."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from jarvis.daemon.inbox.state import State
from jarvis.stores import events, sendings
from jarvis.stores.chatdb import Arrival, Delivery, delivery_of, read_mark
from jarvis.stores.sendings import NOT_YET_OUT, SendingRow, hash_of, is_further


async def note_sending(state: State, row: SendingRow, *, tell: bool) -> None:
    """Store how far an act is, unless more is known already, and tell it."""
    known = await sendings.find(state.journal.connection, row.idempotency_key)
    is_found = known is not None and known.guid is None and row.guid is not None
    if known and not (is_found or is_further(row.status, known.status)):
        return
    telling = state.telling()
    if tell:
        telling.send_status(row)
    async with state.journal.transaction() as db:
        await sendings.write(db, row)
        await events.append(db, telling.events, state.timestamp())
    state.tell(telling.events)


async def appeared(state: State, arrivals: Iterable[Arrival]) -> list[SendingRow]:
    """Acts whose message nobody had seen, and that stands among these own messages."""
    own = [each for each in arrivals if each.is_from_me and each.message is not None]
    if not own:
        return []
    found: list[SendingRow] = []
    waiting = await sendings.unknown(state.journal.connection)
    for arrival in own:
        for row in waiting:
            if _is_it(row, arrival):
                waiting.remove(row)
                found += _advanced(row, arrival.guid, _delivery(arrival))
                break
    return found


async def further(state: State, changed: Iterable[Arrival]) -> list[SendingRow]:
    """Acts whose message is further than it was."""
    deliveries: Mapping[str, Delivery] = {
        each.guid: _delivery(each) for each in changed if each.is_from_me
    }
    if not deliveries:
        return []
    rows = await sendings.by_guid(state.journal.connection, deliveries.keys())
    return [
        further
        for guid, row in rows.items()
        for further in _advanced(row, guid, deliveries[guid])
    ]


def _is_it(row: SendingRow, arrival: Arrival) -> bool:
    message = arrival.message
    return (
        message is not None
        and message.chat_id == row.chat_id
        and arrival.rowid > row.after_rowid
        and hash_of(message.text or "") == row.text_hash
    )


def _delivery(arrival: Arrival) -> Delivery:
    return delivery_of(read_mark(arrival.mark))


def _advanced(row: SendingRow, guid: str, delivery: Delivery) -> list[SendingRow]:
    """The act as it stands by now, if that is news; found, but not gone out, is news."""
    if delivery == "sending":
        is_found = row.guid is None
        return [replace(row, guid=guid, reason=NOT_YET_OUT)] if is_found else []
    if not is_further(delivery, row.status):
        return []
    is_failed = delivery == "failed"
    reason = "Messages could not deliver it." if is_failed else None
    return [replace(row, status=delivery, guid=guid, reason=reason)]
