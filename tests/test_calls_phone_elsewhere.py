"""Calls to documents made elsewhere: folders, and real servers on this machine."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from command_line import CLINIC, Phone, lines, write
from twimlc.calls import web
from twimlc.calls.requests import advice
from twimlc.cli.command import run

ROOT = Path(__file__).parents[1]
XML = "text/xml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """TwiML as people write it by hand."""
    write(
        tmp_path / "ivr" / "index.xml",
        """
        <?xml version="1.0"?>
        <Response>
          <Gather numDigits="1" action="menu.xml" method="GET">
            <Say>Press any key.</Say>
          </Gather>
          <Play>media/chime.mp3</Play>
          <Redirect method="GET">https://elsewhere.example.com/x.xml</Redirect>
        </Response>
        """,
    )
    write(
        tmp_path / "ivr" / "menu.xml",
        """
        <Response>
          <Dial action="after.xml"><Number>+14155550150</Number></Dial>
        </Response>
        """,
    )
    write(tmp_path / "ivr" / "after.xml", "<Response><Say>Over.</Say></Response>")
    return tmp_path / "ivr"


def test_a_folder_is_played(phone: Phone, folder: Path) -> None:
    assert phone("\n", "--documents", "ivr") == (
        0,
        """\
-- index.xml
  say "Press any key."                                        line 4
> silence
  play media/chime.mp3                                        line 6
  goto-external https://elsewhere.example.com/x.xml (method=GET)  index.xml:7
""",
        "",
    )


def test_a_folder_takes_only_get_unless_told(phone: Phone, folder: Path) -> None:
    status, out, _ = phone("1\nbusy\n", "--documents", "ivr", "-q")
    assert status == 1
    assert "POST answered with status 405" in out
    assert 'write method="GET"' in out
    assert "https://www.twilio.com/docs/api/errors/11200" in out
    status, out, _ = phone("1\nbusy\n", "--documents", "ivr", "-q", "--accept-post")
    assert (status, lines(out)[-2:]) == (0, ['say "Over."', "hangup"])


def test_base_makes_absolute_addresses_known(phone: Phone, folder: Path) -> None:
    write(
        folder / "first.xml",
        '<Response><Redirect method="GET">https://v.example.com/ivr/after.xml</Redirect></Response>',
    )
    arguments = ("--documents", "ivr", "--entry", "first.xml", "-q")
    assert lines(phone("", *arguments)[1]) == [
        "goto-external https://v.example.com/ivr/after.xml (method=GET)"
    ]
    assert lines(phone("", *arguments, "--base", "https://v.example.com/ivr")[1]) == [
        'say "Over."',
        "hangup",
    ]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("<Response><Say>a & b</Say></Response>", "12100"),
        ("<response/>", "12102"),
        ('<!DOCTYPE Response [<!ENTITY a "b">]><Response>&a;</Response>', "12100"),
        (f"<Response><!--{'x' * 66_000}--></Response>", "11750"),
        ('<Response><Redirect method="GET"/></Response>', "forever"),
        ('<Response><Say>On and on.</Say><Redirect method="GET"/></Response>', "forever"),
        ('<Response><Redirect method="GET">../secret.xml</Redirect></Response>', "goto-external"),
        ('<Response><Redirect method="GET">%2e%2e/secret.xml</Redirect></Response>', "404"),
        ('<Response><Redirect method="GET">link.xml</Redirect></Response>', "404"),
        ('<Response><Redirect method="GET">notes.pdf</Redirect></Response>', "12300"),
    ],
)
def test_documents_that_do_not_work(phone: Phone, folder: Path, document: str, words: str) -> None:
    write(folder.parent / "secret.xml", "<Response><Say>secret</Say></Response>")
    (folder / "link.xml").symlink_to(folder.parent / "secret.xml")
    write(folder / "notes.pdf", "notes")
    write(folder / "index.xml", document)
    status, out, _ = phone("", "--documents", "ivr", "-q")
    assert words in out
    assert 'say "secret"' not in out
    assert status == (0 if words == "goto-external" else 1)


def test_every_failure_of_the_network_has_advice() -> None:
    for code in (11100, 11200, 11202, 11205, 11210, 11215, 11220, 11750, 12100, 12102, 12300):
        assert advice(f"{code} https://example.com/: reason")
    assert advice("something else") is None


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def static(tmp_path: Path) -> Iterator[str]:
    """A real server of plain files."""
    yield from _serving(partial(Quiet, directory=str(tmp_path / "served")))


def _serving(handler: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("flow", "typed"),
    [
        ("standup", "closed\nbusy\n"),
        ("reception", "\n1\ncompleted\n"),
        ("whisper", "l\n1\nno-answer\n"),
        ("support-queue", "leave\n"),
    ],
)
def test_over_http_it_is_the_same_call(
    phone: Phone,
    static: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flow: str,
    typed: str,
) -> None:
    chosen = f"{{host: static, flows: [{flow}]}}"
    (tmp_path / "twimlc.yaml").write_text(f"flows: flows\ntargets: {{plain: {chosen}}}\n")
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    assert run(["build", "-q", "-o", "served", "--no-verify"]) == 0
    expected = phone(typed, flow, "-q")[1]
    base = f"{static}/plain/public/"
    status, out, err = phone(typed, "--url", f"{base}{flow}/index.xml", "-q")
    assert (status, err) == (0, "")
    assert out.replace(base, "") == expected
    assert (
        phone(typed, "--documents", "served/plain/public", "--entry", f"{flow}/index.xml", "-q")[1]
        == expected
    )


def test_a_static_server_answers_as_twilio_would_find(
    phone: Phone, static: str, tmp_path: Path
) -> None:
    write(tmp_path / "served" / "a.xml", "<Response><Redirect>b.xml</Redirect></Response>")
    write(tmp_path / "served" / "notes.pdf", "notes")
    status, out, _ = phone("", "--url", f"{static}/a.xml")
    assert status == 1
    assert f"failure 11200 {static}/b.xml: POST answered with status 501" in out
    assert "11200" in phone("", "--url", f"{static}/nowhere.xml")[1]
    assert "12300" in phone("", "--url", f"{static}/notes.pdf")[1]


class Application(BaseHTTPRequestHandler):
    """A server with sessions, decisions and bad manners."""

    seen: list[tuple[str, str, dict[str, list[str]], dict[str, str]]] = []

    def log_message(self, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        length = int(self.headers.get("Content-Length") or 0)
        form = parse_qs(self.rfile.read(length).decode())
        given = query | form
        self.seen.append((self.command, parts.path, given, dict(self.headers)))
        match parts.path:
            case "/start":
                self.answer(
                    "<Response><Gather numDigits='1' action='/count?x=1'/></Response>",
                    cookie="visits=1",
                )
            case "/count":
                visits = int((self.headers.get("Cookie") or "=0").rpartition("=")[2])
                digits = given.get("Digits", ["none"])[0]
                if digits == "9":
                    self.answer("<Response><Redirect>/moved</Redirect></Response>")
                    return
                self.answer(
                    f"<Response><Say>{digits}, visit {visits}</Say>"
                    "<Gather numDigits='1'/></Response>",
                    cookie=f"visits={visits + 1}",
                )
            case "/moved":
                self.answer("", status=302, location="/landed")
            case "/landed":
                self.answer(f"<Response><Say>{self.command} {sorted(form)}</Say></Response>")
            case "/loop":
                self.answer("", status=307, location="/loop")
            case "/disk":
                self.answer("", status=302, location="file:///etc/passwd")
            case "/text":
                self.answer("Hello there.", kind="text/plain")
            case "/sound":
                self.answer("x" * 70_000, kind="audio/mpeg")
            case "/big":
                self.answer("x" * 70_000)
            case "/naked":
                self.answer("<Response/>", kind="")
            case "/login":
                self.answer("", status=200 if self.headers.get("Authorization") else 401, kind=XML)
            case "/garbage":
                self.wfile.write(b"no http at all\r\n\r\n")
            case _:
                self.answer("", status=500)

    def do_POST(self) -> None:
        self.do_GET()

    def answer(
        self, body: str, *, status: int = 200, kind: str = XML, location: str = "", cookie: str = ""
    ) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Location", location), ("Set-Cookie", cookie)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def application() -> Iterator[str]:
    Application.seen = []
    yield from _serving(Application)


def test_an_application_is_asked_as_twilio_asks(phone: Phone, application: str) -> None:
    status, out, _ = phone(
        "4\n5\n",
        "--url",
        f"{application}/start",
        "-q",
        "--from",
        "+14155550111",
        "--send",
        "Patient=Ann Lee",
        "--send",
        "FromCity=OAKLAND",
    )
    assert status == 0
    # The same address is asked twice, and answers from what the cookie says.
    assert lines(out) == ["> 4", 'say "4, visit 1"', "> 5", 'say "5, visit 2"', "> hangup"]
    first, second, third = Application.seen
    assert first[0] == "GET"
    assert first[2]["Patient"] == ["Ann Lee"]
    assert first[2]["CallStatus"] == ["ringing"]
    assert second[0] == "POST"
    assert "Patient" not in second[2]
    assert (
        second[2]
        | {
            "x": ["1"],
            "Digits": ["4"],
            "From": ["+14155550111"],
            "FromCity": ["OAKLAND"],
            "CallStatus": ["in-progress"],
            "Direction": ["inbound"],
            "ApiVersion": ["2010-04-01"],
        }
        == second[2]
    )
    assert first[2]["CallSid"] == third[2]["CallSid"]


def test_what_was_posted_is_not_sent_to_where_a_redirect_leads(
    phone: Phone, application: str
) -> None:
    status, out, _ = phone("9\n", "--url", f"{application}/start", "-q")
    assert (status, lines(out)) == (0, ["> 9", 'say "POST []"', "hangup"])


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/loop", 1, "11215"),
        ("/disk", 1, "11100"),
        ("/text", 0, 'say "Hello there."'),
        ("/sound", 0, "play "),
        ("/big", 1, "11750"),
        ("/naked", 1, "12300"),
        ("/login", 1, "401"),
        ("/garbage", 1, "11206"),
        ("/fault", 1, "status 500"),
    ],
)
def test_answers_of_servers(
    phone: Phone, application: str, path: str, status: int, words: str
) -> None:
    found, out, err = phone("", "--url", application + path)
    assert (found, err) == (status, "")
    assert words in out
    assert "root:" not in out


def test_a_login_in_the_address_is_used_and_not_shown(phone: Phone, application: str) -> None:
    url = application.replace("http://", "http://ann:s3cret@")
    out = phone("", "--url", f"{url}/login")[1]
    assert Application.seen[0][3]["Authorization"] == "Basic YW5uOnMzY3JldA=="
    assert "s3cret" not in out


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://127.0.0.1:1/", "11202"), ("http://nowhere.invalid/", "11210")],
)
def test_servers_that_are_not_there(phone: Phone, url: str, code: str) -> None:
    status, out, _ = phone("", "--url", url)
    assert status == 1
    assert f"failure {code} {url}" in out


def test_plain_http_on_a_secure_address(phone: Phone, application: str) -> None:
    status, out, _ = phone("", "--url", application.replace("http:", "https:") + "/start")
    assert status == 1
    assert "11220" in out


def test_only_the_server_of_the_address_is_asked() -> None:
    host = web.WebHost("https://voice.example.com/a.xml")
    assert host.owns("https://voice.example.com/b.xml")
    assert host.owns("http://voice.example.com/b.xml")
    assert not host.owns("https://voice.example.com:8443/b.xml")
    assert not host.owns("https://example.com/b.xml")
    assert not host.owns("file:///etc/passwd")
    assert web.WebHost("https://voice.example.com/", everywhere=True).owns("http://example.com/")


def test_a_menu_of_a_compiled_flow_asks_its_router(phone: Phone, tmp_path: Path) -> None:
    write(tmp_path / "clinic.yaml", CLINIC)
    out = phone("1\n31\n", "clinic.yaml", "-t", "nginx", "-q", "--send", "Digits=2")[1]
    assert lines(out)[-2:] == ['say "Thank you."', "hangup"]
