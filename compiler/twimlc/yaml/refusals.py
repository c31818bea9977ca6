"""The words for YAML that does not parse, or parses and yet cannot be a flow: one row a finding."""

from collections.abc import Sequence
from typing import NamedTuple

from twimlc.findings import Diagnostic, Fix, Label, Rule, rules
from twimlc.text import Span


class Words(NamedTuple):
    """What is said at a place; ``{name}`` in the texts is filled in."""

    rule: Rule
    message: str
    hint: str

    def at(
        self, span: Span, *, labels: Sequence[Label] = (), fix: Fix | None = None, **shown: object
    ) -> Diagnostic:
        """The finding; ``shown`` fills in the texts."""
        message, hint = self.message.format(**shown), self.hint.format(**shown)
        return self.rule.at(span, message, hint=hint, labels=labels, fix=fix)


# What does not parse
# fmt: off

TAB_IN_MARGIN = Words(rules.TAB, "this line is indented with a tab; YAML takes spaces only",
    "replace each tab with two spaces, and let the editor insert spaces")
TAB = Words(rules.TAB, "a tab is where YAML takes spaces only", "replace the tab with a space")
BAD_ESCAPE = Words(rules.BAD_ESCAPE, "'{text}' is not a valid escape inside \"…\"",
    "write \\\\ for a backslash, or put the text in '…', where a backslash is just one")
UNCLOSED_QUOTE = Words(rules.UNCLOSED_QUOTE, "the text that starts with this {quote} never ends",
    "put a {quote} at its end")
QUOTE_ENDS_BELOW = Words(rules.UNCLOSED_QUOTE,
    "the text that starts with this {quote} ends only on line {line}",
    "put a {quote} at the end of the text in this line")
QUOTE_ENDS_EARLY = Words(rules.UNCLOSED_QUOTE,
    "the text ends with the {quote} before this, but the line goes on",
    "an apostrophe inside '…' is written twice (''), or put the text in \"…\"")
DOUBLE_QUOTE_ENDS_EARLY = QUOTE_ENDS_EARLY._replace(
    hint='put the whole text in \'…\', or write \\" for a quote inside "…"')
UNCLOSED_BRACKET = Words(rules.UNCLOSED_BRACKET, "no '{closing}' closes this '{bracket}'",
    "put a '{closing}' at its end")
SWALLOWED_BRACKET = UNCLOSED_BRACKET._replace(
    hint="a '#' after a space starts a comment and hides the rest of the line: {instead}")
OTHER_BRACKET = Words(rules.UNCLOSED_BRACKET,
    "this '{char}' does not close the '{bracket}' of column {column}", "write '{closing}' instead")
STRAY_BRACKET = Words(rules.UNCLOSED_BRACKET, "this '{char}' closes nothing",
    "delete it, or put quotes around text that contains '{char}'")
TEXT_IN_BRACKETS = Words(rules.TEXT_IN_BRACKETS,
    "'{char}' is not allowed here, inside '{bracket}…{closing}'",
    "text that contains any of , : ? [ ] {{ }} # goes in quotes there")
COMMA_IN_BRACKETS = TEXT_IN_BRACKETS._replace(
    hint="between two commas, or before the first, something is missing; " + TEXT_IN_BRACKETS.hint)
UNQUOTED_VALUE = Words(rules.UNQUOTED_BRACES,
    "'{text}' inside {{…}} or […] needs quotes: its braces are read as a map", 'write "{whole}"')
CURLY_VALUE = UNQUOTED_VALUE._replace(hint='use straight quotes: "{whole}"')
COLON_IN_TEXT = Words(rules.COLON_IN_TEXT,
    "the text of '{key}' has a colon and a space in it, so YAML looks for a key", "put {quoted}")
KEY_IN_TEXT = COLON_IN_TEXT._replace(
    hint="is '{swallowed}' a key on its own line? if it is text, put {quoted}")
NO_BLANK = Words(rules.BLANK_AFTER_COLON, "there is no space after '{key}:'",
    "write '{key}: ' with a space")
NO_COLON = Words(rules.SYNTAX, "'{shown}' is not a 'key: value' pair",
    "put a colon after the key, or indent the line if it continues the text above")
NO_COLON_BEHIND_NAME = NO_COLON._replace(
    hint="put a colon after it ('{line}:'), or indent it if it continues the text above")
NO_DASH = NO_COLON._replace(
    hint="put a dash before each step of a list, here and above: '- {line}'")
INDENTATION = Words(rules.INDENTATION,
    "this line starts in column {column}, which fits nothing above",
    "{above}start it in the column of the lines it belongs to")
INDENTED_BELOW_NAME = INDENTATION._replace(hint="a colon is missing after '{name}'")
TAG_STARTS = Words(rules.TAG, "a YAML tag starts here; flows have none",
    "text that starts with '!' needs quotes")
DIRECTIVE = Words(rules.SYNTAX, "this line starts with '%' and is not a YAML directive",
    "delete the line; a flow needs none")
SYMBOL = Words(rules.UNQUOTED_SYMBOL, "text cannot start with '{char}'{meaning}",
    'put the text in quotes: "{char}…"')
SYMBOL_OF_LIST = SYMBOL._replace(
    hint='start a list on the next line, or put the text in quotes: "{char} …"')
SYMBOL_OF_KEY = SYMBOL._replace(hint='put the text in quotes: "? …"')
SYMBOL_OF_PHONE = SYMBOL._replace(hint='a phone key needs quotes: "*":')
STRANGE = Words(rules.SYNTAX, "'{char}' is not allowed here", "check the line and the one above it")
MISSING = STRANGE._replace(message="something is missing here")
NO_KEY = Words(rules.KEY_NOT_TEXT, "there is no key before this colon", "write a key before ':'")

# What parses and cannot be a flow

DUPLICATE_KEY = Words(rules.DUPLICATE_KEY,
    "the key '{key}' is used twice in one map (first on line {line})",
    "rename one of the two, or put both contents under one key")
DUPLICATE_MERGE = Words(rules.DUPLICATE_KEY, "'<<' is used twice in one map",
    "give a list instead: '<<: [*one, *two]'")
TAG = Words(rules.TAG, "'{text}' is a YAML tag; flows have none",
    "text that starts with '!' needs quotes; otherwise remove the tag")
ESCAPED_CHARACTER = Words(rules.CONTROL_CHARACTER,
    "an escape in this text makes U+{code:04X}, which XML cannot carry",
    "remove the escape, or write '\\\\' for a backslash that is meant as such")
MAP_IN_MAP = Words(rules.UNQUOTED_BRACES,
    "'{text}' is read as a map in a map, not as a value to fill in",
    "a value is written '${{{name}}}'; braces meant as text need quotes: \"{{{{…}}}}\"")
KEY_NOT_TEXT = Words(rules.KEY_NOT_TEXT, "a list or map cannot be a key; keys are text",
    "give each key a line of its own; what is meant as text needs quotes")
UNKNOWN_ALIAS = Words(rules.ALIAS, "there is no '&{name}' above this '*{name}'",
    "text that starts with '*' needs quotes: \"*{name}\"")
ALIAS_OF_ITSELF = Words(rules.ALIAS, "'*{name}' is inside the part that '&{name}' names",
    "a part cannot contain itself; copy what is needed, or use a component")
TOO_MANY_ALIASED = Words(rules.TOO_BIG,
    "the aliases up to here stand for more than {limit:,} values",
    "an alias of a list of aliases multiplies; use fewer levels")
TOO_MANY_VALUES = Words(rules.TOO_BIG, "the file has more than {limit:,} values", "split it up")
TOO_DEEP = Words(rules.TOO_DEEP, "lists and maps are nested more than {limit} deep",
    "look for brackets or dashes that are repeated by mistake")
SECOND_DOCUMENT = Words(rules.SEVERAL_DOCUMENTS, "a second document starts here; a file holds one",
    "put each flow in a file of its own")
MERGE_KEY = Words(rules.MERGE_KEY, "'<<' takes a map or a list of maps, not {kind}",
    "write '<<: *name', with '&name' at the map that is to be merged in; "
    "'<<' as an ordinary key needs quotes")
