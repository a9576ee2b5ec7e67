"""What the words of headings and labels usually mean, in the languages that files come in. Knows words only, no cells.

A heading is compared as `plain` words: small letters, without accents, capitals and underscores taken apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence


def plain(heading: str) -> str:
    """A heading as words: "RespondentID", "respondent_id" and "Respondent-Id" are "respondent id"."""
    text = unicodedata.normalize("NFKD", heading.replace("ß", "ss"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.findall(r"[a-z]+|\d+|n°", text.replace("º", "°").lower()))


def words(*parts: str) -> re.Pattern[str]:
    """A pattern that finds one of these, each from the beginning of a word."""
    return re.compile(r"\b(?:" + "|".join(parts) + ")")


PERSON = words(
    "customers?\\b", "clients?\\b", "respondents?\\b", "resp\\b", "respnum", "resp ?id", "user(s|id)?\\b", "cust ?id", "uid\\b",
    "persons?\\b", "members?\\b", "guests?\\b", "patients?\\b", "subscribers?\\b", "passengers?\\b", "participants?\\b",
    "panelists?\\b", "visitors?\\b", "consumers?\\b", "requesters?\\b", "kunden?(n|\\b)", "teilnehmer", "befragte", "nutzer",
    "besucher", "klant", "repondant", "utilisateur", "abonne", "cliente", "households?\\b", "case\\b", "fall(\\b|nummer|nr|id)",
    "subject id", "contact id", "proband", "party id", "vorgangsnummer",
)  # fmt: skip
AN_ID = re.compile(
    r"\b(ids?|nr|no|num|number|n°|n|numero|key|code|kennung|guid|uuid|identifier|reference)\b|(id|nr|nummer|num)\b"
)
ONLY_AN_ID = re.compile(
    r"(id|uid|guid|uuid|pid|iid|case( id| concept name)?|response id|record id|external (data )?reference|urlid|url id|respid)"
)
THING = words(
    "session", "sess\\b", "order", "ticket", "event", "message", "row\\b", "record\\b", "product", "item", "run\\b", "run ?id",
    "invoice", "transaction", "complaint", "booking", "interviewer", "task", "flight", "gate", "review", "article", "visit\\b",
    "company", "agent", "employee", "branch", "store", "dest", "airline", "call\\b", "page", "choice", "instance", "object",
    "collector", "rechnung", "bestell", "beschwerde", "seed",
)  # fmt: skip
ACCOUNT = words(
    "account",
    "contract",
    "policy",
    "phone",
    "mobile",
    "e mail",
    "email",
    "konto",
    "vertrag",
    "compte",
    "loyalty",
    "card",
)
NAMED = re.compile(
    r"author|reviewer|(first|last|full|sur|user|nick|customer|client|contact|requester|recipient (first|last) )name|"
    r"(first|last|full|user|nick|customer|client|contact|requester|recipient first|recipient last) name|name|vorname|nachname|"
    r"prenom|nom|autor|auteur|(ip )?address|ip|ip ?addr|adresse|street|strasse|.*\b(zip|zip ?code|postcode|postal code|plz)|"
    r"(lat|long|latitude|longitude|lat long|location latitude|location longitude)|birth ?date|date of birth|geburtsdatum|"
    r"(e ?mail|email)( address)?|phone( number)?|telefon(nummer)?|mobile( number)?"
)
TECHNICAL = re.compile(
    r"user ?agent|browser.*|operating system|.*\bseed|last ?page|progress|finished|status|.*\bdisplay order|.*\bdo|"
    r"ref ?url|refer?rer( url)?|url|link|resolution|screen|device id|response set|location accuracy|collector id|"
    r"(start )?language|user language|start ?language|distribution channel|ip.*|token|.* was viewed|test respondents?"
)
CLOCK = re.compile(
    r"duration.*|.*\bduration|interview ?time|.*\bseconds|completion time|time taken|total time|dauer.*|bearbeitungszeit|duree.*|"
    r"time to complete"
)
WEIGHT = words("weight", "wgt", "wt\\b", "gewicht", "poids", "ponder", "gew\\b", "peso\\b", "weging", "wtvar", "weging")
STRATUM, CLUSTER = words("strat(a|um|e)?\\b", "schicht"), words("cluster", "psu\\b", "sampling point", "klumpen")
CHANNEL = words(
    "channel", "kanal", "canal", "submitted via", "via\\b", "contact (method|mode|type)", "origin\\b", "kontaktweg"
)
NO_CHANNEL = words("acquisition", "marketing", "sales channel", "preferred", "tv", "distribution")
CHANNELS = {
    "web", "website", "phone", "telephone", "email", "e mail", "mail", "post", "postal mail", "letter", "fax", "chat", "app",
    "internet", "desk", "branch", "shop", "store", "in person", "call", "sms", "social media", "social", "telefon", "brief",
    "online", "filiale", "referral", "call centre", "call center", "face to face", "courrier",
}  # fmt: skip
WAVE = words("wave", "welle", "vague", "quarter", "quartal", "trimestre", "ola\\b", "fieldwork")
WAVES = re.compile(
    r"((19|20)?\d\d[ -]?)?(Q[1-4]|H[12]|W(ave)?[ -]?\d{1,2})|Q[1-4]([ -/]?(19|20)?\d\d)?|(wave|welle|vague|ola)\W*\d+",
    re.I,
)
MEASURED = words("measure", "metric", "kpi", "indicator", "kennzahl", "question\\b", "indicateur", "item\\b")
VALUED = re.compile(r"value|score|result|reading|wert|valeur|estimate|mean|index")
BASED = re.compile(r"n|base( n| size)?|sample( size)?|count|respondents|responses|basis|fallzahl|effectif")
ACTIVITY = re.compile(
    r"concept name|event( name| type)?|activity( name)?|action( name)?|activite|aktivitat|vorgang|ereignis|schritt|tatigkeit|"
    r"step|touch ?point|contact reason|page( name)?|interaction( type)?|what happened|task( name)?|evenement"
)
STAGES = {
    "start", "started", "complete", "completed", "schedule", "scheduled", "suspend", "resume", "withdraw", "assign", "reassign",
    "ate abort", "pi abort", "autoskip", "manualskip", "abort", "begin", "end",
}  # fmt: skip
CATEGORY = (
    words("issue", "anliegen", "grund", "motif", "reason", "betreff", "complaint about", "complaint type"),
    words("category", "kategorie", "categorie", "topic", "thema", "sujet"),
    words("product", "produkt", "produit", "type", "subject", "sub issue"),
)
COMMENT = words(
    "comments?\\b", "feedback", "verbatim", "narrative", "description", "content\\b", "remark", "suggest", "why\\b", "explain",
    "text\\b", "txt\\b", "notes?\\b", "message", "other please specify", "please specify", "write in", "other words?\\b",
    "specified", "kommentar", "anmerkung", "bemerkung", "begrundung", "freitext", "commentaire", "remarque", "comentario",
    "in your own words", "open ended", "body\\b", "opinion",
)  # fmt: skip
CODED = re.compile(r".*(com|comment|improve|coded|verbatim|code|kommentar|precom|probcom|offen|mention)s? ?[0-9a-f]?")
PLACE = words(
    "city",
    "town",
    "state\\b",
    "country",
    "region",
    "county",
    "location",
    "airport",
    "ort\\b",
    "stadt",
    "land\\b",
    "ville",
)
COUNTED = words(
    "number of", "how many (hours|years|minutes|days|times|children)", "how old", "hours", "minutes", "mintues", "age\\b",
    "tenure", "charges?\\b", "price", "amount", "cost", "income\\b", "revenue", "distance", "delay",
    "count\\b", "votes", "fee\\b",
    "alter\\b", "anzahl", "betrag", "proportion", "percentage", "percent\\b", "share of", "howlong", "how long \\(", "montant",
    "expense", "clv", "cltv", "ltv", "points",
)  # fmt: skip
CODES_OF = words(
    "age", "sex\\b", "gender", "income", "zip", "region", "city", "country", "state\\b", "county", "day\\b", "month", "year",
    "education", "type\\b", "lang", "times", "purp", "class\\b", "group", "agegrp", "strat", "area", "geschlecht", "alter", "edu",
    "occupation", "marital", "method", "mode\\b", "segment", "hhsize", "children", "status", "wave", "code\\b", "id\\b",
)  # fmt: skip

# -- dates ------------------------------------------------------------------------------------------------------------

CLOSED = words(
    "clos", "solved", "resol", "ended", "end\\b", "abgeschlossen", "geschlossen", "erledigt", "cloture", "settled"
)
OPENED = words(
    "open", "receiv", "creat", "raised", "filed", "report", "eingang", "eroffn", "ouvert", "recu", "logged", "lodged"
)
CAME = words(
    "contract start",
    "start of contract",
    "customer start",
    "vertragsbeginn",
    "since",
    "join",
    "sign ?up",
    "regist",
    "seit",
    "beitritt",
    "inscri",
    "onboard",
    "acquired",
    "activated",
    "depuis",
)
ANSWERED = words(
    "submit", "recorded", "answer", "respon", "reponse", "complet", "intdate", "interview", "datestamp", "survey", "befrag",
    "posted", "last resp", "end date", "enddate", "abgegeben", "ausgefullt", "encuesta", "enquete", "review", "collected",
)  # fmt: skip
HAPPENED = words(
    "timestamp", "time timestamp", "event", "occur", "zeitpunkt", "zeitstempel", "horodat", "at\\b", "happen", "when"
)
BESIDE = words(
    "due", "deadline", "planned", "updated", "modified", "start", "begin", "sent", "birth", "geburt", "visit\\b", "flown",
    "expir", "renew", "scheduled", "last action", "last seen", "geplant", "frist", "assigned",
)  # fmt: skip

NEVER_THE_TIME = words(
    "due", "deadline", "planned", "birth", "geburt", "expir", "renew", "scheduled", "geplant", "frist"
)

# -- what was asked ---------------------------------------------------------------------------------------------------

RECOMMEND = words(
    "recommend", "nps\\b", "net ?pro", "weiterempf", "empfehl", "recomm?and", "recomen", "aanbevel", "promot"
)
SATISFIED = words("satisf", "csat", "zufried", "satisfac", "tevreden", "content\\b", "happy with", "overall")
EFFORT = words(
    "effort",
    "ces\\b",
    "how easy",
    "easy was",
    "ma[dk]e it easy",
    "easy for me",
    "aufwand",
    "einfach war",
    "facile",
    "easy (was it|is it) to",
)
EMOTION = words(
    "emotions?( score| rating)?$",
    "feeling$",
    "mood$",
    "stimmung",
    "humeur",
    "how (did|do) .*you feel",
    "your (emotion|mood|feeling)s?",
)
TRUST = words("trust", "vertrau", "confiance", "confianza")
RATED = words(
    "rate\\b", "rating", "rated", "score", "quality", "satisf", "csat", "stars?\\b", "bewert", "note\\b", "note de", "likel",
    "agree", "important", "zufried", "comfort", "ease\\b", "easy", "ces\\b", "effort", "trust", "nps", "recommend", "likert",
    "\\w*rate\\b", "overall", "favou?rabl", "vertrau", "empfehl", "evaluat", "qualit", "weiterempf", "recommand", "emotion",
)  # fmt: skip
STRONGLY = words("csat", "satisf", "rating", "rate\\b", "rated", "nps\\b", "zufried", "quality", "likel", "recommend")
STATED = re.compile(r"(?<![\d-])(?P<low>[01])\s*(?:-|–|to|bis|à|\.\.)\s*(?P<high>5|7|10|100)(?![\d-])", re.I)
NOT_RATED = words(
    "churn", "risk", "credit", "lead score", "sentiment", "points", "quality score id", "rank", "exchange", "tax"
)

# -- words of nothing --------------------------------------------------------------------------------------------------

NOT_APPLICABLE = re.compile(
    r".*\bn/?a\b.*|.*\bnot applicable.*|(it |this |that )?does ?n.?t apply.*|i don.?t do this.*|never used.*|not used.*|"
    r"have not used.*|unfamiliar.*|no experience.*|nicht zutreffend|trifft nicht zu \(keine.*|entfallt|sans objet|no aplica|"
    r"no basis.*|not relevant.*",
    re.I | re.S,
)
NO_ANSWER = re.compile(
    r"-+|\.|blank|no answer|not (stated|answered|asked)|missing|refused?|i refuse.*|prefer not to.*|(i.?d )?rather not.*|"
    r"(i )?(don.?t|do not|don t) know.*|dk|dk/na|unsure|not sure|can.?t (say|remember).*|keine angabe|k\.? ?a\.?|"
    r"weiss? (ich )?nicht|weiß (ich )?nicht|ne sait pas|sans reponse|sans réponse|no sabe|no contesta|null|unknown|"
    r"no opinion|undefined",
    re.I,
)
MARKS = (-999, -99, -98, -97, -9, -8, -1, 77, 88, 96, 97, 98, 99, 777, 888, 997, 998, 999, 9999)


def nothing(label: str) -> str:
    """Which kind of nothing a label says: not_applicable, missing, or an empty text."""
    text = " ".join(label.split())
    if NO_ANSWER.fullmatch(text):
        return "missing"
    return "not_applicable" if NOT_APPLICABLE.fullmatch(text) else ""


# -- labels in an order -------------------------------------------------------------------------------------------------

NEUTRAL = re.compile(
    r"\bneither\b|\bneutral|undecided|\baverage|\bok(ay)?\b|\bteils|\bweder\b|\bni l|\bni \w+ ni\b|\bmixed\b|\bneutre|"
    r"\bindifferent|"
    r"no strong|mittelmassig"
)
GRADES = {"fair": -0.5, "excellent": 3.0, "outstanding": 3.0, "delighted": 3.0, "love": 3.0, "hate": -3.0,
          "terrible": -3.0, "awful": -3.0, "horrible": -3.0, "adequate": 0.5, "acceptable": 0.5, "befriedigend": 0.5,
          "ausreichend": -0.5}  # fmt: skip
BAD = re.compile(
    r"\b(dissatisf|unsatisf|disagree|poor|bad\b|unlikely|difficult|hard\b|unhapp|unfavou?r|dislike|wors|uncomfort|unimportant|"
    r"unzufrieden|schlecht|mangelhaft|unwahrscheinlich|schwer|schwierig|insatisf|mecontent|mauvais|difficile|desacuerdo|malo\b|"
    r"distrust|weak|negativ|unacceptable|lehne|pas d accord|stimme nicht|stimme eher nicht|stimme uberhaupt nicht)"
)
GOOD = re.compile(
    r"\b(satisf|agree|good|great|likely|easy|happy|favou?r|like\b|comfort|important|better|best\b|zufrieden|gut\b|wahrscheinlich|"
    r"leicht|einfach|stimme|trifft|d accord|bon\b|bien\b|facile|facil\b|de acuerdo|bueno|trust|strong\b|positiv|useful|helpful|"
    r"clear|confident)"
)
DEGREES = (
    (
        re.compile(
            r"\b(extremely|completely|strongly|totally|absolutely|fully|entirely|voll|vollig|ausserst|tout a fait)\b"
        ),
        3.0,
    ),
    (re.compile(r"\b(very|sehr|tres|muy|definitely)\b"), 2.5),
    (re.compile(r"\b(quite|mostly|rather|fairly|generally|eher|plutot|assez|bastante|probably|tend to)\b"), 1.5),
    (re.compile(r"\b(somewhat|slightly|a little|a bit|moderately|partly|etwas|un peu|algo)\b"), 1.0),
)


def degree(label: str) -> float | None:
    """Where a label stands between bad (below 0) and good: "very satisfied" 2.5, "neither …" 0; None where it says neither."""
    text = plain(label)
    if not text or len(text.split()) > 8:
        return None
    if NEUTRAL.search(text):
        return 0.0
    if text in GRADES:
        return GRADES[text]
    much = next((value for pattern, value in DEGREES if pattern.search(text)), 2.0)
    if re.search(r"\b(not at all|gar nicht|uberhaupt nicht|pas du tout|nada)\b", text) and GOOD.search(text):
        return -3.5
    if BAD.search(text):
        return -much
    if GOOD.search(text):
        if re.search(r"\b(not|nicht|pas|no) (so|very|too|particularly|sehr|tres|muy|really)\b", text):
            return -1.0
        return -2.0 if re.search(r"\b(not|nicht|pas)\b", text) else much
    return None


def ladder(labels: Iterable[str]) -> dict[str, int] | None:
    """The place of each label on its scale, 1 the worst; None where these labels have no order of good and bad.

    A side of a scale that nobody chose is filled up from the other: four of five labels still stand on five places.
    """
    found = {label: degree(label) for label in labels}
    values = [value for value in found.values() if value is not None]
    if len(values) < len(found) or len(values) < 3 or len(values) > 11 or len(set(values)) < len(values):
        return None
    if max(values) <= 0 or min(values) >= 0:
        return None
    up, down = {value for value in values if value > 0}, {-value for value in values if value < 0}
    levels = set(values)
    if 0.0 in levels and (up < down or down < up):
        levels |= down | {-value for value in up}
    order = sorted(levels)
    return {label: order.index(value) + 1 for label, value in found.items() if value is not None}


LED = re.compile(
    r"\s*(?P<score>[+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:$|[-–—=:.)(/]|(?:stars?|sterne?|points?|etoiles?|out of)\b).{0,60}",
    re.I | re.S,
)
STARS = re.compile(r"[★⭐]+[☆✩]*")


def led(label: str) -> float | None:
    """The score with which a label begins, as in "4 - Satisfied", "5 stars", "3/5" or "★★★☆☆"."""
    if STARS.fullmatch(label.strip()):
        return float(sum(letter in "★⭐" for letter in label))
    match = LED.fullmatch(label)
    return float(match["score"].replace(",", ".")) if match else None


def slug(text: str, taken: Sequence[str] = ()) -> str:
    """A short name of a question, for its measure: words joined by hyphens, told apart from those taken."""
    tail = re.split(r" [-–] |: |\[", text.strip(" ]"))[-1] if len(text.split()) > 6 else text
    letters = unicodedata.normalize("NFKD", tail if re.search(r"\w\w", tail) else text).lower()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    short = "-".join(re.findall(r"[a-z0-9]+", letters)[:6]) or "question"
    name, place = short, 2
    while name in taken:
        name, place = f"{short}-{place}", place + 1
    return name
