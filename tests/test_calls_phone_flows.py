"""Calls to flows, on a pipe and at a terminal."""

import io
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from command_line import CLINIC, Phone, lines, write
from compiled import short
from twimlc.calls.legs import CallTarget, Leg, PostingHost
from twimlc.calls.phone import Talk, Transcript
from twimlc.calls.requests import request_parameters
from twimlc.cli.command import run
from twimlc.hosts.answer import Response
from twimlc.interpret.documents import Documents
from twimlc.interpret.library import Library

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def clinic(tmp_path: Path) -> Path:
    return write(tmp_path / "clinic.yaml", CLINIC)


def test_a_call_tells_documents_and_lines_of_the_flow(phone: Phone) -> None:
    status, out, err = phone("9\n1\n12\n", "clinic.yaml", "-t", "nginx")
    assert (status, short(out), err) == (
        0,
        """\
-- clinic/index.xml
  say "For appointments press 1. For the desk press 2."       clinic.yaml:6
> 9
-- clinic/v/greeting.2.xml
  say "That is no choice."                                    clinic.yaml:8
  say "For appointments press 1. For the desk press 2."       clinic.yaml:6
> 1
-- clinic/v/appointments.xml
  say "Say the day or type it."                               clinic.yaml:14
> 12
-- clinic/v/thanks.xml
  say "Thank you."                                            clinic.yaml:25
  hangup                                                      clinic.yaml:26
""",
        "",
    )


@pytest.mark.parametrize(
    ("typed", "answers"),
    [
        ("", ["> hangup"]),
        ("2#\n", ["> 2#   (Digits=2)", "> hangup"]),
        ("#\nq\n", ["> #   (no digits, which counts as silence)"]),
        ("2\nanswer\n", ["> 2", "> completed"]),
        ("2\n2\nsilence\n", ["> 2", "> busy", "> silence"]),
        ("2\n\n\n", ["> 2", "> no-answer", "> speak"]),
        ("2\nbus\nsilence\n", ["> 2", "> busy", "> silence"]),
        ("2\nNo-Answer\nspeak\n", ["> 2", "> no-answer", "> speak"]),
        ("1\nsay next friday\n", ["> 1", "> say next friday"]),
        ('1\n"12"\n', ["> 1", "> say 12"]),
        ("1\nfriday\n", ["> 1", "> say friday"]),
        ("1\n1 2\n", ["> 1", "> 12"]),
        ("wait\n\n\n\n", ["> silence", "> silence", "> no-answer", "> speak"]),
        ("hang up\n1\n", ["> hangup"]),
    ],
)
def test_answers(phone: Phone, typed: str, answers: list[str]) -> None:
    status, out, _ = phone(typed, "clinic.yaml", "-t", "nginx", "-q")
    assert status == 0
    assert [line for line in out.splitlines() if line.startswith(">")] == answers


def test_a_transcript_can_be_played_again(phone: Phone) -> None:
    first = phone("9\n2\n\nspeak\n", "clinic.yaml", "-t", "nginx", "-q")[1]
    again = "".join(f"{line[2:]}\n" for line in first.splitlines() if line.startswith("> "))
    assert phone(again, "clinic.yaml", "-t", "nginx", "-q")[1] == first


@pytest.mark.parametrize(
    ("typed", "remark"),
    [
        ("sales\n2\nh\n", "! 'sales' is not a phone key: 0-9, * and #, silence or hangup"),
        (
            "2\nbuzy\nh\n",
            "! 'buzy' cannot happen here: completed, busy, no-answer, failed, canceled or hangup; did you mean 'busy'?",
        ),
        (
            "2\n7\nh\n",
            "! '7' cannot happen here: completed, busy, no-answer, failed, canceled or hangup",
        ),
        (
            "2\nbusy\nwell\nh\n",
            "! 'well' is not an answer to a recording: speak, silence or hangup",
        ),
        ("\x1b[31m\nh\n", "! '\\x1b[31m' is not a phone key: 0-9, * and #, silence or hangup"),
    ],
)
def test_a_line_that_is_no_answer(phone: Phone, typed: str, remark: str) -> None:
    status, out, _ = phone(typed, "clinic.yaml", "-t", "nginx", "-q")
    assert status == 1
    assert remark in out.splitlines()
    assert out.splitlines()[-1] == "> hangup"


def test_manners_are_told_at_length_only(phone: Phone) -> None:
    assert "voice" not in phone("2\nh\n", "clinic.yaml", "-t", "nginx")[1]
    assert (
        'say "We connect you." (voice=Polly.Amy)'
        in phone("2\n", "clinic.yaml", "-t", "nginx", "-v")[1]
    )


def test_a_flow_with_errors_is_not_played(phone: Phone, tmp_path: Path) -> None:
    status, out, err = phone("1\n", "clinic.yaml", "-t", "static")
    assert (status, out) == (1, "")
    assert "decision-needs-host" in err
    write(tmp_path / "broken.yaml", "flow: broken\nsteps: [\n")
    write(tmp_path / "twimlc.yaml", "flows: .\n")
    status, out, err = phone("1\n", "broken")
    assert (status, out) == (1, "")
    assert "broken.yaml" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a flow"),
        (("clinc",), "did you mean 'clinic'?"),
        (("other.yaml",), "there is no file"),
        (("clinic", "--url", "http://localhost/"), "cannot be given together"),
        (("clinic", "--entry", "a.xml"), "--entry is only for --documents"),
        (("--url", "ftp://localhost/"), "http:// or https://"),
        (("--url", "http://localhost/", "-p", "a=b"), "-p is only for FLOW"),
        (("--url", "http://localhost/", "-t", "nginx"), "-t is only for FLOW"),
        (("--url", "http://localhost:99999/"), "http:// or https://"),
        (("--documents", "."), "--entry"),
        (("clinic", "--row", "downtown", "-t", "nginx"), "not for each row"),
        (("clinic", "-t", "nowhere"), "nowhere"),
    ],
)
def test_wrong_usage(phone: Phone, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = phone("", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_params_rows_and_targets(phone: Phone, tmp_path: Path) -> None:
    write(
        tmp_path / "flows" / "shop.yaml",
        """
        flow: shop
        params: {town: nowhere, hours: always}
        steps:
          - say: ${town} is open ${hours}.
          - hangup
        """,
    )
    write(tmp_path / "stores.csv", "store,town\ndowntown,Old Town\nharbour,The Harbour\n")
    write(
        tmp_path / "twimlc.yaml",
        """
        flows: flows
        matrix: stores.csv
        targets:
          one: {host: static, flows: [other]}
          two: {host: static, params: {hours: till six}}
        """,
    )
    assert 'say "Old Town is open till six."' in phone("", "shop")[1]
    assert "downtown/shop/index.xml" in phone("", "shop")[1]
    assert (
        'say "The Harbour is open at noon."'
        in phone("", "shop", "--row", "harbour", "-p", "hours=at noon")[1]
    )
    status, _, err = phone("", "shop", "--row", "harbor")
    assert status == 2
    assert "did you mean 'harbour'?" in err
    status, _, err = phone("", "shop", "-t", "one")
    assert status == 2
    assert "not built for 'one'" in err


def test_rooms_queues_and_other_lines(phone: Phone, tmp_path: Path) -> None:
    write(
        tmp_path / "lines.yaml",
        """
        flow: lines
        states:
          start:
            - connect: {room: daily}
              then: hangup
              fallback: queue
          queue:
            - enqueue: {name: support, waitUrl: waiting}
            - dial: {number: {phoneNumber: +14155550150, url: whisper}}
            - hangup
          waiting:
            - play: https://sounds.example.com/wait.mp3
          whisper:
            - say: A call for you.
        """,
    )
    status, out, _ = phone(
        "closed\nl\nqueue-full\nlisten\nl 2\ndeclined\n", "lines.yaml", "-t", "static", "-q"
    )
    assert lines(short(out)) == lines("""
        connect room daily
        > closed
        enqueue support (waitUrl=lines/v/waiting.xml waitUrlMethod=GET)
        == on the other line (Enqueue.waitUrl)
        play https://sounds.example.com/wait.mp3
        repeats
        == back on the caller's line
        > queue-full
        dial +14155550150 (url=lines/v/whisper.xml)
        == on the other line (Number.url)
        say "A call for you."
        join
        == back on the caller's line
        ! 'l 2' cannot happen here: completed, busy, no-answer, failed, canceled, declined or hangup
        > declined
        hangup
        """)
    assert status == 1
    assert lines(phone("open\n", "lines.yaml", "-t", "static", "-q")[1]) == [
        "connect room daily",
        "> open",
        "hangup",
    ]


def test_colour_is_asked_for(phone: Phone) -> None:
    assert "\x1b" not in phone("1\n", "clinic.yaml", "-t", "nginx")[1]
    assert (
        "\x1b[36m> 1\x1b[0m" in phone("1\n", "clinic.yaml", "-t", "nginx", "--color", "always")[1]
    )


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Keys(Screen):
    """What a person types, which the terminal shows."""

    def __init__(self, text: str, screen: Screen) -> None:
        super().__init__(text)
        self.screen = screen

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline(-1 if size is None else size)
        self.screen.write(line)
        return line


def at_terminal(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> tuple[int, str]:
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("sys.stdin", Keys(typed, screen))
    return run(["call", *arguments, "--color", "never"]), screen.getvalue()


def test_at_a_terminal_it_asks_and_helps(monkeypatch: pytest.MonkeyPatch, phone: Phone) -> None:
    status, out = at_terminal(monkeypatch, "?\nx\n2\n?\n", "clinic.yaml", "-t", "nginx", "-q")
    assert status == 0  # a person may mistype
    assert "keys, Enter = silence, h = hang up> ?\n    1, 12#, ..." in out
    assert "! 'x' is not a phone key" in out
    assert "    2 busy          the line is busy\n" in out
    assert out.endswith("h = hang up [no-answer]> \n> hangup\n")


CONSOLE = re.compile(r"^```console\n\$ (.*)\n((?:.*\n)*?)```$", re.MULTILINE)
RECORDED = CONSOLE.findall((ROOT / "docs" / "call.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("line", "text"), RECORDED)
def test_the_documentation_shows_real_calls(
    line: str, text: str, monkeypatch: pytest.MonkeyPatch, phone: Phone
) -> None:
    monkeypatch.chdir(ROOT)
    piped = re.fullmatch(r"printf '(.*)' \| twimlc call (.*)", line)
    if piped:
        assert phone(piped[1].replace("\\n", "\n"), *piped[2].split()) == (0, text, "")
        return
    typed = "".join(
        f"{line}\n" for line in re.findall(r"h = hang up.*?> (.*)$", text, re.MULTILINE)
    )
    arguments = line.removeprefix("twimlc call ").split()
    assert at_terminal(monkeypatch, typed, *arguments) == (0, text)
    assert typed


def test_something_is_recorded_in_the_documentation() -> None:
    assert len(RECORDED) == 3


class Asked(PostingHost):
    """A folder of documents that keeps what each was asked with."""

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        ASKED[url.rpartition("/")[2]] = dict(parameters)
        return super().fetch(url, method, parameters)


ASKED: dict[str, dict[str, str]] = {}


def test_other_parties_have_calls_of_their_own() -> None:
    number = '<Number url="whisper.xml">+14155550100</Number>'
    files = {
        "index.xml": f'<Response><Dial callerId="+14155550177">{number}</Dial></Response>',
        "whisper.xml": "<Response><Say>Hello.</Say></Response>",
    }
    host = Asked("https://v.example.com", {name: text.encode() for name, text in files.items()})
    target = CallTarget(Leg(Documents(Library(host), host.url("index.xml"))))
    parameters = request_parameters("+14155550123", "+14155550199", {})
    typed = iter(["l", "h"])
    transcript = Transcript(lambda text, _: text)
    Talk(target, target.caller(parameters), lambda _: next(typed), lambda _: None, transcript).run()
    assert ASKED["index.xml"] == parameters
    called = {"ParentCallSid": parameters["CallSid"], "From": "+14155550177"}
    assert {name: ASKED["whisper.xml"].get(name) for name in called} == called
    assert "CallStatus" not in ASKED["whisper.xml"]
