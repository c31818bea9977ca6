"""Links of documents: an address in a text and the place of that text come in, an address goes out."""

from itertools import product
from urllib.parse import urljoin

from twimlc.hosts.answer import FileHost
from twimlc.interpret.documents import Documents
from twimlc.interpret.library import Library
from twimlc.interpret.machine import DONE
from twimlc.interpret.markup import joined

BASE = "https://voice.example.com/ivr"
TEXT = b"""\
<Response><Play>a.mp3</Play><Redirect method='GET'>../two/index.xml</Redirect></Response>
"""


def test_the_same_text_in_another_folder_has_links_of_its_own():
    library = Library(FileHost(BASE, dict.fromkeys(["one/index.xml", "two/index.xml"], TEXT)))
    run = Documents(library, f"{BASE}/one/index.xml")
    first = run.begin()
    second = run.take(first, DONE)
    played = [link.place for place in (first, second) for link in run.position(place).links]
    assert played == [f"{BASE}/one/a.mp3", f"{BASE}/two/a.mp3"]


def test_a_query_is_joined_as_every_reader_of_addresses_does():
    bases = [BASE, "https://h.example", f"{BASE}/a;p?x=/b/?c", f"{BASE}/../b?c#d"]
    for base, *letters in product(bases, *["=b+&?#/%. "] * 3):
        address = "?" + "".join(letters).strip()
        assert joined(base, address) == urljoin(base, address), (base, address)
