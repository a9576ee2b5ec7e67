"""What customers of the sample study write in the survey's two open questions: pieces put together by what they met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """What one customer went through, and how they scored it."""

    called: bool
    letter: bool
    segment: str
    months: int
    amount: int
    wait: int
    contacts: int
    plan: str
    switched: bool
    score: int  # recommendation at the first bill
    overall: int
    name: str


COLD = (
    "The bill came out of nowhere.",
    "No letter, no call, just a bill for £{amount}.",
    "I opened it standing in the hall and had to sit down: {months} months at once.",
    "First I ever heard of you was a demand for £{amount}.",
    "Nobody said a word for {months} months and then this.",
    "I thought it was a scam and nearly threw it away.",
    "how can you bill someone you have never spoken to",
    "It landed on the mat the week before {holiday} with no explanation.",
    "A brown envelope, {months} months of water, fourteen days to pay.",
    "Completely unannounced. I honestly believed the water was somebody else's business.",
    "You knew about this address long before you wrote, the dates on the bill show it.",
    "It is addressed to me by name, so you knew who I was. Why did you not ring?",
    "Shock. That is the only word.",
    "Came home from a night shift to a bill for £{amount}, no warning whatsoever.",
    "My neighbour got the same surprise, {months} months in one go.",
    "I pay everything on time and was made to feel like a thief.",
    "The first page says final amount, the second page says estimate. Which is it?",
    "You saved up {months} months of charges and sent them on one sheet of paper.",
)
WARM = (
    "Someone rang before the bill came and told me what to expect.",
    "I had a call first, so the amount was no surprise.",
    "The lady on the phone explained the {months} months line by line before anything was posted.",
    "Fair play, you phoned. The bill was then exactly what had been said.",
    "Nobody likes £{amount} to pay but at least a person told me beforehand.",
    "The call came on a bad day but I was glad of it afterwards.",
    "He rang, said who he was, and gave me a number to check it was really you.",
    "Good that I could ask my questions before the envelope arrived.",
    "Was called the week before. Still a lot of money, but I knew.",
    "They let me correct the date I moved in while we were still on the phone.",
    "A proper conversation first, then the bill. That is the right way round.",
    "I appreciated the phone call, it made the bill feel like a bill and not a threat.",
)
PAPER = (
    "There was a letter some days before but it named no amount.",
    "Your letter said somebody might contact me. Nobody did, the bill came instead.",
    "I had a letter first, which helped a little, though there was no name to ask for.",
    "The letter before the bill looked like advertising, I did not take it seriously.",
    "A letter announced it, without saying that it would be {months} months.",
)
KIND = {
    "owner": (
        "We bought the house in good faith and the solicitor never mentioned water.",
        "I own the place, I want to pay, just tell me in time.",
        "We have two children and a mortgage, £{amount} is not lying about.",
        "The previous owner told us it was all settled.",
        "I had even put money aside for it, but nobody could tell me whom to pay.",
        "",
        "",
    ),
    "tenant": (
        "I thought water was in the rent, my landlord said so.",
        "I rent. I do not have £{amount} at the end of a month.",
        "The flat has had three lots of tenants, how do you know what was mine?",
        "My landlord says it is me, you say it is me, and nobody told me.",
        "It is more than a week's wages.",
        "The tenancy agreement says bills included and now I am caught between you both.",
        "I am moving out in the spring and now carry this with me.",
        "",
    ),
    "landlord": (
        "I let this flat, the tenant used the water, the bill came to me.",
        "With four flats I need one statement, not four envelopes.",
        "Nobody asked for the dates of the tenancies.",
        "It was empty for some of those {months} months and you charged for all of them.",
        "",
    ),
}
ENDS_BAD = (
    "Not the way to begin.",
    "I do not believe the next one will be right either.",
    "I want to know since when you knew.",
    "You lost me there.",
    "I felt accused.",
    "An apology would have cost nothing.",
    "How am I supposed to trust the meter after this?",
    "I cried, to be frank.",
    "Please spread it over a year without my having to beg.",
    "Disgraceful.",
    "It still makes me angry.",
    "One phone call, that is all it would have taken.",
    "I have told everybody I know.",
    "The bill gave a number to ring and nobody picks up.",
    "",
    "",
)
ENDS_MIXED = (
    "It was sorted in the end.",
    "I paid, but I will read every line from now on.",
    "The amount I can live with, the manner I cannot.",
    "Could have been worse, could have been announced.",
    "Clear enough once I had read it twice.",
    "The instalments helped.",
    "The explanation on page three should be on page one.",
    "",
)
ENDS_GOOD = (
    "No complaints.",
    "Clear, correct, and I could pay in parts.",
    "Thank you for treating me like a grown-up.",
    "The layout is easy to read, too.",
    "I would tell a friend you are decent people.",
    "Well handled.",
    "It all matched what I had been told.",
    "",
)
ASKED = (
    "I waited {wait} minutes on the phone.",
    "{wait} minutes of music, then cut off.",
    "I had to explain it {contacts} times to different people.",
    "The chat told me to ring and the phone told me to use the chat.",
    "I was passed to billing, and billing passed me back.",
    "The call back that I was promised never came.",
    "In the end one woman took it on herself and it was done in ten minutes.",
    "They could not see my move-in date on their screen.",
    "Every call started from nothing, nobody had notes.",
    "The person was kind but was not allowed to decide anything.",
    "Nobody owns it. That is the trouble.",
)
PLAN = {
    "web": (
        "The web form logged me out twice before it took my instalments.",
        "Setting up the plan on the web was quick but I never knew if it had worked.",
        "The website offered six months or nothing. A person would have listened.",
        "The online plan confirmed a different amount from the one I typed.",
        "I did the plan on my telephone's little screen and could not read the total.",
    ),
    "phone": (
        "The man who set up my payments asked what I could afford. Nobody ever asks that.",
        "Twelve instalments agreed on the phone in five minutes, very fair.",
        "She put the plan in writing the same day, as she had said.",
        "Talking the plan through with a person made it bearable.",
    ),
    "none": (
        "I was never offered instalments.",
        "I paid it all at once so that it would be over.",
        "I did not take a plan, I did not trust it.",
        "Nobody told me that one can pay in parts.",
    ),
}
LEAVES = (
    "I have changed supplier.",
    "We have left you and it took one form and three days.",
    "I compared, I switched, and the new one rang me within the week.",
    "Switching was my way of complaining.",
)
STAYS = (
    "I stay because it is the same water everywhere, not because of you.",
    "I looked at others and could not be bothered.",
    "We will stay for now and see how the next bill looks.",
    "I am staying, the plan is fair and I know whom to ring.",
    "Nobody has written since the plan. A short word that all is in order would be nice.",
    "Not sure that I would choose you again, but I stay.",
)
IDEAS = (
    "Put a page on your site where I type my postcode and see who supplies me.",
    "Ring people first. Please.",
    "Give every case a name and a direct number.",
    "Do not send such bills in {month}, everyone is short of money then.",
    "Let me send a photograph of the meter.",
    "Offer the instalments on the bill itself, ready filled in.",
    "A text message before the envelope would do.",
    "When I moved in I looked for you and found nothing, your page wanted an account number that I did not have.",
    "Tell estate agents and landlords that your service exists.",
    "The water itself is good, by the way.",
    "Nothing else.",
    "Longer opening hours on the phone, some of us work.",
    "Charge for twelve months at most if it was not our fault.",
    "Please answer e-mails.",
)
GLAD = (
    "All in all decently done.",
    "I would not have expected a water company to be so human.",
    "Thanks to the person who sorted it.",
    "You mended it, and that counts.",
    "Friendly and clear from the second contact on.",
)
PERSONAL = (
    "My name is {name}, please ring me on 07700 900{three}.",
    "You can reach me at {mail}.",
    "Call me back on 01632 960{three}, evenings. {name}",
    "I wrote from {mail} three weeks ago, no answer.",
    "Regards, {name}",
    "I spoke to your Mr {last} and he promised to look into it.",
)
MONTHS = ("January", "February", "March", "April", "August", "September", "November", "December")
HOLIDAYS = ("Christmas", "Easter", "our holiday", "my birthday", "the school holidays", "the long weekend")


def first_bill(case: Case, rng: np.random.Generator) -> str:
    """What went well, or badly, with the first bill."""
    begins: Sequence[str] = COLD
    if case.called and (case.score > 3 or rng.random() < 0.5):
        begins = WARM
    elif case.letter and rng.random() < 0.6:
        begins = PAPER
    elif case.called:
        begins = WARM[8:] + COLD[-3:]
    ends = ENDS_GOOD if case.score > 8 else ENDS_MIXED if case.score > 5 else ENDS_BAD
    if case.score > 8 and begins is COLD:
        begins = (
            "The bill was clear.",
            "I expected a bill some day, and here it was.",
            "Fine. I had reckoned with it.",
        )
    parts = [one(begins, rng), one(KIND[case.segment], rng) if rng.random() < 0.6 else "", one(ends, rng)]
    if case.contacts and rng.random() < 0.25:
        parts.insert(2, asked(case, rng))
    return spoken(parts, case, rng)


def anything_else(case: Case, rng: np.random.Generator) -> str:
    """Anything else: asking about the bill, the plan, staying or leaving, ideas."""
    parts = []
    if case.contacts and rng.random() < 0.55:
        parts.append(asked(case, rng))
    if rng.random() < 0.5:
        parts.append(one(PLAN[case.plan], rng))
    if rng.random() < 0.4:
        parts.append(one(LEAVES if case.switched else STAYS, rng))
    if case.overall > 8 and rng.random() < 0.7:
        parts.append(one(GLAD, rng))
    if rng.random() < 0.4 or not parts:
        parts.append(one(IDEAS, rng))
    return spoken(parts, case, rng)


def asked(case: Case, rng: np.random.Generator) -> str:
    """A sentence about asking, that can be true of this customer."""
    able = [words for words in ASKED if ("{wait}" not in words or case.wait > 9)]
    return one([words for words in able if "{contacts}" not in words or case.contacts > 1], rng)


def one(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(0, len(words)))]


def spoken(parts: list[str], case: Case, rng: np.random.Generator) -> str:
    """The pieces as one person would type them: slots filled, a few with personal data, some careless."""
    parts = [part for part in parts if part]
    personal = rng.random() < 0.03
    if personal:
        parts.append(one(PERSONAL, rng))
    first, last = case.name.lower().split(" ", 1)
    draw = rng.random()
    text = ("\n- ".join(["", *parts]).strip() if draw < 0.02 else " ".join(parts)).format(
        amount=case.amount,
        months=case.months,
        wait=case.wait,
        contacts=case.contacts,
        name=case.name,
        last=last.title(),
        mail=f"{first}.{last}@example.{'com' if draw > 0.5 else 'org'}",
        three=f"{int(rng.integers(0, 1000)):03}",
        month=one(MONTHS, rng),
        holiday=one(HOLIDAYS, rng),
    )
    if 0.05 < draw < 0.11 and not personal:
        return text.lower().replace(".", "").replace("'", "")
    if 0.11 < draw < 0.13 and not personal:
        return text.upper().replace(".", "!")
    return text
