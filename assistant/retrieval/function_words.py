"""The little words that every question is built with, and the letters that only some languages write.

They tell the language of a question too short for statistics, and that of one full of English names.
"""

from __future__ import annotations

import re

WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "what is the how do does did i we you my our your can could should would will are was were has "
        "have had a an of to for in on at by with from and or not if when where why which who it its this "
        "that these those there be been about into their they them he she me us any no many much long "
        "often too still get am may must",
        "de": "was ist der die das den dem des ein eine einen einem einer wie wo wann warum wieso weshalb "
        "welche welcher welches welchen wer wem wen kann können könnte muss müssen darf dürfen soll "
        "sollen will wollen wird werden wurde hat haben habe sind bin war waren ich wir sie ihr er es "
        "mich mir uns mein meine meinen unser unsere nicht kein keine und oder auf für mit von vom zu zum "
        "zur bei beim nach aus über unter wenn dass noch gibt gilt man im am an als auch nur schon ja "
        "nein wenig viel viele gelten läuft bekomme erhalte diese dieser dieses ohne um bis neu in du "
        "dich dir dein deine welchem alle lange oft hoch",
        "fr": "que quoi qu quel quelle quels quelles est sont était ce cette ces c le la les l un une des du de "
        "d et ou où comment pourquoi quand qui combien je j nous vous il elle ils elles on mon ma mes "
        "notre nos votre vos son sa ses ne n pas plus peut peux puis pouvez pouvons dois doit devons faut "
        "a ai as avons avez ont au aux en dans sur par pour avec sans si oui non y être avoir faire se s "
        "leur leurs mais donc depuis chez entre même encore temps souvent",
        "es": "qué que cuál cuáles cómo como cuándo dónde quién quiénes cuánto cuánta cuántos cuántas por para "
        "el la los las un una unos unas de del al y es son está están estoy soy eres era hay ha han he "
        "hemos tengo tiene tienen tenemos puedo puede pueden podemos debo debe deben mi mis nuestro "
        "nuestra nuestros su sus tu tus yo nosotros usted ustedes me nos se le les lo en con sin sobre si "
        "sí no más muy ya cada entre desde hasta este esta estos estas eso hago hacer desea quiere "
        "necesito necesita tiempo",
        "it": "che cosa cos qual quale quali come quando dove perché chi quanto quanta quanti quante il lo la i "
        "gli le l un uno una di del dello della dei degli delle d a al allo alla ai agli alle da dal "
        "dalla dai in nel nella nei con su sul sulla per tra fra e ed è sono era ho ha hai hanno abbiamo "
        "posso può possiamo possono devo deve dobbiamo mio mia miei nostro nostra nostri tuo tua suo sua "
        "io noi voi lei loro mi ci vi si se sì non più anche già questo questa questi queste c fa fare "
        "viene essere ti tempo spesso",
        "pt": "que quê qual quais como quando onde porque quem quanto quanta quantos quantas o a os as um uma "
        "uns umas de do da dos das em no na nos nas ao à aos às por pelo pela para com sem sobre e ou é "
        "são está estão estou sou era há ter tem tenho temos têm posso pode podem podemos devo deve devem "
        "meu minha meus minhas nosso nossa nossos seu sua seus suas eu nós você vocês ele ela eles se não "
        "sim mais muito já cada entre desde até este esta isso esse essa fazer faço novo menos tempo",
        "nl": "wat is de het een hoe waar wanneer waarom welke welk wie kan kunnen kun moet moeten mag mogen "
        "zal zullen wil wilt willen word wordt worden heb hebt heeft hebben had zijn ben was waren ik wij "
        "we u jij je jullie hij zij ze mijn onze ons uw jouw hun niet geen en of op voor met van vanaf te "
        "ten ter tot bij naar uit over onder als dat dit deze die er nog ook al maar om aan in door doe "
        "doen veel hoeveel alle ja nee",
        "sv": "vad är hur var när varför vilken vilket vilka vem kan kunna måste ska skall får vill blir bli "
        "har hade jag vi du ni han hon den det de dem mig oss min mitt mina vår vårt våra er ert era din "
        "inte ingen inget och eller på för med av från till hos om ut över under att som en ett i så "
        "visste också bara redan mycket mindre mer finns gör göra utan mellan ja nej",
        "pl": "co jest jak gdzie kiedy dlaczego który która które jaki jaka jakie kto czy czym ile może mogę "
        "można możemy musi muszę musimy ma mam mamy mają są był była było jestem ja my ty wy on ona oni "
        "mój moja moje nasz nasza nasze swój ich nie i lub albo na w we z ze do od dla po przy przez u za "
        "pod nad jeśli że to ten ta te tego tej się już też tylko masz mniej używasz chcesz",
    }.items()
}
LETTERS: dict[str, re.Pattern[str]] = {
    "de": re.compile("[ß]"),
    "es": re.compile("[¿¡ñ]"),
    "pl": re.compile("[ąęłńśźż]"),
    "pt": re.compile("[ãõ]"),
    "sv": re.compile("[å]"),
    "fr": re.compile("[œ]"),
}
WORD = re.compile(r"[^\W\d_]+")


def hints(text: str) -> dict[str, int]:
    """How many words of a text each language is built with; a letter that it alone writes counts as two."""
    words = [word.lower() for word in WORD.findall(text)]
    found = {language: sum(word in known for word in words) for language, known in WORDS.items()}
    for language, letter in LETTERS.items():
        found[language] += 2 * bool(letter.search(text.lower()))
    return found
