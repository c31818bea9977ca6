"""Words that tell callers of a recording, and words that deny it."""

from pathlib import Path

import pytest

from twimlc import pipeline

FLOW = """\
steps:
  - say: "%s"
  - dial: {number: +14155550100, record: record-from-answer}
  - hangup
"""


def told(words: str, folder: Path) -> bool:
    """Whether these words are taken for a notice. The greeting tells that they can be read."""
    path = folder / "flow.yaml"
    path.write_text(FLOW % f"Welcome to our line. {words}", encoding="utf-8")
    options = pipeline.Options(paths=(path,), targets=("nginx",), cwd=folder, write=False)
    found = [finding.rule.slug for finding in pipeline.check(options).findings]
    return "recording-without-notice" not in found


@pytest.mark.parametrize(
    "words",
    [
        "Calls are not recorded.",
        "This call is not recorded",
        "Your call will not be monitored or recorded.",
        "We never record calls.",
        "We don't record calls.",
        "No calls are recorded.",
        "This call isn't being recorded.",
        "This call is not being recorded or monitored.",
        "Not all calls are recorded.",
        "Gespräche werden nicht aufgezeichnet.",
        "Wir zeichnen nicht auf.",
        "Wir zeichnen das Gespräch nicht auf.",
        "Es wird keine Aufnahme gemacht.",
        "Das Gespräch wird ohne Aufzeichnung geführt.",
        "Cet appel n'est pas enregistré.",
        "Nous n'enregistrons pas les appels.",
        "Las llamadas no se graban.",
        "No grabamos las llamadas.",
        "Las llamadas no son grabadas ni monitorizadas.",
        "As chamadas não são gravadas.",
        "Le chiamate non vengono registrate.",
        "Non registriamo le chiamate.",
        "Gesprekken worden niet opgenomen.",
        "Wij nemen gesprekken niet op.",
        "Samtalet spelas inte in.",
        "Samtal blir inte inspelade.",
        "Samtalen optages ikke.",
        "Samtalen tas ikke opp.",
        "Rozmowy nie są nagrywane.",
        "Nie nagrywamy rozmów.",
        "We can't record you.",
    ],
)
def test_what_denies_a_recording_is_no_notice(words: str, tmp_path: Path) -> None:
    assert not told(words, tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "This call is recorded.",
        "This call may be recorded for quality.",
        "If you do not want to be recorded, please tell us.",
        "We don't sell your data. This call is recorded.",
        "This call is not only recorded but also monitored.",
        "There is no charge, and calls are recorded.",
        "No se preocupe, la llamada se graba.",
        "Wenn Sie nicht aufgezeichnet werden möchten, sagen Sie es bitte.",
        "Dieses Gespräch wird aufgezeichnet.",
        "Wir zeichnen dieses Gespräch auf.",
        "Wir zeichnen das Gespräch auf, wenn Sie nicht widersprechen.",
        "Cet appel est enregistré.",
        "Si vous ne souhaitez pas être enregistré, dites-le.",
        "Esta llamada puede ser grabada.",
        "Esta chamada está sendo gravada.",
        "La chiamata viene registrata.",
        "Het gesprek wordt opgenomen.",
        "Wij nemen dit gesprek op.",
        "Samtalet spelas in.",
        "Samtalen optages.",
        "Samtalen tas opp.",
        "Rozmowa jest nagrywana.",
        "Please do not hang up. The call is being recorded.",
        "Do not give card numbers, this call is recorded.",
        "Bitte legen Sie nicht auf, das Gespräch wird aufgezeichnet.",
        "Ne quittez pas, cet appel est enregistré.",
        "This is a recorded line, no need to hold.",
        "Calls are recorded and never shared.",
        "Calls are recorded, not shared.",
        "We record all calls, without exception.",
        "Tell the agent not to record.",
        "The call will be recorded unless you say no.",
        "Wij nemen uw gesprek op, ook als er niemand is.",
    ],
)
def test_what_tells_of_a_recording(words: str, tmp_path: Path) -> None:
    assert told(words, tmp_path)


def test_a_denial_alone_tells_its_language(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text(FLOW % "Calls are not recorded.")
    options = pipeline.Options(paths=(path,), targets=("nginx",), cwd=tmp_path, write=False)
    found = [finding.rule.slug for finding in pipeline.check(options).findings]
    assert "recording-without-notice" in found
