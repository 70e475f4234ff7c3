"""Scenes of small favours: fetching, lending, lifting, paying."""

from jarvis.demo.talk.scene import Scene

SCENES = (
    Scene(
        name="groceries",
        topic="the shopping",
        asks=(
            "{Are you at the shop|Passing by [shop]}? {We need|We're out of} [item] and [item2]",
            "Can you {get|bring|pick up} [item] {and [item2]|} {from [shop]|on your way}?",
            "{I'm at [shop]|Going to [shop]}, {do we need anything|what's missing}? // @B {Let me look|One second} // {I have [item] already|I wrote down [item]}",
        ),
        replies={
            "yes": (
                "{Sure|Will do}, I'll {get|bring} [item].",
                "[item], {noted|got it}! {Anything else?|See you soon.}",
            ),
            "no": (
                "{Sorry|Ah}, I'm {already home|not near a shop}.",
                "I {can't|won't manage} today, {could you go|can you get it}?",
            ),
            "maybe": (
                "If {they're still open|I make it in time}, I'll get [item].",
                "I'll {see|try}, the {queue|traffic} is long.",
            ),
            "other": (
                "Don't we {still have|have enough} [item]?",
                "{Which kind of|How much} [item] do you want?",
            ),
        },
        summary="[A] wrote about shopping for [item]",
        outcomes={
            "yes": "took care of it",
            "no": "could not do it",
            "maybe": "promised to try",
            "other": "asked back",
        },
        settled="[item] from the shop",
    ),
    Scene(
        name="school_run",
        topic="picking up [kid]",
        asks=(
            "{Could|Can} you {pick up|fetch|collect} [kid] {from school|from training} at [time]{ [day]|}?",
            "{I'm stuck at work|My meeting runs late}. // Can you {get|fetch} [kid] at [time]?",
            "[kid] {finishes|is done} at [time] {[day]|[onday]}, {can you be there|could you go}?",
        ),
        replies={
            "yes": (
                "{Sure|Of course}, I'll {get|fetch} [kid] at [time].",
                "{No problem|Happy to}, [time], I'll be there for [kid].",
            ),
            "no": (
                "I can't {leave|get away} before [time], {sorry|I'm sorry}.",
                "{Not today|I can't}, {is anyone else free for|who else could fetch} [kid]?",
            ),
            "maybe": (
                "I'll {try to move a call|see if I can leave} and tell you.",
                "{Maybe|Possibly}, when do you {have to|need to} know?",
            ),
            "other": (
                "Could [kid] {wait|stay} a little {longer|after [time]}?",
                "Can [kid] {take the bus|walk home with a friend}?",
            ),
        },
        summary="[A] asked [B] to pick up [kid]( at [time])",
        outcomes={
            "yes": "agreed",
            "no": "could not do it",
            "maybe": "promised to try",
            "other": "asked for another way",
        },
        settled="picking up [kid]( at [time])",
    ),
    Scene(
        name="ride",
        topic="the ride( [onday])",
        asks=(
            "My {train|flight} {from [city]|} {gets in|lands} at [time] {[day]|[onday]}, {could you pick me up|can you fetch me}?",
            "{Any chance of|Could I ask for} a {lift|ride} to {the airport|[city]} [onday] at [time]?",
            "{Are you driving|Do you drive} to [city] [onday]? // {Could I come along|Is there a seat left}?",
        ),
        replies={
            "yes": (
                "{Sure|Gladly}, I'll {be there|drive you} [onday].",
                "{Of course|No problem}! {Send me the details.|See you [onday].}",
            ),
            "no": (
                "{I don't have the car|The car is at the garage} [onday], sorry.",
                "I can't [onday], {can you take a taxi|try the bus}?",
            ),
            "maybe": (
                "{If I get the car|If work allows}, yes. I'll {confirm|tell you} soon.",
                "I have to ask {about the car|at home} first.",
            ),
            "other": (
                "Could {you come to the station|we leave a bit earlier}?",
                "I could {take you back|do the other way}, is that any use?",
            ),
        },
        summary="[A] asked [B] for a ride( [onday])",
        outcomes={
            "yes": "agreed",
            "no": "could not drive",
            "maybe": "had to check the car",
            "other": "offered something else",
        },
        settled="the ride( [onday])",
    ),
    Scene(
        name="parcel",
        topic="the parcel",
        asks=(
            "{There's a parcel for me|They left my parcel} at number [house], {could you take it in|can you grab it}?",
            "A {parcel|package} {comes|arrives} [onday] around [time], {will you be home|are you in}?",
            "The courier left {a box|my parcel} with [friend] at number [house]. // Could you {get|fetch} it?",
        ),
        replies={
            "yes": (
                "{Sure|Yes}, I'll {get|take} the parcel.",
                "{No problem|Will do}, I'll {keep it for you|put it inside}.",
            ),
            "no": (
                "I'm {away|not home} {all day|until late}, sorry.",
                "{Can't|I can't}, {ask a neighbour|maybe a neighbour can}.",
            ),
            "maybe": (
                "If I'm {home|back} in time I'll {take|get} it.",
                "I'll {look|check} whether {it's there|they're in} and tell you.",
            ),
            "other": (
                "How {big|heavy} is the parcel?",
                "Could they {leave|drop} it {at the desk|behind the door}?",
            ),
        },
        summary="[A] asked [B] to take in a parcel",
        outcomes={
            "yes": "agreed",
            "no": "could not do it",
            "maybe": "promised to look",
            "other": "asked back",
        },
        settled="taking in the parcel",
    ),
    Scene(
        name="keys",
        topic="the keys",
        asks=(
            "{I locked myself out|I can't find my keys}! {Do you have|Have you got} the spare {one|key}?",
            "{Are my keys|Did I leave my keys} at {your place|[spot]}?",
            "Can you {leave|drop} the keys {with [friend]|at [spot]}{ by [time]|}?",
        ),
        replies={
            "yes": (
                "{Yes|Don't worry}, I have {the keys|a key} {here|with me}.",
                "{Sure|Ok}, I'll {bring|leave} the keys.",
            ),
            "no": (
                "No, the keys {aren't here|aren't with me}.",
                "{Sorry|Oh dear}, I {gave them back|don't have them}.",
            ),
            "maybe": (
                "I'll {look|search} for the keys {when I'm home|right away}.",
                "{They might be|Perhaps they're} in {the drawer|my coat}, I'll look.",
            ),
            "other": (
                "{Who else has|Doesn't somebody else have} a key?",
                "When {do you need|did you last see} the keys?",
            ),
        },
        summary="[A] asked [B] about keys",
        outcomes={
            "yes": "had them",
            "no": "did not have them",
            "maybe": "promised to look",
            "other": "asked back",
        },
        settled="handing over the keys",
    ),
    Scene(
        name="lend",
        topic="the [thing]",
        asks=(
            "{Could I borrow|Can you lend me} {your|the} [thing] {[onday]|for [event]}?",
            "{Do you still have|Have you got} a [thing]? // @B {I do, why?|Somewhere, yes} // {I need one|Could I have it} [onday]",
            "{I need|I'm looking for} a [thing] for [event], {do you own one|is yours free}?",
        ),
        replies={
            "yes": (
                "{Sure|Of course}, the [thing] is yours {[onday]|}.",
                "{Yes|Gladly}, {come and get it|I'll bring the [thing]}.",
            ),
            "no": (
                "{Sorry|Ah}, I need the [thing] {myself|too}.",
                "I've {lent|given} mine to {a neighbour|my brother}, sorry.",
            ),
            "maybe": (
                "I have to {find|look for} the [thing] first.",
                "If the [thing] {still works|isn't broken}, yes. I'll check.",
            ),
            "other": (
                "How long {do you need|would you keep} the [thing]?",
                "I don't have a [thing], {maybe the library does|shall I ask around}?",
            ),
        },
        summary="[A] asked to borrow a [thing]",
        outcomes={
            "yes": "agreed to lend it",
            "no": "could not lend it",
            "maybe": "promised to check",
            "other": "asked back",
        },
        settled="lending the [thing]",
    ),
    Scene(
        name="left_behind",
        topic="the [thing]",
        asks=(
            "{Did I leave|I think I left} my [thing] at {your place|[place]}, {have you seen it|can you look}?",
            "My [thing] is {gone|missing}. // {Is it with you|Was it at your place}?",
            "{Whose [thing] is this|Is this your [thing]}? {It was at [spot]|I found it at [spot]}",
        ),
        replies={
            "yes": (
                "{Yes|Yes!} The [thing] {is here|was on the chair}, {don't worry|I have it}.",
                "{Found it|Got it}, I'll {bring|keep} the [thing].",
            ),
            "no": (
                "No, {I haven't seen|I don't know} {any|that} [thing].",
                "{I looked|Not here}, no [thing], sorry.",
            ),
            "maybe": (
                "I'll look for the [thing] {tonight|when I'm back}.",
                "{Maybe|Could be}, {can you send me a photo|what colour is it}?",
            ),
            "other": (
                "{Did you ask|Have you tried} the lost property desk?",
                "When did you last {have|see} the [thing]?",
            ),
        },
        summary="[A] asked about a [thing] left behind",
        outcomes={
            "yes": "had found it",
            "no": "had not seen it",
            "maybe": "promised to look",
            "other": "asked back",
        },
        settled="giving back the [thing]",
    ),
    Scene(
        name="money",
        topic="the [amount]",
        asks=(
            "{You still owe me|Could you send me} [amount] for {[event]|the tickets|[meal]}{, please|}?",
            "{I paid|I got} the {tickets|bill}, {your share is|that makes} [amount] {each|for you}",
            "{Could I borrow|Can you lend me} [amount] until {[day]|next week}?",
        ),
        replies={
            "yes": (
                "{Sure|Of course}, {sending|I'll send} the [amount] {now|today}.",
                "[amount], {done|on its way}! {Thanks for telling me.|Sorry for the wait.}",
            ),
            "no": (
                "[amount]? {I think I paid already|That's not right}.",
                "I {can't spare|don't have} [amount] {right now|this month}, sorry.",
            ),
            "maybe": (
                "{Let me check|I'll look at} my {account|bank} first.",
                "Can I {sort that|do it} {after payday|in a few days}?",
            ),
            "other": (
                "Could I {pay in cash|give you half now}?",
                "What was the [amount] {for|again}?",
            ),
        },
        summary="[A] asked [B] for [amount]",
        outcomes={
            "yes": "agreed to send it",
            "no": "did not pay",
            "maybe": "asked for time",
            "other": "asked back",
        },
        settled="sending [amount]",
    ),
    Scene(
        name="moving",
        topic="the move",
        asks=(
            "I'm moving to {[street]|[city]} [onday], {can you help|could you lend a hand}? {We start at [time].|}",
            "{Do you have time|Are you strong enough} [onday]? // We're {moving|carrying} a {sofa|piano} to [street]",
            "{Could you help|Would you help} [friend] and me {move|paint} [onday]{ at [time]|}?",
        ),
        replies={
            "yes": (
                "{Sure|Of course}, I'll {help|come} [onday].",
                "I'm there, {with gloves|with two strong arms}! See you [onday].",
            ),
            "no": (
                "My back {won't allow it|is out}, {sorry|I'm afraid}.",
                "I'm {away|working} [onday], {sorry|I can't help}.",
            ),
            "maybe": (
                "{Perhaps for an hour|Maybe in the morning}, I'll see.",
                "I'll {check|look} whether I'm free [onday].",
            ),
            "other": (
                "I can't lift, but I could {cook for everyone|lend you my van}.",
                "I could {bring lunch|take some boxes in my van} instead.",
            ),
        },
        summary="[A] asked [B] for help with a move( [onday])",
        outcomes={
            "yes": "promised to help",
            "no": "could not help",
            "maybe": "left it open",
            "other": "offered something else",
        },
        settled="helping with the move( [onday])",
        is_for_all=True,
    ),
    Scene(
        name="pet",
        topic="feeding [pet]",
        asks=(
            "{We're away|I'm in [city]} [onday], {could you feed [pet]|can you look after [pet]}?",
            "{Who could|Could you} {mind|feed} [pet] {[onday]|while I'm in [city]}?",
            "[friend] can't {mind|feed} [pet] [onday]. // {Could you|Would you}?",
        ),
        replies={
            "yes": (
                "{Gladly|Of course}, I {love|adore} [pet]!",
                "{Sure|Yes}, I'll {feed|mind} [pet] {[onday]|}.",
            ),
            "no": (
                "I'm {away myself|allergic}, {sorry|so sorry}.",
                "I can't {take|mind} [pet] this time.",
            ),
            "maybe": (
                "I'll {ask at home|see how the week looks} and tell you about [pet].",
                "{Probably|Maybe}, how {often|long} would it be?",
            ),
            "other": (
                "Could [pet] {come to us|stay with me}?",
                "{Maybe the neighbours can|Shall I ask a friend to} feed [pet]?",
            ),
        },
        summary="[A] asked [B] to look after [pet]",
        outcomes={
            "yes": "agreed",
            "no": "could not",
            "maybe": "had to check",
            "other": "proposed another way",
        },
        settled="looking after [pet]",
    ),
)
