"""Places of a Bin that read the same and end otherwise: the caller's and a called party's."""

from compiled import make


def test_the_same_words_end_a_call_and_a_whisper() -> None:
    made = make(
        """\
        flow: f
        states:
          main:
            - dial: {number: {phoneNumber: "+14155550100", url: whisper}}
              then: words
              fallback: hangup
          words:
            - say: Good day.
          whisper:
            - say: Good day.
        """,
        target="twiml-bin",
    )
    # The build compares the Bin with the flow, so a called party who is hung up on is a fault.
    assert not made.result.faults
    assert made.files == ["f.xml"]
