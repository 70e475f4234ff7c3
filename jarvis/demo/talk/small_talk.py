"""What people say around any scene: greetings, thanks, nudges, afterthoughts."""

from collections.abc import Mapping

GREETINGS = ("Hi!", "Hey!", "Hello!", "Hi there!", "Hey hey!")

EMOJI = ("😊", "🙏", "😅", "👋", "🙂", "✨", "😄")

CLOSINGS: Mapping[str, tuple[str, ...]] = {
    "yes": ("{Great|Perfect|Lovely}, {thanks|thank you}!", "{Super|Wonderful}!", "👍"),
    "no": ("{Ok|Alright}, {no worries|never mind}.", "{Pity|Too bad}, {next time|ok}!"),
    "maybe": ("{Ok|Alright}, {tell me|let me know}.", "{No rush|Take your time}!"),
    "other": ("{Hm, ok|Ok}, {good question|good point}.", "{Fine by me|Let's see}."),
}
"""How the one who asked takes an answer, by its stance."""

JOINING: Mapping[str, tuple[str, ...]] = {
    "yes": ("{I'm in|Count me in|Me too}!", "{Yes|Sure}, {gladly|with pleasure}!"),
    "no": ("I {can't|can't this time}, sorry.", "{Not me|Without me}, {sorry|sadly}."),
}
"""What somebody else in a group throws in."""

JOINED: Mapping[str, str] = {"yes": "{0} wanted to join", "no": "{0} could not join"}

NUDGES: Mapping[str, tuple[str, ...]] = {
    "yes": (
        "{Any thoughts|Any news} about [topic]?",
        "{Did you see|Have you seen} my message about [topic]?",
    ),
    "no": (
        "{Never mind|Forget} about [topic], {it's sorted|all solved}.",
        "{It's fine|Don't worry} about [topic], {I found a way|all good}.",
    ),
    "maybe": ("{No rush|No hurry} about [topic], {whenever you can|take your time}.",),
    "other": ("Or {would you prefer|shall we find} {something else|another way}?",),
}
"""From the one who asked and still waits, by the leaning of the nudge."""

AFTERTHOUGHTS: Mapping[str, tuple[str, ...]] = {
    "yes": ("{Tell me|Let me know} if anything changes about [topic].",),
    "no": ("{Sorry|Actually}, I have to take that back about [topic].",),
    "maybe": ("I'll {write|get back to you} about [topic] {soon|later}.",),
    "other": ("{Do you need|Is there} anything else for [topic]?",),
}
"""From the one who answered last, and adds something."""

TAKEN: Mapping[str, tuple[str, ...]] = {
    "yes": ("{Great|Perfect}, {thank you|thanks}!",),
    "no": ("{No problem|I understand}, {another time|never mind}.",),
    "maybe": ("{Ok|Alright}, just {tell me|let me know}.",),
    "other": ("{Ok|Sure}, {let's do that|let's talk about it}.",),
}
"""How one takes the other's answer by its stance, in a draft that agrees."""

SECOND_THOUGHTS: Mapping[str, tuple[str, ...]] = {
    "no": ("{Hm|Sorry}, that doesn't {work|help} after all.",),
    "maybe": ("{Let me|I have to} think about [topic] {a little|a bit}.",),
    "other": ("Ok. {Do you need|Do you want} anything from me for [topic]?",),
}
"""The same by the stance of the draft, where it does not simply agree."""

LAST_WORDS: Mapping[str, tuple[str, ...]] = {
    "yes": ("{Great|Perfect}, {talk soon|all set}!",),
    **{stance: AFTERTHOUGHTS[stance] for stance in ("no", "maybe", "other")},
}
"""After the other has closed the matter."""
