"""Callbacks to the place where the build is served: hosts of files answer no POST."""

import pytest

from compiled import make

URL = "https://voice.example.com/ivr"


def found(callback: str, target: str = "host: s3", url: str = URL) -> list[str]:
    flow = f"- dial: {{number: {{phoneNumber: +14155550100, {callback}}}}}\n- hangup\n"
    project = f"targets:\n  site: {{url: '{url}', {target}}}\n"
    return make(flow, files={"twimlc.yaml": project}, target="site").slugs


@pytest.mark.parametrize(
    ("callback", "right"),
    [
        (f"statusCallback: {URL}/status", False),
        (f"statusCallback: {URL.upper()}/status", False),
        (f"statusCallback: {URL}/status, statusCallbackMethod: POST", False),
        (f"statusCallback: {URL}/status, statusCallbackMethod: GET", True),
        (f"statusCallback: {URL}-status/x", True),  # beside the build lies what is not of it
        ("statusCallback: https://calls.example.com/status", True),
    ],
)
def test_callbacks(callback: str, right: bool) -> None:
    slugs = [slug for slug in found(callback) if slug != "bad-address"]
    assert slugs == ([] if right else ["callback-to-file"])


def test_whoever_decides_by_files_answers_no_post_either() -> None:
    assert found(f"statusCallback: {URL}/status", "host: nginx") == ["callback-to-file"]


def test_a_bin_answers_post() -> None:
    assert found(f"statusCallback: {URL}/status", "host: twiml-bin") == []
