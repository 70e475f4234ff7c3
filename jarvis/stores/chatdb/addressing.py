"""Which conversation a person means by what they typed: the one place that decides it.

Names are those that people gave, on a card or to a group, and addresses. A title that is
made up of names is none. Whoever takes part in a group does not stand for it: what is meant
for one person must not reach others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from jarvis.names import folded
from jarvis.records import ChatId
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.contacts import ContactNames
from jarvis.stores.numbers import typed_digits

_FEWEST_DIGITS: Final = 4
"""Fewer in a row stand in too many numbers to mean one."""
_SAME_DIGITS: Final = 6
"""The last so many digits are the same in all spellings of a number."""
_WITHOUT_SPACES: Final = "\u2e80"
"""From here on lie the scripts whose words touch: Chinese, Japanese, Korean."""


class Fit(IntEnum):
    """How well a name or an address fits what was typed."""

    NONE = 0
    PART = 1
    """Its words begin so, its digits hold these."""
    WORDS = 2
    """It holds these words: a first name, a family name."""
    WHOLE = 3


class Meant(NamedTuple):
    """`chat` is the one that is meant, None where that is not sure.

    `fitting` are all that may be, best first, with the groups of others who fit.
    """

    chat: Chat | None
    fitting: tuple[Chat, ...]


def meant_by(
    typed: str, directory: Directory, listed: Iterable[Chat], *, to_send: bool
) -> Meant:
    """What is meant by an id, a name or an address, among the conversations listed.

    A person's whole name or address stands above what only holds it, a group's above other
    groups. Else it has to be the only one that fits, also among people of groups to whom
    nobody wrote alone. `to_send`: the beginning of a word is not enough, and nobody else
    in the address book may be called so. Those that fit alike stay in the order given.

    The first number loads the numbering plans of the world, so off the event loop.
    """
    chat = directory.find(ChatId(typed))
    if chat is not None:
        return Meant(chat, (chat,))
    sought, chats = _Sought(typed, directory), tuple(listed)
    fits = {chat.chat_id: sought.fit_of_chat(chat) for chat in chats}
    least_of_groups, least_of_people = _least(chats, fits)
    fitting = [
        chat
        for chat in chats
        if fits[chat.chat_id] >= (least_of_groups if chat.is_group else least_of_people)
    ]
    fitting.sort(key=lambda chat: fits[chat.chat_id], reverse=True)
    groups = _groups_of_others(sought, directory, chats, fitting, least_of_people)
    is_sure = len(fitting) == 1 and not groups
    if is_sure and to_send:
        (only,) = fitting
        is_whole = fits[only.chat_id] > Fit.PART
        is_sure = is_whole and not sought.fits_others(only, least_of_people)
    shown = {chat.chat_id: chat for chat in (*fitting, *groups)}
    return Meant(fitting[0] if is_sure else None, tuple(shown.values()))


def _least(chats: Sequence[Chat], fits: Mapping[ChatId, Fit]) -> tuple[Fit, Fit]:
    """How well a group has to fit, and a person, as others fit better."""
    best = {True: Fit.NONE, False: Fit.NONE}
    for chat in chats:
        best[chat.is_group] = max(best[chat.is_group], fits[chat.chat_id])
    if best[False] is Fit.WHOLE:
        return Fit.WHOLE, Fit.WHOLE
    if best[True] is Fit.WHOLE:
        return Fit.WHOLE, Fit.WORDS  # a group may be called like somebody: "Ann"
    return Fit.PART, Fit.PART


def _groups_of_others(
    sought: _Sought,
    directory: Directory,
    chats: Iterable[Chat],
    fitting: Iterable[Chat],
    least: Fit,
) -> list[Chat]:
    """Groups with somebody who fits and is in no conversation alone that does."""
    alone = {
        directory.person_of(handle)
        for chat in fitting
        for handle in (() if chat.is_group else chat.participants)
    }
    return [
        chat
        for chat in chats
        if chat.is_group
        and any(
            sought.fit_of_person(handle) >= least
            and directory.person_of(handle) not in alone
            for handle in chat.participants
        )
    ]


def people_meant(typed: str, directory: Directory) -> frozenset[str]:
    """All whom an address or a name may mean, each as Directory.person_of has them.

    An address means whose it is, in whatever spelling, and nobody by a part of it. Of names
    those that fit best. For looking only, as several may fit; like `meant_by` off the event
    loop.
    """
    sought = _Sought(typed, directory)
    fits = {handle: sought.fit_of_person(handle) for handle in directory.handles}
    is_address = "@" in typed or typed_digits(typed) is not None
    best = max((Fit.WHOLE if is_address else Fit.PART), *fits.values())
    return frozenset(
        directory.person_of(handle) for handle, fit in fits.items() if fit is best
    )


def search_texts(
    directory: Directory, chat_ids: Iterable[ChatId] | None = None
) -> dict[ChatId, str]:
    """What a query of the list is looked for in: names and addresses, a line each.

    Of these conversations, or of all. Folded, and in small letters as they are written,
    which other programs may look for.
    """
    chats: Iterable[Chat | None] = directory.chats
    if chat_ids is not None:
        chats = map(directory.find, chat_ids)
    return {chat.chat_id: _search_text(chat, directory) for chat in chats if chat}


def searched_for(query: str, directory: Directory) -> str:
    """A query of the list as it stands in the search texts.

    A number is looked for in the spelling that some address has. Like `meant_by` off the
    event loop.
    """
    text, digits = folded(query), typed_digits(query)
    names = (folded(chat.name) for chat in directory.chats if chat.name)
    if digits is None or any(text in name for name in names):  # a group may be "7-11"
        return text
    lines = directory.names.lines
    spellings = [digits, *lines.spellings_of(lines.line_of(query)), digits.lstrip("0")]
    shown = {handle for chat in directory.chats for handle in chat.participants}
    shown_spellings = (
        spelling
        for spelling in spellings
        if any(spelling in handle for handle in shown)
    )
    return next(shown_spellings, digits)


def _search_text(chat: Chat, directory: Directory) -> str:
    texts = [chat.name or "", *chat.participants]
    for handle in chat.participants:
        texts += _names_given(handle, directory.names)
    forms = (form(text) for text in texts for form in (folded, str.casefold))
    return "\n".join(dict.fromkeys(forms)).strip()


def _names_given(handle: str, names: ContactNames) -> tuple[str, ...]:
    """What people call whoever is there; without a card, by the address itself."""
    card = names.card_of(handle)
    if card is None:
        return (handle,)
    return (card.name, card.nickname) if card.nickname else (card.name,)


class _Sought:
    """What was typed, to be held against names and addresses."""

    def __init__(self, typed: str, directory: Directory) -> None:
        self._text = folded(typed)
        self._words = [
            word.rstrip(".")  # "Alex K.", as people and threads say it
            for word in self._text.replace(",", " ").split()
            if any(letter.isalnum() or not letter.isascii() for letter in word)
        ]
        self._digits = typed_digits(typed) or ""
        self._names = directory.names
        self._directory = directory
        self._people = set(self._people_at(typed))

    def fit_of_chat(self, chat: Chat) -> Fit:
        """Of a group by its own name alone."""
        own = self._fit_of_name(chat.name or "")
        if chat.is_group:
            return own
        return max(own, *map(self.fit_of_person, chat.participants), Fit.NONE)

    def fit_of_person(self, handle: str) -> Fit:
        """By name or address; whoever has no name is called by the address."""
        if self._directory.person_of(handle) in self._people:
            return Fit.WHOLE
        fit = max(map(self._fit_of_name, _names_given(handle, self._names)))
        is_part = len(self._digits) >= _FEWEST_DIGITS and self._digits in handle
        return max(fit, Fit.PART if is_part else Fit.NONE)

    def fits_others(self, chat: Chat, least: Fit) -> bool:
        """Whether the address book has somebody else who is called so.

        One person often has several cards, of the same name.
        """
        names_in_chat = {self._names.name_of(handle) for handle in chat.participants}
        names_in_chat = set() if chat.is_group else names_in_chat
        return any(
            self._fit_of_name(name) >= max(least, Fit.WORDS)
            for card in self._names.cards.values()
            if card.name not in names_in_chat
            for name in (card.name, card.nickname)
        )

    def _people_at(self, address: str) -> Iterator[str]:
        """Whose address it is, in whatever spelling."""
        ending = self._digits[-_SAME_DIGITS:]
        for handle in self._directory.handles:
            # Numbers are only taken apart where they may be the same.
            may_be = not ending or handle.endswith(ending)
            if may_be and self._names.lines.means(address, handle):
                yield self._directory.person_of(handle)

    def _fit_of_name(self, name: str) -> Fit:
        name = folded(name)
        if name and name == self._text:
            return Fit.WHOLE
        return min((_fit_of_word(word, name) for word in self._words), default=Fit.NONE)


def _fit_of_word(word: str, name: str) -> Fit:
    best, at = Fit.NONE, name.find(word)
    while at >= 0:
        if _is_seam(name, at):
            is_whole = _is_seam(name, at + len(word))
            best = max(best, Fit.WORDS if is_whole else Fit.PART)
        at = name.find(word, at + 1)
    return best


def _is_seam(name: str, at: int) -> bool:
    """Whether a word may begin or end here."""
    if at in (0, len(name)):
        return True
    before, after = name[at - 1], name[at]
    if not (_is_of_word(before) and _is_of_word(after)):
        return True
    return before >= _WITHOUT_SPACES and after >= _WITHOUT_SPACES


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
