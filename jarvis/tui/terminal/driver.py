"""Textual's driver for a terminal, mended where it misreads, spins or stays blank."""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, ClassVar, Final, TextIO, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Paste
from textual.message import Message

from jarvis.tui.terminal import background
from jarvis.tui.terminal.inflow import Answered, Inflow, Keys, Pasted, Piece

LOOK_EVERY_S: Final = 0.1
END_WITHIN_S: Final = 2.0
"""How long a terminal has to take what it is given back with."""
READ_BYTES: Final = 4096
GONE: Final = 129
"""The exit code of who loses their terminal: 128 and the number of SIGHUP."""


class TerminalDriver(LinuxDriver):
    """Reads keys run by run, ends when its terminal does, and repaints after a stop."""

    class Background(Message):
        """The terminal says what it paints on."""

        bubble: ClassVar[bool] = False

        def __init__(self, is_light: bool) -> None:
            """Tell whether that is light."""
            super().__init__()
            self.is_light = is_light

    class Resumed(Message):
        """The terminal is ours again and shows nothing of what was painted."""

        bubble: ClassVar[bool] = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Listen to the signals that concern a terminal.

        Those to stop and go on are heard between two events: a handler that writes in the
        middle of one waits for a lock that is its own.
        """
        super().__init__(*arguments, **options)
        self._file = cast(TextIOWrapper, _Screen(self._file, self._lose_terminal))
        self._is_up = False
        self._asks = False
        self._inflow = Inflow(time.monotonic())
        self._listen(signal.SIGTSTP, self._stop)
        self._listen(signal.SIGCONT, self._go_on)
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._told_to_end)

    def _listen(self, number: int, act: Callable[[], None]) -> None:
        self._loop.add_signal_handler(number, act)

    # --- up and down ----------------------------------------------------------------------

    def start_application_mode(self) -> None:
        """Take the terminal; not while it belongs to another job."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # so in Textual
        self._is_up = self._key_thread is not None and self._key_thread.is_alive()
        if self._is_up and self._asks:
            self.ask_background()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._is_up = False
        if self._asks:
            self.write(background.STOP_TELLING)
        super().stop_application_mode()

    def _stop(self) -> None:
        """Stand still as asked, with the terminal given back first."""
        if self._is_up and self._auto_restart:
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """Take the terminal again; SIGSTOP, which nobody hears, may have lost its modes."""
        if not self._auto_restart:
            return
        if self._is_up:
            self._assert_modes()
        else:
            self.resume_application_mode()
        if self._is_up:
            self.send_message(self.Resumed())

    def _assert_modes(self) -> None:
        """Set every mode again, and lose no key that was typed meanwhile."""
        with suppress(termios.error):
            modes = termios.tcgetattr(self.fileno)
            modes[tty.LFLAG] = self._patch_lflag(modes[tty.LFLAG])
            modes[tty.IFLAG] = self._patch_iflag(modes[tty.IFLAG])
            termios.tcsetattr(self.fileno, termios.TCSANOW, modes)
        self.write("\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?7l")
        self._enable_mouse_support()
        self._enable_bracketed_paste()

    # --- what comes in --------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read until told to end, or until there is no terminal any more."""
        parser = XTermParser(self._debug)
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(LOOK_EVERY_S):
                    data = self._read()
                    if not data:
                        self._lose_terminal()
                        return
                    pieces = self._inflow.take(decode(data), time.monotonic())
                else:
                    pieces = self._inflow.look(time.monotonic())
                self._hand_on(pieces, parser)

    def _read(self) -> bytes:
        """What was typed; nothing where the terminal was hung up."""
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _hand_on(self, pieces: Iterator[Piece], parser: XTermParser) -> None:
        for piece in pieces:
            match piece:
                case Keys(text):
                    for event in parser.feed(text):
                        self.process_message(event)
                case Pasted(text):
                    self.process_message(Paste(text))
                case Answered(None):
                    self.ask_background()
                case Answered(str(colour)):
                    is_light = background.is_light(colour)
                    if is_light is not None:
                        self.process_message(self.Background(is_light))
        for event in parser.tick():
            self.process_message(event)

    def ask_background(self) -> None:
        """Ask what the terminal paints on; the answer, if one comes, is a `Background`."""
        self._asks = True
        if os.environ.get("TERM") == "linux":
            return  # a console, which is dark and prints what it does not know
        self._inflow.expect_answer(time.monotonic())
        self.write(background.ASK)
        if os.environ.get("TERM_PROGRAM") != "Apple_Terminal":
            self.write(background.TELL_OF_CHANGES)

    # --- when it goes away ----------------------------------------------------------------

    def _lose_terminal(self) -> None:
        """Nobody sees or types anything any more; called from any thread."""
        self._loop.call_soon_threadsafe(self._leave, GONE)

    def _told_to_end(self, number: int, _frame: object) -> None:
        """End in good order, or soon: a terminal that takes nothing holds the loop too."""
        if self._loop.is_closed():
            os._exit(128 + number)
        signal.signal(signal.SIGALRM, lambda *_: self._end_now(128 + number))
        signal.setitimer(signal.ITIMER_REAL, END_WITHIN_S)
        self._loop.call_soon_threadsafe(self._leave, 128 + number)

    def _end_now(self, code: int) -> None:
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        os._exit(code)

    def close(self) -> None:
        """Everything that was to be painted is; from here on nothing waits for it."""
        super().close()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _leave(self, code: int) -> None:
        self._app.exit(return_code=code)


class _Screen:
    """Standard error for the thread that writes there, which must outlive the terminal.

    Whoever waits for its queue would wait for ever.
    """

    def __init__(self, file: TextIO | None, on_lost: Callable[[], None]) -> None:
        self._file = file or sys.stderr
        self._on_lost = on_lost
        self._is_lost = False

    def write(self, text: str) -> None:
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        self._try(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def _try(self, act: Callable[[], object]) -> None:
        if self._is_lost:
            return
        try:
            act()
        except OSError:
            self._is_lost = True
            self._on_lost()
