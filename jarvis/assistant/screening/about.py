"""How models speak of themselves and of the task in place of a reply; pure."""

from __future__ import annotations

import re
from typing import Final


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


ABOUT_ASSISTANT: Final = _any(
    (
        r"\bas an? (?:ai|artificial|language model|large language|virtual|"
        r"assistant|chatbot)"
    ),
    r"\b(?:large )?language model\b",
    r"\bai (?:assistant|model|language)\b",
    (
        r"\bi(?:'m| am) (?:an? )?(?:\w+ )?(?:ai|chatbot|assistant|bot)\b(?! "
        r"\w+er\b)"
    ),
    (
        r"\bi(?:'m| am) (?:just )?(?:here|happy|glad|ready|able) to (?:assist|"
        r"answer (?:your|any|questions)|help you with (?:any|your|that|"
        r"this|whatever|anything))"
    ),
    r"\bhow (?:can|may) i (?:assist|help) you (?:today|with)\b",
    (
        r"\b(?:what|how) (?:would|do) you (?:like|want|need) (?:me|help) "
        r"(?:to (?:write|reply|draft|respond|say)|with your)"
    ),
    (
        r"\bi (?:can(?:'t|not)|am unable to|'m unable to|won't be able "
        r"to) (?:assist|fulfil?l|comply|provide|generate|engage|(?:help|"
        r"continue) with (?:that|this) request)"
    ),
    (
        r"\b(?:feel free|don't hesitate) to (?:adjust|modify|edit|personali[sz]e|"
        r"customi[sz]e|change (?:it|the)|ask (?:me )?(?:any|if|more))"
    ),
    (
        r"\blet me know if (?:you(?:'d| would) like (?:me to|any|another|"
        r"a different|to (?:adjust|change))|you need (?:anything else|any "
        r"(?:other|further|more)))"
    ),
    (
        r"^\W*(?:note|explanation|reasoning|rationale|disclaimer|context|"
        r"tone)\s?[:：]"
    ),
    r"\bals (?:ki|künstliche|sprachmodell)",
    r"\bich bin (?:ein|eine) (?:ki|künstliche|sprachmodell|virtuelle)",
    (
        r"\b(?:wie|womit) kann ich (?:ihnen|dir) (?:heute )?(?:behilflich "
        r"sein|helfen\?)"
    ),
    r"\ben tant qu(?:'|e )(?:ia|intelligence|modèle|assistant)",
    r"\bcomment puis-je vous aider (?:aujourd|à)",
    r"\bcomo (?:una? )?(?:ia|inteligencia|modelo de|asistente)",
    r"\b¿?en qué puedo ayudar(?:te|le) hoy",
    r"\bin quanto (?:ia|intelligenza|modello|assistente)",
    r"作为(?:一个|一名)?(?:AI|人工智能|语言模型|助手)",
)
"""A sentence of an assistant about itself, or to whom it works for."""
ABOUT_TASK: Final = _any(
    (
        r"\b(?:the|this|your|my) (?:last|previous|above|following|given|"
        r"provided|first|next|original|user's|quoted) (?:message|chat|conversation|"
        r"text|question|prompt)s? (?:is|are|was|has|have|asks|says|does|"
        r"contains|seems|appears|should|of|in)\b"
    ),
    (
        r"^\W*the user\b|\bthe user(?:'s| (?:is|has|wants|asks|asked|said|says|needs|"
        r"wrote|writes))\b"
    ),
    r"\bin compliance with\b",
    r"\b(?:as|you) (?:you )?requested\b",
    (
        r"\b(?:the|your|this) (?:request|prompt|instructions?|task|chat|"
        r"conversation) (?:is|are|was|above|below|asks|says|states|does|"
        r"about|between|has|to write)\b"
    ),
    (
        r"\b(?:based on|according to|given) (?:the|this|our|your|these) "
        r"(?:\w+ )?(?:chat|conversation|messages?|context|prompt|instructions?|"
        r"information)\b"
    ),
    (
        r"\byou(?:'ve| have)? asked (?:me )?(?:to|for|about a)\b.{0,30}?\b(?:write|"
        r"reply|respond|draft|summari[sz]e|message|response|help)"
    ),
    (
        r"\b(?:write|draft|compose|craft|generate|produce|create) (?:a|"
        r"an|my|your|the|one|another) (?:\w+[ -]){0,3}(?:repl(?:y|ies)|"
        r"responses?|answers?|follow-?ups?|message (?:of|in|about|for (?:you|"
        r"the (?:chat|user))|that))"
    ),
    (
        r"\b(?:write|reply|respond) (?:\w+ ){0,3}(?:in (?:your|the user's) "
        r"(?:place|stead|name)|on (?:your|the user's) behalf)"
    ),
    r"\bin (?:your|the user's) (?:place|stead)\b",
    (
        r"\bthis (?:reply|response|message|version|draft|answer|text|follow-?up) "
        r"(?:is|keeps|shows|maintains|acknowledges|conveys|uses|sounds|"
        r"expresses|would|should|assumes|follows|matches|reflects|does|"
        r"can|invites|provides)\b"
    ),
    (
        r"\b(?:i|we)(?:'ve| have| need to| should| must) (?:written|drafted|"
        r"crafted|rephrased|tailored|keep (?:it|the (?:reply|tone|message))|"
        r"(?:write|draft|craft|produce|generate) (?:a|an|the|my|your|another) "
        r"(?:\w+ ){0,2}(?:reply|response|message|answer|follow-?up|version))"
    ),
    r"\bin this version\b",
    (
        r"\b(?:help|assist)(?:ing)? (?:you )?(?:with|in) (?:your|this|that|the|any) "
        r"(?:\w+ )?(?:chats?|messages?|conversations?|requests?|questions?|"
        r"quer(?:y|ies)|repl(?:y|ies))\b"
    ),
    (
        r"\b(?:provid\w+|giv(?:e|ing)|generat\w+) (?:you )?(?:with )?(?:a|"
        r"an|the|my|your) (?:\w+ ){0,2}(?:response|reply)\b"
    ),
    r"\bexactly \w+ (?:messages?|words?|characters?|sentences?)\b",
    r"\banswer in (?:it|english)\b",
    r"\bfollow-?up (?:message|reply|response)\b",
    (
        r"\b(?:friendly|professional|casual|polite|informal|formal|conversational) "
        r"(?:and \w+ )?(?:tone|manner)\b"
    ),
    (
        r"\b(?:designed|programmed|trained|instructed) to (?:respond|answer|"
        r"assist|help|reply|provide|generate|write)"
    ),
    r"\bas you(?:'ve| have)? (?:asked|requested|instructed)\b",
    (
        r"\b(?:you(?:'re| are)|i(?:'ve| have) been|i (?:was|am)) asked "
        r"to (?:write|respond|reply|answer|summari[sz]e|draft)"
    ),
    r"\b(?:specified|requested|desired|following) format\b",
    r"\bquotation marks?\b",
    (
        r"\b(?:context|continuation|middle|part) of (?:a|the|this|your) (?:chat|"
        r"conversation|message)\b"
    ),
    r"\b(?:respond|reply|responding|replying) to your (?:\w+ )?message\b",
    r"\b(?:your|the) next message\b",
    r"\bmessages? (?:to|in|of|from) (?:this|the) (?:chat|conversation)\b",
    r"\b(?:information about myself|i have a limitation|ask (?:me )?any question)\b",
    r"\bkeep (?:the|this|our|your) (?:chat|conversation)\b",
    r"\b(?:answer|reply to|respond to) (?:the|your) (?:last|previous) (?:\w+ )?messages?\b",
    r"\byou wrote (?:your|a|the) (?:\w+ )?(?:response|message|reply)\b",
    r"\bin (?:the|this|your) chat\b",
    r"\b(?:a chat with you|to your chat|about your chat)\b",
    r"\bthere(?:'s| is| are) (?:an?|\w+) messages? (?:from|in)\b",
    r"\basked me to answer\b",
    r"\bchat (?:server|room|history|log|is in \w+)\b",
    r"\bder (?:benutzer|nutzer)\b",
    (
        r"\bdie (?:letzte|vorige|obige) nachricht (?:ist|war|hat|fragt|"
        r"enthält)\b"
    ),
    r"\bdiese (?:antwort|nachricht) (?:ist|zeigt|drückt|bleibt|hält)\b",
    r"\bl'utilisateur\b",
    r"\bel usuario\b",
    r"\bl'utente\b",
    r"\bce(?:tte)? (?:réponse|message) (?:est|montre|exprime|reste)\b",
    r"\best[ae] (?:respuesta|mensaje) (?:es|muestra|expresa|mantiene)\b",
    r"用户(?:想|希望|说|问|要求)",
)
"""A sentence about the task, or about the conversation as such."""
POLITE: Final = re.compile(
    r"\W*(?:(?:i'm|i am)\s(?:\w+\s)?(?:sorry|glad|happy|afraid|not sure)|sorry|apologies|"
    r"i apologi[sz]e|you're welcome|you can't|thank you|thanks|hello|hi|hey|dear|"
    r"i understand|i can't|i cannot)\b",
    re.IGNORECASE,
)
"""How people begin, and assistants who then speak of the task."""
