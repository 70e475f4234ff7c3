"""What chat.db tells of messages that were submitted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from jarvis.stores.chatdb import Arrival, Delivery, delivery_of, read_fingerprint
from jarvis.stores.sendings import NOT_YET_OUT, SendingRow, hash_of, is_further


def appeared(
    unknown: Iterable[SendingRow], own: Iterable[Arrival]
) -> tuple[SendingRow, ...]:
    """Acts whose message nobody had seen, and that is among these own messages."""
    waiting, rows = list(unknown), []
    for arrival in own:
        for row in waiting:
            if _is_it(row, arrival):
                waiting.remove(row)
                rows += _advanced(row, arrival)
                break
    return tuple(rows)


def advanced(
    acts: Mapping[str, SendingRow], changed: Iterable[Arrival]
) -> tuple[SendingRow, ...]:
    """Acts, by the guid of their message, that are further than they were."""
    return tuple(
        row
        for arrival in changed
        if arrival.is_from_me and arrival.guid in acts
        for row in _advanced(acts[arrival.guid], arrival)
    )


def _is_it(row: SendingRow, arrival: Arrival) -> bool:
    message = arrival.message
    return (
        message is not None
        and message.chat_id == row.chat_id
        and arrival.rowid > row.after_rowid
        and hash_of(message.text or "") == row.text_hash
    )


def _advanced(row: SendingRow, arrival: Arrival) -> list[SendingRow]:
    """The act as it stands by now, if that is news; found, but not gone out, is news."""
    delivery: Delivery = delivery_of(read_fingerprint(arrival.fingerprint))
    if delivery == "sending":
        is_found = row.guid is None
        return [replace(row, guid=arrival.guid, reason=NOT_YET_OUT)] if is_found else []
    if not is_further(delivery, row.status):
        return []
    is_failed = delivery == "failed"
    reason = "Messages could not deliver it." if is_failed else None
    return [replace(row, status=delivery, guid=arrival.guid, reason=reason)]
