"""Every act a key can do, in one table: keys, footer, help and palette are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from textual.binding import Binding, BindingType


class Where(StrEnum):
    """What has to have the focus for a key to count."""

    ANYWHERE = "anywhere"
    LIST = "conversations"
    THREAD = "messages"
    COMPOSER = "composer"
    SEARCH = "search"


@dataclass(frozen=True)
class Action:
    """One act: `keys` as Textual names them, the first is the one shown."""

    name: str
    where: Where
    keys: tuple[str, ...]
    label: str
    """One or two words for the footer."""
    help: str
    """A sentence for the help screen and the palette."""
    in_footer: bool = False
    in_palette: bool = True
    """False for movements, which make no sense without the key being held."""
    written: str | None = None
    """How the key is written, where the usual way would mislead."""
    by_pane: bool = False
    """The pane that has the focus does it; everything else the screen does."""

    @cached_property
    def shown_key(self) -> str:
        """The key that footer, borders and palette show."""
        return self.written or key_name(self.keys[0])


def _move(
    name: str, where: Where, keys: tuple[str, ...], label: str, help: str
) -> Action:
    return Action(name, where, keys, label, help, in_palette=False, by_pane=True)


def _in_search(name: str, keys: tuple[str, ...], label: str, help: str) -> Action:
    return Action(name, Where.SEARCH, keys, label, help, in_palette=False)


ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        "draft",
        Where.ANYWHERE,
        ("ctrl+g",),
        "Draft",
        "Write three replies to the open conversation.",
        in_footer=True,
    ),
    Action(
        "draft_again",
        Where.ANYWHERE,
        ("ctrl+r",),
        "Again",
        "Write three more replies and keep the ones there are.",
        in_footer=True,
    ),
    Action(
        "use_draft",
        Where.ANYWHERE,
        ("f2",),
        "Use",
        "Put the shown reply into the composer as text; nothing is sent.",
        in_footer=True,
    ),
    Action(
        "next_suggestion",
        Where.ANYWHERE,
        ("f3",),
        "Next",
        "Show the next reply.",
        in_footer=True,
    ),
    Action(
        "previous_suggestion",
        Where.ANYWHERE,
        ("shift+f3",),
        "Previous",
        "Show the reply before.",
    ),
    Action(
        "take_back",
        Where.ANYWHERE,
        ("f4",),
        "Take back",
        "Put a message that was not sent into the composer again.",
        in_footer=True,
    ),
    Action(
        "use_offer",
        Where.ANYWHERE,
        ("f6",),
        "Use model",
        "Let the model that was found write, while none is chosen.",
        in_footer=True,
    ),
    Action(
        "choose_offer",
        Where.ANYWHERE,
        ("shift+f6",),
        "Others",
        "Choose among all models that were found: Apple's, and those of servers.",
        in_footer=True,
    ),
    Action(
        "search",
        Where.ANYWHERE,
        ("ctrl+f",),
        "Search",
        "Find messages by what they mean, in all conversations.",
        in_footer=True,
    ),
    Action(
        "next_unread",
        Where.ANYWHERE,
        ("ctrl+n",),
        "Next unread",
        "Open the next conversation with unread messages.",
        in_footer=True,
    ),
    Action(
        "retry",
        Where.ANYWHERE,
        ("f5", "r"),
        "Retry",
        "Connect again, or read the messages again, without waiting.",
        in_footer=True,
    ),
    Action(
        "step_back",
        Where.ANYWHERE,
        ("escape",),
        "Back",
        "Stop the draft, else put it away, else go back to the conversations.",
        in_palette=False,
    ),
    Action("open", Where.LIST, ("enter",), "Open", "Open the conversation.", True),
    _move("cursor_down", Where.LIST, ("j", "down"), "Down", "One down."),
    _move("cursor_up", Where.LIST, ("k", "up"), "Up", "One up."),
    _move("first", Where.LIST, ("g", "home"), "First", "To the newest conversation."),
    _move("last", Where.LIST, ("G", "end"), "Last", "To the oldest conversation."),
    _move("half_down", Where.LIST, ("d",), "Half down", "Half a page down."),
    _move("half_up", Where.LIST, ("u",), "Half up", "Half a page up."),
    _move("page_down", Where.LIST, ("pagedown",), "Page down", "A page down."),
    _move("page_up", Where.LIST, ("pageup",), "Page up", "A page up."),
    _move("line_down", Where.THREAD, ("j", "down"), "Down", "One line down."),
    _move("line_up", Where.THREAD, ("k", "up"), "Up", "One line up."),
    _move("top", Where.THREAD, ("g", "home"), "Top", "To the oldest one fetched."),
    _move("end", Where.THREAD, ("G", "end"), "End", "To the newest message."),
    _move("half_down", Where.THREAD, ("d",), "Half down", "Half a page down."),
    _move("half_up", Where.THREAD, ("u",), "Half up", "Half a page up."),
    _move("page_down", Where.THREAD, ("pagedown",), "Page down", "A page down."),
    _move("page_up", Where.THREAD, ("pageup",), "Page up", "A page up."),
    Action(
        "compose",
        Where.THREAD,
        ("i", "enter"),
        "Write",
        "Go to the composer; so does any letter that is no key here.",
        in_footer=True,
    ),
    Action(
        "submit",
        Where.COMPOSER,
        ("enter",),
        "Send",
        "Send the message; where the daemon cannot, copy it and keep it here.",
        in_palette=False,
    ),
    Action(
        "newline",
        Where.COMPOSER,
        ("ctrl+j", "alt+enter", "shift+enter"),
        "New line",
        "Begin a new line.",
        in_footer=True,
        in_palette=False,
    ),
    Action(
        "edit",
        Where.COMPOSER,
        ("ctrl+o",),
        "Editor",
        "Write in your own editor: $VISUAL, or $EDITOR.",
        in_footer=True,
        in_palette=False,
    ),
    Action(
        "thread_up",
        Where.COMPOSER,
        ("pageup",),
        "Scroll up",
        "Messages up.",
        in_palette=False,
    ),
    Action(
        "thread_down",
        Where.COMPOSER,
        ("pagedown",),
        "Scroll down",
        "And down.",
        in_palette=False,
    ),
    _in_search("choose_hit", ("enter",), "Open there", "Open it where it stands."),
    _in_search("next_hit", ("down",), "Down", "One down."),
    _in_search("previous_hit", ("up",), "Up", "One up."),
    _in_search("hits_down", ("pagedown",), "Page down", "A page down."),
    _in_search("hits_up", ("pageup",), "Page up", "A page up."),
    _in_search(
        "toggle_here", ("tab",), "Here", "In this conversation only, or in all."
    ),
    _in_search("copy_hit", ("ctrl+y",), "Copy", "Copy the message."),
    _in_search(
        *("close_search", ("escape", "ctrl+f"), "Back"),
        "Back to where you were; the next ^f shows the same search.",
    ),
    Action(
        "next_pane",
        Where.ANYWHERE,
        ("tab",),
        "Next pane",
        "Conversations, messages, composer, and round again.",
        in_palette=False,
    ),
    Action(
        "previous_pane",
        Where.ANYWHERE,
        ("shift+tab",),
        "Pane before",
        "The same the other way round.",
        in_palette=False,
    ),
    Action(
        "palette",
        Where.ANYWHERE,
        ("ctrl+p",),
        "Commands",
        "Find an act by name.",
        in_footer=True,
        in_palette=False,
    ),
    Action(
        "help",
        Where.ANYWHERE,
        ("f1", "question_mark"),
        "Help",
        "Every key that counts where you are.",
        in_footer=True,
        written="?",
    ),
    Action("leave", Where.ANYWHERE, ("ctrl+q",), "Quit", "Leave; the daemon goes on."),
    Action(
        "interrupt",
        Where.ANYWHERE,
        ("ctrl+c",),
        "Clear, quit",
        "Clear the composer; pressed twice, quit.",
        in_palette=False,
    ),
)

ANYWHERE: Final = {
    action.name: action for action in ACTIONS if action.where is Where.ANYWHERE
}
"""The acts that count wherever the focus is, by name."""
_KEY_NAMES: Final = {
    "escape": "esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "question_mark": "?",
    "up": "↑",
    "down": "↓",
    "home": "Home",
    "end": "End",
}


def key_name(key: str) -> str:
    """A key as people write it: «^g», «F2», «⇧F3», «esc»."""
    modifiers, _, base = key.rpartition("+")
    base = _KEY_NAMES.get(base, base)
    if base[0] == "f" and base[1:].isdigit():
        base = base.upper()
    if modifiers == "ctrl":
        return f"^{base}"
    if modifiers == "shift":
        return f"⇧{base}"
    return f"{modifiers}+{base}" if modifiers else base


def actions_at(where: Where) -> Iterator[Action]:
    """The acts that belong to one place, in the order of the table."""
    return (action for action in ACTIONS if action.where is where)


def bindings(where: Where) -> list[BindingType]:
    """The keys of one place as Textual wants them; ids make them remappable."""
    return [
        Binding(
            ",".join(action.keys),
            action.name if action.by_pane else f"screen.{action.name}",
            action.label,
            show=False,
            id=f"{where.name.lower()}.{action.name}",
        )
        for action in actions_at(where)
    ]
