"""A process that writes like Messages, at random: `python -m tests.journeys.writing`."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from fixtures.messages_writer import MessagesWriter
from jarvis.demo.live import Written

_PAUSE_S = 0.004
"""Between two acts, at most; the acts' own commits come as fast as the disk takes them."""


def write(path: Path, chat_guid: str, seed: int, acts: int) -> None:
    """So many acts of every kind in one chat; the same seed, the same acts."""
    chance = random.Random(seed)
    writer = MessagesWriter(path)
    there: list[Written] = []
    loved: dict[int, tuple[Written, Written]] = {}
    for number in range(acts):
        act = chance.choices(ACTS, WEIGHTS)[0]
        target = chance.choice(there[-20:]) if there else None
        if target is None or act == "incoming":
            there.append(writer.incoming(chat_guid, f"number {number}"))
        elif act == "outgoing":
            there.append(writer.outgoing(chat_guid, f"own number {number}"))
        elif act == "edit":
            writer.edit(target, f"edited by {number}")
        elif act == "unsend":
            writer.unsend(target)
        elif act == "tapback" and target.rowid not in loved:
            loved[target.rowid] = target, writer.tapback(chat_guid, target)
        elif act == "untap" and loved:
            _, (target, added) = loved.popitem()
            if target in there:
                writer.take_tapback_back(chat_guid, target, added)
        elif act == "read":
            writer.read(chat_guid)
        elif act == "delete":
            there.remove(target)
            loved.pop(target.rowid, None)
            chance.choice((writer.delete, lambda w: writer.throw_away(chat_guid, w)))(
                target
            )
        time.sleep(chance.random() * _PAUSE_S)
    writer.close()


ACTS = ("incoming", "outgoing", "edit", "unsend", "tapback", "untap", "read", "delete")
WEIGHTS = (40, 12, 12, 4, 12, 6, 4, 8)

if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
