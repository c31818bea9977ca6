"""Which twimlc this is, and where it comes from."""

VERSION = "0.1.0"
URL = "https://github.com/twimlc/twimlc"
ISSUES = f"{URL}/issues"

PROJECT_FILE = "twimlc.yaml"
MISNAMED = "twimlc.yml"

TWILIO = "https://www.twilio.com/"
TWILIO_ERRORS = f"{TWILIO}docs/api/errors/"
"""Before a code the address of Twilio's page about it."""
