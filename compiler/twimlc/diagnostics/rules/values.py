"""Rules 330 to 359: params, ``${…}``, and components."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

MISSING_PARAM = Rule(
    330,
    "missing-param",
    Severity.ERROR,
    "A param has no value.",
    "A param that is declared without a value must be given from outside: by the target, the row of the matrix, `--params` or `-p`. Without one there is nothing to say or to dial in its place.",
    wrong=Example("""\
params:
  desk:
steps:
  - say: We connect you to the desk.
  - dial: "${desk}"
"""),
    right=Example("""\
params:
  desk: +14155550100
steps:
  - say: We connect you to the desk.
  - dial: "${desk}"
"""),
)

UNKNOWN_PARAM = Rule(
    331,
    "unknown-param",
    Severity.ERROR,
    "A param is given that no flow declares.",
    "A value that nobody asks for is nearly always a misspelt name, and the flow would go on with its default: callers would reach the wrong number without anybody noticing.",
    wrong=Example(
        """\
params:
  desk: +14155550100
steps:
  - dial: "${desk}"
""",
        files=(
            (
                "twimlc.yaml",
                "flows: .\ntargets:\n  plain: {host: static, params: {dekk: +14155550199}}\n",
            ),
        ),
        target="plain",
    ),
    right=Example(
        """\
params:
  desk: +14155550100
steps:
  - dial: "${desk}"
""",
        files=(
            (
                "twimlc.yaml",
                "flows: .\ntargets:\n  plain: {host: static, params: {desk: +14155550199}}\n",
            ),
        ),
        target="plain",
    ),
)

PARAM_CIRCLE = Rule(
    332,
    "param-circle",
    Severity.ERROR,
    "The value of a param needs itself.",
    "Params may be made of other params, but somewhere there must be one that stands by itself.",
    wrong=Example("""\
params:
  company: the ${office} team
  office: the office of ${company}
steps:
  - say: Welcome to ${company}.
"""),
    right=Example("""\
params:
  company: Contoso
  office: the office of ${company}
steps:
  - say: Welcome to ${office}.
"""),
)

BAD_EXPRESSION = Rule(
    333,
    "bad-expression",
    Severity.ERROR,
    "What stands between ${ and } is no expression of the language.",
    "An expression has names, texts in quotes, numbers, lists, comparison, in, and, or, not, if else, ~ + -, and filters. It has no calls and no multiplication, so that compiling a flow never runs somebody's program.",
    wrong=Example("""\
params:
  company: Contoso
steps:
  - say: Welcome to ${company.upper()}.
"""),
    right=Example("""\
params:
  company: Contoso
steps:
  - say: Welcome to ${company | upper}.
"""),
)

UNCLOSED_EXPRESSION = Rule(
    334,
    "unclosed-expression",
    Severity.ERROR,
    "A ${ has no } that ends it.",
    "The caller would hear the rest of the sentence as an expression. A literal ${ is written $${.",
    wrong=Example("""\
params:
  company: Contoso
steps:
  - say: Welcome to ${company.
"""),
    right=Example("""\
params:
  company: Contoso
steps:
  - say: Welcome to ${company}.
"""),
)

UNKNOWN_NAME = Rule(
    335,
    "unknown-name",
    Severity.ERROR,
    "An expression uses a name, key or position that does not exist.",
    "Names are the params of the flow (or of the component, which sees only its own), the `as` of an `each`, and flow, state, target and row. Leaving an unknown one empty would make callers hear half a sentence.",
    wrong=Example("""\
params:
  company: Contoso
steps:
  - say: "${company}: welcome to ${compani}."
"""),
    right=Example("""\
params:
  company: Contoso
steps:
  - say: "${company}: welcome to ${company}."
"""),
)

VALUE_NOT_TEXT = Rule(
    336,
    "value-not-text",
    Severity.ERROR,
    "A value inside text is a list, a map or empty.",
    "Only texts, numbers, true and false can be read out or written into the middle of a text.",
    wrong=Example("""\
params:
  days: [Monday, Tuesday]
steps:
  - say: We are open on ${days}.
"""),
    right=Example("""\
params:
  days: [Monday, Tuesday]
steps:
  - say: We are open on ${days | join(' and ')}.
"""),
)

WRONG_OPERAND = Rule(
    337,
    "wrong-operand",
    Severity.ERROR,
    "An operator or filter gets a value that it cannot work with.",
    "Texts and numbers are never mixed silently: 2 + '2' could be 4 or 22, and the text 'false' would count as true.",
    wrong=Example("""\
params:
  minutes: 5
steps:
  - say: ${'The wait is ' + minutes} minutes.
"""),
    right=Example("""\
params:
  minutes: 5
steps:
  - say: ${'The wait is ' ~ minutes} minutes.
"""),
)

RESULT_TOO_LONG = Rule(
    338,
    "result-too-long",
    Severity.ERROR,
    "The result of an expression is longer than 64 kB, or a list longer than 10,000 values.",
    "Twilio refuses documents over 64 kB, so no caller could ever hear it.",
    wrong=Example("""\
params:
  tick: ${'0123456789' | replace('', '----------------------------------------------------------------')}
  tock: ${tick | replace('-', '----------------------------------------------------------------')}
  tack: ${tock | replace('-', '-----------------------------------------------------------------')}
steps:
  - say: ${tack}
"""),
    right=Example("""\
params:
  tick: ${'012' | replace('', '-')}
steps:
  - say: ${tick}
"""),
    twilio=(11750,),
)

EXPANSION_TOO_LARGE = Rule(
    339,
    "expansion-too-large",
    Severity.ERROR,
    "each, components and lists multiply a flow beyond all bounds.",
    "Nested repetitions grow fast: three of a hundred turns make a million steps. Compiling stops before it takes the machine with it.",
    wrong=Example("""\
params:
  digits: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  pairs: ${digits + digits + digits + digits + digits + digits + digits + digits + digits + digits}
  all: ${pairs + pairs + pairs + pairs + pairs + pairs + pairs + pairs + pairs + pairs}
steps:
  - menu:
      prompt: Press one.
      choices:
        "1":
          - each: ${all}
            as: first
            menu:
              prompt: Press one again.
              choices:
                "1":
                  - each: ${all}
                    as: second
                    say: ${first} and ${second}.
"""),
    right=Example("""\
params:
  digits: [0, 1, 2]
steps:
  - each: ${digits}
    as: digit
    say: ${digit}.
"""),
)

IF_NOT_BOOLEAN = Rule(
    340,
    "if-not-boolean",
    Severity.ERROR,
    "The condition of an `if` is neither true nor false.",
    '`if` decides at compile time whether a step is there. A text such as "false" from a table or a quoted value would count as true; so only a real truth value or a comparison is taken.',
    wrong=Example("""\
params:
  holiday: "false"
steps:
  - say: We are closed today.
    if: ${holiday}
  - say: Welcome.
"""),
    right=Example("""\
params:
  holiday: "false"
steps:
  - say: We are closed today.
    if: ${holiday == 'true'}
  - say: Welcome.
"""),
)

EACH_NOT_LIST = Rule(
    341,
    "each-not-list",
    Severity.ERROR,
    "`each` stands before something that is no list.",
    "`each` repeats its step once for every value of a list.",
    wrong=Example("""\
params:
  days: Monday and Tuesday
steps:
  - each: ${days}
    as: day
    say: We are open on ${day}.
"""),
    right=Example("""\
params:
  days: [Monday, Tuesday]
steps:
  - each: ${days}
    as: day
    say: We are open on ${day}.
"""),
)

CALL_VALUE_FILTERED = Rule(
    342,
    "call-value-filtered",
    Severity.ERROR,
    "A value of the call is computed with.",
    "${call.From} and its like are known only while a call runs, long after compiling. A host can put them into text as they come; it cannot compare or change them.",
    wrong=Example(
        "steps:\n  - say: You are calling from ${call.From | upper}.\n", target="twiml-bin"
    ),
    right=Example("steps:\n  - say: You are calling from ${call.From}.\n", target="twiml-bin"),
)

CALL_VALUE_EARLY = Rule(
    343,
    "call-value-early",
    Severity.ERROR,
    "A value of the call stands where the compiler needs to know it.",
    "Params, `if`, `each` and the names of components are decided at compile time, before there is any call.",
    wrong=Example(
        """\
steps:
  - say: Welcome back.
    if: ${call.From == '+14155550100'}
  - say: How can we help?
""",
        target="twiml-bin",
    ),
    right=Example("steps:\n  - say: Welcome, ${call.From}.\n", target="twiml-bin"),
)

UNKNOWN_COMPONENT = Rule(
    344,
    "unknown-component",
    Severity.ERROR,
    "`use` names a component that does not exist.",
    "Components are the files in the folder _components beside the flows, and what a flow declares under `components:`.",
    wrong=Example("""\
components:
  closing:
    steps:
      - say: Thank you for calling.
steps:
  - use: closing
  - use: closng
"""),
    right=Example("""\
components:
  closing:
    steps:
      - say: Thank you for calling.
steps:
  - use: closing
"""),
)

MISSING_ARGUMENT = Rule(
    345,
    "missing-argument",
    Severity.ERROR,
    "A component is used without a value that it needs.",
    "A component's param that has no default must be given with `with:` at every use.",
    wrong=Example("""\
components:
  closing:
    params: {company: }
    steps:
      - say: Thank you for calling ${company}.
steps:
  - use: closing
"""),
    right=Example("""\
components:
  closing:
    params: {company: }
    steps:
      - say: Thank you for calling ${company}.
steps:
  - use: closing
    with: {company: Contoso}
"""),
)

UNKNOWN_ARGUMENT = Rule(
    346,
    "unknown-argument",
    Severity.ERROR,
    "`with:` gives a value that the component does not have as a param.",
    "The component would go on with its default, as if nothing had been given.",
    wrong=Example("""\
components:
  closing:
    params: {company: our office}
    steps:
      - say: Thank you for calling ${company}.
steps:
  - use: closing
    with: {compny: Contoso}
"""),
    right=Example("""\
components:
  closing:
    params: {company: our office}
    steps:
      - say: Thank you for calling ${company}.
steps:
  - use: closing
    with: {company: Contoso}
"""),
)

COMPONENT_CIRCLE = Rule(
    347,
    "component-circle",
    Severity.ERROR,
    "A component uses itself, directly or through others.",
    "The steps of a component are put in place of `use`, so a component that contains itself would never end. To repeat something, go back to a state with goto.",
    wrong=Example("""\
components:
  greeting:
    steps:
      - say: Welcome.
      - use: closing
  closing:
    steps:
      - say: Goodbye.
      - use: greeting
steps:
  - use: greeting
"""),
    right=Example("""\
components:
  greeting:
    steps:
      - say: Welcome.
      - use: closing
  closing:
    steps:
      - say: Goodbye.
steps:
  - use: greeting
"""),
)

UNUSED_PARAM = Rule(
    348,
    "unused-param",
    Severity.WARNING,
    "A param is declared and nothing uses it.",
    "Whoever changes its value expects callers to notice. Often its name is misspelt where it should be used.",
    wrong=Example("""\
params:
  company: Contoso
steps:
  - say: Welcome to our office.
"""),
    right=Example("""\
params:
  company: Contoso
steps:
  - say: Welcome to ${company}.
"""),
)

UNUSED_COMPONENT = Rule(
    349,
    "unused-component",
    Severity.WARNING,
    "A component is declared in the flow and no step uses it.",
    "What no caller can hear is not needed, or the step that should use it is missing.",
    wrong=Example("""\
components:
  closing:
    steps:
      - say: Thank you for calling.
steps:
  - say: Welcome to our office.
"""),
    right=Example("""\
components:
  closing:
    steps:
      - say: Thank you for calling.
steps:
  - say: Welcome to our office.
  - use: closing
"""),
)

LOST_STEP_KEY = Rule(
    350,
    "lost-step-key",
    Severity.ERROR,
    "`as` stands without `each`, or `with` without `use`.",
    "`as` names the value of one turn of an `each`; `with` gives values to the component of a `use`. Alone they do nothing.",
    wrong=Example("""\
steps:
  - say: We are open every day.
    as: day
"""),
    right=Example("""\
steps:
  - each: [Monday, Tuesday]
    as: day
    say: We are open on ${day}.
"""),
)

NOT_A_COMPONENT = Rule(
    351,
    "not-a-component",
    Severity.ERROR,
    "A component has no steps, or is not written as a component.",
    "A component has `params:` and either `steps:`, a list, or `states:`, a map of lists.",
    wrong=Example("""\
components:
  closing:
    params: {company: Contoso}
steps:
  - use: closing
"""),
    right=Example("""\
components:
  closing:
    steps:
      - say: Thank you for calling.
steps:
  - use: closing
"""),
)
