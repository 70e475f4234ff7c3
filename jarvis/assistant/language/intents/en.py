"""Common asks in English, the most telling first."""

from __future__ import annotations

from typing import Final

from jarvis.assistant.language.intents.rules import rule

RULES: Final = (
    rule(
        "sad_news",
        r"passed away|died|funeral|in (?:the )?hospital|bad news|broke up|"
        r"lost my job|got laid off|didn't get (?:it|the job)|(?:i'm|feeling) (?:so )?sad",
        (None, "I'm so sorry to hear that"),
        (None, "Thinking of you ❤️"),
        (None, "Is there anything I can do?"),
        is_ask=False,
    ),
    rule(
        "good_news",
        r"good news|great news|i got the job|i passed|we won|(?:i'm|we're) engaged|"
        r"it's a (?:boy|girl)|got promoted|we did it|got accepted",
        (None, "Congratulations! 🎉"),
        (None, "That's amazing!"),
        (None, "So happy for you!"),
        is_ask=False,
    ),
    rule(
        "apology",
        r"(?:i'm |i am )?(?:so |really |very )?sorry(?! to hear)|my bad|apologi[sz]e|"
        r"running late|forgive me",
        (None, "No worries!"),
        (None, "All good, take your time"),
        (None, "It's okay"),
        is_ask=False,
    ),
    rule(
        "call",
        r"call me|give me a (?:call|ring)|can (?:you|we|i) (?:call|talk|phone)|"
        r"free (?:for a|to) (?:call|talk)|up for a call",
        ("yes", "Sure, calling you now"),
        ("maybe", "In a bit, okay?"),
        ("no", "Can't talk right now, sorry"),
    ),
    rule(
        "where",
        r"where are you|where r u|where u at|are you (?:there|here|home|up)|"
        r"how far (?:are you|out)|what's your eta|almost (?:there|here)\W*\?",
        ("yes", "On my way"),
        ("yes", "I'm here"),
        ("maybe", "Running a bit late, sorry"),
    ),
    rule(
        "choice",
        r"(?P<a>[\w'-]+) or (?P<b>[\w'-]+)\s*\?",
        ("yes", "{a}"),
        ("other", "{b}"),
        ("maybe", "Either is fine with me"),
    ),
    rule(
        "how_are_you",
        r"how(?:'s it going|'s everything|'ve you been| are you| are things| r u| have you "
        r"been)|what's up|what are you up to|you (?:ok|okay|alright)\W*\?",
        (None, "All good, and you?"),
        (None, "Pretty good!"),
        (None, "Bit tired, but good"),
    ),
    rule(
        "when",
        r"(?:what time|when)(?! (?:i|we|it|you) \w+ (?!\?))[^?]*\?",
        ("maybe", "Let me check and tell you"),
        ("other", "When suits you?"),
        ("maybe", "Not sure yet"),
    ),
    rule(
        "invitation",
        r"(?:do )?you (?:want|wanna|feel like|fancy)|(?:want|wanna|care) to|wanna|"
        r"would you like|are you (?:free|coming|around|in|up for)|"
        r"you (?:free|coming|in)\W*\?|join (?:us|me)|come over|shall we|let's|"
        r"up for|how about|what about|(?:free|coming) [^?]*\?",
        ("yes", "Sounds good!"),
        ("no", "Sorry, I can't make it"),
        ("maybe", "Maybe, let me check"),
        ("yes", "I'm in"),
    ),
    rule(
        "request",
        r"(?:can|could|would|will) (?:you|u)|please|pls|mind (?:if|picking|sending)|"
        r"send me|let me know|remind me",
        ("yes", "Sure, will do"),
        ("no", "Sorry, I can't"),
        ("maybe", "Let me see"),
    ),
    rule(
        "yes_no",
        r"(?:right|correct|yes)\s*\?|"
        r"(?:do|does|did|is|are|was|were|have|has|had|will|would|should|shall|can|could|am)"
        r"(?:n't)? (?:you|u|i|we|it|he|she|they|that|this|the|your|my|there)[^?]*\?",
        ("yes", "Yes"),
        ("no", "No"),
        ("maybe", "Not sure yet"),
    ),
    rule(
        "thanks",
        r"thank you|thanks|thx|ty|appreciate it|cheers",
        (None, "You're welcome!"),
        (None, "No problem"),
        (None, "Anytime 😊"),
        is_ask=False,
    ),
    rule(
        "goodbye",
        r"good ?night|gn|bye|see you|see ya|talk (?:soon|later)|take care",
        (None, "See you!"),
        (None, "Bye, take care"),
        (None, "Talk soon"),
        is_ask=False,
    ),
    rule(
        "greeting",
        r"^\W*(?:hi|hey+|hello|good (?:morning|afternoon|evening)|morning|yo)",
        (None, "Hey! How are you?"),
        (None, "Hi!"),
        (None, "Hey, what's up?"),
        is_ask=False,
    ),
)
