"""Each fix of a flow by itself: exactly this text comes out, whatever the layout around it."""

from collections import Counter
from pathlib import Path

import pytest

from twimlc.pipeline import Options, check
from twimlc.pipeline.fixes import mend
from twimlc.yaml.names import meant

HEAD = """\
# A line of ours.
params: {shop: {phone: Oak Street}, town: Elm}   # both said
states:
  start:
    # what comes first
    - say: "Welcome to ${shop.phone}, ${town}, ${call.From}."
"""
TAIL = """\
    - hangup   # the end
  voicemail: [leave]   # one line
"""

# What is written between head and tail, and what the fix makes of it.
CASES = [
    # names of states, in every layout
    ("- goto: voicemial\n", "- goto: voicemail\n"),
    ("- goto:   'voicemial'   # there\n", "- goto:   'voicemail'   # there\n"),
    ('- {goto: "voicemial"}\n', '- {goto: "voicemail"}\n'),
    ("- goto: &there voicemial\n", "- goto: &there voicemail\n"),
    ("- goto: Voicemail\n", "- goto: voicemail\n"),
    (
        "- menu:\n        prompt: Press 1.\n        choices: {1: voicemial}\n",
        "- menu:\n        prompt: Press 1.\n        choices: {1: voicemail}\n",
    ),
    # verbs, keys, outcomes
    ("- Say: Hi\n", "- say: Hi\n"),
    ("- 'sya': Hi\n", "- 'say': Hi\n"),
    ("- say:Hi there   # c\n", "- say: Hi there   # c\n"),
    ("- say: {text: Hi}\n", "- say: {message: Hi}\n"),
    ("- say: {mesage: Hi, Voice: woman}\n", "- say: {message: Hi, voice: woman}\n"),
    (
        '- dial: "+14155550100"\n      wen: {bussy: voicemail}\n      fallback: voicemail\n',
        '- dial: "+14155550100"\n      when: {busy: voicemail}\n      fallback: voicemail\n',
    ),
    # values
    ("- say: {message: Hi, loop: 02}\n", "- say: {message: Hi, loop: 2}\n"),
    ("- say: {message: Hi, loop: '02'}\n", "- say: {message: Hi, loop: '2'}\n"),
    ("- pause: {length: 5s}\n", "- pause: {length: 5}\n"),
    (
        "- gather: {input: dtmf speach, prompt: Hi}\n      then: voicemail\n",
        "- gather: {input: dtmf speech, prompt: Hi}\n      then: voicemail\n",
    ),
    (
        "- gather: {input: 'dtmf, speech', prompt: Hi}\n      then: voicemail\n",
        "- gather: {input: 'dtmf speech', prompt: Hi}\n      then: voicemail\n",
    ),
    (
        "- redirect: {url: https://voice.pizza-oak.com/x, method: post}\n",
        "- redirect: {url: https://voice.pizza-oak.com/x, method: POST}\n",
    ),
    # keys of a phone
    (
        "- menu: {prompt: Press star., choices: {star: voicemail, 'one': voicemail}}\n",
        '- menu: {prompt: Press star., choices: {"*": voicemail, "1": voicemail}}\n',
    ),
    # expressions
    ("- say: See ${twon}.\n", "- say: See ${town}.\n"),
    ("- say: ${shop.phnoe}\n", "- say: ${shop.phone}\n"),
    ("- say: ${town | uppr}\n", "- say: ${town | upper}\n"),
    # markup
    (
        "- say: {ssml: 'One <brek time=\"1s\"/> two'}\n",
        "- say: {ssml: 'One <break time=\"1s\"/> two'}\n",
    ),
    (
        "- say: {ssml: '<emphasi levl=\"strong\">x</emphasi>'}\n",
        "- say: {ssml: '<emphasis level=\"strong\">x</emphasis>'}\n",
    ),
]
# Left as it is: two names are as near, an alias or a param gave the text, a fix would break more.
LEFT = [
    "- goto: strat-b\n",  # no state is near
    "- goto: ${town}\n",
    '- dial: {number: "+14155550100", fallbak: voicemail}\n',
    "- say: {message: Hi, loop: -2}\n",
    "- say:[x\n",
    "- gather: {input: '${town} speach', prompt: Hi}\n      then: voicemail\n",
    "- say: {ssml: '<brek/> and <brek/>'}\n",
]


def flow(folder: Path, step: str) -> str:
    # A step that leaves is the last of its state, so the end is another state then.
    text = f"{HEAD}    {step}" + (TAIL if not _leaves(step) else TAIL.partition("\n")[2])
    (folder / "line.yaml").write_text(text, encoding="utf-8")
    return text


def _leaves(step: str) -> bool:
    return any(word in step for word in ("goto", "menu", "redirect", "gather", "dial"))


def options(folder: Path) -> Options:
    return Options(
        paths=(Path("line.yaml"),), targets=("twiml-bin",), cwd=folder, write=False
    )  # fmt: skip


@pytest.mark.parametrize(("wrong", "right"), CASES)
def test_one_fix(wrong: str, right: str, tmp_path: Path) -> None:
    sound = flow(tmp_path, right)
    wanted = Counter(finding.rule.slug for finding in check(options(tmp_path)).findings)
    assert not [f for f in check(options(tmp_path)).findings if f.is_error or f.fix]
    flow(tmp_path, wrong)
    done = mend(options(tmp_path))
    assert [each.text for each in done.files] == [sound]
    assert Counter(finding.rule.slug for finding in done.remaining.findings) == wanted
    (tmp_path / "line.yaml").write_text(sound, encoding="utf-8")
    assert mend(options(tmp_path)).files == ()


@pytest.mark.parametrize("step", LEFT)
def test_no_fix(step: str, tmp_path: Path) -> None:
    flow(tmp_path, step)
    done = mend(options(tmp_path))
    assert done.files == ()
    assert any(finding.is_error for finding in done.remaining.findings)


def test_of_two_names_equally_near_none_is_written(tmp_path: Path) -> None:
    text = "states:\n  start: [{goto: sale}]\n  sales: [hangup]\n  salem: [hangup]\n"
    (tmp_path / "line.yaml").write_text(text, encoding="utf-8")
    done = mend(options(tmp_path))
    assert done.files == ()
    (finding,) = [f for f in done.before.findings if f.rule.slug == "unknown-state"]
    assert finding.hint == "did you mean 'sales' or 'salem'?"
    assert meant("sale", ["sales", "x"]) == "did you mean 'sales'?"


@pytest.mark.parametrize("key", ["fallback", "falback", "then", "when", "allow", "thn"])
@pytest.mark.parametrize("inline", [True, False])
def test_a_key_of_the_step_inside_the_verb_is_explained(
    key: str, inline: bool, tmp_path: Path
) -> None:
    step = f'- dial: {{number: "+14155550100", {key}: voicemail}}\n'
    if not inline:
        step = f'- dial:\n        number: "+14155550100"\n        {key}: voicemail\n'
    flow(tmp_path, step)
    (found,) = [f for f in check(options(tmp_path)).findings if f.rule.slug == "unknown-key"]
    name = {"falback": "fallback", "thn": "then"}.get(key, key)
    where = "write it after the }, as a key of the step" if inline else "indent it less"
    assert found.hint == f"'{name}' belongs beside dial, not inside it: {where}"
    assert found.fix is None
