"""What a profile says of files that nobody explained, counted against what their columns truly are.

The truths are written from what the files mean (their code lists, dictionaries and data). `a|b`: both are right.
"""

from __future__ import annotations

import csv
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from needs import some

import workbench as wb
from workbench.profiling import proposed, proposed_together, seeing
from workbench.start import new_study

# what the profile says of a column -> the word of the tables below
SAYS = {
    "who it is about": "person",
    "another key of a person": "key",
    "the row's own number": "own",
    "an id of something else": "id",
    "when it was answered": "answered",
    "when it was opened": "opened",
    "when it was closed": "closed",
    "when it happened": "happened",
    "when the customer came": "came",
    "another date or time": "date",
    "the seconds it took": "seconds",
    "a recommendation 0 to 10": "nps",
    "an effort": "effort",
    "an emotion": "emotion",
    "trust": "trust",
    "a rating": "rating",
    "a rank": "rank",
    "what happened": "activity",
    "a stage of what happened": "lifecycle",
    "what a complaint is about": "category",
    "a comment": "comment",
    "codes of open answers": "codes",
    "a weight": "weight",
    "a stratum": "stratum",
    "a cluster": "cluster",
    "a segment": "segment",
    "an option": "option",
    "a list of options": "list",
    "a channel": "channel",
    "a wave": "wave",
    "a number": "number",
    "a text": "text",
    "who somebody is": "personal",
    "technical": "junk",
    "constant": "junk",
    "empty": "junk",
    "a reading": "reading",
    "what was measured": "measure",
    "the base of a reading": "base",
}
IDS = "person|key|id"
ALCHEMER = {
    "date": "Time Started", "answered": "Date Submitted", "junk|segment": "Status",
    "segment": "How often do you use*; Roughly how long*; How do you run*; How many years have*; How many people*",
    "list": "Select all the words*",
    "comment": "What, if anything*; Tool / App*; Other - Write In*; Workflow Need*; Aspect #*; Feature / Ch*;"
    "Enhancement #*; Other word(s)*; What is your primary*; Industry #*",
}  # fmt: skip
SFO = {
    "person": "RESPNUM; [*]RESPNUM", "id|key|own": "CCGID", "id|cluster|segment": "RUN; RUNID",
    "date|answered|number|segment": "INTDATE", "stratum": "STRATA", "weight": "WEIGHT",
    "segment": "AIRLINE; AREA; BAREA; PEAK; SAQ; DEST; DESTINATION; DESTGEO; DESTMARK; EGYPTAIR; DAY; Q4*; Q5*; Q6LONGUSE;"
    "Q11TSAPRE; Q15PROBLEM; Q16LIVE; HOME; Q18AGE; Q19AGE; Q19GENDER; Q20GENDER; Q20INCOME; Q21INC*; Q21FLY;"
    "Q22FLY; Q22SJC; Q22OAK; Q23SJC; Q23OAK; LANG; Q17COUNTRY; Q18PET; Q13*COUNTY",
    "segment|channel": "METHOD", "rating 1-5": "Q7*; Q9[!C]*; Q10SAFE; Q12PRECH*; Q13GETRATE; Q14*", "nps": "NETPRO",
    "codes|junk": "Q8COM*; Q8IMPROVE*; Q9COM*; Q10SAFE[ABC]; Q10COM*; Q12*COM*; Q15*COM*",
    "segment|option|codes": "Q2PURP1; Q3GETTO1", "personal|segment|text|id": "Q17ZIP", "number": "HOWLONG",
    "junk": "Hi; Location 1",
}  # fmt: skip
SKYTRAX = {
    "segment": "airline_name; author_country; lounge_type; type_traveller; cabin_flown", "personal": "author",
    "segment|text": "lounge_name; airport; aircraft; seat_layout", "answered": "date", "date": "date_*", "comment": "content",
    "comment|text|segment": "title", "rating 1-10|rating 0-10": "overall_rating",
    "rating 1-5": "comfort_rating; clean*; bar_*; catering*; wash*; wifi*; staff*; seat_*rating; aisle*; viewing*; power*",
    "segment|rating 0-1": "recommended", "junk|segment|text": "link",
}  # fmt: skip
LOG = {
    "person": "case:concept:name",
    "activity": "concept:name",
    "happened": "time:timestamp",
    "lifecycle": "lifecycle:*",
}
THEMES = {"person|own|id": "", "list": "*_themes", "list|text|comment": "*_keywords"}
QUALTRICS = {
    "person": "ResponseID; ResponseId", "junk|segment": "ResponseSet; Status; Finished; LocationAccuracy",
    "personal|junk": "IPAddress; Name; EmailAddress; LocationL*", "date": "StartDate", "answered": "EndDate",
    "comment": "*_TEXT",
}  # fmt: skip
COLA = {
    IDS: "URLID; Attr1; Attr8511", "answered": "LastResp", "junk|segment": "Type; Progress; Targroup; WELCOME; Attr8512",
    "comment": "Q1_*; Q11", "segment": "Q2; Q3; Q14; Q15; Q19; Q23; Q31; Q32; GZfrequentCola", "option": "Q5_*; Q30_*",
    "segment|rating": "Q4_*; Q9_*; Q12; Q13", "rating 1-5": "Q6_*; Q24_*; Q25_*", "segment|option": "Q8_*; Q10_*; Q26_*",
    "junk|segment|option": "FINISH_LATER; ALREADY_DONE; SCREENOUT; TERMINATE", "segment|option|codes": "Q7_0",
}  # fmt: skip
TRUE = {
    "airline_satisfaction/*.zip": {
        "person": "ID", "segment": "Gender; Customer Type; Type of Travel; Class",
        "number": "Age; Flight Distance; Departure Delay; Arrival Delay", "segment|rating": "Satisfaction",
        "rating 1-5": "Departure and*; Ease of*; Check-in*; Online B*; Gate*; On-board*; Seat*; Leg*; Clean*; Food*; In-f*;"
        "Baggage*",
    },
    "clickstream_retentioneering/ecom.csv.gz": {
        "person": "user_id", "id": "session_id", "activity": "event", "happened": "timestamp",
        "segment|channel": "platform; acquisition_channel", "segment": "user_cohort; user_lifecycle",
    },
    "complaints_cfpb/*.csv": {
        "opened": "Date received", "segment|category": "Product; Sub-product; Sub-issue", "category": "Issue",
        "comment": "Consumer complaint narrative", "segment|text": "Company", "channel": "Submitted via",
        "segment": "State; Tags; Company public*; Company response*; Timely*; Consumer disputed*; Consumer consent*",
        "date": "Date sent to company", "own": "Complaint ID", "personal|segment": "ZIP code",
    },
    "eventlogs_pm4py/receipt.csv": LOG | {
        "channel": "case:channel", "own|id": "concept:instance", "date": "case:deadline; case:startdate; case:enddate*",
        "segment": "case:department; case:group; org:group", "segment|personal|id": "case:responsible; org:resource",
    },
    "eventlogs_pm4py/reviewing.csv": LOG | {
        "segment": "Result by*", "segment|personal": "org:resource", "number|segment": "accepts; rejects",
        "junk": "case:description",
    },
    "eventlogs_pm4py/roadtraffic*.csv": LOG | {
        "segment": "article; dismissal; lastSent; vehicleClass", "segment|junk": "notificationType",
        "number": "amount; expense; *aymentAmount", "number|segment": "points",
    },
    "jupyter_surveys/2015_themes/[dhp]*.csv": THEMES,
    "jupyter_surveys/2015_themes/w*.csv": {"person|own|id": "", "list|segment|junk": "*_themes", "list|text|comment": "*_keyw*"},
    "jupyter_surveys/2016*.csv": ALCHEMER,
    "jupyter_surveys/2018-phosphor*.csv": {
        "person": "Code", "segment": "Test; Tab; Center; L/B; source; target; position", "segment|activity": "Task",
        "number|text|seconds|segment": "ST; CT", "number": "ToT", "number|segment": "FS", "comment": "Notes",
        "segment|text|comment": "Init; CFA",
    },
    "limesurvey_hrru/*.csv": {
        "person": "id", "answered|date": "submitdate; datestamp", "date": "startdate", "junk": "lastpage; seed; *Time; groupT*",
        "junk|segment": "startlanguage; G1Q0000?", "junk|personal": "refurl", "seconds": "interviewtime",
        "option": "G2Q00005?SQ*; G6Q00014*", "rating 1-5": "G3Q00001*", "rating 1-5|rating 2-6": "G4Q00001*",
        "comment": "G4Q00002; G2Q00005?oth*", "number|segment": "G5Q00001", "number": "G6Q00015",
        "segment": "G5Q00002; G5Q00003; G6Q00016; G6Q00017; G6Q00018; G6Q00019", "comment|text|segment": "G6Q00009; G6Q00020",
    },
    "qualtrics_tools/Better*.csv": QUALTRICS | {
        "option": "q3_volunteer_[34]; q1_recent_q1_recent_[123]_[123]", "comment": "q5_position", "segment": "q2_favorite",
        "rank": "q4_rank_*",
    },
    "qualtrics_tools/Comment*.csv": QUALTRICS | {"segment": "Q1", "comment": "Q2; *_TEXT"},
    "qualtrics_tools/Long*.csv": QUALTRICS | {
        "segment": "Q2; Q11; q4_colored_fruit; Q6; Q7", "option": "Q9_[1-5]; Q21_[1-5]; q13_family_food_[1-5]; Q14_*[0-9]",
    },
    "qualtrics_tools/Many*.csv": QUALTRICS | {"comment": "Q18; *_TEXT", "option": "Q2_[123]; Q44_Q44_*; Q20_[123]; Q35_*"},
    "qualtrics_tools/Matrix*.csv": QUALTRICS, "qualtrics_tools/No Basis*.csv": QUALTRICS,
    "qualtrics_tools/Multiple Answer Matrix*.csv": QUALTRICS | {"option": "Q2_[123]_?; Q4_[123]_*; Q3_question*; Q5_question*"},
    "qualtrics_tools/Multiple Answer Multiple*.csv": QUALTRICS | {"option": "Q2_[123]; Q4_*; Q3_[2345]; Q5_*"},
    "qualtrics_tools/[!BCLM]*.csv": QUALTRICS,
    "sfo_customer_survey/*.csv": SFO,
    "skytrax_quankiquanki/*.csv": SKYTRAX,
    "spss_displayr/Burger*.sav": {
        "answered": "date", "person": "ID", "weight": "wgt", "segment": "S1; S2; S3; Q7; Q8; Q9; C1; C2; C3; C4",
        "option": "Q1_*; Q2_*; Q3_*; Q4_*; Q11_*; fQ12a_*; Q12c_*; Q14_*", "number|junk": "Q5_*; Q5b_*; nQ5c_*; Q10; nQ12b_*",
    },
    "spss_displayr/Cola.sav": COLA, "spss_displayr/RD34*.sav": COLA,
    "spss_displayr/Phone.sav": {
        "id|person": "id", "segment": "q1; q2; q3; q4; q5; q7; q8; q9; q15; q16; q26; q31; q35; q36; q37",
        "option": "Q5_*; Q6_*; q20*", "number": "q21*; q24*; q25; q28; q29; q30*", "segment|option": "q22.*",
        "rating 1-5": "q23*", "id|number": "choiceid", "segment|codes": "q14", "segment|rating": "q34",
    },
    "spss_displayr/satisfaction.sav": {"person": "ID", "rating 1-7": "Overall; Fees; Interest; Phone; Branch; Online; ATM"},
    "surveymonkey_538/StarWars.csv": {
        "person": "RespondentID", "option": "Which of the following*", "rank": "Please rank*", "rating 1-5": "Please state*",
        "segment": "Have you*; Do you*; Which character*; Are you*; Gender; Age; Household*; Education; Location*",
    },
    "surveymonkey_538/flying*.csv": {
        "person": "RespondentID", "segment": "How*; Do you have*; In a row*; Who should*; Under*; Given*; Have you*; Gender; Age;"
        "Household*; Education; Location*", "segment|rating": "Do you ever*; Is it*; Generally*; In general*; On a 6*",
    },
    "surveymonkey_538/religion*.csv": {
        "segment": "What is your present religion, if any[?]; Do you*; What is your age*; What is your gend*; How much*; US*",
        "comment": "*None of these", "segment|rating": "How often*", "rating 1-5": "How comfortable*",
    },
    "surveymonkey_538/thanks*.csv": {
        "person": "RespondentID", "option|comment": "*Please select all* - Other (please specify)",
        "option": "*side dishes*; *type of pie*; *desserts*; *programs*", "comment": "* - Other (please specify)*",
        "segment": "Do you*; *dinner[?]; *cooked[?]; *have[?]; How far*; Have you*; Will you shop*; Age; What is your g*; US*",
    },
    "surveymonkey_538/weather*.csv": {
        "person": "RespondentID", "segment": "Do you*; How do you*; Age; What is your*; How much*; US*", "rating 1-4": "If you*",
        "comment|text": "A specific*",
    },
    "telco_ibm/Telco_customer_churn.xlsx": {
        "person": "CustomerID", "junk": "Count; Country; State", "personal": "Zip*; Lat*; Long*",
        "segment|text|personal": "City", "number": "Tenure*; Monthly*; Total*; Churn Score; CLTV",
        "segment": "Gender; Senior*; Partner; Dep*; *Service; Multiple*; Online*; Device*; Tech*; Streaming*; Contract;"
        "Paperless*; Payment*; Churn Label; Churn Value; Churn Reason",
    },
    "telco_ibm/*status.xlsx": {
        "person": "Customer ID", "junk": "Count", "junk|wave": "Quarter", "rating 1-5": "Satisfaction Score",
        "segment": "Customer Status; Churn Label; Churn Value; Churn Cat*; Churn Reason", "number": "Churn Score; CLTV",
    },
}  # fmt: skip


# -- small files of other tools, made by hand ---------------------------------------------------------------------------


def cells(row, *columns):
    """A delimited text: a heading row, then what each column's function says of the rows 0 to 119."""
    delimiter = ";" if ";" in row else ","
    return "\n".join([row, *(delimiter.join(str(one(n)) for one in columns) for n in range(120))]) + "\n"


def day(n, form="{y}-{m:02d}-{d:02d}", year=2025):
    return form.format(y=year, m=1 + n % 6, d=1 + n * 7 % 28)


def pick(*options, by=7, plus=0):
    """A value of a few, spread unevenly over the rows."""
    return lambda n: options[(n * by + n // 11 + n * n // 5 + plus) % len(options)]


WORDS = (
    "the bill came late",
    "nobody called me back",
    "all went well",
    "I waited for weeks",
    "a friendly person helped",
)


def said(n):
    return f"{WORDS[n % 5]} and {WORDS[(n // 5 + 2) % 5]} on day {n}" if n % 3 else ""


SEEN = {  # looked at while the rules were written
    "umfrage.csv": (
        cells(
            "Kundennummer;Befragungsdatum;Zufriedenheit gesamt;Weiterempfehlung;Kommentar;Gewicht;Region",
            lambda n: f"{70000 + n * 13}", lambda n: day(n, "{d:02d}.{m:02d}.{y}"), pick(5, 4, 4, 3, 2, 5, 4, 1),
            pick(10, 9, 8, 8, 7, 6, 5, 3, 0, 9), said, lambda n: f"{0.6 + n % 9 / 10:.2f}".replace(".", ","),
            pick("Nord", "Süd", "Ost"),
        ),
        {"person": "Kundennummer", "answered": "Befragungsdatum", "rating 1-5": "Zufr*", "nps": "Weiter*", "comment": "Komm*",
         "weight": "Gewicht", "segment": "Region"},
    ),
    "labels.csv": (
        cells(
            "Response ID,Submitted At,How satisfied were you with the booking?,How easy was it to pay?,Quality of the room,"
            "I trust the hotel,Age group,Comments",
            lambda n: f"R_{n * 77:06x}", lambda n: day(n) + "T10:00:00Z",
            pick("Very satisfied", "Satisfied", "Neither satisfied nor dissatisfied", "Dissatisfied", "Very dissatisfied", "N/A"),
            pick("Very easy", "Easy", "Neutral", "Difficult", "Very difficult"), pick("Excellent", "Good", "Fair", "Poor"),
            pick("Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree", "Don't know"),
            pick("18-34", "35-54", "55+"), said,
        ),
        {"person": "Response ID", "answered": "Sub*", "rating 1-5": "How sat*", "effort 1-5": "How easy*", "rating 1-4": "Qual*",
         "trust 1-5": "I trust*", "segment": "Age*", "comment": "Comments"},
    ),
    "months.csv": (
        "KPI,2024-01,2024-02,2024-03,2024-04\nNPS,12,14,11,15\nCSAT,3.9,4.0,4.1,4.0\nCalls,300,310,290,305\n",
        {"measure": "KPI", "reading": "2024*"},
    ),
    "ticks.csv": (
        cells(
            "person_no,answered_on,used_phone,used_email,used_shop,used_app,Reasons for calling,Overall score (0-10)",
            lambda n: f"P{n:04d}", day, pick(1, 0, 0), pick(0, 1), pick(1, 1, 0), pick(0, 0, 0, 1),
            pick("bill; meter", "meter", "bill; move; other", "move; bill", "other"), pick(10, 9, 8, 7, 5, 0, 3, 6),
        ),
        {"person": "person_no", "answered": "answered_on", "option": "used_*", "list": "Reasons*", "rating 0-10": "Overall*"},
    ),
    "tickets.csv": (
        cells(
            "Ticket,Customer No,Opened on,Closed on,Reason,Contact channel,Description,Priority",
            lambda n: f"T-{9000 + n}", lambda n: f"{4000 + n % 70}", day, lambda n: day(n + 1, year=2026),
            pick("bill", "leak", "meter", "staff"), pick("phone", "web", "post"), lambda n: said(n) or "none to tell of at all",
            pick("low", "high"),
        ),
        {"own": "Ticket", "person": "Customer No", "opened": "Opened on", "closed": "Closed on", "category": "Reason",
         "channel": "Contact*", "comment": "Desc*", "segment": "Priority"},
    ),
    "visits.csv": (
        cells(
            "visitor_id,session,event_time,action,device",
            lambda n: f"v{n % 31}", lambda n: f"s{n % 57}", lambda n: f"{day(n)} 10:{n % 60:02d}:00",
            pick("view", "search", "buy", "leave", "help"), pick("mobile", "desktop"),
        ),
        {"person": "visitor_id", "id": "session", "happened": "event_time", "activity": "action", "segment|channel": "device"},
    ),
}  # fmt: skip
HELD = {  # held out: looked at once the rules stood
    "enquete.csv": (
        cells(
            "N° client;Date de réponse;Note de satisfaction (1-10);Recommanderiez-vous notre service ?;Ville;Commentaire;Poids",
            lambda n: f"FR{n * 3:05d}", lambda n: day(n, "{d:02d}/{m:02d}/{y}"), pick(9, 8, 10, 7, 6, 5, 8, 3, 1),
            pick(10, 9, 0, 8, 7, 5, 9, 6), pick("Lyon", "Lille", "Nice"), said,
            lambda n: f"{0.8 + n % 5 / 10:.1f}".replace(".", ","),
        ),
        {"person": "N°*", "answered": "Date*", "rating 1-10": "Note*", "nps": "Recom*", "segment": "Ville", "comment": "Comm*",
         "weight": "Poids"},
    ),
    "app.csv": (
        cells(
            "uid,completed_at,trust_1,trust_2,ces,emotion,csat,country,user agent,duration_seconds",
            lambda n: f"{n * 7919:08x}", lambda n: day(n) + "T08:00:00Z", pick(5, 4, 3, 2, 1, 4), pick(4, 4, 3, 5, 2, 1),
            pick(7, 6, 5, 4, 3, 2, 1, 6), pick("happy", "neutral", "angry", "sad"), pick(5, 4, 4, 3, 2, 1), pick("NL", "BE"),
            pick("Mozilla/5.0 (X11)", "Mozilla/5.0 (iPhone)"), lambda n: 40 + n * n % 700,
        ),
        {"person": "uid", "answered": "comp*", "trust 1-5": "trust*", "effort 1-7": "ces", "emotion|segment": "emotion",
         "rating 1-5": "csat", "segment": "country", "junk": "user agent", "seconds": "duration*"},
    ),
    "quality.csv": (
        cells(
            "Respondent,Wave,Interview date,Q1 Overall quality,Q2 Quality of the staff,Q3 Quality of the shop,Q4 How likely are"
            " you to recommend us to a friend,Sex",
            lambda n: 100 + n, pick("2024Q1", "2024Q2"), day, pick(7, 6, 5, 4, 3, 99, 2, 1), pick(6, 6, 99, 5, 4, 3, 2, 7),
            pick(1, 2, 7, 6, 5, 5, 4, 3), pick(10, 9, 8, 7, 99, 6, 0, 4), pick("female", "male"),
        ),
        {"person": "Resp*", "wave": "Wave", "answered": "Inter*", "rating 1-7": "Q[123]*", "nps": "Q4*", "segment": "Sex"},
    ),
    "quarters.csv": (
        "Quarter,NPS,CSAT,Base\n2024Q1,12,4.1,400\n2024Q2,14,4.0,410\n2024Q3,9,3.9,395\n2024Q4,11,4.0,402\n",
        {"wave|date|answered|happened": "Quarter", "reading": "NPS; CSAT", "base": "Base"},
    ),
    "stars.csv": (
        cells(
            "review id,author,stars,posted,review text,would recommend,helpful votes",
            lambda n: n + 1, lambda n: f"{'ABCDEF'[n % 6]}. {('Moor', 'Pine', 'West', 'Hale')[n % 4]}son",
            pick("5 stars", "4 stars", "3 stars", "2 stars", "1 star"), day, lambda n: said(n) or "as I thought it would be",
            pick("yes", "no"), lambda n: n * n % 37,
        ),
        {"own|person": "review id", "personal": "author", "rating 1-5": "stars", "answered": "posted", "comment": "review text",
         "segment|rating 0-1": "would*", "number": "helpful*"},
    ),
    "accounts.csv": (
        cells(
            "Account number,First name,E-mail,Segment,Customer since,Tenure (months),Churned,Region,Monthly fee",
            lambda n: f"A{50000 + n}", pick("Ann", "Bo", "Cy", "Di"), lambda n: f"p{n}@example.org", pick("owner", "tenant"),
            lambda n: day(n, year=2015 + n % 9), lambda n: 3 + n % 90, pick("no", "no", "yes"), pick("North", "South", "East"),
            lambda n: f"{20 + n % 31}.{n % 100:02d}",
        ),
        {"person": "Acc*", "personal": "First*", "key|personal": "E-mail", "segment": "Segment; Churned; Region", "came": "Cust*",
         "number": "Tenure*; Monthly*"},
    ),
    "vorgaenge.csv": (
        cells(
            "Fallnummer;Vorgang;Zeitpunkt;Kanal;Bearbeiter;Phase",
            lambda n: f"F{n % 25:03d}", pick("Antrag", "Prüfung", "Bescheid", "Rückfrage"), lambda n: f"{day(n)} 09:{n % 60:02d}",
            pick("Telefon", "Brief", "Internet"), pick("Team 1", "Team 2"), pick("start", "complete"),
        ),
        {"person": "Fall*", "activity": "Vorgang", "happened": "Zeit*", "channel": "Kanal", "segment|personal": "Bearb*",
         "lifecycle": "Phase"},
    ),
    "coded.csv": (
        cells(
            "respid,intdate,sex,agegrp,region,q5_1,q5_2,q5_3,q5_4,q9_other_txt,wt,psu,strat",
            lambda n: 3001 + n, day, pick(1, 2), pick(1, 2, 3, 4, 5, 6), pick(*range(1, 10)), pick(5, 4, 4, 3, 2, 4, 5, 1, 3, 9),
            pick(4, 4, 5, 3, 2, 3, 1), pick(3, 4, 4, 5, 2, 9, 3, 1), pick(5, 5, 4, 3, 4, 2, 1), said,
            lambda n: round(0.7 + n % 7 / 10, 2), lambda n: 11 + n % 20, pick(1, 2, 3),
        ),
        {"person": "respid", "answered": "intdate", "segment": "sex; agegrp; region", "rating 1-5": "q5*", "comment": "q9*",
         "weight": "wt", "cluster": "psu", "stratum": "strat"},
    ),
}  # fmt: skip


def said_of(table):
    """What a profile says of each column, in the words of the tables above."""
    for row in table.to_dict("records"):
        scale = f" {row['scale'][0]:g}-{row['scale'][1]:g}" if isinstance(row.get("scale"), list) else ""
        yield row["column"].strip(), SAYS[row["seems"]] + scale


def right(says, truth):
    """`rating` alone allows any scale; `nps` and the like have theirs."""
    allowed = truth.split("|")
    return says in allowed or says.split()[0] in allowed


def counted(table, truth):
    """How many of the columns that matter are told right, how many there are, and the wrong ones in words."""
    found, wrong = Counter(), []
    for column, says in said_of(table):
        true = next(
            (
                one
                for one, names in truth.items()
                if any(fnmatchcase(column, name.strip()) for name in names.split(";"))
            ),
            None,
        )
        if true is not None:
            found["all"] += 1
            found["right"] += right(says, true)
            if not right(says, true):
                wrong.append(f"{column[:50]}: {says}, truly {true}")
    return found["right"], found["all"], wrong


def shown(lines):
    for name, hits, of, wrong in lines:
        print(f"{hits:4} of {of:4}  {name}")
        for one in wrong[:8]:
            print(f"                 {one}")
    hits, of = sum(line[1] for line in lines), sum(line[2] for line in lines)
    print(f"{hits:4} of {of:4}  together, {hits / of:.3f}")
    return hits / of


def files_of(data):
    """Every real table with the truth of its columns."""
    found = {}
    for pattern, truth in TRUE.items():
        for path in sorted(data.glob(pattern)):
            found.setdefault(path, truth)
    return found


def test_nine_of_ten_columns_of_real_files_are_told_right_without_help(shared):
    lines = []
    for path, truth in files_of(shared / "data").items():
        lines.append((path.name, *counted(wb.profile(path).table, truth)))
    assert len(lines) > 50
    assert shown(lines) >= 0.9
    assert {name: (hits, of) for name, hits, of, _ in lines if hits < 0.75 * of} == {}


@pytest.mark.parametrize("tables", [SEEN, HELD], ids=["seen", "held out"])
def test_nine_of_ten_columns_of_files_of_other_tools_are_told_right(tables, tmp_path):
    lines = []
    for name, (text, truth) in tables.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        lines.append((name, *counted(wb.profile(tmp_path / name).table, truth)))
    assert shown(lines) >= 0.9
    assert {name: (hits, of) for name, hits, of, _ in lines if hits < 0.75 * of} == {}


@pytest.mark.parametrize("name", [*SEEN, *HELD])
def test_a_study_made_from_a_small_file_loads_at_once(name, project, tmp_path):
    (tmp_path / name).write_text((SEEN | HELD)[name][0], encoding="utf-8")
    journey = new_study("begun", files_from=[tmp_path / name]).load()
    assert len(journey) or proposed(tmp_path / name)["format"] == "people" and len(journey.people)
    assert [fault for fault in journey.faults if fault.weight != "note"] == []


# what no binding can mend: nothing was coded in it, or there are no names of columns
REFUSED = {
    "blank-atlas-project.qdpx": "0 codes",
    "target-atlas-project.qdpx": "3 codes",
    "2018-jupyterlab-ux-data.csv": "heading",
}


def as_answers(path, folder):
    """A Qualtrics export of nothing but previews, which its reader rightly refuses, as if people had answered."""
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
    place = next(row.index("Status") for row in lines[:2] if "Status" in row)
    target = folder / path.name
    with open(target, "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(
            [*line[:place], "0" if line[place : place + 1] == ["2"] else line[place], *line[place + 1 :]]
            for line in lines
        )
    return target


FOLDERS = (
    "airline_satisfaction", "clickstream_retentioneering", "complaints_cfpb", "eventlogs_pm4py", "jupyter_surveys",
    "limesurvey_hrru", "qualtrics_tools", "refi_qda_atlas", "refi_qda_reference", "sfo_customer_survey", "skytrax_quankiquanki",
    "spss_displayr", "surveymonkey_538", "telco_ibm", "transcripts_txt", "transcripts_vtt",
)  # fmt: skip


# how many files of these, much alike and wide, stand for one by day; each of them is profiled by the test of their columns
ALIKE = {"qualtrics_tools": 3, "spss_displayr": 2}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_study_made_from_a_real_file_loads_at_once(folder, shared, project, tmp_path):
    paths = [
        path for path in sorted((shared / "data" / folder).rglob("*")) if path.suffix not in (".md", ".pdf", ".qsf")
    ]
    paths = [path for path in paths if path.is_file() and "LICENSE" not in path.name]
    assert paths
    for number, path in enumerate(some(paths, ALIKE.get(folder, 1))):
        if path.name in REFUSED:
            with pytest.raises(wb.DataFault, match=REFUSED[path.name]):
                new_study(f"real-{number}", files_from=[path]).load()
            continue
        used = as_answers(path, tmp_path) if folder == "qualtrics_tools" else path
        study = new_study(f"real-{number}", files_from=[used])
        journey = study.load()
        people_only = study.about.sources[0].format == "people"
        assert (len(journey.people) if people_only else len(journey)) > 0, path.name
        assert [fault for fault in journey.faults if fault.weight != "note"] == [], path.name


def text_file(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_files_that_share_an_id_are_joined_however_each_calls_it(project, tmp_path):
    customers = "CustomerID,Segment,Region\n" + "".join(
        f"C{n},{'ab'[n % 2]},{'NSE'[n % 3]}\n" for n in range(1000, 1080)
    )
    answers = "No;Kunden-Nr.;Datum;Weiterempfehlung\n" + "".join(
        f"{n};C{1000 + 2 * n};0{1 + n % 9}.03.2025;{n % 11}\n" for n in range(40)
    )
    log = "client id,event,timestamp\n" + "".join(
        f"C{1000 + n % 80},{('call', 'bill')[n % 2]},2025-02-{1 + n % 28:02d}T10:00:00Z\n" for n in range(200)
    )
    named = {"customers.csv": customers, "answers.csv": answers, "log.csv": log}
    paths = [text_file(tmp_path, name, text) for name, text in named.items()]
    assert [entry["person"] for entry in proposed_together(paths)] == ["CustomerID", "Kunden-Nr.", "client id"]
    journey = new_study("joined", files_from=paths).load()
    assert (len(journey.people), len(journey)) == (80, 240)
    assert sorted(journey.count(by="kind")["n"]) == [40, 200]


def test_numbers_that_only_count_the_rows_of_two_surveys_are_no_shared_people(project, tmp_path):
    row = "".join(f"{n},{1 + n % 5},2025-01-{1 + n % 28:02d}\n" for n in range(1, 61))
    paths = [
        text_file(tmp_path, "a.csv", f"respnum,csat,date\n{row}"),
        text_file(tmp_path, "b.csv", f"uid,csat,date\n{row}"),
    ]
    assert len(new_study("apart", files_from=paths).load().people) == 120


def test_codes_beyond_a_scale_are_proposed_as_no_answer_and_doubted(tmp_path):
    cell = [5, 4, 4, 3, 6, 5, 2, 0, 4, 1]
    text = "respnum,q1 rate staff,q2 rate shop,q3 rate food\n" + "".join(
        f"{n},{cell[n % 10]},{cell[(n + 3) % 10]},{cell[n * 3 % 10]}\n" for n in range(1, 101)
    )
    path = text_file(tmp_path, "a.csv", text)
    asked = proposed(path)["questions"]["q1 rate staff"]
    assert (asked["scale"], asked["missing"], asked["not_applicable"]) == ([1, 5], ["0"], ["6"])
    doubt = wb.profile(path).table.set_index("column").loc["q1 rate staff", "doubt"]
    assert doubt == "0 (10 times) and 6 (10 times) may mean no answer or not applicable, or be part of the scale"


def test_an_object_log_is_read_by_its_customers_and_else_with_a_doubt(shared):
    logs = shared / "data" / "eventlogs_pm4py"
    table = wb.profile(logs / "ocel_order_simulated.csv").table
    assert table.loc[table["seems"] == "who it is about", "doubt"].tolist() == [
        "no type is called customer or person: this one is the most frequent"
    ]


def test_a_large_file_is_told_by_its_beginning_and_by_rows_spread_over_it(tmp_path, monkeypatch):
    rows = "".join(f"C{n},{'early' if n < 20_000 else 'late'},{1 + n % 5},2025-01-02\n" for n in range(60_000))
    path = text_file(tmp_path, "a.csv", f"customer id,half,csat,answered on\n{rows}")
    monkeypatch.setattr(seeing, "LARGE", 1000)
    found = wb.profile(path)
    told = found.table.set_index("column")
    assert told.loc["half", "values"] == "early, late"
    assert told["seems"].tolist() == ["who it is about", "a segment", "a rating", "when it was answered"]
    assert int(told["filled"].max()) <= seeing.LOOKED_AT
