"""Scenes of going out together: meals, shows, trips, parties, sport."""

from jarvis.demo.talk.scene import Scene

SCENES = (
    Scene(
        name="meal",
        topic="[meal] at [place]",
        asks=(
            "{Fancy|Up for|Feel like} [meal] [day]? // {We could try|I'm thinking of} [place], {around|at} [time]",
            "{Hey, |Hi! |}are you free [day]? // @B {I think so, why?|Should be. What's up?} // [meal] at [place]? {I can be there at [time]|Say [time]?}",
            "{Shall we|Want to} {have|go for} [meal] at [place] {[day]|[onday]}? {How about [time]?|I could do [time].}",
            "{I'm|We're} having [meal] at [place] [onday] at [time], {will you join|care to join}?",
        ),
        replies={
            "yes": (
                "{Yes, gladly|Oh yes|With pleasure}! {[time] at [place] it is.|See you at [place] at [time].}",
                "{Count me in|Good idea}, [place] at [time] {suits me|is fine}.",
            ),
            "no": (
                "{Sorry|Oh no}, I {already have plans|have to work} [onday]. {Another time?|Next week maybe?}",
                "I'd {love to|like to}, but I can't {do|make} [day].",
            ),
            "maybe": (
                "{Probably|Perhaps}, I'll {check my diary|ask at home} and tell you.",
                "Not sure about [day] yet, {can I tell you later?|give me a bit.}",
            ),
            "other": (
                "{Gladly|I'd like that}, but could we make it {later|earlier} than [time]?",
                "[place] again? {Could we go somewhere else|How about somewhere new}?",
            ),
        },
        summary="[A] suggested [meal] at [place]( [onday])( at [time])",
        outcomes={
            "yes": "said yes",
            "no": "could not come",
            "maybe": "promised to check",
            "other": "asked for a different plan",
        },
        settled="[meal] at [place]( [onday])( at [time])",
        is_for_all=True,
    ),
    Scene(
        name="show",
        topic="[show]",
        asks=(
            "[show] is {on|playing} {at [spot]|in [city]} [onday]. {Want to come|Shall we go}?",
            "{I have|I've got} [count] tickets for [show] [onday]! {Interested|Will you come}?",
            "{Have you heard of|Do you know} [show]? // @B {No, is it good?|Only the name, why?} // {Let's see it|We could see it} [onday]",
        ),
        replies={
            "yes": (
                "{Yes|Oh yes}, I've {wanted to see|been dying to see} [show]!",
                "{Great idea|Lovely}, [show] [onday] {works|is perfect}.",
            ),
            "no": (
                "{Thanks, but|Ah,} [show] {isn't my thing|isn't for me}.",
                "I {can't|can't make it} [onday], {sorry|so sorry}. Enjoy [show]!",
            ),
            "maybe": (
                "{Sounds tempting|Could be fun}, let me see {if I can get away|how my week goes}.",
                "Maybe! {When do you need to know|Can I decide later}?",
            ),
            "other": (
                "Could we see [show] on {another|a different} day?",
                "{I'd rather watch|Could we watch} something at home?",
            ),
        },
        summary="[A] asked [B] along to [show]( [onday])",
        outcomes={
            "yes": "wanted to come",
            "no": "passed",
            "maybe": "left it open",
            "other": "proposed something else",
        },
        settled="[show]( [onday])",
        is_for_all=True,
    ),
    Scene(
        name="trip",
        topic="the trip to [city]",
        asks=(
            "{We're|I'm} {planning|dreaming of} a trip to [city] {with [friend]|[onday]}, {are you in|would you come}?",
            "{What about|How about} [city] [onday]? // {Trains are about|It would be} [amount] each",
            "[friend] and I {are going|want to go} to [city] [onday]. {Room for one more!|Come along?}",
        ),
        replies={
            "yes": (
                "[city]! {Yes please|I'm coming}, {book me in|tell me what to book}.",
                "{Absolutely|Of course}, I've always wanted to see [city].",
            ),
            "no": (
                "I can't {get away|afford a trip} {right now|this time}, {sorry|sadly}.",
                "[city] has to wait for me, {too much work|I'm saving up}.",
            ),
            "maybe": (
                "[city] sounds {lovely|great}. I have to {ask for days off|look at my money} first.",
                "{Possibly|Maybe}! When do you {book|decide}?",
            ),
            "other": (
                "Could we go {later in the year|somewhere closer} instead?",
                "{How long would we be away|Where would we stay} in [city]?",
            ),
        },
        summary="[A] proposed a trip to [city]",
        outcomes={
            "yes": "wanted to come",
            "no": "could not come",
            "maybe": "had to check first",
            "other": "asked something back",
        },
        settled="the trip to [city]",
        is_for_all=True,
    ),
    Scene(
        name="party",
        topic="the party",
        asks=(
            "{It's my birthday|I'm throwing a party} [onday]! {Come to [place] at [time]?|We start at [time] at [place].}",
            "Party at [place] [onday], {from [time]|[time] onwards}. {Will you be there|Can you come}?",
            "{Are you coming|Will you come} to my {birthday|party} [onday]? // It's at [place], [time]",
        ),
        replies={
            "yes": (
                "I'll be there! {Can I bring anything?|Looking forward to it.}",
                "{Of course|Wouldn't miss it}, see you at [place] at [time].",
            ),
            "no": (
                "{Oh no|What a pity}, I'm away [onday]. {Have a great party!|Celebrate well!}",
                "I can't come, {sorry|I'm sorry}. {Cake next week?|I'll make it up to you.}",
            ),
            "maybe": (
                "I'll {try|do my best} to come, {it may get late|depends on work}.",
                "Not certain yet, can I tell you {closer to the day|in a few days}?",
            ),
            "other": (
                "Can I {come later than [time]|bring somebody}?",
                "Would it be ok if I only {drop by for an hour|come for the cake}?",
            ),
        },
        summary="[A] invited [B] to a party at [place]( [onday])( at [time])",
        outcomes={
            "yes": "accepted",
            "no": "could not come",
            "maybe": "promised to try",
            "other": "asked about coming differently",
        },
        settled="the party at [place]( [onday])( at [time])",
        is_for_all=True,
    ),
    Scene(
        name="sport",
        topic="[sport]",
        asks=(
            "{Anyone for|Up for|In the mood for} [sport] [onday]? {I'd go at [time]|Around [time]?}",
            "{I need to move|I sit too much}. // [sport] [onday], [time] at [spot]?",
            "{Going for|I'm off to} [sport] [onday] at [time], {come along|want to join}?",
        ),
        replies={
            "yes": (
                "{Yes, I need it|Great, I'm in}! {[time] is good.|See you at [time].}",
                "[sport] sounds {perfect|good}, see you [onday].",
            ),
            "no": (
                "{My knee says no|I'm too tired}, {sorry|another time}.",
                "Can't [onday], {go without me|you go ahead}!",
            ),
            "maybe": (
                "{If I get up in time|If my back agrees}, yes. I'll write.",
                "Depends on {the weather|work}, I'll let you know.",
            ),
            "other": (
                "Could we start {an hour later|a bit after [time]}?",
                "{How about something gentler|Can we do something easier} than [sport]?",
            ),
        },
        summary="[A] asked [B] to come for [sport]( [onday])( at [time])",
        outcomes={
            "yes": "joined in",
            "no": "declined",
            "maybe": "left it open",
            "other": "asked for a change",
        },
        settled="[sport]( [onday])( at [time])",
        is_for_all=True,
    ),
    Scene(
        name="match",
        topic="the match",
        asks=(
            "{Are you watching|Will you watch} [team] [onday]? {It's on at [place].|Kick-off is at [time].}",
            "[team] play at [time] {[day]|[onday]}! {Watch it together|Come over to watch}?",
            "{Big match|Huge game} [onday]: [team]. {Shall we watch|Watching} it at [place]?",
        ),
        replies={
            "yes": (
                "{Sure|Yes}! {Go|Come on} [team]!",
                "I wouldn't miss [team]. {I'll bring snacks.|Save me a seat.}",
            ),
            "no": (
                "{Can't watch|No time for} [team] {this time|today}, tell me the score!",
                "{I'm done with|I gave up on} [team], sorry.",
            ),
            "maybe": (
                "I might {catch|see} the second half.",
                "{Maybe|Perhaps}, if I {finish|get out} early.",
            ),
            "other": (
                "Could we {just listen to it|watch it at home}?",
                "Who are [team] {up against|playing}?",
            ),
        },
        summary="[A] asked [B] to watch [team]( [onday])",
        outcomes={
            "yes": "agreed",
            "no": "declined",
            "maybe": "left it open",
            "other": "asked back",
        },
        settled="watching [team]( [onday])",
        is_for_all=True,
    ),
    Scene(
        name="still_on",
        topic="[meal]( [onday])",
        asks=(
            "{Are we still on for|Does it still stand:} [meal] [onday]{ at [time]|}?",
            "{Just checking|Quick check}: [meal] {[day]|[onday]}, {yes|still happening}?",
            "[meal] [onday], {still fine for you|are you still coming}?",
        ),
        replies={
            "yes": (
                "{Yes, still on|Definitely}! See you [onday].",
                "{Of course|Sure}, I'm looking forward to [meal].",
            ),
            "no": (
                "{I was about to write|So sorry}, I have to {cancel|call off} [onday].",
                "Something came up, {can we move|let's move} [meal]?",
            ),
            "maybe": (
                "I {think|hope} so, I'll confirm {tonight|in the morning}.",
                "{Most likely|Should be}, I only have to {finish|clear} something first.",
            ),
            "other": (
                "Yes, but {could we start later|can we meet closer to home}?",
                "Yes, is it ok if {I bring somebody|I have to leave early}?",
            ),
        },
        summary="[A] checked whether [meal]( [onday]) still stood",
        outcomes={
            "yes": "confirmed",
            "no": "called it off",
            "maybe": "could not say yet",
            "other": "asked for a change",
        },
        settled="[meal]( [onday])",
    ),
    Scene(
        name="meet_where",
        topic="our meeting point",
        asks=(
            "{Where do we meet|Where shall we meet} [onday]? // {Is [spot] ok|[spot], [time]}?",
            "{Let's meet|Can we meet} at [spot] at [time] {[day]|[onday]}?",
            "{Shall I wait|I'll wait} for you at [spot]{ at [time]|}, {ok|right}?",
        ),
        replies={
            "yes": (
                "{Good|Perfect}, [spot] it is.",
                "{Yes|Ok}, I'll {find you|be} at [spot].",
            ),
            "no": (
                "[spot] is {too far|no good} for me, {sorry|I'm afraid}.",
                "{Not there please|Please not}, [spot] is {always packed|closed}.",
            ),
            "maybe": (
                "{Probably|I think} [spot] is fine, {I'll check the trains|let me look at the map}.",
                "Can I {tell you|say} when I'm on the way?",
            ),
            "other": (
                "Is there {something closer|anything nearer} than [spot]?",
                "{Could you|Can you} {pick me up|come by} instead?",
            ),
        },
        summary="[A] proposed to meet at [spot]",
        outcomes={
            "yes": "agreed",
            "no": "did not want to meet there",
            "maybe": "wanted to check",
            "other": "asked for something else",
        },
        settled="meeting at [spot]",
    ),
)
