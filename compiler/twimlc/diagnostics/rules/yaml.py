"""Rules 1xx: files that are not YAML, or YAML that cannot be what was meant."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_GREETING = Example("steps:\n  - say: Welcome to our office.\n  - hangup\n")
_ERROR = Severity.ERROR

SYNTAX = Rule(
    101,
    "yaml-syntax",
    _ERROR,
    "The file is not YAML from this place on.",
    "YAML builds everything from 'key: value' lines and '- item' lines. A line that is neither ends the reading of the file, so nothing behind it was looked at.",
    wrong=Example(
        "steps:\n  - record:\n      maxLength: 60\n      finishOnKey\n      timeout: 5\n"
    ),
    right=Example(
        'steps:\n  - record:\n      maxLength: 60\n      finishOnKey: "#"\n      timeout: 5\n    then: hangup\n'
    ),
)
DUPLICATE_KEY = Rule(
    102,
    "duplicate-key",
    _ERROR,
    "One map has the same key twice.",
    'Most YAML readers silently keep one of the two and lose the other, so a caller would hear half of what was written. Keys are text: 1 and "1" are the same key.',
    wrong=Example(
        "steps:\n  - say:\n      message: Welcome to our office.\n      voice: Polly.Joanna-Neural\n      voice: Polly.Matthew-Neural\n  - hangup\n"
    ),
    right=Example(
        "steps:\n  - say:\n      message: Welcome to our office.\n      voice: Polly.Joanna-Neural\n  - hangup\n"
    ),
)
NOT_UTF8 = Rule(
    103,
    "not-utf8",
    _ERROR,
    "The file is not saved as UTF-8.",
    "TwiML is sent as UTF-8, and a file in another encoding would make callers hear wrong letters. Some editors on Windows save as UTF-16 or Windows-1252 unless told otherwise.",
    wrong=Example("".join(char + "\0" for char in _GREETING.flow)),
    right=_GREETING,
)
CONTROL_CHARACTER = Rule(
    104,
    "control-character",
    _ERROR,
    "The file contains a character that YAML and XML cannot carry.",
    "Such characters are invisible and come along with pasted text. Twilio refuses a document that contains one, so the call would fail.",
    wrong=Example('steps:\n  - say: "Welcome.\\x07 Please hold."\n  - hangup\n'),
    right=Example('steps:\n  - say: "Welcome. Please hold."\n  - hangup\n'),
    twilio=(12100,),
)
TAB = Rule(
    105,
    "tab-indent",
    _ERROR,
    "A line is indented with a tab.",
    "How far a tab reaches depends on the editor, so YAML takes blanks only for indentation.",
    wrong=Example("steps:\n\t- say: Welcome to our office.\n\t- hangup\n"),
    right=_GREETING,
)
ALIAS = Rule(
    106,
    "unknown-alias",
    _ERROR,
    "An alias names nothing that stands above it, or the part it stands in.",
    "'*name' repeats the part that '&name' marked earlier in the same file. A phone's star key, or a text that starts with a star, goes in quotes.",
    wrong=Example("steps:\n  - say: &greeting Welcome to our office.\n  - say: *greetings\n"),
    right=Example("steps:\n  - say: &greeting Welcome to our office.\n  - say: *greeting\n"),
)
TOO_DEEP = Rule(
    107,
    "too-deep",
    _ERROR,
    "Lists and maps lie too deep in each other.",
    "A flow for a telephone needs a dozen levels. More than 64 are a mistake or an attack, and are refused before they cost anything.",
    wrong=Example("steps:\n  - say: " + "[" * 70 + "Welcome." + "]" * 70 + "\n"),
    right=_GREETING,
)
TOO_BIG = Rule(
    108,
    "too-big",
    _ERROR,
    "The file, or what its aliases stand for, is too big.",
    "A file may have 4 MiB and 300,000 values, and aliases may stand for 100,000 values. An alias of a list of aliases multiplies, so that a few lines can stand for more than fits into memory.",
    wrong=Example(
        "params:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"  {after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
            for before, after in ("ab", "bc", "cd", "de", "ef")
        )
        + "steps:\n  - say: Welcome to our office.\n"
    ),
    right=Example(
        "params:\n  a: &a [x, x]\n  b: [*a, *a]\nsteps:\n  - say: Welcome to ${b[0][0]}.\n  - say: ${a[0]}\n"
    ),
)
TAG = Rule(
    109,
    "yaml-tag",
    _ERROR,
    "A YAML tag stands before a value.",
    "Tags such as !ref ask a program to build objects, which a flow never does. A text that starts with an exclamation mark goes in quotes. Only !!str is accepted; it says that a value is text.",
    wrong=Example("steps:\n  - say: !urgent Please leave the building.\n  - hangup\n"),
    right=Example('steps:\n  - say: "!urgent Please leave the building."\n  - hangup\n'),
)
SEVERAL_DOCUMENTS = Rule(
    110,
    "several-documents",
    _ERROR,
    "The file holds more than one YAML document.",
    "A line of three dashes starts another document. Each flow is a file of its own, because its name comes from the file.",
    wrong=Example(
        "steps:\n  - say: Welcome to our office.\n---\nsteps:\n  - say: We are closed.\n"
    ),
    right=_GREETING,
)
MERGE_KEY = Rule(
    111,
    "merge-key",
    _ERROR,
    "The key << is given something other than a map or a list of maps.",
    "'<<: *name' copies the keys of the map that '&name' marked into this one. There is nothing to copy from a text or a number.",
    wrong=Example(
        "steps:\n  - say: &greeting Welcome to our office.\n  - say:\n      message: Goodbye.\n      <<: *greeting\n"
    ),
    right=Example(
        "steps:\n  - say: &greeting\n      message: Welcome to our office.\n      voice: Polly.Joanna-Neural\n  - say:\n      <<: *greeting\n      message: Goodbye.\n"
    ),
)
KEY_NOT_TEXT = Rule(
    112,
    "key-not-text",
    _ERROR,
    "A key is missing, or is a list or a map.",
    "Keys are always text: names, and the keys of the phone. Square brackets and braces at the start of a key make YAML read a list or a map.",
    wrong=Example("steps:\n  - say: Welcome to our office.\n  - [say]: Goodbye.\n"),
    right=Example("steps:\n  - say: Welcome to our office.\n  - say: Goodbye.\n"),
)
UNQUOTED_BRACES = Rule(
    113,
    "unquoted-braces",
    _ERROR,
    "A value in braces stands without quotes where YAML reads braces as a map.",
    'Inside {…} and […], and at the start of a text, a brace opens a map. So "${room}" needs quotes there, and so does a text such as "{{desk}}". Behind \'key: \' on a line of its own, ${room} needs none.',
    wrong=Example(
        "params:\n  room: DailyStandup\nsteps:\n  - connect: {room: ${room}}\n    then: hangup\n"
    ),
    right=Example(
        'params:\n  desk: Reception\nsteps:\n  - say: {message: "${desk}", voice: Polly.Joanna-Neural}\n'
    ),
)
CUT_BY_COMMENT = Rule(
    114,
    "cut-by-comment",
    Severity.WARNING,
    "A # seems to have cut off a text or a key.",
    "A # behind a blank starts a comment, so 'Press # to stop' says only 'Press'. A text with the pound key in it goes in quotes. If the comment is one, word it so that the text before it is a whole sentence.",
    wrong=Example("steps:\n  - say: When you are done, press # to stop.\n  - hangup\n"),
    right=Example(
        'steps:\n  - say: "When you are done, press # to stop."\n  - hangup  # nothing follows\n'
    ),
)
COLON_IN_TEXT = Rule(
    115,
    "colon-in-text",
    _ERROR,
    "A text without quotes has a colon with a blank behind it.",
    "A colon with a blank behind it ends a key. A text that contains one goes in quotes.",
    wrong=Example("steps:\n  - say: Our hours: nine to five.\n  - hangup\n"),
    right=Example('steps:\n  - say: "Our hours: nine to five."\n  - hangup\n'),
)
UNQUOTED_SYMBOL = Rule(
    116,
    "unquoted-symbol",
    _ERROR,
    "A text or key without quotes starts with a character that means something else in YAML.",
    'The characters * & @ ` % ? > | ! # - may not start a text without quotes. The phone\'s star and pound keys are written "*" and "#".',
    wrong=Example(
        "start: main\nstates:\n  main:\n    - menu:\n        prompt: To hear this again, press star.\n        choices:\n          1: hangup\n          *: main\n"
    ),
    right=_GREETING,
)
UNCLOSED_QUOTE = Rule(
    117,
    "unclosed-quote",
    _ERROR,
    "A quoted text does not end where it should.",
    'A text that starts with a quote ends at the next quote of the same kind, however many lines away that is. Inside \'…\' an apostrophe is written twice, inside "…" a quote is written \\".',
    wrong=Example("steps:\n  - say: 'We're open from nine to five.'\n  - hangup\n"),
    right=Example('steps:\n  - say: "We\'re open from nine to five."\n  - hangup\n'),
)
UNCLOSED_BRACKET = Rule(
    118,
    "unclosed-bracket",
    _ERROR,
    "A bracket or brace is not closed, or closes nothing.",
    "Every [ needs its ] and every { its }. A # behind a blank starts a comment and takes the closing bracket with it.",
    wrong=Example("steps:\n  - record: {maxLength: 60, finishOnKey: #}\n    then: hangup\n"),
    right=Example('steps:\n  - record: {maxLength: 60, finishOnKey: "#"}\n    then: hangup\n'),
)
INDENTATION = Rule(
    119,
    "indentation",
    _ERROR,
    "A line starts in a column that fits nothing above it.",
    "Lines that belong together start in the same column. The keys of a list item start below the first letter behind '- ', not below the dash.",
    wrong=Example("steps:\n  - dial: +14155550100\n   then: hangup\n"),
    right=Example("steps:\n  - dial: +14155550100\n    then: hangup\n"),
)
BLANK_AFTER_COLON = Rule(
    120,
    "blank-after-colon",
    _ERROR,
    "There is no blank behind the colon of a key.",
    "Without the blank, YAML reads key, colon and value as one text, because addresses such as https://example.com contain colons too.",
    wrong=Example(
        "steps:\n  - record:\n      maxLength: 60\n      timeout:5\n      trim: do-not-trim\n"
    ),
    right=Example(
        "steps:\n  - record:\n      maxLength: 60\n      timeout: 5\n      trim: do-not-trim\n    then: hangup\n"
    ),
)
TEXT_IN_BRACKETS = Rule(
    121,
    "text-in-brackets",
    _ERROR,
    "A text inside brackets or braces has a character in it that means something there.",
    "Inside […] and {…} the characters , : ? [ ] { } separate and nest, so a text that contains one goes in quotes.",
    wrong=Example(
        "steps:\n  - say: {message: Our hours: nine to five, voice: Polly.Joanna-Neural}\n  - hangup\n"
    ),
    right=Example(
        'steps:\n  - say: {message: "Our hours: nine to five", voice: Polly.Joanna-Neural}\n  - hangup\n'
    ),
)
BAD_ESCAPE = Rule(
    122,
    "bad-escape",
    _ERROR,
    "A backslash in double quotes is followed by something it does not go with.",
    "Inside \"…\" a backslash starts an escape such as \\n or \\u00e9. Inside '…' and without quotes it is an ordinary character.",
    wrong=Example('steps:\n  - play: "sounds\\welcome.mp3"\n  - hangup\n'),
    right=_GREETING,
)
