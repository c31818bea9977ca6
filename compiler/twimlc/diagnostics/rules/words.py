"""Rules about words and sound (600 to 699)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

ENGLISH_WORDS = Rule(
    601,
    "english-words",
    Severity.ERROR,
    "A block would speak its own English words in a flow of another language.",
    "voicemail has words of its own, in English. A flow whose `defaults: {say: {language: …}}` "
    "is another language must give it words, or a voice of that language would read English.",
    wrong=Example("""\
flow: zu
defaults:
  say: {language: de-DE}
steps:
  - voicemail: {say: Bitte sprechen Sie nach dem Ton.}
  - hangup
"""),
    right=Example("""\
flow: zu
defaults:
  say: {language: de-DE}
steps:
  - voicemail: {say: Bitte sprechen Sie nach dem Ton., goodbye: Danke. Auf Wiederhören.}
  - hangup
"""),
)
