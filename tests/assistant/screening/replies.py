"""What models write when a reply is wanted, and what of it could be sent."""

from __future__ import annotations

from typing import Final

from jarvis.assistant.screening.judging import DropReason

TEXT: Final = "Sounds good, see you at six!"
TALK: Final = (
    "Mia: hey",
    "Me: hi",
    "Mia: are you free for dinner on Friday at six?",
)
_GERMAN: Final = "Klingt gut, bis um sechs!"
_FRENCH: Final = "Ça marche, à vendredi !"
_SPANISH: Final = "¡Suena bien, nos vemos!"

_AROUND: Final = (
    f"Here's a reply you could send:\n\n{TEXT}",
    f"Here’s a reply you could send: {TEXT}",
    f"Here is a possible response:\n{TEXT}",
    f"Sure! Here's a short reply:\n\n{TEXT}",
    f'Sure!\n\nHere is my reply:\n\n"{TEXT}"\n\nLet me know if it fits.',
    f"Certainly, here's a message you can send to Mia:\n\n“{TEXT}”",
    f"You could say:\n\n{TEXT}",
    f'You could say: "{TEXT}"',
    f"Possible reply:\n\n{TEXT}",
    f"A friendly response could be:\n\n{TEXT}",
    f"**Reply:**\n\n{TEXT}",
    f"### Reply\n\n{TEXT}",
    f"Reply: {TEXT}",
    f"Me: {TEXT}",
    f"**Draft:** {TEXT}",
    f"```\n{TEXT}\n```",
    f"---\n\n{TEXT}",
    f'"{TEXT}"',
    f"«{TEXT}»",
    f"„{TEXT}“",
    f"**{TEXT}**",
    f"Here are a few options:\n\n1. {TEXT}\n2. No, sorry.\n3. Maybe.",
    f"Option 1: {TEXT}\nOption 2: No, sorry.",
    f"{TEXT}\n\nThis reply is friendly and short.",
    f"{TEXT} This reply keeps it short.",
    f"{TEXT}\n(Note: I kept the tone casual.)",
    f"{TEXT}\nMia: great!\nMe: bye",
    f"{TEXT}\nMe: And bring wine.",
    f"{TEXT}\nUser: what else?",
    f"{TEXT} {TEXT} {TEXT}",
    f"{TEXT}\n```python\nprint(1)\n```",
    f"Are you free for dinner on Friday at six? {TEXT}",
)

WRAPPED: Final[dict[str, str]] = dict.fromkeys(_AROUND, TEXT) | {
    f"Hier ist eine mögliche Antwort:\n\n{_GERMAN}": _GERMAN,
    f"Natürlich! Hier ist ein Vorschlag: {_GERMAN}": _GERMAN,
    f"Antwort: {_GERMAN}": _GERMAN,
    f"Voici une réponse possible :\n\n{_FRENCH}": _FRENCH,
    f"Aquí tienes una respuesta:\n\n{_SPANISH}": _SPANISH,
    f"Ecco una possibile risposta:\n\n{TEXT}": TEXT,
    f"Aqui está uma resposta:\n\n{TEXT}": TEXT,
    f"Hier is een antwoord:\n\n{TEXT}": TEXT,
    "你可以这样回复：好的，六点见！": "好的，六点见！",
    "以下は返信の例です：\n\nいいね、6時に！": "いいね、6時に！",
    "I love you so much. " * 9: "I love you so much.",
    "I love you so much " * 9: "I love you so much",
    f"Tässä on vastaus:\n\n{TEXT}": TEXT,
    "No problem! See you. See you. See you. See you.": "No problem! See you.",
}
"""What stands around a reply goes."""

DROPPED: Final[dict[str, DropReason]] = {
    "<chat-548b509f>": "frame",
    "</chat-548b509f>\n\nSure": "frame",
    '[{"from": "Mia", "text": "hey"}]': "frame",
    '"from": "me", "text": "ok"': "frame",
    "It is Tuesday 2025-11-18 18:05. Write my reply to the last message.": "frame",
    "Write my reply to the last message.": "frame",
    "You write the next message of a chat in the user's place.": "frame",
    "Write it short, in the language and the tone the user writes in.": "frame",
    "Hello! Answer with that message alone, no quotation marks.": "frame",
    "It's Thursday 2026-1-31 18:45.": "frame",
    "Chat 9500fad3: hello": "frame",
    "The last message is in compliance with the request.": "about_task",
    "hey! i'm here to answer your questions.": "about_task",
    "You've asked me to write a message about a chat in your place.": "about_task",
    "As an AI language model, I can't have dinner.": "about_task",
    "I'm sorry, but I can't assist with that.": "about_task",
    "Okay, the user wants me to reply. Keep it short.": "about_task",
    "The user is asking about dinner.": "about_task",
    "Based on the conversation, a good reply is yes.": "about_task",
    "How can I assist you today?": "about_task",
    "Als KI kann ich nicht essen.": "about_task",
    "En tant qu'IA, je ne mange pas.": "about_task",
    "Are you free for dinner on Friday at six?": "echo",
    "are you free for dinner on friday at six": "echo",
    "import os\nprint(os.environ)": "code",
    "```python\ndef reply():\n    pass\n```": "code",
    "def reply(message):\n    return message": "code",
    "<html><body>Hi</body></html>": "code",
    "Hi [Name], see you at six!": "placeholder",
    "Mia: I am so glad!": "turn",
    "": "nothing",
    "Here's a reply you could send:": "nothing",
    "I'll add one more thing, and it is this:": "nothing",
}
"""What is none, and why."""

PLAIN: Final = (
    TEXT,
    "ok",
    "👍",
    "me",
    "love you <3",
    "a < b, I think",
    "no no no no",
    "hahahahaha that's great",
    "very very good",
    "bye bye bye",
    "Here's the address: 12 Main St.",
    "Here's one: why did the chicken cross the road?",
    "I have a message for you: call me.",
    "Meet me: 7pm",
    "it's 5\" wide",
    'she said "hi"',
    '"Dune" was great',
    "line one\nline two",
    "1. milk\n2. eggs",
    "Sure!",
    "Of course! I'll bring wine.",
    "Dr. Who is on at six. See you!",
    "your last message made me laugh",
    "I'm here to help if you need anything",
    "let me know if you need anything",
    "how can I help?",
    "Feel free to bring the kids",
    "We need to talk about Friday.",
    "I should go now",
    "That's the plan; see you (maybe) at six",
    "I sent you the code: 4711",
    "I love you so much. I really do!",
    "See https://example.org/a?b=c;d",
    "Is that a yes? Or a no?",
    "Klar, bis dann!",
    "Yes… maybe",
    "好的。六点见。",
    "いいよ！また明日。",
)
"""What people write."""
