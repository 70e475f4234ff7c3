"""What people are called among others, and the titles that are made up of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from jarvis.names import Name, folded, told_apart
from jarvis.stores.contacts import ContactNames

_NAMED_IN_TITLE: Final = 3


def title_of_person(handles: Sequence[str], names: ContactNames) -> str:
    """The name of whoever has these handles, else the first of them; "" without any."""
    called = (name for handle in handles if (name := names.name_of(handle)))
    return next(called, handles[0] if handles else "")


def title_of_group(handles: Sequence[str], names: ContactNames) -> str:
    """Up to three people of a group without a name of its own, and how many more.

    It is for the eye: nobody gave it, so that nobody can mean it.
    """
    called = called_in_group(handles, names)
    people = {names.person_of(handle): called[handle] for handle in handles}
    shown = ", ".join([*people.values()][:_NAMED_IN_TITLE])
    more = len(people) - _NAMED_IN_TITLE
    return f"{shown} & {more}" if more > 0 else shown


def called_in_group(handles: Sequence[str], names: ContactNames) -> Mapping[str, str]:
    """What everybody is called among these people, by handle.

    All handles of one person are called the same, those of two people never.
    """
    people = _people(handles, names)
    called = dict(zip(people, told_apart([*people.values()]), strict=True))
    return {handle: called[names.person_of(handle)] for handle in handles}


def whole_names(handles: Sequence[str], names: ContactNames) -> tuple[str, ...]:
    """The whole name of each, with the address where two people have the same."""
    people = _people(handles, names)
    return tuple(people[names.person_of(handle)].whole for handle in handles)


def _people(handles: Sequence[str], names: ContactNames) -> Mapping[str, Name]:
    """Who has these handles, by what is equal for all handles of one person."""
    people = {names.person_of(handle): _name(handle, names) for handle in handles}
    alike = Counter(folded(name.whole) for name in people.values())
    for handle in handles:
        person = names.person_of(handle)
        name = people[person]
        if alike[folded(name.whole)] > 1:
            people[person] = Name(f"{name.whole} ({handle})", name.first)
    return people


def _name(handle: str, names: ContactNames) -> Name:
    card = names.card_of(handle)
    return Name(card.name, card.first_name) if card else Name(handle, handle)
