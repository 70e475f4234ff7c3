"""What Messages does that is hard to follow: a scenario each, with what must be told.

Every scenario writes into a made-up inbox and returns the events that a correct daemon
pushes meanwhile. It may push others beside them, of unread counts above all.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from jarvis.demo.live import LiveWriter
from jarvis.demo.mailbox.truth import MANIFEST, Manifest
from jarvis.demo.scenarios import files, messages
from jarvis.demo.scenarios.stage import Event, Stage
from jarvis.errors import StoreUnavailable

__all__ = ["SCENARIOS", "Event", "Stage", "run_scenario"]

SCENARIOS: dict[str, Callable[[Stage], None]] = {
    "burst": messages.burst,
    "late_join": messages.late_join,
    "late_join_5_min": messages.late_join_5_min,
    "late_text": messages.late_text,
    "late_photo": messages.late_photo,
    "reordered_joins": messages.reordered_joins,
    "edit_and_unsend": messages.edit_and_unsend,
    "tapback_add_and_remove": messages.tapback_add_and_remove,
    "own_message_states": messages.own_message_states,
    "group_renamed": messages.group_renamed,
    "deleted": messages.deleted,
    "back_fill": messages.back_fill,
    "clock_jump": messages.clock_jump,
    "checkpoint_between_commits": files.checkpoint_between_commits,
    "reopen": files.reopen,
    "delete_sidecars": files.delete_sidecars,
    "rename_rebuilt_file": files.rename_rebuilt_file,
    "long_reader": files.long_reader,
    "empty_database_first_message": files.empty_database_first_message,
    "permission_lost_and_back": files.permission_lost_and_back,
}
"""By name; the first sentence of each function says what happens."""


def run_scenario(
    name: str,
    directory: Path,
    *,
    wait: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Event]:
    """Let it happen in a made-up inbox; the events that must be told, as they are due.

    wait takes seconds and may do something else than sleep. A daemon tells by date what
    became ready between two looks, and once what changed twice: with shorter waits, the
    order and the number of its events may differ from these.

    Raises:
        StoreUnavailable: directory holds no inbox made by Jarvis, or none that fits.
        LookupError: there is no scenario of that name.
    """
    play = SCENARIOS.get(name)
    if play is None:
        raise LookupError(f"There is no scenario {name}: choose one of the list.")
    path = directory / "chat.db"
    if not (directory / MANIFEST).exists() or not path.exists():
        raise StoreUnavailable(
            f"There is no made-up inbox in {directory}: "
            f"make one with `jarvis demo build {directory}`."
        )
    stage = Stage(
        LiveWriter(path, now=now), Manifest.read(directory / MANIFEST), wait, now
    )
    try:
        play(stage)
    finally:
        stage.writer.close()
    return stage.events
