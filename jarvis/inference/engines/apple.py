"""The engine that asks Apple's model: it starts `fm serve`, and ends it with itself."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil
from msgspec.structs import replace

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Outputs, Progress, Prompt
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from jarvis.inference.engines.openai.wire import Manner
from jarvis.inference.models.apple import SERVED_AS, check_apple_model
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.servers import SOCKET
from jarvis.processes import start_tied

_MANNERS: Final = tuple(
    Manner(has_extras=False, has_effort=False, has_system_turn=has_system_turn)
    for has_system_turn in (True, False)
)
"""It tells no log-probs and counts no prompt, and what it does not know it may refuse."""
_START_S: Final = 30.0
"""How long the server may take until it listens; loading the model takes 25 s at most."""
_LOOK_S: Final = 0.05


class AppleGenerator(OpenAiGenerator):
    """Writes with the model of macOS, through a server of our own on a socket file.

    Raises:
        ModelUnavailable: macOS does not let it; says why.
    """

    def __init__(self, model: ModelRecord) -> None:
        self._model = model
        self._has_ended: Callable[[], bool] = lambda: True
        self._socket_file = _own_socket_file(model)
        self._listen()
        served = replace(model, name=SERVED_AS, address=f"{SOCKET}{self._socket_file}")
        super().__init__(served, manners=_MANNERS)

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """See Generator.generate; a server that has ended is started again."""
        self._listen()
        yield from super().generate(prompt, progress)

    def _listen(self) -> None:
        """See that the server listens."""
        if not self._has_ended():
            return
        program, path = Path(self._model.path or ""), self._socket_file
        check_apple_model(self._model)
        _remove_what_was_left(path)
        words = [str(program), "serve", "--socket", str(path)]
        self._has_ended = start_tied(words, environment=os.environ)
        end_s = time.monotonic() + _START_S
        while not _is_listening(path):
            if self._has_ended() or time.monotonic() > end_s:
                raise ModelUnavailable(
                    "Apple's model server (fm serve) does not start: try it in a "
                    "terminal to see why, or choose another model."
                )
            time.sleep(_LOOK_S)


def _own_socket_file(model: ModelRecord) -> Path:
    """Where a server of this process listens: a daemon and an eval may run side by side."""
    file = Path((model.address or "").removeprefix(SOCKET))
    return file.with_name(f"{file.stem}-{os.getpid()}{file.suffix}")


def _remove_what_was_left(own: Path) -> None:
    """A socket file that a killed server left keeps the next one from listening.

    So it goes, ours, and those of processes that have ended.
    """
    own.unlink(missing_ok=True)
    for path in own.parent.glob("fm-*.sock"):
        pid = path.stem.partition("-")[2]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)


def _is_listening(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
