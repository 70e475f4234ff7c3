"""Scenes of every day: being late, being ill, dinner, school, things that break."""

from jarvis.demo.talk.scene import Scene

SCENES = (
    Scene(
        name="late",
        asks=(
            "{Running late|I'm late}, {sorry|so sorry}! {I need [minutes] more minutes|There in [minutes] minutes}",
            "{The bus didn't come|Traffic is awful|I missed my train}. // I'll be [minutes] minutes late",
            "{Only leaving now|Still at [spot]}, {give me [minutes] minutes|I'm [minutes] minutes away}",
        ),
        replies={
            "yes": (
                "{No stress|All good|No hurry}, {see you in [minutes]|I'll wait}!",
                "[minutes] minutes is {fine|no problem}, {I'll get us a table|I have a book}.",
            ),
            "no": (
                "{Oh|Hm}, I can't wait [minutes] minutes, {let's call it off|another day}?",
                "That's too late for me, {sorry|I have to go}.",
            ),
            "maybe": (
                "{Ok|Alright}, {write when you're close|keep me posted}.",
                "I'll {see if I can wait|ask if they hold the table}.",
            ),
            "other": (
                "Shall I {order for you|start without you}?",
                "{Should I pick you up|Do you want to meet closer to you}?",
            ),
        },
        summary="[A] [Awas] running [minutes] minutes late",
        outcomes={
            "yes": "did not mind",
            "no": "could not wait",
            "maybe": "asked for news on the way",
            "other": "offered something",
        },
        is_request=False,
    ),
    Scene(
        name="where",
        asks=(
            "{Where are you|Are you nearly here}? {I'm at [spot]|We're at [spot] already}",
            "{How far are you|Are you on your way}? // {It starts at [time]|Doors close at [time]}",
            "{I'm here|We're here}, {at [spot]|next to [spot]}. {Can you see me|Where are you}?",
        ),
        replies={
            "yes": (
                "{Almost there|Round the corner}, {one moment|just parking}!",
                "On my way, {wait for me|nearly there}.",
            ),
            "no": (
                "{Sorry|Oh no}, I'm {still at home|only leaving now}.",
                "I {won't make it|can't come}, {go ahead|start without me}.",
            ),
            "maybe": (
                "{Not sure|Hard to say}, the {bus|train} isn't moving.",
                "I'll write as soon as I {know|get off}.",
            ),
            "other": (
                "{Which side are you on|Which entrance}?",
                "Can you {come outside|wave}? I can't see you.",
            ),
        },
        summary="[A] asked where [B] had got to",
        outcomes={
            "yes": "[Bwas] nearly there",
            "no": "[Bwas] far off",
            "maybe": "could not say",
            "other": "asked back",
        },
        is_request=False,
    ),
    Scene(
        name="potluck",
        topic="the food( [onday])",
        asks=(
            "{Can you bring|Could you bring} [dish] {to [event]|[onday]}?",
            "{We're cooking|I'm cooking} [onday] at [time]. // Could you {bring|take care of} [dish]?",
            "{What can I bring|Shall I bring something} [onday]? {I could bring|I thought of} [dish]",
        ),
        replies={
            "yes": (
                "{Sure|Lovely}, [dish] {it is|sounds good}!",
                "{Yes|Perfect}, [dish] {would be great|is just right}.",
            ),
            "no": (
                "No time for [dish], {sorry|I'm afraid}.",
                "{Thanks|Ah}, we {already have|don't need} [dish].",
            ),
            "maybe": (
                "I'll see {if I find|whether I manage} [dish].",
                "{Maybe|Perhaps} [dish], {let me ask the others|I'll think about it}.",
            ),
            "other": (
                "Could it be {something sweet|something to drink} instead of [dish]?",
                "For how many people?",
            ),
        },
        summary="[A] wrote about bringing [dish]",
        outcomes={
            "yes": "liked it",
            "no": "turned it down",
            "maybe": "left it open",
            "other": "asked back",
        },
        settled="bringing [dish]",
    ),
    Scene(
        name="doctor",
        topic="the [doctor] appointment",
        asks=(
            "{Can you take|Could you drive} [relative] to the [doctor] [onday] at [time]?",
            "{I've got|There's} a [doctor] appointment {[day]|[onday]} at [time]. {Will you come along|Could you come with me}?",
            "[relative] has to see the [doctor] [onday]. // {Could you go along|Are you free} at [time]?",
        ),
        replies={
            "yes": (
                "{Of course|Sure}, the [doctor] at [time], I'll {come|be there}.",
                "{Yes|Certainly}, I'll {keep [time] free|take the time}.",
            ),
            "no": (
                "I'm working at [time], {sorry|I can't}.",
                "{Not this time|I can't}, could they {move|change} the appointment?",
            ),
            "maybe": (
                "I'll {ask my boss|try to get off} and tell you.",
                "{Perhaps|Probably}, is [time] {fixed|certain}?",
            ),
            "other": (
                "Could the [doctor] do {the afternoon|another day}?",
                "{How long will it take|Where is it}?",
            ),
        },
        summary="[A] asked [B] to come to the [doctor]( [onday])( at [time])",
        outcomes={
            "yes": "promised to come",
            "no": "could not come",
            "maybe": "had to ask first",
            "other": "asked back",
        },
        settled="the [doctor]( [onday])( at [time])",
    ),
    Scene(
        name="appointment",
        topic="the [doctor] appointment",
        asks=(
            "The [doctor] {called|wrote}, {they moved us|our slot moved} to [day] at [time]. {Does that work|Ok for you}?",
            "{Your [doctor] appointment|The [doctor]} {is now|has moved to} [day], [time]. {Can you make it|Is that ok}?",
            "{Could we move|Can I move} the [doctor] to [day] at [time]?",
        ),
        replies={
            "yes": (
                "{Yes|Thanks}, [day] at [time] {works|is fine}.",
                "{Good|Ok}, I've {noted|written down} [time].",
            ),
            "no": (
                "[day] {doesn't work|is bad} for me, {sorry|I'm afraid}.",
                "I can't do [time], {can you ask again|is there another slot}?",
            ),
            "maybe": (
                "I'll {check|look at} my shifts {first|and tell you}.",
                "{Possibly|Could be}, can we {hold|keep} [time] for now?",
            ),
            "other": (
                "Do they have {anything earlier|a later slot}?",
                "Could it be by {phone|video} instead?",
            ),
        },
        summary="[A] wrote that the [doctor] would be [onday]( at [time])",
        outcomes={
            "yes": "agreed",
            "no": "could not make it",
            "maybe": "had to check",
            "other": "asked for another slot",
        },
        settled="the [doctor] [onday]( at [time])",
    ),
    Scene(
        name="homework",
        topic="the [subject] homework",
        asks=(
            "{Do you have|Did you do} the [subject] {homework|notes}? {I was ill.|I missed the class.}",
            "{Could you help|Can you help} [kid] with [subject] [onday]?",
            "[subject] test [onday]! // {Shall we study|Study together} at [spot]?",
        ),
        replies={
            "yes": (
                "{Sure|Yes}, {I'll help|let's do} [subject].",
                "{Of course|Gladly}, [subject] is {easy|fun}.",
            ),
            "no": (
                "I'm {lost|no good} at [subject] myself, sorry.",
                "No time for [subject], {sorry|I have training}.",
            ),
            "maybe": (
                "Let me {find|look for} my [subject] {notes|book}.",
                "{Maybe after dinner|Perhaps later}, I'll write.",
            ),
            "other": (
                "Which {page|chapter} is it?",
                "Shall we {call|do a video call} about [subject]?",
            ),
        },
        summary="[A] asked [B] for help with [subject]",
        outcomes={
            "yes": "agreed to help",
            "no": "could not help",
            "maybe": "left it open",
            "other": "asked back",
        },
        settled="[subject] together",
    ),
    Scene(
        name="repair",
        topic="the [broken]",
        asks=(
            "The [broken] is {dead|broken|acting up} again! {Can you look at it|Do you know what to do}?",
            "{How do I restart|Do you know how to fix} the [broken]?",
            "The {plumber|repair man} for the [broken] comes [onday] at [time], {can you be home|will you be in}?",
        ),
        replies={
            "yes": (
                "{Sure|Yes}, I'll {look at|see to} the [broken].",
                "Don't worry about the [broken], {I'll be there|I know what to do}.",
            ),
            "no": (
                "I {know nothing|have no idea} about the [broken], sorry.",
                "{I can't|I'm out}, better call {somebody|a professional}.",
            ),
            "maybe": (
                "I {might|may} have time for the [broken] {later|tonight}.",
                "Let me {read|look} something up first.",
            ),
            "other": (
                "Have you tried turning the [broken] off and on?",
                "{What does the [broken] do|Is there a noise} exactly?",
            ),
        },
        summary="[A] asked [B] about the [broken]",
        outcomes={
            "yes": "promised to see to it",
            "no": "could not help",
            "maybe": "left it open",
            "other": "asked back",
        },
        settled="seeing to the [broken]",
    ),
    Scene(
        name="directions",
        topic="the way to [place]",
        asks=(
            "{How do I get to|What's the way to} [place]? {I'm at [spot].|I'm on [street].}",
            "{Is [place] on|Is [place] near} [street]? // {I'm lost|I can't find it}",
            "{Which stop|Which exit} for [place]? {I'm near [spot]|}",
        ),
        replies={
            "yes": (
                "{Yes|Nearly}, {you're close|keep going}, I'll send you {a pin|the map} for [place].",
                "{Easy|No problem}, wait there, I'll {come and get you|meet you}.",
            ),
            "no": (
                "No idea {how to get to|where} [place]{ is|}, sorry.",
                "I don't know {the area|that part}, ask {someone|a driver}?",
            ),
            "maybe": (
                "I {think|believe} it's {straight on|on the left}, {not sure|I'd have to look}.",
                "Let me {look up|check} [place] on the map.",
            ),
            "other": (
                "{What can you see|What's near you} right now?",
                "Shall we {meet|start} somewhere easier?",
            ),
        },
        summary="[A] asked [B] for the way to [place]",
        outcomes={
            "yes": "helped",
            "no": "did not know",
            "maybe": "[Bwas] not sure",
            "other": "asked back",
        },
    ),
    Scene(
        name="tip",
        topic="tips for [city]",
        asks=(
            "{Do you know|Can you recommend} a {good|nice} {hotel|restaurant|museum} in [city]?",
            "{I'm in [city]|We're off to [city]} [onday], {any tips|where should we eat}?",
            "[friend] {says|said} you know [city]. // {Any tips|What should I see}?",
        ),
        replies={
            "yes": (
                "{Oh yes|Of course}, I'll send you {my list|a few ideas} for [city].",
                "[city]! {I know just the place|I have so many tips}.",
            ),
            "no": (
                "{Never been to|I don't know} [city], sorry.",
                "No {tips|ideas} for [city], {I only changed trains there|sadly}.",
            ),
            "maybe": (
                "It's been {years|ages}, let me {think|look at my photos}.",
                "{Somebody|A friend} told me about [city], I'll ask.",
            ),
            "other": (
                "What {do you like|are you in the mood for}?",
                "How long {are you|will you be} in [city]?",
            ),
        },
        summary="[A] asked [B] for tips for [city]",
        outcomes={
            "yes": "had some",
            "no": "had none",
            "maybe": "promised to think",
            "other": "asked back",
        },
        settled="tips for [city]",
    ),
    Scene(
        name="recipe",
        topic="the recipe for [food]",
        asks=(
            "{Can you send me|Could I have} the recipe for {the |}[food]?",
            "{How do you make|What goes into} [food]? {[friend] loved it.|It was so good.}",
            "{I'm trying to make|I'm making} [food]. // {How did you do it|How long in the oven}?",
        ),
        replies={
            "yes": (
                "{Sure|Of course}, I'll {send|write down} the recipe for [food].",
                "{Yes|Gladly}, {it's easy|it's my mother's}, sending it.",
            ),
            "no": (
                "It's a {secret|family secret}, {sorry|haha}.",
                "I {bought|didn't make} it, {sorry|to be honest}.",
            ),
            "maybe": (
                "I have to {find|look for} the {book|card} first.",
                "I {think so|believe so}, let me ask {at home|my mother}.",
            ),
            "other": (
                "Shall we make [food] together?",
                "{Do you have|Have you got} an oven?",
            ),
        },
        summary="[A] asked [B] how to make [food]",
        outcomes={
            "yes": "promised it",
            "no": "did not have one",
            "maybe": "had to look",
            "other": "asked back",
        },
        settled="the recipe for [food]",
    ),
    Scene(
        name="present",
        topic="a present for [friend]",
        asks=(
            "{What could we give|Any ideas for} [friend] {for the birthday|} [onday]? {I thought of [present].|}",
            "{Shall we share|Do you want to share} a present for [friend]? // [present] {would be [amount] each|is [amount]}",
            "{Would [friend] like|Does [friend] already have} [present]?",
        ),
        replies={
            "yes": (
                "{Good idea|Lovely}, [friend] will {love|like} it.",
                "{Yes|Sure}, count me in for [friend].",
            ),
            "no": (
                "I already {have|bought} something for [friend].",
                "{Hm|Hmm}, I don't think that's {right|something} for [friend].",
            ),
            "maybe": (
                "{No idea|Hard to say}, let me {think|ask around} about [friend].",
                "{Maybe|Perhaps}, what do the others {say|think}?",
            ),
            "other": (
                "How about {a voucher|something homemade} for [friend]?",
                "Could we give [friend] {something small|a day out} instead?",
            ),
        },
        summary="[A] asked [B] about a present for [friend]",
        outcomes={
            "yes": "liked the idea",
            "no": "[Bwas] against it",
            "maybe": "wanted to think",
            "other": "had another idea",
        },
        settled="a present for [friend]",
    ),
)
