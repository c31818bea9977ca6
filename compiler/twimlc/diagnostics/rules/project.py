"""Rules about the project file, its table of rows, and the files that a run reads (360 to 389)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_FLOW = """\
flow: lunch
steps:
  - say: We are at lunch until one.
  - hangup
"""

_SOUND_PROJECT = """\
flows: .
targets:
  static: {host: static}
"""

_MATRIX_PROJECT = """\
flows: .
matrix: stores.csv
targets:
  static: {host: static}
"""

_SHOP_FLOW = """\
flow: shop
params:
  desk:
steps:
  - say: We connect you with the desk.
  - dial: {number: "${desk}"}
  - hangup
"""

_STORES = """\
store,desk
downtown,+14155550101
harbor,+14155550102
"""


def _project(text: str) -> Example:
    return Example(_FLOW, files=(("twimlc.yaml", text),))


def _table(text: str) -> Example:
    return Example(_SHOP_FLOW, files=(("twimlc.yaml", _MATRIX_PROJECT), ("stores.csv", text)))


_RIGHT = _project(_SOUND_PROJECT)
_RIGHT_TABLE = _table(_STORES)

BAD_PROJECT = Rule(
    360,
    "bad-project",
    Severity.ERROR,
    "A part of the project file has the wrong shape.",
    "twimlc.yaml is a map. `targets`, `params` and `rules` are maps too, `flows` and `build` name "
    "folders, and a list of flows is a list of names. A value of another kind cannot be guessed at. A file "
    "called twimlc.yml is no project file and would have no effect.",
    wrong=_project("flows: .\ntargets: [static]\n"),
    right=_RIGHT,
)

UNKNOWN_PROJECT_KEY = Rule(
    361,
    "unknown-project-key",
    Severity.ERROR,
    "The project file has a key that means nothing.",
    "A key with a typing mistake would silently have no effect, so every key must be known. Keys "
    "at the top that start with `x-` are yours, for anchors and notes.",
    wrong=_project("flows: .\nbiuld: out\ntargets:\n  static: {host: static}\n"),
    right=_RIGHT,
)

BAD_TARGET = Rule(
    362,
    "bad-target",
    Severity.ERROR,
    "A target is described in a way that cannot work.",
    "A target's `url` becomes part of links, configuration files and router scripts, so it is an "
    "https address with a plain path and nothing after it; a Bin is named by its SID; a router "
    "needs a host and an address to stand before.",
    wrong=_project(
        "flows: .\ntargets:\n  static: {host: static, url: 'https://voice.example.com/ivr?v=1'}\n"
    ),
    right=_project(
        "flows: .\ntargets:\n  static: {host: static, url: 'https://voice.example.com/ivr'}\n"
    ),
)

UNKNOWN_HOST = Rule(
    363,
    "unknown-host",
    Severity.ERROR,
    "A target names a host that the compiler does not know.",
    "The host decides how a call finds its next document, so it must be one of those that this "
    "version knows. Any server that only hands out files is `static`.",
    wrong=_project("flows: .\ntargets:\n  static: {host: statick}\n"),
    right=_RIGHT,
)

UNKNOWN_TARGET = Rule(
    364,
    "unknown-target",
    Severity.ERROR,
    "No target and no host is called so.",
    "`-t` takes the name of a target of the project file, or else the name of a host.",
    wrong=Example(_FLOW, files=(("twimlc.yaml", _SOUND_PROJECT),), target="statick"),
    right=_RIGHT,
)

INSECURE_URL = Rule(
    365,
    "insecure-url",
    Severity.WARNING,
    "A target's address is http, not https.",
    "Over http anybody on the way can read and change what the caller hears and whom the call "
    "dials. Twilio recommends https for every address it fetches "
    "(docs/usage/security).",
    wrong=_project(
        "flows: .\ntargets:\n  static: {host: static, url: 'http://voice.example.com/ivr'}\n"
    ),
    right=_project(
        "flows: .\ntargets:\n  static: {host: static, url: 'https://voice.example.com/ivr'}\n"
    ),
)

OUTSIDE_PROJECT = Rule(
    366,
    "outside-project",
    Severity.ERROR,
    "A path leads out of the project's folder.",
    "What is built must depend on the project alone, and a project from somebody else must not "
    "read or write other files of yours. Links are followed to their end before this is decided.",
    wrong=_project("flows: .\nbuild: ../www\ntargets:\n  static: {host: static}\n"),
    right=_RIGHT,
)

BAD_FOLDER = Rule(
    367,
    "bad-folder",
    Severity.ERROR,
    "A folder of the project cannot be used for this.",
    "The build folder belongs to the compiler, which removes from it what is out of date. It must "
    "not be the project's folder itself or hold the flows; and the folder of flows must exist.",
    wrong=_project("flows: .\nbuild: .\ntargets:\n  static: {host: static}\n"),
    right=_RIGHT,
)

UNREADABLE_FILE = Rule(
    368,
    "unreadable-file",
    Severity.ERROR,
    "A file cannot be read.",
    "It is missing, too big, a folder, no plain file, or the system does not allow it to be read.",
    wrong=_project("flows: .\nmatrix: stores.csv\ntargets:\n  static: {host: static}\n"),
    right=_RIGHT,
)

MISSING_PATH = Rule(
    369,
    "missing-path",
    Severity.ERROR,
    "A path given on the command line leads to no flow.",
    "Paths name flow files, or folders that are searched for them. Call scripts, components and "
    "the project file are no flows.",
    wrong=Example(_FLOW, name="lunch.test.yaml"),
    right=Example(_FLOW, name="lunch.yaml"),
)

BAD_TABLE = Rule(
    370,
    "bad-table",
    Severity.ERROR,
    "The table of the matrix cannot be understood.",
    "The table is a CSV file in UTF-8: one line of column names, then one line for each row. "
    "Values that contain a comma or a quote stand in quotes.",
    wrong=_table('store,desk\ndowntown,"+14155550101" x\n'),
    right=_RIGHT_TABLE,
)

BAD_ROW_NAME = Rule(
    371,
    "bad-row-name",
    Severity.ERROR,
    "The name of a row cannot name a folder.",
    "Each row's name becomes a folder of the build and part of addresses, so it is made of a-z, "
    "0-9 and '-', starts with a letter, and is no device name such as `con`.",
    wrong=_table("store,desk\nDown Town,+14155550101\n"),
    right=_RIGHT_TABLE,
)

DUPLICATE_ROW = Rule(
    372,
    "duplicate-row",
    Severity.ERROR,
    "Two rows of the table have the same name.",
    "Each row is built into a folder of its name; two rows would write over each other.",
    wrong=_table("store,desk\ndowntown,+14155550101\ndowntown,+14155550102\n"),
    right=_RIGHT_TABLE,
)

RAGGED_ROW = Rule(
    373,
    "ragged-row",
    Severity.ERROR,
    "A row of the table has more or fewer values than there are columns.",
    "When a comma is missing or too many, values slip into the wrong columns, and a caller would "
    "reach the wrong number.",
    wrong=_table("store,desk\ndowntown\n"),
    right=_RIGHT_TABLE,
)

BAD_COLUMN = Rule(
    374,
    "bad-column",
    Severity.ERROR,
    "The name of a column cannot be used as a param.",
    "Columns become params, so their names are made of letters, digits and '_', differ from each "
    "other, and are none of call, flow, state, target and row.",
    wrong=_table("store,desk,opening hours\ndowntown,+14155550101,9 to 5\n"),
    right=_RIGHT_TABLE,
)

EMPTY_TABLE = Rule(
    375,
    "empty-table",
    Severity.ERROR,
    "The table of the matrix has no rows.",
    "Without a row no flow of the matrix would be built at all, which is hardly what is wanted.",
    wrong=_table("store,desk\n"),
    right=_RIGHT_TABLE,
)

ROW_IS_FLOW = Rule(
    376,
    "row-is-flow",
    Severity.ERROR,
    "A row of the table has the name of a flow.",
    "Rows and flows are folders side by side in the build, so no row may be called like a flow.",
    wrong=_table("store,desk\nshop,+14155550101\n"),
    right=_RIGHT_TABLE,
)

BAD_RULE_SETTING = Rule(
    377,
    "bad-rule-setting",
    Severity.ERROR,
    "The severity of a rule is set in a way that is not possible.",
    "Under `rules`, each rule is set to off, note, warning or error.",
    wrong=_project("flows: .\nrules: {insecure-url: quiet}\ntargets:\n  static: {host: static}\n"),
    right=_project("flows: .\nrules: {insecure-url: note}\ntargets:\n  static: {host: static}\n"),
)

NO_SUCH_FLOW = Rule(
    378,
    "no-such-flow",
    Severity.ERROR,
    "The project file names a flow that does not exist.",
    "The flows of a target or of the matrix, and `onError`, are names of flows; in lists, `*` and "
    "`?` stand for letters. One that fits no flow is a typing mistake. An `apology` of one word in lower case is "
    "the name of a flow too.",
    wrong=_project("flows: .\ntargets:\n  static: {host: static, flows: [lunsh]}\n"),
    right=_project("flows: .\ntargets:\n  static: {host: static, flows: [lunch]}\n"),
)

BAD_APOLOGY = Rule(
    380,
    "bad-apology",
    Severity.ERROR,
    "The apology of a target says nothing, or shows a value.",
    "The apology is what callers hear where nothing else is left. It is the same for everybody, whatever a "
    "request brings along, so it holds no `${…}`. A flow that is the apology can say params.",
    wrong=_project(
        "flows: .\ntargets:\n  static: {host: static, apology: 'Sorry, ${call.From}.'}\n"
    ),
    right=_project(
        "flows: .\ntargets:\n  static: {host: static, apology: 'Sorry, please call again.'}\n"
    ),
)
