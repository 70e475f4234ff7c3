"""What a model says in its own turn: thoughts, channels and other turns are taken out."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from jarvis.inference.engine import Opening
from jarvis.inference.output.marks import (
    OWN_ROLES,
    REPLY_CHANNELS,
    THOUGHT_CHANNELS,
    Mark,
    Meaning,
    doubtful_from,
    marks_in,
)
from jarvis.inference.output.unmarked import (
    SPELT_ENDS,
    THOUGHTS_BEGIN,
    begins_like_thought,
    is_start_of,
    may_be_thought,
)

_ROLES_ALONE: Final = ("assistant\n", "model\n")
_SPEAKS: Final = " content"
"""What a mark says that ends a header and begins the text."""
_BEGINNINGS: Final = (*THOUGHTS_BEGIN, *_ROLES_ALONE)


class _Place(Enum):
    """Where in its output a model is."""

    FRONT = auto()
    """Before the first letter of what it says."""
    REPLY = auto()
    THOUGHT = auto()
    HEADER = auto()
    """In the name of a turn or channel, up to a newline or the mark that ends it."""
    BETWEEN = auto()
    """After the end of a turn in which nothing was said."""
    OVER = auto()


class TurnText:
    """Takes the pieces a model writes and gives back what it says in its turn.

    A thought may stand anywhere in it. Blanks in front are dropped; those around a thought
    are one. With the end of the turn all is over, whoever else is made to speak behind it.
    However the text is split into pieces, the same comes out; what may yet become a mark,
    or prove to be a thought, is held back.
    """

    def __init__(self, opening: Opening = "reply", spoken_of: str = "") -> None:
        """Begin.

        Args:
            opening: how it begins. Where that is not known, the end of a thought may come
                without its beginning, and all is held back until then.
            spoken_of: what the model was given to read: see marks_in.
        """
        self.has_thought = opening == "thought"
        self.ended_thoughts = 0
        """How many thoughts have ended; the beginning of one need not have been marked."""
        self._spoken_of = spoken_of
        self._place = _Place.THOUGHT if self.has_thought else _Place.FRONT
        self._is_unknown = opening == "unknown"
        self._is_presumed = opening == "presumed"
        self._is_certain = False
        """Whether text is passed on at once."""
        self._held = ""
        self._said = ""
        self._header = ""
        self._has_text = False
        self._skips_blanks = True
        """Whether blanks are left out: in front, and behind a thought."""
        self._needs_blank = False
        """Whether one blank is still to be written for those left out."""
        self._ends_blank = False

    @property
    def is_over(self) -> bool:
        """Whether the turn has ended; nothing comes out after it."""
        return self._place is _Place.OVER

    @property
    def is_doubtful(self) -> bool:
        """Whether the text so far may still prove to be a thought."""
        if self._is_certain or not self._said:
            return False
        if self._is_unknown or begins_like_thought(self._said):
            return True
        return self._is_presumed and may_be_thought(self._said)

    @property
    def is_speaking(self) -> bool:
        """Whether what it writes is certainly text: no thought, no header of a turn."""
        is_head = self._place is _Place.FRONT and self._held != ""
        is_text = self._place in (_Place.FRONT, _Place.REPLY) and not is_head
        # Where it most likely is the text, its tokens count.
        is_likely = self._is_presumed and not begins_like_thought(self._said)
        return is_text and (is_likely or not self.is_doubtful)

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        self._held += piece
        self._read(is_whole=False)
        return self._let_out(is_whole=self.is_over)

    def finish(self) -> str:
        """Take the end of the output; returns what was held back of the text."""
        self._read(is_whole=True)
        return self._let_out(is_whole=True)

    def end_turn(self) -> str:
        """Take a control token that stands in no list of marks."""
        self._read(is_whole=True)
        self._end()
        return self._let_out(is_whole=self.is_over)

    def _read(self, *, is_whole: bool) -> None:
        text, self._held, at = self._held, "", 0
        for mark in marks_in(text, self._spoken_of, is_whole=is_whole):
            self._say(text[at : mark.start])
            if not self.is_over:
                self._take(mark)
            if self.is_over:
                return
            at = mark.end
        sure = len(text) if is_whole else at + doubtful_from(text[at:])
        self._held = text[sure:]
        self._say(text[at:sure])

    def _say(self, text: str) -> None:
        """Plain text, at the place where it stands."""
        if self._place is _Place.HEADER:
            name, newline, text = (self._header + text).lstrip().partition("\n")
            self._header = name
            if not newline:
                return
            self._open_turn()
        if self._place not in (_Place.FRONT, _Place.REPLY):
            return
        if self._skips_blanks:
            rest = text.lstrip()
            self._needs_blank |= self._has_text and rest != text
            text = rest
        if text:
            if self._needs_blank and not self._ends_blank:
                text = f" {text}"
            self._said += text
            self._place = _Place.REPLY
            self._ends_blank = text[-1].isspace()
            self._has_text, self._skips_blanks, self._needs_blank = True, False, False

    def _let_out(self, *, is_whole: bool) -> str:
        """The text that may go out now; what may still prove to be a thought stays."""
        if not self._is_certain:
            self._find_spelt_end()
            self._drop_role()
            is_open = self.is_doubtful or is_start_of(self._said, _BEGINNINGS)
            if is_open and not is_whole:
                return ""
            self._is_certain = bool(self._said)
        said, self._said = self._said, ""
        return said

    def _find_spelt_end(self) -> None:
        for end in SPELT_ENDS:
            thought, found, said = self._said.partition(end)
            if found and (self.is_doubtful or begins_like_thought(thought)):
                self._forget()
                self._say(said)

    def _drop_role(self) -> None:
        """Drop what remains of a turn's head where a server takes out only its marks."""
        for role in _ROLES_ALONE:
            if self._said.casefold().startswith(role):
                said, self._said, self._has_text = self._said[len(role) :], "", False
                self._skips_blanks = True
                self._say(said)

    def _take(self, mark: Mark) -> None:
        is_header = self._place is _Place.HEADER
        is_saying = self._place is _Place.REPLY
        match mark.meaning:
            case Meaning.NOTHING:
                pass
            case Meaning.THOUGHT:
                self._think()
            case Meaning.THOUGHT_ENDS:
                self._end_thought()
            case Meaning.HEADER if not is_saying or self._may_open(mark):
                self._place, self._header = _Place.HEADER, ""
            case Meaning.HEADER_ENDS if is_header:
                self._open_turn()
            case Meaning.REPLY if is_header:
                self._header += _SPEAKS
                self._open_turn()
            case Meaning.REPLY if (
                self._place is _Place.THOUGHT and "|" not in mark.text
            ):
                # Words of the thought: such plain marks are written by all sorts of models.
                pass
            case Meaning.REPLY:
                self._go_on()
            case Meaning.OWN_TURN if not self._has_text:
                self._go_on()
            case Meaning.BEGIN | Meaning.HEADER_ENDS if not is_saying:
                pass
            case _:
                self._end()

    def _may_open(self, mark: Mark) -> bool:
        """Whether what a header opens within a text may belong to it."""
        return "channel" in mark.text or self.is_doubtful

    def _think(self) -> None:
        """A thought begins. Whoever marks that leaves no doubt about the rest."""
        self.has_thought = True
        self._is_unknown = self._is_presumed = False
        self._place = _Place.THOUGHT

    def _go_on(self) -> None:
        """What comes next is said."""
        self._place = _Place.REPLY if self._has_text else _Place.FRONT

    def _end_thought(self) -> None:
        if self._place is not _Place.THOUGHT and self.is_doubtful:
            self._forget()
            return
        self.has_thought = True
        self.ended_thoughts += 1
        self._go_on()
        self._skips_blanks = True

    def _forget(self) -> None:
        """What was said so far was a thought."""
        self.has_thought = True
        self.ended_thoughts += 1
        self._place = _Place.FRONT
        self._said, self._has_text = "", False
        self._is_unknown = self._is_presumed = False
        self._skips_blanks, self._needs_blank = True, False

    def _open_turn(self) -> None:
        """Go on as the name in the header says."""
        name = self._header.strip().casefold()
        is_own = not name or name.startswith(OWN_ROLES)
        is_channel = name.startswith(REPLY_CHANNELS)
        if is_channel or (is_own and name.endswith(_SPEAKS)):
            if self.is_doubtful:
                # Whoever says only now that this is the text has thought before.
                self._forget()
            self._go_on()
        elif is_own and not self._has_text:
            self._go_on()
        elif name.startswith(THOUGHT_CHANNELS):
            self._think()
        else:
            self._place = _Place.OVER

    def _end(self) -> None:
        may_be_thought = self._place is _Place.REPLY and self.is_doubtful
        if self._place is _Place.THOUGHT:
            self.ended_thoughts += 1
        elif self._has_text and not may_be_thought:
            self._place = _Place.OVER
            return
        self._place = _Place.BETWEEN
