"""What the demonstration's office writes: why a mark changed, where a planned code came from."""

from __future__ import annotations

__all__ = ["AMENDED", "PARENT_SAID", "PLANNED", "STILL_UNWELL"]

AMENDED: dict[str, tuple[str, ...]] = {
    "I": (
        "Mother rang at 08:20: sick in the night",
        "Father rang: high temperature",
        "Email from home: a heavy cold",
        "Grandmother rang: stomach bug",
        "Message on the answerphone: headache and sore throat",
        "Mother's text: ear infection, at the doctor's today",
        "Father's email: chickenpox",
        "Rang home: unwell, in bed",
        "Carer rang: asthma, resting at home",
        "Sent home by first aid before the register",
    ),
    "O": (
        "Rang home three times, no reason given",
        "Parent says there was no reason; not a reason we can authorise",
        "No answer to calls or letter within five school days",
        "Seen in town; parent told",
        "Parent overslept; pupil did not come in",
        "Told us it was a birthday; not authorised",
    ),
    "G": (
        "Family holiday; leave was asked for and not granted",
        "Family holiday; leave was not asked for",
        "Came back later than the leave that was granted",
    ),
}

PLANNED: dict[str, tuple[str, ...]] = {
    "K": ("Authority's tuition service, weekly report", "Hospital school, placement letter"),
    "C2": ("Part-time timetable agreed with parent, reviewed each half-term",),
    "B": ("Farm placement, weekly", "College taster course, weekly", "Forest school, weekly"),
    "W": ("Work experience week, placement visited",),
    "V": ("Trip to the museum", "Trip to the coast", "Theatre visit", "Geography field day"),
    "T": ("Parent's letter: travelling for work with the fair",),
    "E": ("Suspended by the head teacher; letter sent, work set",),
    "S": ("Study leave for a resit", "Study leave before the mock exam"),
    "R": ("Parent's letter: religious festival",),
    "P": ("Cross-country fixture", "Football tournament", "Swimming gala"),
    "C": ("Funeral of a relative", "Sibling's graduation", "Family wedding abroad"),
    "C1": ("Performance licence, theatre rehearsal",),
    "J1": ("Interview for a college place", "Visit to the new school"),
    "M": (
        "Dentist, appointment card seen",
        "Orthodontist, 10:15",
        "Hospital letter",
        "Optician, parent's note",
        "Speech therapy, clinic letter",
    ),
    "I": ("Parent rang: not in for some days", "Doctor's note seen", "Parent will ring again"),
}

STILL_UNWELL = "Parent rang yesterday afternoon: still unwell, not in tomorrow"
PARENT_SAID = (
    "Brother says he is poorly",
    "Friend says she missed the bus",
    "Mum told me at the gate he has a cough",
)
