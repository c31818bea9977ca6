"""What callers are told to press, and what they can press."""

import pytest

from compiled import make, slugs
from twimlc.rules.keys import reader_of


def told_keys(words: str, language: str = "en") -> list[str]:
    reader = reader_of(language)
    return reader.told(words) if reader is not None else []


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("For sales press 1, or press two for service.", ["1", "2"]),
        ("Press 1, 2 or 3.", ["1", "2", "3"]),
        ("In an emergency hang up and dial 911.", []),
        ("Press any key.", []),
        ("Press one moment longer", ["1"]),
        ("Drücken Sie die 3, pulse el 4, appuyez sur la touche 5.", ["3", "4", "5"]),
        ("Press the star key to hear this again, and press pound when done.", ["*", "#"]),
        ("We compress 7 files.", []),
        ("Press one of these keys. Tapez un numéro. Marque un número.", []),
        ("Tapez un pour les ventes.", ["1"]),
        ("Press star nine, or press one one.", ["*9", "11"]),
        ("Drücken Sie die Sterntaste oder die 2. Drücken Sie zwo.", ["*", "2"]),
        ("Press 1 for sales or 2 for service, three if you are lost.", ["1", "2", "3"]),
        ("Press 1 to order. We are open Monday to Friday, 9 to 5.", ["1"]),
        ("Press 1 to order. On Sunday we are open from 9 to 5, 6 to midnight for drinks.", ["1"]),
        ("Press 1 to order, 2 to cancel, and 3 if you are lost.", ["1", "2", "3"]),
    ],
)
def test_keys_are_read_out_of_words(words: str, keys: list[str]) -> None:
    assert told_keys(words) == keys


@pytest.mark.parametrize(
    ("language", "words", "keys"),
    [
        ("it", "Per le vendite premere uno, per l'assistenza premere il tasto 2.", ["1", "2"]),
        ("nl", "Toets één voor verkoop of druk op 2 voor service.", ["1", "2"]),
        ("pt", "Para vendas, digite 1. Para suporte, pressione a tecla dois.", ["1", "2"]),
        ("sv", "Tryck 1 för försäljning, tryck på tvåan för kundtjänst.", ["1"]),
        ("da", "Tryk 1 for salg. Tryk på to for support.", ["1", "2"]),
        ("nb", "Trykk 1 for salg, eller trykk tre for support.", ["1", "3"]),
        ("no", "Trykk 1 for salg.", ["1"]),
        ("pl", "Aby porozmawiać, naciśnij jeden lub 2.", ["1", "2"]),
        ("ja", "1を押してください。", []),
        ("en", "Welcome to our tryst. Press 4.", ["4"]),
    ],
)
def test_each_language_has_words_of_its_own(language: str, words: str, keys: list[str]) -> None:
    assert told_keys(words, language) == keys


def test_words_of_two_languages_are_not_read_as_one() -> None:
    both = (
        "[{say: {message: Press 1., language: en-US}}, {say: {message: Tryk to., language: da-DK}}]"
    )
    assert menu(both, "1", "2") == []
    assert menu("[{say: {message: Tryk 1., language: da-DK}}]", "1", "2") == ["choice-not-spoken"]


@pytest.mark.parametrize("fallback", ["      fallback: desk\n", "    - goto: desk\n"])
def test_a_key_that_does_what_silence_does_needs_no_words(fallback: str) -> None:
    flow = (
        "states:\n  ask:\n    - menu:\n        prompt: Press 1 for sales, or stay on the line.\n"
        "        choices: {1: sales, 0: %s}\n"
        + fallback
        + "  sales: [{say: Sales.}, hangup]\n  desk: [{say: Desk.}, hangup]\n"
        "  boss: [{say: Boss.}, hangup]\n"
    )
    assert "choice-not-spoken" not in slugs(flow % "desk", target="nginx")
    assert "choice-not-spoken" in slugs(flow % "boss", target="nginx")


OFFER = "- offer:\n    options:\n      - {say: %s, then: hangup}\n      - {say: %s, then: hangup}\n- say: Goodbye.\n"
GATHER = "- gather: {numDigits: 1, prompt: %s}\n  then: [{say: Sales.}, hangup]\n- hangup\n"


@pytest.mark.parametrize(
    ("flow", "found"),
    [
        (OFFER % ("'For sales, press 1.'", "'For service, press 2.'"), True),
        (OFFER % ("'For sales, press any key now.'", "'For service, press any key.'"), False),
        (OFFER % ("'For sales, press 1 now.'", "'For service, press any key.'"), False),
        (GATHER % "Press 1 for sales or 2 for service.", True),
        (GATHER % "Press 1 to take the call.", False),
        (GATHER % "Press any key.", False),
        (GATHER.replace("Sales.", "'You pressed ${call.Digits}.'") % "Press 1 or 2.", False),
    ],
)
def test_keys_that_are_told_apart_are_looked_at(flow: str, found: bool) -> None:
    assert ("any-key-taken" in slugs(flow, target="twiml-bin")) is found


def menu(prompt: str, *keys: str) -> list[str]:
    choices = "".join(f'    "{key}": hangup\n' for key in keys)
    found = make(
        f"- menu:\n    prompt: {prompt}\n    choices:\n  {choices.replace(chr(10), chr(10) + '  ').rstrip()}\n- hangup\n",
        target="nginx",
    ).slugs
    return [slug for slug in found if slug != "apology-language"]  # these targets have none


def test_prompt_and_choices_agree() -> None:
    assert menu("Press 1 or 2.", "1", "2") == []
    assert menu("Press 1 or 3.", "1", "2") == ["key-without-choice", "choice-not-spoken"]
    assert menu("Dial the extension you want.", "1", "2") == []
    assert menu("Press 1 for sales; for service it is 2.", "1", "2") == []


@pytest.mark.parametrize(
    ("prompt", "untaken"),
    [
        ("Press 1 for sales, or press 2 to hear our opening hours.", []),
        ("Press 1 for sales, press 2 for service, press 3 for news.", ["2", "3"]),
    ],
)
def test_other_digits_of_a_gather_go_on(prompt: str, untaken: list[str]) -> None:
    flow = f"- gather: {{numDigits: 1, prompt: '{prompt}'}}\n  when: {{1: hangup}}\n"
    made = make(f"{flow}- say: We are open from nine to five.\n- hangup\n", target="nginx")
    assert made.slugs == ["key-without-choice"] * len(untaken)
    for key in untaken:
        assert f"press {key}, and this gather's when" in made.words


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("In an emergency, hang up and press 911. Press 1 for us.", "en-US"),
        ("Si tiene una urgencia, marque el 112. Para citas, marque 1.", "es-ES"),
        ("W nagłych wypadkach wybierz 112. Aby umówić wizytę, wybierz 1.", "pl-PL"),
        ("Per le emergenze digiti il 118. Per prenotare, digiti 1.", "it-IT"),
        ("En cas d’urgence vitale, tapez le 15. Tapez 1 pour un rendez-vous.", "fr-FR"),
    ],
)
def test_emergency_numbers_are_no_choices(prompt: str, language: str) -> None:
    assert menu(f"[{{say: {{message: '{prompt}', language: {language}}}}}]", "1") == []


def test_numbers_without_an_emergency_are_choices() -> None:
    assert menu("Press 1 for sales, press 15 for news.", "1") == ["key-without-choice"]


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        ("Press 1 to 4.", "1234"),
        ("Press 1. Do not press 9.", "1"),
        ("Drücken Sie 1 bis 3.", "123"),
        ("Press 1. Or any key between 2 and 4.", "1234"),
        ("Press 1. Press 1 two times to hear it again.", "1"),
        ("Press one of these keys, 2 for sales, 3 for service. Press 2 now.", "23"),
        ("Para ventas, marque uno. Para repetir, marque la tecla numeral.", "1#"),
        ("Drücken Sie die Eins. Mit der Sterntaste hören Sie dies noch einmal.", "1*"),
        ("[{say: Press 1.}, {say: {message: Premere due., language: it-IT}}]", "12"),
    ],
)
def test_ranges_counts_and_other_names_of_keys(prompt: str, keys: str) -> None:
    assert menu(prompt, *keys) == []


def test_codes_that_callers_know_need_no_words() -> None:
    assert menu("Dial the extension, or press star nine.", "101", "102", "*9") == ["mixed-choices"]
    assert menu("Press 11 for sales.", "11", "12") == ["choice-not-spoken"]
    assert menu("Press 12 for sales.", "1") == ["key-without-choice", "choice-not-spoken"]


def test_a_sound_may_name_what_the_words_do_not() -> None:
    prompt = "[{say: Press 1 for sales.}, {play: 'https://x.example.com/more.mp3'}]"
    assert menu(prompt, "1", "2") == []
