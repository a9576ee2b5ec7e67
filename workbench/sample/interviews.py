"""The eight interviews of the sample study: what was said, and how a recorder writes it down (WebVTT, one DOCX).

In each talk the researcher speaks first, then the two take turns. Participants have a first name only.
"""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Talk:
    """One interview: the participant's first name, a note of the recorder's, and the turns."""

    who: str
    turns: tuple[str, ...]
    note: str = ""


def clauses(talk: Talk) -> list[tuple[str, str]]:
    """Who says what, in order."""
    return [("Researcher" if number % 2 == 0 else talk.who, words) for number, words in enumerate(talk.turns)]


def webvtt(talk: Talk, rng: np.random.Generator) -> str:
    """A transcript as a meeting tool exports it: short cues, a speaker on each, hours in the times."""
    lines = ["WEBVTT", ""]
    if talk.note:
        lines += ["NOTE", talk.note, ""]
    now = 2000
    for speaker, words in clauses(talk):
        for piece in textwrap.wrap(words, 88, break_on_hyphens=False):
            takes = 340 * len(piece.split()) + int(rng.integers(100, 900))
            lines += [f"{stamp(now)} --> {stamp(now + takes)}", f"<v {speaker}>{piece}</v>", ""]
            now += takes
        now += int(rng.integers(200, 1800))
    return "\n".join(lines)


def stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def docx(talk: Talk, rng: np.random.Generator) -> bytes:
    """A transcript as a word file: a line with the name and the minute, then what was said."""
    from docx import Document

    document = Document()
    for style in list(document.styles):  # the template brings far more than a transcript needs
        if not style.name or style.name not in ("Normal", "Default Paragraph Font"):
            style.delete()
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[key]
    now = 3
    for speaker, words in clauses(talk):
        document.add_paragraph(f"{speaker}  {now // 60}:{now % 60:02}")
        document.add_paragraph(words)
        now += 2 + len(words.split()) // 3 + int(rng.integers(0, 3))
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


MARTA = Talk(
    "Marta",
    (
        "Thank you for making the time. Could you start with the day you moved in? What was going on around you?",
        "Chaos, nice chaos. We had bought our first house, a terrace, we got the keys on a Friday and it rained through "
        "the kitchen roof on the Saturday. So water was on my mind, but not that kind of water.",
        "Did you think about who supplies the water at that point?",
        "I turned on the tap and it ran. That is all. Gas and electricity wrote to us within a week, so I suppose I took "
        "it that whoever did the water would write as well.",
        "And did you look for somebody yourself?",
        "I did, once, in the second month. I typed our street into your page and it wanted a customer number. I do not "
        "have a customer number, that is why I am on your page. So I shut it.",
        "How did you feel at that moment?",
        "Oh, a shrug. I felt I had done my bit. A little foolish, perhaps, as if everybody else knew the trick.",
        "What was the next thing you heard from the company?",
        "The bill. Fourteen months later, out of a blue sky. Four hundred and sixty pounds. I read it in the hall with "
        "my coat on, and I remember I read the name at the top again and again to see whether it was really meant for us.",
        "Take me through what went through your head.",
        "First that it was a fraud. Then, when I saw our names spelled right, how long have they known? Because somebody "
        "sat there and watched the months go by. And I got hot with anger, I do not mind saying it.",
        "You said, how long have they known. Why is that the question?",
        "Because if they knew in March and wrote in November, then they let it grow. It is not the money then, it is "
        "that somebody made a choice about me and I was not in the room.",
        "What did you do about it?",
        "I rang. I waited, the voice said nineteen minutes and it was longer. Then a young man, very polite, could see "
        "nothing but the total. He passed me to billing, and billing was closed. I rang three times in the end.",
        "Three times for the same question?",
        "The same question, from the beginning, each time. Nobody owned it. The third lady, she said: give me your "
        "number, I will not let go of this. And she rang back that afternoon. I could have hugged her.",
        "What did she do differently?",
        "She asked what day we got the keys. That is all. She moved the date, it took eleven days off, and she asked "
        "what we could pay in a month. Twelve parts. She wrote it down and it came in the post as she had said it.",
        "So how do you feel about the plan now?",
        "Fair. The plan is fair. I would not have needed the rest of it.",
        "And about staying with the company?",
        "We stayed, because of her. If you ask me whether I trust the company, no, I trust her. Next bill I open "
        "standing up again, and we will see.",
        "If you could change one thing in that whole story, what would it be?",
        "Ring. Ring before you write. A minute on the telephone and I would have said, oh goodness, you are right, "
        "how do we sort it out?",
    ),
)

COLIN = Talk(
    "Colin",
    (
        "Colin, you let property, is that right? How many homes are we talking about?",
        "Three flats over a shop, and the shop is let too. I have done it for twenty years, so I know my way about "
        "with suppliers, or I thought I did until the market was opened.",
        "How does a change of tenants usually go, as far as water is concerned?",
        "I send a form. Names, dates, meter. I sent the form for the middle flat the week the old tenant left. I have a "
        "copy. It went into a hole.",
        "What made you notice that?",
        "Nothing did, and that is just it. A landlord notices when a bill comes, not when it does not come. You have "
        "forty other things on the desk.",
        "So what was the first thing that came?",
        "A letter, I will grant you, a letter came first. It said that my property may be using unregistered services. "
        "Unregistered services! As if I had a still in the attic.",
        "What did you make of the wording?",
        "It was written by someone who does not believe you. No name under it, no number but the big one. I put it on "
        "the pile, because it asked me for nothing and told me nothing.",
        "And then the bill?",
        "Ten days after. Twenty-two months, eleven hundred pounds and some. For a flat that was empty for five of those "
        "months while I had the damp out of it. I was furious, and I am not a furious man.",
        "What made you furious, the sum or something else?",
        "That they had my form. They had been told, in writing, by me, and they charged me for their own drawer. And "
        "not the tenant, mark you, who had drunk the water. Me.",
        "How did you go about sorting it out?",
        "I complained, properly, on the web form, with the copy. Then a person rang who had not seen the copy. I sent "
        "it again. Then another one rang and asked for the tenancy dates, which were on the copy.",
        "How long did that take in all?",
        "Seven weeks. I kept a list, because I charge people for my time, in my head at least. Nine contacts. Every one "
        "of them was civil, I should say that. But civil people with no memory are hard work.",
        "Was there a moment when you decided to leave?",
        "When they offered me instalments. I had not asked for instalments, I had asked for the right amount. It showed "
        "me that nobody had read a word. I went to the other lot that evening.",
        "How was the switch itself?",
        "Easy. Suspiciously easy. One form, three days. And a woman from the new company rang to ask how I like my "
        "statements. One statement for the four, I said. She said, of course.",
        "What would you tell a friend about us?",
        "I would say the pipes are good and the office is not. I would not go back. If somebody had rung me when the "
        "address came up and asked, Colin, who is in there? I would be your customer yet.",
        "Is there anything we have not asked?",
        "Ask landlords for the dates first. Always the dates. It would save you half your letters.",
    ),
    note="Recorded with consent. Names of third parties were left out by the transcriber.",
)

PRIYA = Talk(
    "Priya",
    (
        "Could you tell me a little about where you live, and since when?",
        "I rent a flat with a friend from the hospital, we both work shifts. We moved in about a year and a half ago. "
        "It is on the third floor and the boiler has a mind of its own.",
        "What did you think about water when you moved in?",
        "That it was in the rent. The advertisement said bills included, and then in the contract it said some bills. I "
        "only read the word some much later.",
        "Was there a time when you wondered about it?",
        "Yes, when the electricity came separately I thought, hm, what about water. So I searched. I found four "
        "companies, and every page said enter your account number. I asked the landlord, he said do not worry.",
        "And did you worry?",
        "A tiny bit, in the back of my head. You know, like a thing that you have not done and that will come back.",
        "How did it come back?",
        "As a bill, addressed to the occupier first and then to me by name a week later. Three hundred and twelve. I "
        "opened it after a night shift and I just sat on the stairs.",
        "What did you feel, sitting there?",
        "Fear, mostly. I send money home. I counted what I had and it was not enough. And shame, which is stupid, "
        "because I had tried to find out. I felt caught, as if I had been stealing.",
        "What did you do next?",
        "I used the chat because I cannot ring from the ward. The chat was quick to answer, three minutes, and then it "
        "told me that for billing I must ring. I said, I cannot ring. It said it was sorry to hear that.",
        "What would have helped at that point?",
        "Someone who could write to me when they had the answer. I do not need it at once. I only need it not to be me "
        "who asks every time.",
        "How did you get to a payment plan?",
        "On the website. There is a page for it. I put in ten months, it said session expired. I put it in again, it "
        "took it, and the mail that came said six months. Six! That is fifty pounds a month, I could not do that.",
        "And how did that end?",
        "I did it a third time with my friend watching, and we took a photo of the screen as proof. It felt like "
        "arguing with a ticket machine. A colleague of mine did hers on the phone and they asked her what she could afford.",
        "How do you see the company today?",
        "Careful. I pay, it goes down, fine. But I read everything twice. I did not leave because I do not know whether "
        "one may leave while one still owes.",
        "Did anybody tell you whether you may?",
        "No. Nobody has said anything since the plan. A short message, you are up to date, would make me sleep better.",
        "And what would you tell the people who design this?",
        "That a tenant is the last one to know and the first one to get the letter. Ring us, or write like you would to "
        "your sister.",
    ),
)

DAFYDD = Talk(
    "Dafydd",
    (
        "Good morning. Shall we begin with your move? You said on the phone that you moved to be near your daughter.",
        "Good morning. Yes, a bungalow, two streets from her. Forty years in the old house and eleven months in this one, "
        "and I still reach for the light on the wrong side.",
        "Who took care of the utilities when you moved?",
        "I did, I had a list. Water was on the list with a question mark, because at the old place it went through the "
        "council, and here nobody could say. The estate agent said it would sort itself out.",
        "How did you feel about the question mark?",
        "I do not like a question mark. I was uneasy. I looked in the telephone book, can you imagine, and my daughter "
        "laughed at me. She looked on the web and did not find it either, so I had the last laugh.",
        "What was the first you heard from us?",
        "A telephone call. A young woman, she gave her name and said straight away, I am not selling anything. She said "
        "that they had found that my address had water and no account.",
        "What did you think when you heard that?",
        "I thought, at last. And then I thought, is this one of those tricks? I asked her, how do I know it is you? And "
        "she said, quite right, put the phone down and ring the number on the back of any of our vans. I did. It was her desk.",
        "That made a difference?",
        "All the difference. She was not offended, she was pleased. I felt I was dealing with a person who had been "
        "brought up properly.",
        "What did she tell you about the bill?",
        "That it would be about nine months, that it would come to two hundred and some, that it would arrive in ten "
        "days and that I should not pay a penny before I had checked the reading. We read the meter together, I in the "
        "garden with the telephone under my chin.",
        "And when the bill came?",
        "It came on the tenth day and it was what she had said, to the pound. I put it on the sideboard. I was not "
        "delighted, who is delighted by a bill, but I was content. No surprise, you see.",
        "Did you need to ask anything after that?",
        "Only whether I could pay it monthly. I rang, and I waited some minutes, there was a harp. They had all the notes "
        "of the first call. I did not have to say it all again, and at my age one notices.",
        "How did agreeing the plan go?",
        "He asked me what suited me. I said the first of the month, after the pension. He said then it shall be the first. "
        "Ten minutes for the lot, and a letter to confirm it.",
        "Have you thought of going to another supplier?",
        "My daughter showed me one that is four pounds cheaper. I said no, thank you. They rang me when they could have "
        "just sent the bill. That is worth four pounds.",
        "Is there anything that could have been better?",
        "You could have found me sooner, I was not hiding. And the harp. The harp could go.",
    ),
)

YUSUF = Talk(
    "Yusuf",
    (
        "Yusuf, thanks for joining from work. If you have to break off, just tell me. How did you come to the flat?",
        "Through a friend, quickly. I had a new job in the North and a week to find something. You take the keys and you "
        "say thank you. I did not ask about water, who asks about water?",
        "Was there any paperwork about it?",
        "One page from the agent with a list of companies, half of them do not exist any more. I rang one. They said not "
        "our area. After that I let it go.",
        "What happened then?",
        "Sixteen months of nothing. Then the bill, five hundred and thirty. I remember it was the same week that my car "
        "failed its test. I thought somebody was having a laugh.",
        "What did you feel when you saw it was serious?",
        "Rage. I am sorry, but rage. Because it says on it, please pay in fourteen days. You took sixteen months to write "
        "to me and I get fourteen days? Where is the respect in that?",
        "Respect is a strong word. What would respect have looked like?",
        "A knock, a call, a text even. Hello, we made a mistake, we missed you, here is what we think you owe, what do "
        "you think? A conversation. Not a verdict.",
        "What did you do with the bill?",
        "I rang in my lunch break. Waited twenty-five minutes, the break is thirty. So I hung up. Next day the same. The "
        "third day I did it from the toilet, which is not a thing that I want to remember.",
        "Did you get through?",
        "Yes, and she said that she could see an estimate and that I should send a meter reading. Where is the meter? She "
        "did not know. Under a lid in the street, it turned out, my neighbour knew.",
        "And after the reading?",
        "They said somebody calls back within two days. Nobody called. I waited with the phone on the table like a "
        "teenager. Then a reminder came, a red one. That was the moment, I think, that I was gone.",
        "Gone, you mean you decided to leave?",
        "In my heart, yes. The form I filled in some weeks later. The other company took me in three days.",
        "What about the debt? How did you settle it?",
        "I paid it. All at once, I borrowed from my brother. I did not want a plan, a plan is a relationship, and I did "
        "not want a relationship.",
        "Is there anything that would bring you back?",
        "No. Maybe if I move. You know what is funny? My cousin lives in the South, the same company, the same thing, "
        "and they rang him first. He thinks you are great. Same water.",
        "What do you make of that?",
        "That it is a lottery. You had a good way of doing it and I did not get it.",
        "What would you say to the director if she sat here?",
        "Read your red letter aloud to your own mother. Then tell me you would send it.",
    ),
    note="Sound is poor between 00:03 and 00:04; words were checked against the second recording.",
)

HANNAH = Talk(
    "Hannah",
    (
        "You told us that you were called before the bill came. Before we get there: what was it like to move in?",
        "Lovely, and tiring. A new build, everything smelt of paint. The developer gave us a folder with all the suppliers, "
        "and under water it just said mains. Mains! As if that were a company.",
        "Did the folder lead you anywhere?",
        "I am the organised one, so I looked. There is a page that says who supplies me, but it did not know our street, "
        "because the street was six months old. It offered me the street next to it.",
        "How did you feel about that?",
        "A bit annoyed and then, honestly, relieved that I could say I had tried. I kept a screenshot, I am that person.",
        "Then tell me about the call.",
        "It was a man, calm, he said there was no account at our address and that it was not our fault. He said that "
        "sentence: it is not your fault. I relaxed at once. I had the screenshot ready and did not need it.",
        "What did he promise you?",
        "That the bill would be for twelve months, not more, and that the instalments would already be on it, so that I "
        "need not do anything. I wrote it down. He said, no surprises.",
        "And the bill?",
        "It was for fifteen months. And there were no instalments on it. So there was the surprise after all, only later, "
        "and worse, because I had believed him.",
        "Worse than if nobody had called?",
        "No, not worse than that. I have friends in the street who were not called and they were livid. I was "
        "disappointed. It is a different thing. He had been so good that I thought it must be a mistake, and it was.",
        "How did you find out that it was a mistake?",
        "I rang the number he gave me and got him, or his colleague, after two minutes. She saw his note, she said, you are "
        "right, it says twelve. It was put right in a week. I got a new bill with an apology on it.",
        "What did the apology do?",
        "It said we promised you twelve months and sent you fifteen, that was wrong. Somebody wrote that sentence for me. "
        "I showed it to my husband. You do not see that often.",
        "Where did you agree the plan?",
        "On the web, since the link was on the bill. It worked, but it asked for everything again, name, date, meter, "
        "although I had just got all that corrected. I was afraid that it would undo what she had done.",
        "Did it?",
        "It did not. But I rang to make sure, so your web plan cost you a phone call.",
        "Would you recommend the company now?",
        "I think so. Seven out of ten. They keep a promise on the second try. The call is the best thing that you do, but "
        "the call has to know what the bill will say.",
        "Did you consider switching?",
        "We looked when the fifteen months came. After the apology I closed the page.",
    ),
)

TOBIAS = Talk(
    "Tobias",
    (
        "Could you describe your property and how you use it?",
        "It is my late aunt's cottage. I let it to a couple, and before that it stood empty for about a year while the "
        "family argued. So I became a landlord more by accident than by plan.",
        "When did water first come up?",
        "When the couple asked me whether it was included. I said I would find out. I rang what I thought was the water "
        "company, and they turned out to run the pipes but not the bills. That was new to me.",
        "How did they explain that?",
        "Badly. There is a wholesaler and a retailer and a market. I am an engineer and I had to draw it. I put it "
        "aside, I admit, because nobody was asking me for money.",
        "What was the first sign that somebody had noticed?",
        "A call at work, from your side. Very short. She asked whether I was responsible for the address and since when. "
        "I said since April, and she said that she would note April. I was a little on my guard but she was straight.",
        "What did you expect after the call?",
        "What she said: a bill from April, in about two weeks, with a leaflet. And so it came. From April. The amount "
        "was high but I could follow it, there was a table.",
        "What about the leaflet?",
        "There was a leaflet? There must have been. I think it went into the bin with the envelope. Blue, was it? I could "
        "not tell you one word of it.",
        "So it did not change anything for you?",
        "No. What changed things was that the date on the bill was the date I had given. That tells you that someone "
        "listened. Paper does not do that.",
        "Did you have questions about the bill?",
        "One, about the empty year. I wrote an e-mail and got an answer after nine days that did not answer it. So I wrote "
        "again. It is slow, but I was not in trouble, so I was patient.",
        "And the payment?",
        "I took the plan on the web, three parts. It is a clumsy thing. It does not tell you at the end that it is done. I "
        "looked into my bank account to see whether it had worked.",
        "How would you have liked it to end?",
        "A page that says: done, these are your dates, print this. The dentist can do it.",
        "What do you feel towards the company by now?",
        "Neutral to friendly. I trust them with the water and I trust that one woman with a date. I stay, because the "
        "other offers look the same and the couple are used to it.",
        "Is there one moment that made up your mind?",
        "The call. It took three minutes and it set the whole tone. If the first thing had been a bill back to my aunt's "
        "time, I would have sent it to a solicitor.",
        "Any advice for us?",
        "Say in one sentence who you are. I am an adult, I can bear to hear that there are two companies. And throw away "
        "the leaflet.",
    ),
)

LENA = Talk(
    "Lena",
    (
        "Is this still a good time? I can hear somebody small in the background.",
        "That is Juno, she is seven months. It is never a good time, so it is as good as any. Go on.",
        "Let us start with the flat. How long have you been there?",
        "Two years in January. We came before she was born. The agent said water and heating go through the house, and "
        "it was true for the heating.",
        "When did you begin to wonder about the water?",
        "When I was on leave and did the papers, the ones that you never do. I went through the account and there was no "
        "water. I looked on the internet for an hour. It told me about prices, not about who. So I closed it.",
        "And then a letter came, you said.",
        "Yes, a letter, that I remember well, because I was alone with her and she screamed. It said, we believe that you "
        "are using water at this address. I thought, of course I am, she has to be washed.",
        "How did that sentence sit with you?",
        "It made me feel accused. It did not say what happens next. There was no amount, no name. I put it on the fridge "
        "and looked at it for two weeks with a bad stomach.",
        "Did you call about the letter?",
        "I tried on the Monday. I was told by the machine that I was number thirty-one. With a baby you do not do number "
        "thirty-one. So no.",
        "What was it like when the bill came?",
        "Six hundred and four pounds. I have it by heart. I rang my mother and cried. I had thought about two hundred. If "
        "the letter had said six hundred I would have had two weeks to get used to it.",
        "What did you do then?",
        "I rang again, in the morning this time, and waited eighteen minutes with her on my arm. And then I had luck. I "
        "got somebody who said, I am going to keep this one myself. She gave me her direct number.",
        "What did she do with it?",
        "She rang the agent, not me, she did! She found out that the first seven months were the tenant before us. She "
        "rang me on the Thursday, as she had said, and it was three hundred and eighty. I felt that somebody was on my side.",
        "How did you agree the payments?",
        "With her on the phone. Twenty pounds a month. She asked about the baby money, when it comes, and put it on the day "
        "after. It was done before the bottle was warm.",
        "Looking back, how do you feel about the company?",
        "Two companies. The one that writes the letters, I would leave tomorrow. The one with her in it, I would stay "
        "for ever. I do not know which of them I will get next time.",
        "So will you stay?",
        "For now. My partner wants to switch. I said, wait for the next bill. If it is right, we stay. If there is "
        "another surprise we are gone.",
        "What should be different for the next family?",
        "Do not let the paper go first. And the person who picks up should be the person who finishes.",
    ),
)

TALKS = (MARTA, COLIN, PRIYA, DAFYDD, YUSUF, HANNAH, TOBIAS, LENA)
