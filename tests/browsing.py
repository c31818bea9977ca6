"""A browser for tests of the preview's page, and the page of some flows in it."""

import shutil
from pathlib import Path

import pytest

from twimlc.cli.command import run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TOOLS = Path(__file__).parents[1] / ".cache" / "browser" / "node_modules"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


_GO = """moment => new Promise(done => {
  if (location.hash === moment) return done();
  addEventListener("hashchange", () => setTimeout(done), {once: true});
  location.hash = moment;
})"""


def needs_tool(name):
    there = (TOOLS / name).exists()
    return pytest.mark.skipif(not there, reason=f"NOT TESTED: npm's {name} is not installed")


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="NOT TESTED in a browser: playwright is not installed"
    )
    if CHROMIUM is None:
        pytest.skip("NOT TESTED in a browser: Chromium is not installed")
    with playwright.sync_playwright() as run:
        found = run.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


class Played:
    """A page, and what it complains of or asks for."""

    def __init__(self, browser, width=1440, height=900, scheme="light", **more):
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **more
        )
        self.page = self.context.new_page()
        self.complaints, self.asked = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("dialog", lambda shown: self.complaints.append(shown.message))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.context.close()

    def open(self, file, moment=""):
        self.page.goto(f"{Path(file).as_uri()}{moment}")
        return self

    def go(self, moment):
        """Another moment of the same page."""
        self.page.evaluate(_GO, moment)

    @property
    def main(self):
        return self.page.evaluate("({...document.querySelector('main').dataset})")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def lines(self):
        return self.page.evaluate(
            "[...document.querySelectorAll('#lines > li')].map(each => ({...each.dataset}))"
        )

    def transcript(self):
        plain = ("answer", "aside")
        rows = ((line["event"] in plain, line["text"]) for line in self.lines())
        return "".join(f"{text}\n" if flat else f"  {text}\n" for flat, text in rows)

    def faults(self):
        """What axe finds, by rule and element."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate((TOOLS / "axe-core" / "axe.min.js").read_text())
        told = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags}).then(told => told.violations)", AXE
        )
        return [(fault["id"], node["html"][:200]) for fault in told for node in fault["nodes"]]


def export(file, *more):
    """The page of flows as a file."""
    assert run(["preview", *more, "--export", str(file)]) == 0
    return file
