"""Scenes of work: calls, papers, shifts, deadlines, favours between colleagues."""

from jarvis.demo.talk.scene import Scene

SCENES = (
    Scene(
        name="call",
        topic="the call( [onday])",
        asks=(
            "{Can we talk|Can we have a call} [onday] at [time]? {It's about the [document].|}",
            "{Do you have|Have you got} [minutes] minutes for a call [onday]? {[time]?|At [time] maybe?}",
            "{I'd like to|We should} {talk|speak} about the [document]. // {Are you free|Can I call} [onday] at [time]?",
        ),
        replies={
            "yes": (
                "{Sure|Yes}, {call me|let's talk} at [time].",
                "[time] {works|suits me}, talk to you [onday].",
            ),
            "no": (
                "I'm {in meetings|travelling} at [time], sorry.",
                "{I can't|No chance} [onday], {can you write it instead|another day}?",
            ),
            "maybe": (
                "{Let me see|I'll check} whether [time] {stays free|works} and {write back|confirm}.",
                "{Probably|I think so}, I'll confirm [time] {soon|later}.",
            ),
            "other": (
                "Could we {talk|do it} {an hour later|in the morning} instead of [time]?",
                "Can {you call me now|we meet in person} instead?",
            ),
        },
        summary="[A] asked [B] for a call( [onday])( at [time])",
        outcomes={
            "yes": "agreed",
            "no": "had no time",
            "maybe": "promised to confirm",
            "other": "asked for a change",
        },
        settled="the call( [onday])( at [time])",
    ),
    Scene(
        name="meeting",
        topic="the meeting",
        asks=(
            "{Can we move|Could we move} the meeting to [time] {[day]|[onday]}?",
            "The meeting {is now in|moved to} room [room] at [time], {ok|does that work}?",
            "[friend] {can't come|is away}. // {Shall we meet|Could we meet} [onday] at [time] {in room [room]|} instead?",
        ),
        replies={
            "yes": (
                "{Yes|Sure}, [time] is {fine|good}.",
                "{Ok|Noted}, see you at [time].",
            ),
            "no": (
                "[time] is {bad|impossible} for me, {sorry|I'm afraid}.",
                "{Please don't move it|I'd rather keep it}, I'm {full|booked}.",
            ),
            "maybe": (
                "I have to {ask|check with} the {others|team} about [time].",
                "{Perhaps|Maybe}, I'll {tell you|answer} {by noon|soon}.",
            ),
            "other": (
                "Do we {need|really need} the meeting? {An email might do.|}",
                "Could I {join by phone|dial in}?",
            ),
        },
        summary="[A] wanted the meeting( at [time])",
        outcomes={
            "yes": "agreed",
            "no": "[Bwas] against it",
            "maybe": "had to ask first",
            "other": "had another idea",
        },
        settled="the meeting( at [time])",
    ),
    Scene(
        name="review",
        topic="the [document]",
        asks=(
            "{Could you|Can you} {look over|read|check} the [document] {before [day]|by [time]}?",
            "I've {sent you|finished} the [document]. // {Could you read it|Any comments} by [day]?",
            "[friend] {needs|wants} the [document] by [day], {can you check it|could you go through it}?",
        ),
        replies={
            "yes": (
                "{Sure|Will do}, I'll {read|check} the [document] {today|tonight}.",
                "{Gladly|Yes}, you'll have my notes on the [document] {in time|soon}.",
            ),
            "no": (
                "I'm {swamped|buried in work}, I can't {read|take} the [document].",
                "{Sorry|I'm sorry}, could {someone else|a colleague} read the [document]?",
            ),
            "maybe": (
                "I'll {try|see}, how {long|many pages} is the [document]?",
                "If I {finish|get through} my own work first, {yes|then yes}.",
            ),
            "other": (
                "Could I have {more time|another week} for the [document]?",
                "What should I {look at|watch for} in the [document]?",
            ),
        },
        summary="[A] asked [B] to check the [document]",
        outcomes={
            "yes": "promised to",
            "no": "had no time",
            "maybe": "promised to try",
            "other": "asked back",
        },
        settled="checking the [document]",
    ),
    Scene(
        name="feedback",
        topic="the [document]",
        asks=(
            "{What did you think of|How did you like} the [document]?",
            "{Be honest|Tell me}: is the [document] {good|too long}?",
            "I {read|saw} your [document]. // {Can I tell you something|Do you want my opinion}?",
        ),
        replies={
            "yes": (
                "{Honestly|Really}, the [document] is {great|very good}.",
                "{Yes|Sure}, the [document] {is nearly there|reads well}.",
            ),
            "no": (
                "{To be honest|Frankly}, the [document] {needs work|isn't there yet}.",
                "{Not now please|Rather not}, I'm {tired of|done with} the [document].",
            ),
            "maybe": (
                "I {haven't finished|only skimmed} the [document] yet.",
                "{Parts of it|Some pages}, yes. I'll read the [document] again.",
            ),
            "other": (
                "{Who else has read|Who else read} the [document]?",
                "Can we {talk|sit down} about the [document]?",
            ),
        },
        summary="[A] and [B] exchanged views on the [document]",
        outcomes={
            "yes": "[Bwas] positive",
            "no": "[Bwas] critical",
            "maybe": "needed more time",
            "other": "asked back",
        },
    ),
    Scene(
        name="send",
        topic="the [document]",
        asks=(
            "{Can you send|Could you send} me the [document]{ please|}? {I need it by [time].|[friend] wants it.}",
            "{Where is|Where can I find} the [document]? // {I need it|They want it} {[day]|by [day]}",
            "{Do you have|Have you got} the {latest|new} [document]?",
        ),
        replies={
            "yes": (
                "{Sure|Yes}, {sending|I'll send} the [document] {now|right away}.",
                "The [document] is {in your inbox|on its way}.",
            ),
            "no": (
                "I don't have the [document], {sorry|I'm afraid}.",
                "The [document] isn't {ready|finished} {yet|sorry}.",
            ),
            "maybe": (
                "Let me {look|search} for the [document].",
                "It's {almost done|nearly ready}, {maybe|perhaps} tonight.",
            ),
            "other": (
                "Which {version|part} of the [document]?",
                "Is a {rough|first} version enough?",
            ),
        },
        summary="[A] asked [B] to send the [document]",
        outcomes={
            "yes": "sent it",
            "no": "did not have it",
            "maybe": "promised to look",
            "other": "asked back",
        },
        settled="sending the [document]",
    ),
    Scene(
        name="shift",
        topic="the shift( [onday])",
        asks=(
            "{Could you take|Can you cover} my shift [onday]{ at [time]|}?",
            "{Can we swap|Shall we swap} shifts [onday]? {I'd take yours.|I have to go to [city].}",
            "{Who can|Can you} {work|cover} [onday] from [time]? [friend] is ill",
        ),
        replies={
            "yes": (
                "{Sure|No problem}, I'll {take|cover} it.",
                "{Yes|Ok}, I'll {work|be in} [onday].",
            ),
            "no": (
                "I'm {off|away} [onday], sorry.",
                "{I can't|No}, I've {worked|done} too many shifts {already|this month}.",
            ),
            "maybe": (
                "I'll {ask at home|check} and {tell you|write}.",
                "{Perhaps|Possibly} half of it, I'll see.",
            ),
            "other": (
                "Only if you {take|cover} mine next time. {Deal?|}",
                "Could {somebody|one of the others} {share|split} it with me?",
            ),
        },
        summary="[A] asked [B] to take a shift( [onday])",
        outcomes={
            "yes": "took it",
            "no": "could not",
            "maybe": "had to check",
            "other": "wanted something in return",
        },
        settled="taking the shift( [onday])",
    ),
    Scene(
        name="deadline",
        topic="the deadline",
        asks=(
            "{Will you|Can you} {finish|have} the [document] {ready|done} {by [day]|before [day]}?",
            "{How is|How far is} the [document]? {It's due [onday].|[friend] is asking.}",
            "The [document] is due [onday]. // {Will it be ready|Are we on time}?",
        ),
        replies={
            "yes": (
                "{Yes|Almost done}, the [document] will be {ready|there} in time.",
                "{It's done|Finished}, only {one page|the last check} is left.",
            ),
            "no": (
                "I {won't|can't} {make it|finish the [document]} in time, sorry.",
                "{I'm behind|It's late}, the [document] needs more {days|time}.",
            ),
            "maybe": (
                "It'll be {close|tight}, I'll tell you {tomorrow|soon}.",
                "{If nothing breaks|With luck}, yes.",
            ),
            "other": (
                "Could we {move|push} the deadline?",
                "Could {someone|you} {help|take over} a part of the [document]?",
            ),
        },
        summary="[A] asked whether the [document] would be ready",
        outcomes={
            "yes": "expected so",
            "no": "needed more time",
            "maybe": "[Bwas] not sure",
            "other": "asked for more time or help",
        },
        settled="the [document] in time",
    ),
    Scene(
        name="contact",
        topic="the number of [friend]",
        asks=(
            "{Do you have|Could you send me} the {number|address} of [friend]?",
            "{Can you put me in touch|Could you connect me} with [friend]?",
            "{How do I reach|How can I reach} [friend]? // {It's about|I need help with} the [document]",
        ),
        replies={
            "yes": (
                "{Sure|Yes}, I'll send you {it|the contact} for [friend].",
                "{Of course|Gladly}, I'll {tell|write to} [friend].",
            ),
            "no": (
                "I don't have {a number|anything} for [friend], sorry.",
                "I'd {rather not|better not}, [friend] {likes quiet|is on leave}.",
            ),
            "maybe": (
                "I'll ask [friend] {first|if that's ok}.",
                "I {might|may} have it somewhere, let me look.",
            ),
            "other": (
                "What {is it about|do you want} with [friend]?",
                "{Shall I ask|Could I ask} [friend] for you?",
            ),
        },
        summary="[A] asked [B] how to reach [friend]",
        outcomes={
            "yes": "helped",
            "no": "could not help",
            "maybe": "wanted to ask first",
            "other": "asked back",
        },
        settled="putting [A] in touch with [friend]",
    ),
)
