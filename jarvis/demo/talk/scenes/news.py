"""Scenes of news and feelings: good, bad, thanks, photos, wishes, the weather."""

from jarvis.demo.talk.scene import Scene

SCENES = (
    Scene(
        name="good_news",
        asks=(
            "{Guess what|You won't believe it}! // I [news]!",
            "{I did it|It worked}: I [news] {today|this morning}!",
            "{Great news|Good news}, I [news] 🎉",
        ),
        replies={
            "yes": (
                "{Congratulations|Wow}! {You earned it|So happy for you} 🎉",
                "{Amazing|That's wonderful}! {We have to celebrate|I'm proud of you}.",
            ),
            "no": (
                "{Really|Wait}? I {didn't expect|can't believe} that!",
                "{Haha, no way|No way}! You're {joking|kidding}.",
            ),
            "maybe": (
                "{Ooh|Oh}, is it {official|certain} {already|yet}?",
                "{Sounds great|Nice}, I'll call you {later|tonight} about it.",
            ),
            "other": (
                "{How do you feel|How did you manage that}? Tell me everything!",
                "When do we {celebrate|drink to it}?",
            ),
        },
        summary="[A] [news_told]",
        outcomes={
            "yes": "sent congratulations",
            "no": "could not believe it",
            "maybe": "wanted to hear more later",
            "other": "wanted to know more",
        },
        is_request=False,
    ),
    Scene(
        name="bad_news",
        asks=(
            "{Bad day|What a day}. I [sadnews]",
            "{Well|So}... I [sadnews]. // {Not my week|I feel awful}",
            "{Sad news|Bad news}: I [sadnews] 😞",
        ),
        replies={
            "yes": (
                "{Oh no|I'm so sorry}, {that's hard|that hurts}. {I'm here for you.|Can I help?}",
                "{Poor you|Oh dear}, {do you want to talk|shall I come over}?",
            ),
            "no": (
                "{Don't worry|Don't be sad}, it's not {the end|so bad}.",
                "No, {really|seriously}? That's so {unfair|unlucky}.",
            ),
            "maybe": (
                "{Oh|Ah}, {maybe it turns out fine|perhaps there's still a way}.",
                "Can I call you {later|tonight}?",
            ),
            "other": (
                "{What happened|How did that happen}?",
                "What {do you need|happens} now?",
            ),
        },
        summary="[A] [sadnews_told]",
        outcomes={
            "yes": "[Bwas] sorry to hear it",
            "no": "tried to cheer up",
            "maybe": "wanted to talk later",
            "other": "asked what had happened",
        },
        is_request=False,
    ),
    Scene(
        name="ill",
        asks=(
            "I've got [illness], {I can't come|I have to stay in bed} [onday]",
            "{Can't come|I'm out} [onday], [illness] 🤒",
            "[kid] {has|caught} [illness]. // {We can't come|We have to cancel} [onday]",
        ),
        replies={
            "yes": (
                "{Get well soon|Feel better}! {Rest well.|Drink lots of tea.}",
                "{Oh no|Poor thing}, don't worry about {it|a thing}, get well!",
            ),
            "no": (
                "{Oh no|What a shame}, not {again|now}! We'll miss you.",
                "{That's a pity|Too bad}, we can't {move|change} it.",
            ),
            "maybe": (
                "{Ok|Alright}, see how you feel {tomorrow|later} and write.",
                "{Perhaps it passes|Maybe it's better soon}, wait a bit?",
            ),
            "other": (
                "{Do you need anything|Shall I bring soup}?",
                "Did you see a {doctor|nurse}?",
            ),
        },
        summary="[A] wrote about [illness] and could not come( [onday])",
        outcomes={
            "yes": "sent good wishes",
            "no": "thought it a pity",
            "maybe": "suggested waiting a bit",
            "other": "offered help",
        },
        is_request=False,
    ),
    Scene(
        name="thanks",
        asks=(
            "{Thank you|Thanks} {so much|again} for [favour]!",
            "{I wanted to say|Just wanted to say} thank you for [favour] 💛",
            "[favour]! // {How can I thank you|You're the best}",
        ),
        replies={
            "yes": (
                "{You're welcome|My pleasure|Any time}! {Glad it helped.|Happy you liked it.}",
                "{Any time|Gladly done}, {really|truly}.",
            ),
            "no": (
                "{Oh, don't|No need to} thank me, {it was nothing|it was fun}.",
                "{Nonsense|Please}, {I did nothing|I enjoyed it}.",
            ),
            "maybe": (
                "{I hope|Hopefully} it was {alright|what you needed}?",
                "{Maybe|Perhaps} you can {return it|help me} one day.",
            ),
            "other": (
                "{You can buy me a coffee|You owe me a cake} 😄",
                "{How are you now|Is everything fine now}?",
            ),
        },
        summary="[A] thanked [B] for [favour]",
        outcomes={
            "yes": "[Bwas] glad to help",
            "no": "waved it off",
            "maybe": "hoped it was alright",
            "other": "asked back",
        },
        is_request=False,
    ),
    Scene(
        name="photos",
        topic="the photos from [event]",
        asks=(
            "{Do you have|Did you take} {photos|pictures} {of|from} [event]?",
            "{Could you send|Send} me the {photos|pictures} from [event]{ please|}?",
            "[event] was {great|so nice}! // {Could I see|Can you share} the photos?",
        ),
        replies={
            "yes": (
                "{Yes|Sure}, I'll {send|share} {the photos|them} {tonight|now}.",
                "I took {so many|lots} at [event], {sending|here they come}!",
            ),
            "no": (
                "I {took none|have none}, {sorry|my phone was dead}.",
                "{None|No photos} {that are any good|from me}, sorry.",
            ),
            "maybe": (
                "{A few maybe|I think a few}, I'll {look|check} {later|tonight}.",
                "I have to {sort|find} them first.",
            ),
            "other": (
                "Which photos do you {want|mean}?",
                "Shall I {make an album|print some}?",
            ),
        },
        summary="[A] asked [B] for photos from [event]",
        outcomes={
            "yes": "promised to send them",
            "no": "had none",
            "maybe": "promised to look",
            "other": "asked back",
        },
        settled="sending the photos from [event]",
    ),
    Scene(
        name="look",
        asks=(
            "{Look at this picture|Here's a picture} from [event] 😍",
            "{Just sent you|I sent you} the {photos|pictures} from [event]{, do you like them|}?",
            "{Look|See} what I {made|found} at [shop]! // {What do you think|Do you like it}?",
        ),
        replies={
            "yes": (
                "{So lovely|Beautiful}! {Thanks for sending.|I love it.}",
                "{Wow|Oh}, that's {great|gorgeous} 😍",
            ),
            "no": (
                "{Hm|Well}, not my {taste|style} 😄",
                "{Oh no|Help}, don't show that to {anyone|the others}!",
            ),
            "maybe": (
                "I can't open it here, I'll look {later|at home}.",
                "{Interesting|Hm}! {I need to see it again|Let me look closer}.",
            ),
            "other": (
                "{Who took it|Where was that}?",
                "Can you {send|show} me {more|another one}?",
            ),
        },
        summary="[A] showed [B] a picture",
        outcomes={
            "yes": "loved it",
            "no": "did not like it",
            "maybe": "wanted to look later",
            "other": "asked back",
        },
        is_request=False,
    ),
    Scene(
        name="wishes",
        asks=(
            "{Happy birthday|All the best for your birthday}! 🎂",
            "{Happy birthday to you|Many happy returns}! // {Have a lovely day|Hugs} 🎁",
            "{Is it your birthday today|It's your birthday}! {All the best|Happy birthday} 🎈",
        ),
        replies={
            "yes": (
                "{Thank you|Thanks so much}! {That's so kind.|You remembered!}",
                "{Aw, thank you|Thanks} 🥰",
            ),
            "no": (
                "{Haha|Oh}, it's not {my birthday|today}! But thanks.",
                "{Don't remind me|Shh}, I'm {not counting|getting old}.",
            ),
            "maybe": (
                "Thanks! I {might|may} {celebrate|have people over} later.",
                "Thank you! {No plans yet|Let's see what the day brings}.",
            ),
            "other": (
                "Thanks! When {do we meet|are you coming} for cake?",
                "Thank you! {How are you|How have you been}?",
            ),
        },
        summary="[A] wished [B] a happy birthday",
        outcomes={
            "yes": "[Bwas] happy about it",
            "no": "made light of it",
            "maybe": "had no plans yet",
            "other": "asked back",
        },
        is_request=False,
    ),
    Scene(
        name="weather",
        topic="the weather",
        asks=(
            "They {say|announce} [weather] {[day]|[onday]}. {Do we still go|Are we still going} to [event]?",
            "[weather] {[day]|[onday]}! // Shall we {cancel|move} [event]?",
            "{Have you seen the forecast|Did you see the forecast}? [weather] [onday]",
        ),
        replies={
            "yes": (
                "{We go|Let's go} anyway, [weather] or not!",
                "{A bit of|I don't mind} [weather], {I have a good coat|no problem}.",
            ),
            "no": (
                "[weather]? {Then I stay home|Without me}.",
                "{Let's cancel|Better not}, [weather] is {no fun|too much}.",
            ),
            "maybe": (
                "Let's {wait and see|look again} {in the morning|later}.",
                "{Forecasts change|Who knows}, let's decide later.",
            ),
            "other": (
                "{Shall we do|How about} something indoors?",
                "{Do we have|Who has} a plan B?",
            ),
        },
        summary="[A] warned [B] of [weather]( [onday])",
        outcomes={
            "yes": "wanted to go anyway",
            "no": "wanted to stay home",
            "maybe": "wanted to wait and see",
            "other": "asked for another plan",
        },
    ),
    Scene(
        name="arrived",
        asks=(
            "{Did you get|Have you got} {home|to [city]} {safely|alright}?",
            "{Are you in [city] yet|How was the trip to [city]}?",
            "{Write me|Tell me} when you {reach|get to} [city], {ok|please}?",
        ),
        replies={
            "yes": (
                "{Yes|All good}, {safe and sound|everything went well}!",
                "{Just arrived|Here now}, {tired but happy|thanks for asking}.",
            ),
            "no": (
                "{Not yet|No}, still {on the train|in a queue}.",
                "{It's a mess|What a mess}, {we're stuck|everything is late}.",
            ),
            "maybe": (
                "{Nearly|Almost}, I'll write when {I'm there|I'm in}.",
                "{Soon|I hope}, I'll tell you {later|then}.",
            ),
            "other": (
                "{Were you worried|Do you miss me already}? 😄",
                "{How are you all|And how are things at home}?",
            ),
        },
        summary="[A] asked whether [B] had arrived",
        outcomes={
            "yes": "[Bwas] there safely",
            "no": "[Bwas] still on the way",
            "maybe": "promised to write",
            "other": "asked back",
        },
        is_request=False,
    ),
    Scene(
        name="how_was_it",
        asks=(
            "{How was|So, how was} [event]?",
            "{Tell me about|I want to hear about} [event]! {Was it good|Was [friend] there}?",
            "{Did you have fun|Were you} at [event] {with [friend]|}?",
        ),
        replies={
            "yes": (
                "It was {great|lovely}! {You should have come.|So much fun.}",
                "[event] was {wonderful|a big success}.",
            ),
            "no": (
                "{Not great|Honestly}, [event] was {boring|too loud}.",
                "I {didn't go|left early}, {too tired|sadly}.",
            ),
            "maybe": (
                "{So so|Mixed}, I'll tell you {in person|when we meet}.",
                "Ask me {tomorrow|later}, I'm {still tired|half asleep}.",
            ),
            "other": (
                "Why {weren't you|didn't you come} to [event]?",
                "Shall I call you? It's a long story.",
            ),
        },
        summary="[A] asked [B] how [event] had been",
        outcomes={
            "yes": "had enjoyed it",
            "no": "had not enjoyed it",
            "maybe": "wanted to tell later",
            "other": "asked back",
        },
        is_request=False,
    ),
)
