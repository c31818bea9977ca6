"""Wrong documents, wrong decisions and wrong lowerings are found; those that are not sound alike."""

import re
from dataclasses import replace
from functools import partial

import pytest

import mutants
import routed
from compiled import variant_of
from folders import write_files
from proofs import verify_plan
from twimlc.hosts import find_host, lower
from twimlc.lower import compose, links, lowering, transitions
from twimlc.lower.host import Site
from twimlc.lower.names import Keys
from twimlc.lower.transitions import END, Way
from twimlc.render.versions import finish
from twimlc.vocabulary import VOICE

SAMPLE = 5  # one in so many mutants is tried
PLAIN = {
    "acme": """\
states:
  main:
    - say: {message: Welcome., voice: Polly.Joanna}
    - connect: {room: daily}
      then: bye
      fallback:
        - say: Not open yet.
        - dial: {number: +14155550100, timeout: 20}
          allow: [fallback-after-answer]
          fallback: voicemail
        - goto: bye
  voicemail:
    - gather: {timeout: 4, prompt: Press any key to speak to us.}
      then: queue
    - gather: {timeout: 4, prompt: Press any key to speak to us.}
      then: queue
    - record: {maxLength: 60}
      then: [{say: We got it.}, {goto: other/}]
  queue:
    - enqueue: {name: support, waitUrl: hold}
    - dial: {sequential: true, number: [{phoneNumber: +14155550101, url: whisper}, {phoneNumber: +14155550102, url: screen}]}
    - dial: {conference: {name: all, waitUrl: music}}
    - goto: bye
  whisper:
    - gather: {numDigits: 1, prompt: Press a key to take the call.}
      then: [{say: Connecting.}]
      fallback: hangup
  screen:
    - gather: {numDigits: 1, prompt: Press a key to be joined.}
      fallback: hangup
  hold:
    - say: Please hold.
    - play: https://a.example/hold.mp3
  music:
    - play: https://a.example/music.mp3
  bye:
    - say: Goodbye.
    - hangup
""",
    "other": """\
states:
  main:
    - gather: {prompt: Your number?, action: number.php}
    - offer:
        prompt: Who is it?
        options: [{say: For sales press any key., then: acme/queue}, {say: For news press any key., then: news}]
        attempts: 2
      fallback: acme/bye
  news:
    - say: No news.
    - connect: {virtualAgent: {connectorName: bot}}
    - record: {maxLength: 9, action: more.php}
""",
}


def plan_of(folder, host, flows):
    """(graph, what is written, site) of flows that are written to disk, read, and lowered."""
    project = f"flows: flows\ntargets:\n  bare: {{host: {host}}}\n"
    texts = {f"flows/{name}.yaml": text for name, text in flows.items()}
    variant = variant_of(write_files(folder, {"twimlc.yaml": project, **texts}))
    finished = variant.finished()
    assert finished is not None
    return variant.graph, finished, Site(find_host(host, None))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return plan_of(tmp_path_factory.mktemp("plain") / "p", "static", PLAIN)


@pytest.fixture(scope="module")
def routed_plan(tmp_path_factory):
    return plan_of(tmp_path_factory.mktemp("routed") / "p", "nginx", routed.FLOWS)


def on_the_way(finished):
    """What a call may come to: all but the apologies for versions that are gone."""
    return {
        path: data for path, data in finished.files.items() if not path.endswith("/changed.xml")
    }


def same(graph, plan, files):
    return all(found.same for _, found in verify_plan(graph, plan, files))


def same_calls(graph, made, right):
    """Whether what a wrong lowering made is the same calls all the same."""
    finished = finish(made)
    plan = finished.plan._replace(approximations=right.plan.approximations)
    return same(graph, plan, finished.files)


ALIKE = (
    (
        r"(dropped|doubled) at \d+ <Hangup>",
        "a document that ends hangs up; nothing runs behind a Hangup",
    ),
    (r"doubled at \d+ <(Redirect|Leave)>", "nothing runs behind it"),
    (
        r"doubled at \d+ <(Dial|Connect|Enqueue)>",
        "its action takes the call, so the second is never reached",
    ),
    (
        r"music.*doubled at 1 <Play>",
        "music that starts again for ever sounds the same with two in a row",
    ),
    (r"moved down at \d+ <Gather>", "the next one asks the same"),
    (
        r"timeout (dropped|lost)",
        "five seconds are what Twilio waits anyway (docs/voice/twiml/gather)",
    ),
    (r"answered (lost|leads)", "only a conference ends so (docs/voice/twiml/dial)"),
    (
        r"main\.3 #\d+: (completed|busy) ",
        "this dial is approximated: its own fallback follows for everybody",
    ),
    (r"music\.0 .*comes back", "it starts again for ever as it is"),
    (r": (done|input|completed|accepted) ends", "what followed was a Hangup"),
)
"""Why a wrong one may be the same call: the mutants that are not found, each with its reason."""


@pytest.fixture
def assert_found(sweep):
    """Each wrong one is found, or one of the reasons says why nobody could; a sample is tried."""
    return partial(_assert_found, every=1 if sweep else SAMPLE)


def _assert_found(made, is_found, least, every):
    made = list(made)
    missed = []
    for name, wrong in made[::every]:
        if not is_found(wrong) and not any(re.search(pattern, name) for pattern, _ in ALIKE):
            missed.append(name)
    assert not missed
    assert len(made) >= least


@pytest.mark.sweep
def test_wrong_documents_of_plain_files_are_found(plain, assert_found):
    graph, finished, _ = plain
    made = mutants.of_documents(on_the_way(finished))
    assert_found(made, lambda files: not same(graph, finished.plan, files), 400)


@pytest.mark.sweep
def test_wrong_documents_behind_decisions_are_found(routed_plan, assert_found):
    graph, finished, _ = routed_plan
    made = list(mutants.of_documents(on_the_way(finished)))[::6]
    assert_found(made, lambda files: not same(graph, finished.plan, files), 150)


@pytest.mark.sweep
def test_wrong_decisions_are_found(routed_plan, assert_found):
    graph, finished, _ = routed_plan
    plan, files = finished.plan, finished.files
    made = list(mutants.of_decisions(plan.decisions, list(files)))[::2]
    assert_found(made, lambda wrong: not same(graph, plan._replace(decisions=wrong), files), 120)


@pytest.mark.sweep
@pytest.mark.parametrize(("which", "step", "least"), [("plain", 1, 100), ("routed_plan", 2, 90)])
def test_a_lowering_that_takes_a_wrong_way_is_found(which, step, least, request, assert_found):
    """The lowering is given a graph with one way changed, and held to the right one."""
    graph, finished, site = request.getfixturevalue(which)

    def is_found(wrong):
        made, _ = lower(wrong, site, lambda _: None)
        if made is None:
            return True  # it was refused, so nothing wrong is written
        return not same_calls(graph, made, finished)

    assert_found(list(mutants.of_graph(graph))[::step], is_found, least)


def changed_way(change):
    """``way`` with its result changed by ``change(graph, node, way)``."""
    right = transitions.way

    def wrong(graph, node, site):
        match right(graph, node, site):
            case Way() as found:
                changed = change(graph, node, found)
                return changed._replace(approximation=found.approximation)
            case refusal:
                return refusal

    return wrong


def of_verb(tag, change):
    """The same for one verb."""
    return changed_way(
        lambda graph, node, way: change(way) if node.element and node.element.tag == tag else way
    )


def without(names, right):
    """``Writer.verb`` or ``jump`` without some attributes of the result."""

    def wrong(*args):
        made = right(*args)
        return replace(
            made, attributes=tuple(pair for pair in made.attributes if pair[0] not in names)
        )

    return wrong


def asked_otherwise(change):
    return changed_way(
        lambda graph, node, way: (
            way._replace(leave=change(way.leave))
            if isinstance(way.leave, transitions.Choice)
            else way
        )
    )


def posted(right):
    def wrong(*args):
        made = right(*args)
        return replace(
            made,
            attributes=tuple(
                (name, "POST" if name == "method" else text) for name, text in made.attributes
            ),
        )

    return wrong


def renamed_default(ask, default):
    """Another default, with the known values that went to the former one named."""
    known = [value for row in VOICE.values() if row.outcomes for value in values_of(row.outcomes)]
    if ask.parameter not in ("Digits", "SessionStatus"):
        named = {value: ask.default for value in known if value not in dict(ask.branches)}
        ask = replace(ask, branches=(*ask.branches, *named.items()))
    return replace(ask, default=default)


def values_of(outcomes):
    return (value for values in outcomes.values.values() for value in values)


WRITER, ADDRESSES, COMPOSER = links.Writer, links.Addresses, compose.Composer
WAYS = {
    "ways swapped": changed_way(
        lambda g, n, w: Way(w.on, w.leave) if isinstance(w.leave, int | None) else w
    ),
    "no action": changed_way(lambda g, n, w: w._replace(leave=None)),
    "nothing inline": changed_way(lambda g, n, w: w._replace(on=None)),
    "always an action": changed_way(
        lambda g, n, w: Way(leave=w.on) if w.leave is None and n.element.tag == "Connect" else w
    ),
    "gather without no-input": of_verb("Gather", lambda w: w._replace(on=None)),
    "gather without action": of_verb("Gather", lambda w: w._replace(leave=None)),
    "gather whose input is its silence": of_verb("Gather", lambda w: w._replace(leave=w.on)),
    "record without action": of_verb("Record", lambda w: w._replace(leave=None)),
    "record without the next verb": of_verb("Record", lambda w: w._replace(on=END)),
    "room without action": of_verb("Connect", lambda w: w._replace(leave=None)),
    "room whose end is its fallback": of_verb("Connect", lambda w: w._replace(leave=w.on)),
    "dial that ends": of_verb("Dial", lambda w: Way(on=END)),
    "a decision without its first branch": asked_otherwise(
        lambda a: replace(a, branches=a.branches[1:])
    ),
    "a decision without its last branch": asked_otherwise(
        lambda a: replace(a, branches=a.branches[:-1])
    ),
    "a decision with branches swapped": asked_otherwise(
        lambda a: replace(
            a, branches=tuple((v, a.branches[-1 - n][1]) for n, (v, _) in enumerate(a.branches))
        )
    ),
    "a decision with another default": asked_otherwise(
        lambda a: replace(a, default=a.branches[0][1] if a.branches else END)
    ),
    "a value that nobody knows goes with a known one": asked_otherwise(
        lambda a: renamed_default(a, a.branches[0][1] if a.branches else END)
    ),
    "a decision without its mark": asked_otherwise(lambda a: replace(a, marked=())),
    "a decision over another parameter": asked_otherwise(
        lambda a: replace(a, parameter="CallStatus")
    ),
    "a decision that is only its default": asked_otherwise(lambda a: a.default),
}
LOWERINGS = {
    **{name: (transitions, "way", change) for name, change in WAYS.items()},
    "every way out is the same": (transitions, "all_the_same", lambda graph, keys: True),
    "verbs without method": (WRITER, "verb", without({"method"}, WRITER.verb)),
    "verbs without action": (WRITER, "verb", without({"action"}, WRITER.verb)),
    "verbs with POST": (WRITER, "verb", posted(WRITER.verb)),
    "redirects without method": (WRITER, "jump", without({"method"}, WRITER.jump)),
    "redirects with POST": (WRITER, "jump", posted(WRITER.jump)),
    "lost numDigits": (WRITER, "verb", without({"numDigits"}, WRITER.verb)),
    "lost voice": (WRITER, "verb", without({"voice"}, WRITER.verb)),
    "lost sequential": (WRITER, "verb", without({"sequential"}, WRITER.verb)),
    "lost waitUrlMethod": (WRITER, "verb", without({"waitUrlMethod"}, WRITER.verb)),
    "relative addresses stay in another folder": (
        WRITER,
        "_moved",
        lambda self, address, node: address,
    ),
    "links without their folder": (
        ADDRESSES,
        "_address",
        lambda self, path, documented: path.rpartition("/")[2],
    ),
    "links from the root": (ADDRESSES, "_address", lambda self, path, documented: path),
    "links with a slash": (ADDRESSES, "_address", lambda self, path, documented: f"/{path}"),
    "links to the start": (ADDRESSES, "_address", lambda self, path, documented: "index.xml"),
    "no redirect to what is too far": (COMPOSER, "_tail", lambda self, key, after: -(10**6)),
    "music does not start again": (Keys, "context", lambda self, key: compose.Context.CALL),
    "whose line it is is forgotten": (
        Keys,
        "after",
        lambda self, current, node: compose.DocumentKey(
            self._graph.nodes[node].place.flow if node != END else current.folder, node
        ),
    ),
    "states begin at the flow's start": (
        Keys,
        "state",
        lambda self, link: self.start(link.state.flow),
    ),
    "the start of the other flow": (
        Keys,
        "start",
        lambda self, flow: compose.DocumentKey(
            sorted(self._starts)[0], self._starts[sorted(self._starts)[0]], entry=True
        ),
    ),
    "no address of the author's after a verb": (compose, "_next_verb", lambda node: None),
    "documents that differ are made one": (
        lowering,
        "merge",
        lambda drafts, paths, *rest: dict.fromkeys(drafts, next(iter(drafts))),
    ),
}
HARMLESS = {
    "always an action": "one more fetch, and then the same",
    "no redirect to what is too far": "no document of these flows is long",
}


@pytest.mark.parametrize("name", LOWERINGS)
def test_a_wrong_lowering_is_found(name, plain, routed_plan, monkeypatch):
    """One small function of the lowering is replaced; some flow must then be another call."""
    place, attribute, wrong = LOWERINGS[name]
    monkeypatch.setattr(place, attribute, wrong)
    found = False
    for graph, finished, site in (plain, routed_plan):
        try:
            made, _ = lower(graph, site, lambda _: None)
            found = found or made is None or not same_calls(graph, made, finished)
        except (AssertionError, LookupError, ValueError, RecursionError):
            found = True  # it noticed by itself
    assert found != (name in HARMLESS)
