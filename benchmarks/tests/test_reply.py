"""Answers off the wire, and whether they are the work of the version that they name."""

import pytest

from benchmarks.load.reply import Expected, Reply, take, what_is_wrong

EXPECTED = {
    "1.1": Expected(name="plain", outputs=[0, 2]),
    "1.2": Expected(name="shifted", outputs=[1, 0]),
}
BODY = b'{"species":2,"model":"plain"}'


def wire(body=BODY, version="1.1"):
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\nx-model-version: {version}\r\n\r\n"
    return head.encode() + body


def test_an_answer_is_taken_when_it_is_whole():
    assert take(wire()) == Reply(200, "1.1", BODY)
    for end in range(len(wire())):
        assert take(wire()[:end]) is None


def test_headers_are_found_in_any_case():
    assert take(wire().replace(b"content-length", b"Content-Length")).body == BODY
    assert take(wire().replace(b"x-model-version", b"X-Model-Version")).version == "1.1"


def test_an_answer_without_the_header_names_no_version():
    assert take(wire().replace(b"x-model-version", b"x-something")).version is None


@pytest.mark.parametrize(
    "received", [wire() + b"x", wire().replace(b"content-length", b"x-length"), b"rubbish\r\n\r\n"]
)
def test_what_is_no_answer_is_refused(received):
    with pytest.raises(ValueError, match=r"answer|announced"):
        take(received)


def test_an_answer_of_the_version_it_names_is_right():
    assert what_is_wrong(Reply(200, "1.1", BODY), 1, EXPECTED, "species") is None


@pytest.mark.parametrize(
    ("version", "body", "row"),
    [
        ("1.2", BODY, 1),  # computed and named by the other
        ("1.2", b'{"species":2,"model":"shifted"}', 1),  # computed by the other
        ("1.2", b'{"species":0,"model":"plain"}', 1),  # named by the other
        ("1.1", BODY, 0),  # the answer to another row
        ("1.3", BODY, 1),
        (None, BODY, 1),
        ("1.1", b'{"species":null,"model":"plain"}', 1),
    ],
)
def test_any_other_is_wrong(version, body, row):
    assert what_is_wrong(Reply(200, version, body), row, EXPECTED, "species")
