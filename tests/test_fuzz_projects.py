"""Whole projects broken by chance: project file, table, components, params and media.

The examples of the rules that need several files are the projects; the same seed makes the same
mistakes each time.
"""

from pathlib import Path
from random import Random

import pytest

from test_fuzz_mutations import HOSTILE, inside, mutated, printed
from twimlc import pipeline
from twimlc.findings.catalogue import ALL_RULES
from twimlc.findings.pages import page_of

ROUNDS = 600
SEED = 20
PORTIONS = 4

STORES = {
    "twimlc.yaml": """\
flows: flows
build: out
matrix: {table: stores.csv, folder: stores, flows: [shop]}
targets:
  plain: {host: static, params: {greeting: Hello}}
  bucket: {host: s3, url: https://voice.example.com/ivr, flows: ["*"], onError: sorry}
rules: {fixed-identity: off}
""",
    "stores.csv": 'store,desk,city\ndowntown,+14155550101,Mill Street\nairport,+14155550102,"A, B"\n',
    "params.json": '{"greeting": "Hi", "extra": [1, 2.5, null, true]}',
    "flows/shop.yaml": """\
params: {desk: , city: , greeting: Good day, extra: []}
steps:
  - say: ${greeting} from ${city}. ${extra | join(' ')} ${row.desk}
  - use: ring
    with: {to: "${desk}"}
  - goto: shop/
""",
    "flows/sorry.yaml": "steps: [{play: beep.wav}, {say: Sorry.}]\n",
    "flows/beep.wav": "RIFF....WAVEfmt ",
    "flows/_components/ring.yaml": """\
params: {to: , for: 20}
steps:
  - dial: {number: "${to}", timeout: "${for}"}
  - say: Nobody is there.
""",
}
CELLS = (
    ",",
    '"',
    "\n",
    "\r",
    "\0",
    "\t",
    ";",
    "downtown",
    "shop",
    "row",
    "\ufeff",
    "a" * 300,
    "../x",
    "CON",
    "",
)


def projects() -> list[dict[str, str]]:
    """Projects that work or nearly do, as texts by path."""
    found = [STORES] * 12
    for rule in ALL_RULES:
        for example in page_of(rule.slug)[2:]:
            files = dict(example.files)
            if files and not any(text.startswith("-> ") for text in files.values()):
                found.append({example.name: example.flow, **files})
    return found


def broken(name: str, text: str, random: Random) -> bytes:
    """The text of a file with mistakes in it, in the manner of the file."""
    if name.endswith((".yaml", ".json")) or random.random() < 0.3:
        return mutated(text, random)
    at = random.randrange(len(text) + 1)
    piece = random.choice((*CELLS, *HOSTILE))
    whole = text[:at] + piece + text[at + random.randrange(4) :]
    return whole.encode("utf-8", "surrogatepass")


def lay_out(project: dict[str, str], folder: Path, random: Random) -> list[bytes]:
    """Write a project with one or two of its files broken; what was written, for the report."""
    chosen = random.sample(list(project), k=min(len(project), random.choice((1, 1, 2))))
    written = []
    for name, text in project.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode("utf-8", "surrogatepass")
        if name in chosen:
            data = broken(name, text, random)
            written += [name.encode(), data]
        file.write_bytes(data)
    return written


@pytest.mark.sweep(4)
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_broken(portion: int, tmp_path: Path) -> None:
    random = Random(SEED * PORTIONS + portion)
    known = projects()
    for number in range(ROUNDS // PORTIONS):
        folder = tmp_path / str(number)
        project = random.choice(known)
        report = lay_out(project, folder, random)
        params = (Path("params.json"),) if "params.json" in project else ()
        options = pipeline.Options(params_files=params, cwd=folder, write=number % 3 == 0)
        try:
            checked = pipeline.check(options)
            result = pipeline.build(options)
        except pipeline.UsageError:
            continue
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error} from {report}") from error
        at_the_end = [f for f in result.findings if f.is_error and f not in checked.findings]
        assert checked.ok == result.ok or all(f.rule.number // 100 == 8 for f in at_the_end), report
        printed(result.findings)
        for finding in result.findings:
            assert all(
                inside(place) for place in (finding.span, *(label.span for label in finding.labels))
            )
        outside = {path.name for path in tmp_path.iterdir()} - {str(n) for n in range(number + 1)}
        assert not outside, (outside, report)
