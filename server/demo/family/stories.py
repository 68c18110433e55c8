"""Twelve families of the demonstration: what keeps their children from school, and what is done.

No family is meant. ``{child}``, ``{parent}`` and ``{school}`` stand for names that are drawn later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["STORIES", "Agreed", "Story", "Told"]

Outcome = Literal["seen", "no_answer", "refused", "wrong_address"]
Owner = Literal["worker", "school", "parent"]


@dataclass(frozen=True)
class Agreed:
    """An action: who does what, due so many school days from today (negative: before)."""

    what: str
    owner: Owner
    due: int
    status: Literal["open", "done", "dropped"] = "open"


@dataclass(frozen=True)
class Told:
    """A visit that was made, so many school days ago. Without ``observation`` no note was written.

    ``second``: a colleague came along, and wrote a note of their own.
    ``alone``: whether the first child was seen alone; the colleague says otherwise.
    """

    days_ago: int
    time: str
    outcome: Outcome = "seen"
    purpose: str = "See how mornings go, and what would help"
    observation: str | None = None
    analysis: str | None = None
    parent_view: str | None = None
    words: str | None = None
    alone: bool = False
    second: str | None = None


@dataclass(frozen=True)
class Story:
    """One family. ``schools``: of each child, by the key of its plan. ``worker``: whose it is."""

    key: str
    schools: tuple[str, ...]
    worker: int
    reason: str
    barriers: tuple[tuple[str, str], ...]
    strength: str
    goal: tuple[str, str]
    actions: tuple[Agreed, ...]
    visits: tuple[Told, ...]
    assessment: str
    language: str = "en"
    interpreter: bool = False
    risk: str | None = None
    flags: tuple[Literal["do_not_disclose", "domestic_abuse", "third_party", "dog"], ...] = ()
    strategy: tuple[str, str] | None = None
    """What was tried, and what it came to (an effect)."""
    referral: tuple[str, str, str, str | None] | None = None
    """To whom, why, how it stands, and what they replied."""
    step: tuple[str, str] | None = None
    shared: str | None = None
    letter: tuple[str, str] | None = None
    call: str | None = None
    planned: tuple[tuple[int, str, str], ...] = ()
    """Visits to come: in how many days, at what time, what for."""
    led_by_partner: bool = False
    restricted: bool = False
    closed: str | None = None
    """Why it was closed with its goals met."""


STORIES: tuple[Story, ...] = (
    Story(
        key="mornings",
        schools=("primary", "secondary"),
        worker=0,
        reason="Both children are late or absent on two mornings in three since September.",
        barriers=(
            ("caring", "{parent} works nights; nobody is up when the children have to leave."),
            ("transport", "The bus to {school} was cut; the next one comes after registration."),
        ),
        strength="The children look after each other, and {parent} answers every call.",
        goal=("In school by the first register every day", "9 of 10 mornings, over four weeks"),
        actions=(
            Agreed("Ask the breakfast club for two places", "worker", -3, "done"),
            Agreed("Walk in with a neighbour's children on Tuesdays and Thursdays", "parent", 2),
            Agreed("Ring home by 08:30 on days nobody has come to breakfast", "school", 5),
        ),
        visits=(
            Told(
                12,
                "16:00",
                observation=(
                    "{parent} had slept three hours after a night shift. Uniforms were laid out. "
                    "The fridge was full. The younger child did homework at the kitchen table."
                ),
                analysis=(
                    "The children are well cared for. What is missing is an adult between 07:30 "
                    "and 08:30, three days a week."
                ),
                parent_view="I set four alarms before work. If they sleep through, I am still out.",
                words="I like school. I just don't like walking in when everybody is sat down.",
                alone=True,
            ),
            Told(
                5,
                "16:15",
                observation="Breakfast club began on Monday. Both children had been in time twice.",
                analysis="It works where somebody walks with them. Keep it for four weeks.",
                parent_view="It is the first week without a letter from school.",
                words="Toast is better there.",
            ),
        ),
        assessment="Attendance has fallen from 95 % to 78 % within a term; learning is sound.",
        strategy=("Breakfast club, with a place kept for both", "helped"),
        shared="Breakfast club places are agreed from this half-term. Ring home by 08:30, please.",
        call="Rang to say that both places at the breakfast club are confirmed.",
        planned=((0, "16:00", "Second week of the breakfast club: what works?"),),
    ),
    Story(
        key="asthma",
        schools=("primary",),
        worker=0,
        reason="Absent one day in four with asthma; two nights in hospital in October.",
        barriers=(("health", "Asthma is worse since the cold came; no plan is in school."),),
        strength="{parent} keeps a diary of the symptoms and knows the signs.",
        goal=("A care plan in school, and no day lost for fear of an attack", "Plan signed"),
        actions=(
            Agreed("Meet the school nurse with {parent}", "worker", -1, "done"),
            Agreed("Keep a spare inhaler and spacer in the office", "school", 3),
        ),
        visits=(
            Told(
                9,
                "10:30",
                observation=(
                    "Damp along the outer wall of the child's bedroom; the window does not close. "
                    "{child} breathed easily and showed me the inhaler."
                ),
                analysis="The housing makes it worse. School is keen; the plan is what is missing.",
                parent_view="They tell me to send him, and then ring me to fetch him.",
                words="When I cough everybody looks.",
                alone=True,
            ),
        ),
        assessment="A health need that school can meet, once there is a plan.",
        referral=(
            "Tarnholt Homes, repairs",
            "Damp and a broken window in a child's bedroom; the child has asthma.",
            "accepted",
            "An inspector comes on Thursday week.",
        ),
        planned=((1, "09:30", "Read the care plan together before it is signed"),),
    ),
    Story(
        key="two-buses",
        schools=("secondary", "primary"),
        worker=1,
        reason="Moved into temporary housing across the town; two buses each way.",
        barriers=(
            ("housing", "Third temporary flat this year; the next move is not known."),
            ("money", "Bus fares take a fifth of the week's money."),
        ),
        strength="They have kept both schools through three moves, and want to stay.",
        goal=("No day lost to travel", "Passes in hand, and 95 % over a half-term"),
        actions=(
            Agreed("Apply for travel help for both children", "worker", -6, "done"),
            Agreed("Ask housing for a place near the schools, in writing", "worker", 4),
            Agreed("Send work home on days of a move", "school", 10),
        ),
        visits=(
            Told(
                14,
                "17:00",
                outcome="wrong_address",
                purpose="First visit at the new flat",
                observation="The number given is an office. Rang; they had moved again on Friday.",
            ),
            Told(
                8,
                "17:00",
                observation=(
                    "One room for four. School bags hang on the door, packed. The older child "
                    "does homework in the launderette downstairs."
                ),
                analysis="Travel and crowding, not unwillingness. Passes first, housing next.",
                parent_view="Ask them to put us anywhere on the 14 line.",
                words="I get up at quarter to six. I don't mind. I mind being late.",
            ),
        ),
        assessment="Housing drives everything else; relationships are strong.",
        language="pl",
        interpreter=True,
        letter=(
            "pl",
            "Dzień dobry. Bilety czekają w sekretariacie szkoły. Proszę dzwonić w razie pytań!",
        ),
        planned=((0, "17:00", "Passes, and the letter to housing"),),
    ),
    Story(
        key="young-carer",
        schools=("secondary",),
        worker=1,
        reason="Stays at home when {parent}'s illness is bad; nobody in school knew why.",
        barriers=(("caring", "Looks after {parent}, who has multiple sclerosis, on bad days."),),
        strength="Teachers describe a kind and able pupil who catches up alone.",
        goal=("Care on bad days comes from adults", "No absence for caring in a half-term"),
        actions=(
            Agreed("Young carers' group: go along to the first evening", "worker", 6),
            Agreed("Carer's assessment for the household", "worker", 8),
            Agreed("A named adult in school, and a telephone pass", "school", -2, "done"),
        ),
        visits=(
            Told(
                6,
                "15:45",
                observation=(
                    "{child} had cooked, and got up twice to help {parent} before being asked."
                ),
                analysis="Proud of helping, and worn out. The bad days are known a day before.",
                parent_view="I never asked for it. I should not need it from a child.",
                words="If I am not there nobody is.",
                alone=True,
            ),
        ),
        assessment="Inappropriate caring role; warm home.",
        referral=(
            "Tarnholt Young Carers",
            "Support for a pupil who cares for a parent.",
            "waiting",
            None,
        ),
        shared="Caring responsibilities at home. Please allow the telephone pass at any time.",
        planned=((1, "16:00", "Carer's assessment, with the adult team"),),
    ),
    Story(
        key="not-the-door",
        schools=("secondary",),
        worker=2,
        reason="Has not come past the school gate since half-term; panic on the way.",
        barriers=(("anxiety", "Panic from the bus stop on; sleeps badly before school days."),),
        strength="Works on everything that is sent home; meets two friends at weekends.",
        goal=("Back in two lessons a day", "By the end of term, of the pupil's own choosing"),
        actions=(
            Agreed("Meet at the side door at 10:00, Mondays and Thursdays", "school", 1),
            Agreed("Plan the way in, step by step, with {child}", "worker", -4, "done"),
        ),
        visits=(
            Told(
                11,
                "11:00",
                observation="{child} came down after ten minutes and stayed for the whole visit.",
                analysis="Anxiety that grew with absence. Small steps, led by health.",
                parent_view="Pushing made it worse. This is the first plan she helped to write.",
                words="It is not the lessons. It is the door.",
                alone=True,
            ),
            Told(
                4,
                "11:00",
                observation="They had walked to the side door on Sunday, when nobody was there.",
                analysis="Going well. Do not add lessons before the door is easy.",
                parent_view="She asked to do it again.",
                words="I touched the handle.",
            ),
        ),
        assessment="Emotionally based avoidance; health leads, school and we support.",
        strategy=("Meeting at the side door instead of the gate", "helped"),
        led_by_partner=True,
        planned=((0, "11:00", "Third step: ten minutes in the library"),),
    ),
    Story(
        key="taxi",
        schools=("special",),
        worker=2,
        reason="Refuses the taxi since the driver changed; {parent} cannot drive.",
        barriers=(("transport", "New driver, new route, no escort: too much change at once."),),
        strength="Settles within minutes once in class.",
        goal=("Travels calmly on four days of five", "Escort's log, over three weeks"),
        actions=(
            Agreed("Ask transport for the former escort", "worker", -2, "done"),
            Agreed("Photo book of the route and of the driver", "school", 2),
        ),
        visits=(
            Told(
                7,
                "08:10",
                purpose="See how a morning goes, until the taxi leaves",
                observation="The taxi came eleven minutes early and sounded its horn three times.",
                analysis="Noise and surprise. Waiting at the corner would help.",
                parent_view="He hears the horn before he has his shoes.",
            ),
        ),
        assessment="A change of transport without preparation.",
    ),
    Story(
        key="said-nothing",
        schools=("secondary",),
        worker=0,
        reason="Truants from afternoon lessons on three days; says nothing about why.",
        barriers=(("bullying", "Named two pupils who wait at the lockers after lunch."),),
        strength="Told somebody, in the end.",
        goal=("In every afternoon lesson", "No afternoon lost in three weeks"),
        actions=(
            Agreed("Lunch in the music room, with a friend", "school", -1, "done"),
            Agreed("Ask {child} again, alone, how lunch times are", "worker", 3),
        ),
        visits=(
            Told(
                5,
                "17:30",
                purpose="Hear what happens after lunch",
                observation="Sat with the coat on. Answered when {parent} had left the room.",
                analysis="Fear of two pupils. School knows since today.",
                parent_view="I thought it was laziness. I shouted. I am sorry I did.",
                words="They don't hit me. They stand there.",
                alone=True,
                second=(
                    "I stood in the door of the kitchen the whole time, so the conversation was "
                    "not in private, though {parent} was upstairs."
                ),
            ),
        ),
        assessment="Bullying that no adult had seen.",
        step=("support_meeting", "Three weeks of lost afternoons; school and family agreed."),
    ),
    Story(
        key="closed-curtains",
        schools=("primary",),
        worker=1,
        reason="Eleven days in a row without a reason; calls are not answered.",
        barriers=(("relationship", "The family has stopped opening letters from the school."),),
        strength="Grandmother, two streets away, opens the door to us.",
        goal=("One conversation a week with {parent}", "Four weeks in a row"),
        actions=(Agreed("Ask grandmother to come along", "worker", 1),),
        visits=(
            Told(10, "09:30", outcome="no_answer", observation="Card left. Curtains closed."),
            Told(6, "16:30", outcome="no_answer", observation="Card left. A light upstairs."),
            Told(
                2,
                "09:30",
                outcome="refused",
                observation="{parent} opened, said that it was not a good time, and closed.",
            ),
        ),
        assessment="Not assessed yet: we have not been let in.",
        risk="A large dog in the yard; ring before opening the gate.",
        flags=("dog",),
        step=("attendance_contract", "Offered by letter; no answer so far."),
        call="Left a message with grandmother: Thursday at ten, at her place.",
        planned=((1, "10:00", "At grandmother's, with {parent} if she comes"),),
    ),
    Story(
        key="no-note",
        schools=("special", "primary"),
        worker=2,
        reason="Two children, both absent on most Mondays and Fridays.",
        barriers=(("parent_health", "{parent} is low after a bereavement, weekends above all."),),
        strength="A sister comes on Sundays and gets them ready.",
        goal=("In school on Mondays", "Three Mondays of four"),
        actions=(Agreed("Bereavement service: ring together", "worker", 1),),
        visits=(
            Told(
                13,
                "15:30",
                observation="Toys out, breakfast still on the table at half past three.",
                analysis="Grief, not neglect; the week falls apart at its ends.",
                parent_view="Mondays are the day we used to go to her.",
            ),
            Told(4, "15:30", purpose="Ring the bereavement service together"),
        ),
        assessment="A recent loss; support is thin at weekends.",
        referral=(
            "Tarnholt bereavement service",
            "A parent lost their mother in the summer.",
            "sent",
            None,
        ),
    ),
    Story(
        key="new-here",
        schools=("primary", "primary"),
        worker=0,
        reason="New in the country; the children miss days when letters are not understood.",
        barriers=(("other", "Letters in English only; closure days were missed both ways."),),
        strength="Eager to learn; both read at home in two languages.",
        goal=("Every letter understood on the day it comes", "No day lost by mistake"),
        actions=(
            Agreed("Send dates as a picture calendar", "school", 4),
            Agreed("Show {parent} the app of the bus company", "worker", -5, "done"),
        ),
        visits=(
            Told(
                9,
                "14:00",
                observation="Every letter since September lies in one pile, unopened to read.",
                analysis="Willing, and lost in paper. Pictures and dates go further than words.",
                parent_view="I ask the neighbour. The neighbour works.",
                words="I translate. I am seven.",
            ),
        ),
        assessment="Language alone.",
        language="ar",
        interpreter=True,
        shared="Please send dates as a picture calendar; letters in Arabic come from us.",
        strategy=("Letters in Arabic, by the authority's translator", "too_early"),
    ),
    Story(
        key="staff-family",
        schools=("secondary",),
        worker=1,
        reason="A family known to many here; only its own worker and her lead work on it.",
        barriers=(("relationship", "Parents separated; exchanges end in the school's car park."),),
        strength="Both parents come to every appointment, apart.",
        goal=("No exchange at school", "Handover at the contact centre, six weeks"),
        actions=(Agreed("Contact centre on Fridays", "parent", 3),),
        visits=(
            Told(
                6,
                "18:00",
                observation="Calm. {child} asked that nobody at school hears of this.",
                analysis="Restricted at the family's wish, and with good reason.",
                parent_view="We work with half the people on your corridor.",
                words="Just don't tell my form.",
                alone=True,
            ),
        ),
        assessment="Conflict between parents; contact arranged.",
        flags=("do_not_disclose",),
        restricted=True,
    ),
    Story(
        key="done",
        schools=("primary",),
        worker=2,
        reason="Missed 19 sessions in spring, mostly Fridays.",
        barriers=(("learning", "Afraid of the Friday spelling test."),),
        strength="Reads aloud to a younger cousin every evening.",
        goal=("In school on Fridays", "Eight Fridays of ten"),
        actions=(Agreed("Spelling test on Wednesdays, orally", "school", -15, "done"),),
        visits=(
            Told(
                15,
                "16:00",
                purpose="Last visit: what goes on without us",
                observation="Proud of a certificate on the fridge: ten Fridays in a row.",
                analysis="Goals met; school keeps the oral test.",
                parent_view="She gets up by herself.",
                words="I can spell 'certificate'.",
            ),
        ),
        assessment="A learning need that school now meets.",
        closed="Ten Fridays in a row; the family feels that it can go on alone.",
    ),
)
"""In this order they are given out among children, so that each stays with its family."""
