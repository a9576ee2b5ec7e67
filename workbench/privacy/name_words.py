"""Words that are given names, words that only look like names, and the small words inside names.

Knows words alone. The names are common ones of many countries, written from general knowledge; nobody's list of people.
"""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


GIVEN = word_set(  # written small, without marks: "zoe" stands for "Zoë"
    # British and American
    "aaron abigail adam adrian agnes aidan alan albert alec alexander alexandra alfie alfred alice alison allison amanda "
    "amelia amy andrea andrew andy angela angus anita ann anna annabel anne annette annie anthony antony archie arthur "
    "audrey barbara barry beatrice becky belinda benjamin bernadette bernard beryl beth bethany betty beverley bradley "
    "brandon brenda brendan brian bridget bruce bryan callum cameron carl carol carole caroline carolyn catherine cathy "
    "cecilia charles charlie charlotte cheryl chloe chris christina christine christopher claire clara clare clive colin "
    "connor craig cynthia cyril daisy daniel danielle darren dave david deborah debbie debra denise dennis derek "
    "diana diane donald donna doreen doris dorothy dot douglas duncan dylan eddie edith edmund edna edward edwin eileen "
    "elaine eleanor elizabeth ella ellen ellie elsie emily emma eric ernest esther ethan ethel eugene eva evelyn fiona "
    "florence frances francesca francis frederick fred freya gareth gary gavin gemma geoff geoffrey george georgina "
    "gerald geraldine gerard gertrude gillian gladys glen glenn glenys gloria glynis gordon graeme graham greg gregory "
    "gwen hannah harold harriet harry harvey hayley hazel heather helen henry herbert hilary howard hugh hugo ian imogen "
    "irene iris isaac isabel isabella isabelle isla ivan jacob jacqueline jacqui jake james jamie jane janet janice "
    "jasmine jason jayne jean jeff jeffrey jemma jennifer jenny jeremy jerry jessica jill jim jimmy joan joanna joanne "
    "joe joel john johnny jonathan josephine joseph josh joshua joyce judith judy julia julian julie juliet justin karen "
    "karl kate katherine kathleen kathryn kathy katie katy kay keith kelly kenneth kerry kevin kieran kim kimberley "
    "kirsty kristina kyle laura lauren laurence lawrence leah leanne leo leon leonard lesley leslie lewis liam lilian "
    "linda lindsay lisa lloyd ben ted sam dan jo bob nick jay lee logan lois lorna lorraine louis louisa louise lucas lucy luke lynda lynn lynne maddie "
    "madeleine malcolm mandy marcus margaret maria marian marie marilyn marion marjorie martha martin mary mason matilda "
    "matthew maureen maurice mavis maxine megan melanie melissa mia michael michelle mike millie miriam moira molly "
    "monica morag morgan moses muriel myra nancy naomi natalie natasha nathan neil nicholas nicola nicole nigel noah "
    "noel nora norma norman oliver olivia oscar owen pam pamela patricia patrick paul paula pauline penelope "
    "percy peter philip phillip phoebe phil phyllis pippa poppy rachael rachel ralph raymond rebecca reginald rhys "
    "richard rita rob robert roberta robin rodney roger roland ronald rory rosemary rosie rosalind ross roy "
    "rupert russell ruth ryan sally sam samantha samuel sandra sara sarah scott sean sebastian shane sharon shaun sheila "
    "shelley shirley sidney simon sophia sophie stacey stanley stella stephanie stephen steve steven stewart stuart "
    "susan susanna suzanne sybil sylvia tamsin tanya tara ted terence teresa terry thelma theodore theresa thomas "
    "tim timothy tina toby tom tommy tony tracey tracy trevor tristan valerie vanessa vera vernon veronica vicky vincent "
    "vivian vivien walter wayne wendy wilfred william winifred yvette yvonne zachary zoe alistair alasdair hamish fergus "
    "ewan lachlan iain catriona eilidh ailsa mairi rhiannon sian carys bronwen dafydd gethin huw geraint ioan lowri nia "
    "angharad megan gwyneth llyr elen jodie kayleigh shannon tyler jayden ashley brooke courtney aimee ava evie lily ruby "
    # Irish
    "aoife ciaran ciara caoimhe cormac declan dermot deirdre eamon eoin fergal fionnuala finbar grainne maeve mairead "
    "niall niamh nuala oisin oonagh orla padraig roisin ronan sinead siobhan tadhg donal conor cathal aisling "
    # German, Austrian, Swiss
    "andreas anke anneliese annika antje axel bernd bernhard birgit bjorn brigitte christoph claudia dieter dirk "
    "dominik elfriede elke erich erika ernst eva felix florian franziska franz friedrich fritz gabriele georg gerhard "
    "gerda gisela greta gudrun gunter gunther hanna hannelore hans hans-peter heike heiko heinrich heinz helga helmut "
    "herbert hermann hildegard holger horst ilse inge ingeborg ingo ingrid jan jens joachim jochen johann johanna "
    "johannes jorg jurgen jutta kai karin karl-heinz karsten kathe katharina katja katrin kerstin klaus konrad kurt lars "
    "lieselotte lothar ludwig lukas lutz manfred manuela marcel marlene mathias matthias max maximilian monika moritz "
    "norbert olaf oskar otto petra rainer ralf regina reinhard renate rolf rudiger rudolf sabine sebastian siegfried "
    "sigrid silke silvia sonja stefan stefanie susanne svenja sven thorsten tobias torsten udo ulrich ulrike ursula ute "
    "uwe volker walburga waltraud werner wilhelm wolfgang "
    # French
    "adele agathe aline amelie anais andre antoine arnaud aurelie aurelien baptiste beatrice benoit bertrand brigitte "
    "camille catherine cecile celine chantal christelle christophe claude clement colette corinne cyril damien "
    "delphine denis didier dominique edith elise elodie emilie emmanuel emmanuelle estelle etienne fabien fabienne "
    "fabrice florent francine franck francois francoise frederic frederique gaelle genevieve gerard ghislaine gilles "
    "guillaume guy helene herve hugues isabelle jacques jean jean-claude jean-luc jean-marie jean-michel jean-paul "
    "jean-pierre jerome joelle jules julien juliette laetitia laure laurent lea lionel louis luc lucie ludovic madeleine "
    "manon marc marcel marguerite marianne marine marion marion martine mathieu mathilde matthieu maxime "
    "mireille monique muriel nathalie nicolas noemie odile olivier pascal pascale patrice philippe pierre "
    "quentin raphael regis remi remy renee romain sandrine sebastien serge severine simone solene solange stephane "
    "sylvain sylvie therese thibault thierry valerie veronique victor virginie xavier yann yannick yves yvette "
    # Spanish, Portuguese, Italian
    "adriana agustin alba alberto alejandra alejandro alfonso alfredo alicia alvaro amparo ana andres antonia antonio "
    "arturo beatriz begona belen blanca carla carlos carmen catalina cesar concepcion consuelo cristina daniela "
    "diego dolores eduardo elena emilio encarnacion enrique ernesto esteban eugenia federico felipe fernanda fernando "
    "francisca francisco gabriela gonzalo gloria guadalupe guillermo gustavo hector hernan ignacio ines inigo irene "
    "isidro jaime javier jimena joaquin jorge jose jose-maria juan juana julio lorena lorenzo lourdes luis luisa "
    "lucia manuel manuela marcos margarita mariana mario marisol marta mateo mercedes miguel montserrat natalia nuria "
    "pablo paloma patricio pedro pilar rafael ramon raquel raul ricardo roberto rocio rodrigo rosario ruben salvador "
    "santiago sergio sofia susana tomas vicente victor yolanda joao joana tiago rui paulo nuno goncalo catarina "
    "alessandra alessandro alessia andrea angelo antonella bruno carlo carmela chiara cristiano davide domenico elisa "
    "enrico enzo fabio fabrizio federica filippo francesco gennaro giacomo giancarlo gianluca gianni giorgia giorgio "
    "giovanna giovanni giulia giuliano giuseppe giuseppina ilaria leonardo luca luciano luigi marcello marco massimo "
    "matteo maurizio michele nicolo paola paolo pietro raffaele riccardo rosa salvatore simona simone stefania "
    "stefano tommaso umberto valentina vincenzo "
    # Polish, Czech and other Slavic, Baltic, Hungarian, Romanian, Greek
    "agata agnieszka aleksander aleksandra andrzej anita barbara bartosz beata bogdan boguslaw bozena danuta dariusz "
    "dorota edyta elzbieta ewa ewelina grazyna grzegorz halina henryk irena iwona izabela jacek jadwiga jakub janina "
    "janusz jaroslaw jerzy joanna jolanta jozef justyna kamil karolina katarzyna kazimierz kinga krystyna krzysztof "
    "leszek lucyna lukasz maciej magdalena malgorzata marcin marek mariola mariusz marta mateusz michal miroslaw monika "
    "patryk pawel piotr przemyslaw radoslaw rafal renata robert ryszard slawomir stanislaw sylwia szymon "
    "tadeusz teresa tomasz urszula waldemar wanda weronika wieslaw witold wojciech zbigniew zdzislaw zofia zuzanna "
    "vaclav jiri zdenek petr pavel ondrej frantisek milos radek lenka jana hana katerina vlasta tereza miroslav "
    "ludmila olga svetlana tatiana irina natalya oksana olena dmitri dmitry sergei sergey vladimir yuri igor oleg "
    "mikhail nikolai aleksei alexei anastasia ekaterina yelena boris vasily bohdan taras milan dragan goran zoran "
    "jelena milica nikola dusan branko ivana laszlo zoltan istvan gabor ferenc agnes ildiko katalin zsuzsanna attila "
    "andrei mihai ionut gheorghe ioana elena florin cristian bogdan radu georgios yannis dimitris kostas nikos "
    "konstantinos maria eleni vasiliki sofia panagiotis jonas mantas vytautas andris janis liga inese "
    # Nordic, Dutch
    "anders astrid bengt bjarne bo britt christian eirik erik espen gunnar gustav hakon halvor hanne harald helle henrik "
    "ingvild johan jorgen kari karsten kirsten kristian kristin lars leif lene liv magnus maja marit mette mikael morten "
    "nils ola ole oyvind pernille per rasmus ragnhild signe sigurd silje solveig soren stig sune susanne svein "
    "tove trine ulf ulla viggo antti jukka juha kaisa matti mikko pekka timo tuula aart adriaan annelies anneke bart bas "
    "cornelis daan dirk els femke frits geert gerrit greetje hendrik henk ineke jaap jacobus jeroen joost joris kees "
    "klaas koen liesbeth lotte maaike maarten marieke marijke marloes mieke niels pieter piet rens roel ruud saskia "
    "sander sjoerd teun thijs tineke wim willem wouter "
    # of South Asia
    "aarav aditi aditya ajay akash amar amit amita amrit anand anil anita anjali ankit arjun aruna arvind asha "
    "ashok avinash ayesha bhavna chandra deepa deepak devi dilip dinesh divya farah faisal gauri geeta gopal gurpreet "
    "gurdeep hardeep harjit harpreet harish imran indira ishaan jagdish jaspreet jasvinder jaya jyoti kamala kamal "
    "karan kavita kavya kiran krishna kuldeep kumar lakshmi lalita lata madhu mahesh mahendra manish manjit manoj meena "
    "meera mohan mukesh nandini naresh navin neha nikhil nisha nitin padma pankaj parveen prakash pradeep pranav prasad "
    "prashant praveen prem priya priyanka rahul raj raja rajan rajesh rajiv raju rakesh ramesh rani ranjit ravi "
    "rekha rohan rohit sachin sandeep sangita sanjay sanjeev santosh saroj satish savita shalini shanti shilpa shiv shivani "
    "shyam sita sneha sonia srinivas subhash sudha sukhdeep sumit sundar sunil sunita suresh sushila swati tarun uma "
    "usha vandana vani venkat vijay vikas vikram vimala vinay vinod vishal vivek yash "
    # Arabic, Persian, Turkish, of Muslim families, Hebrew
    "abbas abdul abdullah abu adnan ahmad ahmed aisha ali amina amir arif asif aziz bashir bilal dalia fadi farid farida "
    "farooq fatima fatma habib hadi hafsa hakim hamid hamza hana hanan haroon hasan hassan hussain hussein ibrahim idris "
    "iqbal ismail jamal jamila kareem karim khadija khalid khaled laila latifa layla leila mahmoud mahmood malik mariam "
    "maryam mehmet mohamed mohammad mohammed muhammad mona mustafa nabil nadia nasir nasreen nadeem naeem noor noura "
    "omar osman rashid rania reza rukhsana saad sadia saeed safiya salim salma samir samira sana shabana shahid "
    "shazia sultan tahir tariq umar usman waleed yasmin yasmina yousef youssef yusuf zahra zainab zaid zara zeynep ayse "
    "emre murat hakan ozgur elif emine hatice serkan avi chaim dov eitan esti moshe rivka shlomo tamar yael yosef "
    # African
    "abena abimbola ade adebayo adwoa akua ama amadou aminata amara ayo babatunde bukola chidi chike chinedu chinwe "
    "chioma chiamaka ebele efua ekow emeka femi folake funmi ifeoma ike kehinde kofi kwabena kwadwo kwame kwaku kwesi "
    "lindiwe lungile mamadou ngozi nkechi nnamdi nomsa obinna olu oluwaseun olumide ousmane sekou segun sipho taiwo "
    "temitope thabo themba tunde tendai uche wanjiku yaw yemi zanele zodwa moussa fatou "
    # Chinese, Japanese, Korean, Vietnamese, of South East Asia
    "chen hao hui jia jian jiang jing jun li-wei ling mei meiling ming ping qiang qing rong siew tao wei weiming xiao "
    "xiaoli xiaoming xiaoyan xiaoyu xin xiu yan yang ying yong yue yun zhen zhi akira aiko haruto hiroshi kenji keiko "
    "makoto naoko satoshi takashi takeshi yoko yuki yumiko jisoo minho minjun seojun soyeon hyun jihoon anh binh "
    "dung duc hoang huong khanh lan linh minh nga ngoc nguyen phuong quang thanh thao thi thuy trang tuan nguyet siti "
    "nur aminah putri budi agus wayan somchai"
)
# names that are also words, places or brands: only where a setting says that a name stands there
ALSO_WORDS = word_set(
    "dot guy glen heather hazel iris ivy jasmine jean poppy ruby daisy lily florence chelsea lourdes mercedes dolores "
    "rosario santiago salvador pilar paloma blanca alba carmen jordan victor dove ada ava bo per ole ola raja rani "
    "sultan kumar ping ling ming yang yan lan nga anh thanh thi dung duc tao chi rob sue mark bill will "
    "grace may april june august rose frank chase summer sandy jack pat sky penny art dick drew faith hope joy "
    "gene grant hank harmony holly honey lance melody miles olive pearl ray rich rod rusty skip stone violet wade "
    "ward autumn amber angel angle cliff clay cole dale dean eve fern gale ginger hunter jade mercy max ali "
    "misty norm ash reed robin roman ross rowan sage star tiffany trinity virginia georgia austin paris sydney lincoln "
    "chester kent devon adelaide victoria brooklyn dallas israel kay tara uma maja ike ama ade prem "
    "noor asha chandra devi felix leo luna nike oscar dell ford mini sierra sienna logan mason taylor tyler morgan "
    "marina regina gloria stella rita moses noel percy charity chance al ed max pip hans els bas bart "
    "stig henrik jan mario amazon alexa siri cortana bruno sol bali liga inge amara mini axel kai leon marine rosa "
    "angelo carol carol-s lima nova viola wayan jun ho alma conception concepcion"
)
SURELY = GIVEN - ALSO_WORDS
# what stands beside a given name where it names no customer: a place, a house, a firm
NOT_AFTER = word_set(
    "st st. saint king queen prince princess pope san santa mount port fort lake rue via the hms lady tv"
)
NOT_BEFORE = word_set(
    "street st road rd lane avenue ave close drive way court terrace gardens crescent place square hill park hospital "
    "house school college academy university centre center cinema theatre station line stadium bridge hotel airport palace "
    "arena infirmary church cathedral library clinic surgery ltd limited plc inc gmbh bank potter tower wharf docks "
    "award awards prize day tussauds museum hall gallery pub inn arms festival bridge tunnel memorial"
)
FIRMS = word_set(
    "john_lewis ted_baker tommy_hilfiger calvin_klein jack_daniels hugo_boss laura_ashley harvey_nichols oliver_bonas "
    "charlotte_tilbury paul_smith vivienne_westwood michael_kors thomas_cook philip_morris simon_cowell johnson_matthey "
    "dr_pepper dr_martens dr_oetker dr_who mr_kipling mr_muscle mr_bean mr_whippy mr_sheen mr_porky mr_men mr_potato "
    "miss_selfridge miss_saigon mrs_brown's mr_benn mrs_crimble's mr_motivator mr_porter pan_am sir_lanka ernst_young "
    "peter_pan robert_dyas harry_potter james_bond st_john frank_cooper's max_mara marco_polo edward_jones charles_schwab"
)
PARTICLES = word_set("van von de da di del della der den la le el al bin ibn ter ten du dos das ap ab zu zum y e")
# words that begin with a capital after "Dear", "Thanks," and the like, and are nobody's name
NO_NAMES = word_set(
    "sir sirs madam all team customer customers the just not again very a an i me my we us our you your yours he she it they "
    "them this that these those there here who what when where why how and or but so if as at by for from in into of off "
    "on onto out over to too under up with without about after before than then now never ever always still already yet "
    "only also even much many more most some any none no yes ok okay nothing nobody someone somebody anyone anybody "
    "everyone everybody everything something anything each every both few other others another such same own one two "
    "three four five six seven eight nine ten first second third last next once twice is am are was were be been being "
    "do does did done have has had having will would shall should can could may might must get got getting go went gone "
    "going come came see saw seen say said says tell told ask asked call called calling ring rang phone phoned speak "
    "spoke speaking talk wait waiting waited help helped helpful thank thanks regards sincerely faithfully best kind "
    "kindest warm wishes cheers love dear hi hello hey morning afternoon evening night day today tomorrow yesterday "
    "week month year time good great nice lovely excellent brilliant fantastic amazing wonderful perfect poor bad awful "
    "terrible horrible rubbish useless pathetic happy unhappy angry sad sorry pleased glad furious fuming livid cross "
    "upset fed old new long short big small easy hard right wrong true false late early quick slow cheap dear free full "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december spring summer autumn winter christmas easter ramadan diwali british english welsh scottish "
    "irish german french spanish italian polish chinese indian american european dutch asian african muslim christian "
    "jewish hindu sikh northern southern eastern western north south east west england scotland wales ireland britain "
    "london paris berlin madrid rome warsaw leeds york manchester birmingham liverpool glasgow edinburgh cardiff bristol "
    "sheffield newcastle bradford hull oxford cambridge bath europe america covid covid-19 brexit ofwat ofgem ofcom orr "
    "amazon google apple microsoft facebook twitter youtube paypal ebay netflix sky vodafone tesco sainsbury's asda aldi "
    "lidl waitrose boots barclays lloyds natwest santander hsbc halifax monzo uber deliveroo dpd evri hermes royal ikea "
    "argos currys nationwide yorkshire severn thames anglian wessex alexa siri microsoft windows android iphone "
    "water gas energy power electric electricity rail railway railways trains train bus buses coach airways airlines air "
    "bank banking building society council councils government parliament police service services support care helpdesk "
    "desk line centre center call contact office offices head department dept division group company firm ltd plc inc "
    "limited management manager managers manageress staff supervisor reception receptionist security sales accounts "
    "billing complaints complaint accounting finance collections returns refunds refund delivery engineering operations "
    "repairs maintenance planning technical technicians engineers agent agents adviser advisers advisor operator driver "
    "bot chatbot robot machine computer recorded website web site page app online email e-mail mail letter post number "
    "name names address account bill bills invoice payment price prices meter tap leak pipe product products order app's "
    "citizens advice trading standards ombudsman consumer council housing association landlord landlords tenant tenants "
    "resident residents occupier owner householder homeowner subscriber member members passenger passengers patient "
    "patients client clients guest guests user users sirs colleague colleagues friend friends neighbour neighbours "
    "editor chairman director directors board ceo minister mayor mp mps nhs bbc bt ee o2 uk eu usa it hr pr vip faq "
    "world god lord jesus heaven hell christ allah everyone's mum dad mother father nan gran grandma grandad parents "
    "daughter son wife husband brother sister aunt uncle baby children kids family families ladies gentlemen lady man "
    "woman men women people person folks guys lads girls boys colleague's advice action error none see above below "
    "unknown anonymous withheld reader student pensioner taxpayer disabled retired widow widower "
    "disgusted disappointed dissatisfied frustrated annoyed confused worried concerned grateful anxious tired bored "
    "damen herren kunde kunden kundin kundenservice alle liebes hallo guten rentner rentnerin mieter mieterin der die das "
    "ein eine nicht sehr seit im am in mit von und oder aber ich sie er wir ihr danke gruß grüße grüßen schalter laden "
    "monsieur madame messieurs mesdames bonjour merci client cliente clients équipe service je tu il elle nous vous ils "
    "le les un une des très pas et ou mais du de la señor señora señores señoras estimados estimado cliente clientes "
    "hola gracias equipo servicio el los las una uno muy no y o pero del mostrador szanowni państwo dzień dobry "
    "valued octopus ovo eon edf bulb shell utilita virgin talktalk plusnet giffgaff kitty fresh barclaycard hmrc dvla dwp storm direct debit voicemail "
    "india legal dollar buenas nature menor else else's broadband paperless marketing reference took unacceptable president "
    "straightforward available unable aware part none listed spelled spelt misspelled misspelt different missing ready "
    "better worse back home away busy closed open available broken incorrect correct irrelevant private secret mud dirt "
    "covered attached there's here's it's that's i'm i've don't can't won't isn't wasn't didn't what's let's ms pc pcs"
)
ORGANISATIONS = word_set(  # a name before one of these is a firm's or an office's
    "water gas energy power electric electricity rail railway railways trains trust bus buses coach coaches coachways airways "
    "airlines bank council services service support team department office group company ltd limited plc inc gmbh telecom "
    "mobile broadband media insurance housing association homes university hospital school college surgery centre park "
    "customer customers team member members sir sirs madam advice standards ombudsman airport station hotel holidays travel tours parcels post"
)
ENDINGS = (
    "ance",
    "ence",
    "ing",
    "ful",
    "less",
    "ous",
    "able",
    "ible",
    "ment",
    "tion",
    "ness",
    "ical",
    "ated",
    "ised",
    "ized",
    "ility",
    "ship",
)


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
    known = SURELY if surely else GIVEN | ALSO_WORDS
    small = plain_word(word)
    return small in known or ("-" in small and small.partition("-")[0] in known)


def no_name(word: str) -> bool:
    """Is this a word of the language, a firm or a place rather than a name?"""
    small = word.casefold().removesuffix("'s")
    return small in NO_NAMES or (small.endswith(ENDINGS) and len(small) > 6 and not is_given(small))
