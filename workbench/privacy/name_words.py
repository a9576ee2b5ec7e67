"""Words that only look like names (firms, places, words of the language), and the small words inside names.

Knows words alone.
"""

from __future__ import annotations

from workbench.privacy.given_names import ALSO_WORDS, GIVEN, SURELY, word_set

KNOWN = GIVEN | ALSO_WORDS


# what stands beside a given name where it names no customer: a place, a house, a firm
NOT_AFTER = word_set(
    "st st. saint king queen prince princess pope san santa mount port fort lake rue via the hms lady tv"
)
NOT_BEFORE = word_set(
    "street st road rd lane avenue ave close drive way court terrace gardens crescent place square hill park hospital "
    "house school college academy university centre center cinema theatre station line stadium bridge hotel airport "
    "palace arena infirmary church cathedral library clinic surgery ltd limited plc inc gmbh bank potter tower wharf "
    "docks award awards prize day tussauds museum hall gallery pub inn arms festival tunnel memorial"
)
FIRMS = word_set(
    "john_lewis ted_baker tommy_hilfiger calvin_klein jack_daniels hugo_boss laura_ashley harvey_nichols oliver_bonas "
    "charlotte_tilbury paul_smith vivienne_westwood michael_kors thomas_cook philip_morris simon_cowell "
    "johnson_matthey dr_pepper dr_martens dr_oetker dr_who mr_kipling mr_muscle mr_bean mr_whippy mr_sheen mr_porky "
    "mr_men mr_potato miss_selfridge miss_saigon mrs_brown's mr_benn mrs_crimble's mr_motivator mr_porter pan_am "
    "sir_lanka ernst_young peter_pan robert_dyas harry_potter james_bond st_john frank_cooper's max_mara marco_polo "
    "edward_jones charles_schwab"
)
PARTICLES = word_set("van von de da di del della der den la le el al bin ibn ter ten du dos das ap ab zu zum y e")
# words that begin with a capital after "Dear", "Thanks," and the like, and are nobody's name
NO_NAMES = word_set(
    "sir sirs madam all team customer customers the just not again very a an i me my we us our you your yours he she "
    "it they them this that these those there here who what when where why how and or but so if as at by for from in "
    "into of off on onto out over to too under up with without about after before than then now never ever always "
    "still already yet only also even much many more most some any none no yes ok okay nothing nobody someone "
    "somebody anyone anybody everyone everybody everything something anything each every both few other others "
    "another such same own one two three four five six seven eight nine ten first second third last next once twice "
    "is am are was were be been being do does did done have has had having will would shall should can could may "
    "might must get got getting go went gone going come came see saw seen say said says tell told ask asked call "
    "called calling ring rang phone phoned speak spoke speaking talk wait waiting waited help helped helpful thank "
    "thanks regards sincerely faithfully best kind kindest warm wishes cheers love dear hi hello hey morning "
    "afternoon evening night day today tomorrow yesterday week month year time good great nice lovely excellent "
    "brilliant fantastic amazing wonderful perfect poor bad awful terrible horrible rubbish useless pathetic happy "
    "unhappy angry sad sorry pleased glad furious fuming livid cross upset fed old new long short big small easy hard "
    "right wrong true false late early quick slow cheap free full monday tuesday wednesday thursday friday saturday "
    "sunday january february march april june july august september october november december spring summer autumn "
    "winter christmas easter ramadan diwali british english welsh scottish irish german french spanish italian polish "
    "chinese indian american european dutch asian african muslim christian jewish hindu sikh northern southern "
    "eastern western north south east west england scotland wales ireland britain london paris berlin madrid rome "
    "warsaw leeds york manchester birmingham liverpool glasgow edinburgh cardiff bristol sheffield newcastle bradford "
    "hull oxford cambridge bath europe america covid covid-19 brexit ofwat ofgem ofcom orr amazon google apple "
    "microsoft facebook twitter youtube paypal ebay netflix sky vodafone tesco sainsbury's asda aldi lidl waitrose "
    "boots barclays lloyds natwest santander hsbc halifax monzo uber deliveroo dpd evri hermes royal ikea argos "
    "currys nationwide yorkshire severn thames anglian wessex alexa siri windows android iphone water gas energy "
    "power electric electricity rail railway railways trains train bus buses coach airways airlines air bank banking "
    "building society council councils government parliament police service services support care helpdesk desk line "
    "centre center contact office offices head department dept division group company firm ltd plc inc limited "
    "management manager managers manageress staff supervisor reception receptionist security sales accounts billing "
    "complaints complaint accounting finance collections returns refunds refund delivery engineering operations "
    "repairs maintenance planning technical technicians engineers agent agents adviser advisers advisor operator "
    "driver bot chatbot robot machine computer recorded website web site page app online email e-mail mail letter "
    "post number name names address account bill bills invoice payment price prices meter tap leak pipe product "
    "products order app's citizens advice trading standards ombudsman consumer housing association landlord landlords "
    "tenant tenants resident residents occupier owner householder homeowner subscriber member members passenger "
    "passengers patient patients client clients guest guests user users colleague colleagues friend friends neighbour "
    "neighbours editor chairman director directors board ceo minister mayor mp mps nhs bbc bt ee o2 uk eu usa hr pr "
    "vip faq world god lord jesus heaven hell christ allah everyone's mum dad mother father nan gran grandma grandad "
    "parents daughter son wife husband brother sister aunt uncle baby children kids family families ladies gentlemen "
    "lady man woman men women people person folks guys lads girls boys colleague's action error above below unknown "
    "anonymous withheld reader student pensioner taxpayer disabled retired widow widower disgusted disappointed "
    "dissatisfied frustrated annoyed confused worried concerned grateful anxious tired bored damen herren kunde "
    "kunden kundin kundenservice alle liebes hallo guten rentner rentnerin mieter mieterin der die das ein eine nicht "
    "sehr seit im mit von und oder aber ich sie er wir ihr danke gruß grüße grüßen schalter laden monsieur madame "
    "messieurs mesdames bonjour merci cliente équipe je tu il elle nous vous ils le les un une des très pas et ou "
    "mais du de la señor señora señores señoras estimados estimado clientes hola gracias equipo servicio el los las "
    "una uno muy y o pero del mostrador szanowni państwo dzień dobry valued octopus ovo eon edf bulb shell utilita "
    "virgin talktalk plusnet giffgaff kitty fresh barclaycard hmrc dvla dwp storm direct debit voicemail india legal "
    "dollar buenas nature menor else else's broadband paperless marketing reference took unacceptable president "
    "straightforward available unable aware part listed spelled spelt misspelled misspelt different missing ready "
    "better worse back home away busy closed open broken incorrect correct irrelevant private secret mud dirt covered "
    "attached there's here's it's that's i'm i've don't can't won't isn't wasn't didn't what's let's ms pc pcs"
)
ORGANISATIONS = word_set(  # a name before one of these is a firm's or an office's
    "water gas energy power electric electricity rail railway railways trains trust bus buses coach coaches coachways "
    "airways airlines bank council services service support team department office group company ltd limited plc inc "
    "gmbh telecom mobile broadband media insurance housing association homes university hospital school college "
    "surgery centre park customer customers member members sir sirs madam advice standards ombudsman airport station "
    "hotel holidays travel tours parcels post"
)
NO_TITLED = word_set(
    "and or the manager teams chairman speaker president minister secretary mayor nobody customer europe am im in"
)
CALENDAR = word_set("may june march sunday summer autumn christian")
# people as others call them: a name may stand behind
ROLES = word_set(
    "husband wife son daughter mother mum mom father dad brother sister partner fiancé fiancée fiance fiancee "
    "neighbour neighbor landlord landlady friend colleague boss uncle aunt auntie nan gran grandma grandad grandson "
    "granddaughter niece nephew cousin carer flatmate housemate girlfriend boyfriend tenant solicitor adviser advisor "
    "engineer agent technician driver operator representative rep plumber manager supervisor lady man guy chap girl "
    "woman gentleman gent fellow nurse doctor teacher receptionist assistant person someone somebody staff mann frau "
    "sohn tochter mutter vater bruder schwester kollege kollegin nachbar nachbarin vermieter techniker mari femme "
    "fils fille mère père frère sœur voisin voisine collègue conseiller conseillère marido mujer hijo hija madre "
    "padre hermano hermana vecino vecina colega compañero compañera técnico marito moglie figlio figlia"
)
# where a name written small ends
SMALL_STOPS = NO_NAMES | word_set(
    "because which whose since while from live living pay moved want need think write writing writes cant wont didnt "
    "couldnt please regarding re sincerely called rang lives paid said says asked came went told und aus wohne wohnt "
    "et habite y vivo llevo i mieszkam en et- who's"
)
# family names that are words: by themselves they are no sign of a customer who has that name
WORDS_TOO = word_set(
    "green brown white black grey gray blue price young wood field page cook baker street waters bush king queen lane "
    "rivers brooks wells moon cross case ford cash bird fox wolf lamb fish moss woods marsh pool lake little short "
    "sharp savage rich poor swift strong bright noble wise gold silver snow frost winters bishop abbott butler porter "
    "carter cooper mason miller parker potter shepherd smith taylor turner walker weaver archer barber carpenter "
    "chapman clerk farmer fisher fowler gardener glover hunter marshall parson piper sheriff singer spencer steward "
    "tanner tyler wheeler bell ball banks barn best bond booth bull burns camp castle chance church coal corner crane "
    "craft day dean drake duke east english france french garden gates good grant hale hall hand hart head heath hill "
    "hope house hughes hunt hurst justice kay keen knight law loft lord love low lucky mann marks may mead means mill "
    "mills moody moor moore must nail nash newman nice night noon north nunn parish park parks peace peak perfect "
    "pike pitt plant pope post pound power pratt pride prince quick rains read reed reeves rice ring road rock roots "
    "rose rush sale salt sands seal self shaw shore silk sims sleep small speed spring stable star steel stock stone "
    "storm summer sweet tall temple thorn tower town trout vale vine walls ward water waterman weeks west wild wing "
    "winter words worth yard"
)
ENDINGS = tuple(sorted(word_set("ance ence ing ful less ous able ible ment tion ness ical ated ised ized ility ship")))


def plain_word(word: str) -> str:
    """A word small and without marks, as the lists here have it."""
    import unicodedata

    small = word.casefold()
    if small.isascii():
        return small
    small = small.translate(str.maketrans("łøđðıæœ", "loddiao"))
    return "".join(one for one in unicodedata.normalize("NFD", small) if not unicodedata.combining(one))


def is_given(word: str, surely: bool = False) -> bool:
    """Is this (or its first half: "Anne-Marie") a given name that is known; `surely`: and no word besides?"""
    known = SURELY if surely else KNOWN
    small = plain_word(word)
    return small in known or ("-" in small and small.partition("-")[0] in known)


def no_name(word: str) -> bool:
    """Is this a word of the language, a firm or a place rather than a name?"""
    small = word.casefold().removesuffix("'s")
    return small in NO_NAMES or (small.endswith(ENDINGS) and len(small) > 6 and not is_given(small))
