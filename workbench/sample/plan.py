"""What is planted in the sample study: regions, segments, effects, steps and their means, complaints. Numbers alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

SEED = 20251122


CUSTOMERS = 4000


LAST_DAY = datetime(2025, 12, 31)


WAVES = {"2025-03": datetime(2025, 3, 3), "2025-07": datetime(2025, 7, 2), "2025-11": datetime(2025, 11, 3)}


ANSWERS_A_WAVE = 728


REGIONS = {"North": 0.37, "South": 0.35, "East": 0.15, "West": 0.13}


SEGMENTS = ("owner", "tenant", "landlord")


HOMES = {
    "North": (0.25, 0.65, 0.10),
    "South": (0.62, 0.23, 0.15),
    "East": (0.50, 0.37, 0.13),
    "West": (0.50, 0.37, 0.13),
}


CALLED = {"North": 0.17, "South": 0.49, "East": 0.34, "West": 0.34}


LANDLORD_CALLED_MORE = 0.10


# How many of a stratum are asked, against its share of all customers: the weight turns this round.
ASKED_MORE = {
    "North": (1.25, 0.90, 0.60),
    "South": (1.15, 0.80, 0.80),
    "East": (1.40, 0.75, 0.39),
    "West": (2.45, 0.65, 0.80),
}


COMPLAINTS_A_CUSTOMER = 0.155  # of those who were not called


COMPLAINT_RATIO = 0.45  # called against not called


SWITCHED = 0.095


SWITCHED_AFTER_COMPLAINT = 0.15  # on top


FIRST_NAMES = (
    "Adaeze Alban Anneke Arlo Beatrix Bram Caius Callista Corin Dagny Delphine Edric Elowen Emrys Fenella Fintan Greta "
    "Halina Idris Imogen Ishaan Jorun Kenna Kofi Leandra Linnet Maelle Marek Nadir Nerys Odile Osric Pavla Perran "
    "Quilla Rafe Roshni Rowena Saskia Selwyn Sunniva Taliesin Tamsin Ulric Verity Wendel Xanthe Yannick Yevande Zofia"
)


LAST_NAMES = (
    "Abberwick Alderfen Ashcombe-Rill Barrowmere Bexholt Brindlow Calderwick Cobblefoot Crowmarden Dapplewood Dunsfeather "
    "Eastergill Elmsworthy Farthingdale Fennimarch Gallowmere Gorsebrook Hallowick Harrowgill Inglestane Jessamyne "
    "Kettlebarrow Kingsfurrow Larkinholme Lowmarsh Millfenner Mossgarth Netherby-Holt Oakenthwaite Oxmarden Pellworthy "
    "Pinderfell Quarrenden Ravelston-Moss Rushmeadow Saltergate Sandwater Tarnley Thistlemoor Underbarrow Vennerley "
    "Wallowfen Waterhold Wexcombe Yarrowdale"
)


@dataclass(frozen=True)
class Step:
    """What the people who went through a step say on average, and what moves it (all in NPS points)."""

    question: int  # its first question's number in the questionnaire
    words: str
    nps: float
    csat: float
    ces: float | None
    emotion: float | None  # -100 … 100
    trust: float  # -100 … 100
    effects: dict[str, float] = field(default_factory=dict)
    spread: float = 2.2  # of the scores 0 to 10


STEPS = {
    "moves-in": Step(10, "moving in", 20, 3.7, 5.0, 15, 25, {"tenant": -12, "landlord": -4}),
    "looks-for-supplier": Step(
        20, "finding out who supplies your water", 2, 2.9, 3.4, -20, 0, {"tenant": -14, "landlord": -4}
    ),
    "first-contact": Step(
        30, "the first time we contacted you", 22, 3.5, 4.9, 10, 15, {"tenant": -16, "landlord": -4, "called": 50}
    ),
    "first-bill": Step(
        40, "your first bill", -46, 2.1, 2.9, -65, -50, {"tenant": -28, "landlord": -6, "called": 34}, 1.9
    ),
    "asks-about-bill": Step(
        50,
        "asking us about the bill",
        -36,
        2.3,
        2.6,
        -50,
        -40,
        {"tenant": -18, "landlord": -4, "called": 14, "again": -20},
    ),
    "agrees-plan": Step(
        60, "agreeing a payment plan", 8, 3.5, 4.6, 20, 10, {"tenant": -10, "landlord": -4, "web": -20}
    ),
    "stays-or-switches": Step(
        70,
        "deciding whether to stay with us",
        -10,
        2.8,
        4.1,
        -10,
        -15,
        {"tenant": -14, "landlord": -4, "called": 8, "switched": -50},
    ),
    "": Step(
        80,
        "everything since you moved in",
        -12,
        2.9,
        None,
        None,
        -20,
        {"tenant": -10, "landlord": -3, "called": 12, "switched": -20},
        1.1,
    ),
}


SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "emotion": (1, 5), "trust": (1, 5)}


SPREADS = {"csat": 1.0, "ces": 1.4, "emotion": 0.95, "trust": 0.95}


CARRIED = 0.6  # how much of an effect in NPS points shows on the other scales, in per cent of their range


# Complaints: the desk's own category, the step it belongs to ("" = none on the map), its share, and subjects.
CATEGORIES: tuple[tuple[str, str, float, tuple[str, ...]], ...] = (
    (
        "Bill without notice",
        "first-bill",
        0.26,
        (
            "First bill came with no warning at all",
            "A bill for {months} months out of the blue",
            "Nobody told me I had to pay for water",
            "£{amount} through the letterbox and not one call before",
        ),
    ),
    (
        "Amount or period wrong",
        "first-bill",
        0.13,
        ("Charged for months before I lived here", "£{amount} cannot be right", "Wrong move-in date on the bill"),
    ),
    (
        "Back-billing too far",
        "first-bill",
        0.11,
        (
            "Billed {months} months back",
            "Why was this not found sooner?",
            "Bill covers {months} months, that is your mistake",
        ),
    ),
    (
        "Long wait on the phone",
        "asks-about-bill",
        0.16,
        ("Waited {wait} minutes and hung up", "Nobody answers your number", "On hold for {wait} minutes about my bill"),
    ),
    (
        "Passed on or not called back",
        "asks-about-bill",
        0.18,
        ("Promised call back never came", "Passed on twice, no answer yet", "Explained it three times to three people"),
    ),
    ("Payment plan", "agrees-plan", 0.05, ("Plan not what was agreed", "Web form lost my instalments")),
    (
        "Closing or switching",
        "stays-or-switches",
        0.045,
        ("Still billed after I left", "Switch refused because of old debt"),
    ),
    ("Cannot find supplier", "looks-for-supplier", 0.025, ("Your page did not know my street",)),
    (
        "First call or letter",
        "first-contact",
        0.02,
        ("Was that call really from you?", "Letter gave no name to ask for"),
    ),
    ("Water quality or pressure", "", 0.02, ("Brown water this morning", "Pressure drops in the evening")),
)


@dataclass(frozen=True)
class Remedy:
    """A solution as it truly is: what it does to each customer it reaches, when it begins, what it costs."""

    steps: tuple[str, ...]
    nps: float  # points of a customer who is reached
    cost: float  # pounds over the three years
    months: float  # until it acts
    complaints: float = 0.0  # share of the complaints at its steps that do not come
    leavers: float = 0.0  # share of those who leave that stay
    only: tuple[str, ...] = ()  # customers it is for: "not called", "tenant", "web"
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


YEARS = 3


CARRIES_OVER = 0.6  # of what a call did where it was made, where it is made for everybody


BUDGETS = (60_000, 100_000, 240_000, 420_000, 650_000)


REMEDIES = {
    "call-before-bill": Remedy(
        ("first-contact", "first-bill"), CARRIES_OVER * 34, 12_000 + 3 * 84_000, 3,
        complaints=CARRIES_OVER * (1 - COMPLAINT_RATIO), only=("not called",), excludes=("call-tenants-first",),
    ),
    "call-tenants-first": Remedy(
        ("first-contact", "first-bill"), CARRIES_OVER * 34, 9_000 + 3 * 39_000, 3,
        complaints=CARRIES_OVER * (1 - COMPLAINT_RATIO), only=("not called", "tenant"), excludes=("call-before-bill",),
    ),
    "one-name-a-case": Remedy(("asks-about-bill",), 10, 22_000 + 3 * 58_000, 4, complaints=0.25),
    "call-back-by-name": Remedy(
        ("asks-about-bill",), 6, 14_000 + 3 * 10_000, 2, complaints=0.35, requires=("one-name-a-case",)
    ),
    "instalments-on-the-bill": Remedy(("first-bill", "agrees-plan"), 6, 26_000 + 3 * 7_000, 6),
    "bill-twelve-months": Remedy(("first-bill",), 8, 8_000 + 3 * 130_000, 3, complaints=0.15, leavers=0.08),
    "plan-page-that-confirms": Remedy(("agrees-plan",), 9, 32_000 + 3 * 5_000, 5, only=("web",)),
    "who-supplies-me": Remedy(("looks-for-supplier",), 7, 16_000 + 3 * 4_000, 3),
}  # fmt: skip


Row = list[str]
