"""Screens a reply while it streams: only what could be sent comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from typing import Final

from jarvis.assistant.language.facts import any_of, words
from jarvis.assistant.language.text import words_of
from jarvis.assistant.screening.announcing import LABEL, may_announce, preamble_end
from jarvis.assistant.screening.front import Front
from jarvis.assistant.screening.judging import DropReason, Judge
from jarvis.assistant.screening.repeating import begins_again, without_loop
from jarvis.assistant.screening.sentences import Sentence, Sentences, is_whole

_OPENER_WORDS: Final = 3
"""So short a first sentence, as "Sure!", is judged with the next; so are polite ones."""
_ENDS_IN_COLON: Final = re.compile(r"\w\w[\"'”*_)\]]*\s?[:：][*_]*$")
"""Not so with a face: (: and D:"""
WITHHELD_WORDS: Final = 4
"""So many words of a first sentence wait for the next ones: in as many the prompt's own
words are known, and nearly all phrases of assistants."""
_BESIDE_WORDS: Final = re.compile(
    r"[\[\]<>{}`\"“”„«»「」*_#|=;]|^\s*(?:\d+[.)]|[-•])\s"
)
"""What may turn out to stand around a reply: its words are not passed on one by one."""
_WORD: Final = re.compile(r"\S+")
_UP_TO_BLANK: Final = re.compile(r"\S*\s|\S+")
_POLITE: Final = re.compile(
    rf"\W*{any_of(lambda facts: facts.model_talk.polite)}\b", re.IGNORECASE
)
_SPEAKERS: Final = words(lambda facts: facts.model_talk.speakers)


class ReplyScreen:
    """Takes pieces of a reply and gives back what of it could be sent.

    The first sentence goes out word by word, a few words behind the model; the others when
    they are whole, for there models begin to speak of something else. Taken off are
    announcements, labels and quotation marks around it. A sentence that cannot be said
    (judging.py) ends the reply before it, and so do a blank line, another's turn and words
    that go round in a loop. Where nothing is left, `dropped` says why; then what has come
    out is the beginning of no reply. However the reply is split into pieces, the same
    comes out.
    """

    def __init__(self, judge: Judge, people: Iterable[str] = ()) -> None:
        """Begin; `people` are the others in the conversation."""
        self.dropped: DropReason | None = None
        """Why it is no reply, once it is over or finished."""
        self.is_over = False
        """Whether the reply is complete, whatever else the model writes."""
        self._judge = judge
        self._speaker = _speaker_pattern(people)
        self._sentences = Sentences()
        self._front = Front()
        self._passed: list[str] = []
        self._blanks = ""
        self._announced = ""
        """What ended with a colon, and the blanks behind it."""
        self._opener: Sentence | None = None
        """A short first sentence: it may belong to an announcement, or to what is none."""
        self._early = ""
        """What is out of a first sentence that is not whole."""

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        return "".join(map(self._feed_word, _UP_TO_BLANK.findall(piece)))

    def _feed_word(self, word: str) -> str:
        if self.is_over:
            return ""
        whole = self._sentences.feed(word)
        passed = "".join(self._rest_of(self._take(sentence)) for sentence in whole)
        if not self._passed and not self.is_over and word[-1].isspace():
            passed += self._pass_early()
        return passed

    def _pass_early(self) -> str:
        """The words of a first sentence that are far enough behind the model."""
        text = self._sentences.rest
        if (
            len(text.split()) <= WITHHELD_WORDS
            or _BESIDE_WORDS.search(text)
            or may_announce(text)
            or begins_again(text)
            or self._judge.may_echo(words_of(text))
        ):
            return ""
        reply = self._as_if_whole(text.strip())
        words = list(_WORD.finditer(reply))
        if len(words) <= WITHHELD_WORDS or not reply.startswith(self._early):
            return ""
        end = words[-WITHHELD_WORDS - 1].end()
        early, self._early = self._early, reply[: max(end, len(self._early))]
        return self._early[len(early) :]

    def _as_if_whole(self, text: str) -> str:
        """Return what would pass if the first sentence ended here."""
        trial = copy(self)
        trial._front, trial._passed = copy(self._front), []
        passed = trial._take(Sentence(text, ""))
        return passed if trial.dropped is None else ""

    def _rest_of(self, passed: str) -> str:
        """Return what of the beginning of a reply has not gone out yet.

        Where it does not go on as it began, it was none.
        """
        early = self._early
        if not early:
            return passed
        self._early = ""
        if passed.startswith(early):
            return passed[len(early) :]
        self._passed.clear()
        self.dropped = self.dropped or "repetition"
        self.is_over = True
        return ""

    def finish(self, *, is_cut: bool = False, has_thought: bool = False) -> str:
        """The rest of the reply, which ends here.

        Args:
            is_cut: the model would have gone on; half a sentence is left out.
            has_thought: it also thought.
        """
        passed = ""
        if not self.is_over:
            rest = self._sentences.rest.strip()
            if rest and is_cut and not is_whole(rest):
                self.dropped = self.dropped or "cut"
            elif _ENDS_IN_COLON.search(rest):
                self.dropped = self.dropped or "nothing"
            elif rest:
                passed = self._take(Sentence(rest, ""))
            if self._opener is not None and not self.is_over:
                passed += self._pass_opener()
            passed = self._rest_of(passed)
        self.is_over = True
        if self._passed:
            self.dropped = None
        else:
            nothing: DropReason = "cut" if is_cut else "nothing"
            self.dropped = self.dropped or ("thought" if has_thought else nothing)
        return passed

    def _take(self, sentence: Sentence) -> str:
        """Return what passes of a sentence, with the blanks before it."""
        if self.is_over:
            return ""
        if self._passed:
            return self._screen(sentence)
        if self._opener is None and _is_short(sentence.text):
            self._opener = sentence
            return ""
        return self._take_with_opener(sentence)

    def _take_with_opener(self, sentence: Sentence) -> str:
        """Return what passes of the first longer sentence and a short one before it."""
        opener, self._opener = self._opener, None
        if opener is None or preamble_end(sentence.text):
            return self._screen(sentence)
        if opener.blanks.count("\n") < 2 and self._judged(sentence.text):
            return self._screen(sentence)
        return self._screen(opener) + self._take(sentence)

    def _pass_opener(self) -> str:
        opener, self._opener = self._opener, None
        return self._screen(opener) if opener else ""

    def _judged(self, text: str) -> DropReason | None:
        return self._judge.reason(_plain(text), self._passed)

    def _screen(self, sentence: Sentence) -> str:
        text, blanks = sentence
        is_first = not self._passed
        if self._speaker.match(text) or (not is_first and self._is_other_part(text)):
            return self._end("turn")
        take_off = self._front.take_off if is_first else self._front.without_end
        text = _plain(take_off(text))
        if not text.strip():
            return ""
        if _ENDS_IN_COLON.search(text) and blanks.count("\n") > 1:
            # Whatever it says in whatever language: it announces what comes.
            return "" if is_first else self._end("about_task")
        once = without_loop(text)
        reason = self._judged(once) if once else "repetition"
        if reason == "echo" and is_first:
            # What answers it may follow.
            self.dropped = reason
            return ""
        if reason is not None:
            return self._end(reason)
        self.is_over = once != text or blanks.count("\n") > 1
        return self._pass(once, blanks)

    def _is_other_part(self, text: str) -> bool:
        """Whether something other than this reply begins here."""
        is_part = LABEL.match(text) is not None or text.lstrip().startswith("```")
        is_announcement = preamble_end(text) == len(text)
        return is_part or is_announcement or self._front.is_next_item(text)

    def _pass(self, text: str, blanks: str) -> str:
        text = self._announced + text
        if _ENDS_IN_COLON.search(text):
            # It goes out with what it announces, or not at all.
            self._announced = text + blanks
            return ""
        self._announced = ""
        passed = self._blanks + text if self._passed else text.lstrip()
        self._passed.append(text)
        self._blanks = blanks
        return passed

    def _end(self, reason: DropReason) -> str:
        self.is_over = True
        self.dropped = self.dropped or reason
        return ""


def _is_short(text: str) -> bool:
    """Whether a sentence is too short or too polite to be judged alone; no label is."""
    is_label = _ENDS_IN_COLON.search(text.rstrip()) is not None
    is_polite = _POLITE.match(text.replace("’", "'")) is not None
    return (len(text.split()) <= _OPENER_WORDS or is_polite) and not is_label


def _plain(text: str) -> str:
    """The text without marks for bold type."""
    return text.replace("**", "").replace("__", "")


def _speaker_pattern(people: Iterable[str]) -> re.Pattern[str]:
    """Match the name of somebody else in front of a line."""
    names = {name for person in people for name in (person, *person.split()[:1])}
    known = "|".join(map(re.escape, sorted({*names, *_SPEAKERS} - {""})))
    return re.compile(rf"\s*\W{{0,4}}(?:{known})\W{{0,3}}[:：]\s", re.IGNORECASE)
