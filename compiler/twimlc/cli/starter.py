"""The files of a new project, by path. What they say passes ``check`` without a finding."""

from twimlc import __url__, __version__

_SCHEMAS = __url__.replace("github.com", "raw.githubusercontent.com") + f"/v{__version__}/schema"

_PROJECT = f"""\
# yaml-language-server: $schema={_SCHEMAS}/project.schema.json
flows: flows
build: build
targets:
  bins: {{host: twiml-bin}}    # one text for each flow, to paste into Twilio's Console
  plain: {{host: static}}      # files for any web server; delete this line once you use menus
"""

_HELLO = f"""\
# yaml-language-server: $schema={_SCHEMAS}/flow.schema.json
flow: hello
description: Greets the caller and offers to call the desk.
params:
  company: our office
  desk: +14155550100        # the desk's phone; give another with -p desk=+1...
states:
  greeting:
    - say: Welcome to ${{company}}.
    - offer:
        prompt: We are glad that you call.
        options:
          - say: To speak to the desk, press any key now.
            then: desk
    - goto: goodbye
  desk:
    - say: We connect you.
    - dial: {{number: "${{desk}}", timeout: 20}}
    - goto: goodbye
  goodbye:
    - say: Thank you for your call. Goodbye.
    - hangup
"""

GITIGNORE = "/build/\n"

STARTER = {"twimlc.yaml": _PROJECT, "flows/hello.yaml": _HELLO}
