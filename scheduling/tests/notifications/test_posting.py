"""Nothing is sent to a place inside a private network."""

import socket
import ssl
import subprocess

import pytest
from pytest_httpserver import HTTPServer

from scheduling.notifications.posting import NotSent, is_outside, post


@pytest.fixture(autouse=True)
def _only_outside(config):
    config.NOTIFY_PRIVATE_ADDRESSES = False


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1",
        "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_that_are_inside(place):
    assert not is_outside(place)


@pytest.mark.parametrize("place", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_that_are_outside(place):
    assert is_outside(place)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/", "ftp://example.com/", "https:///x", "rubbish", "https://ann:secret@example.com/",
        "https://[/", "", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_addresses_that_are_refused_for_good(address):
    with pytest.raises(NotSent) as refused:
        post(address, b"{}", {})
    assert refused.value.final


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1"])
def test_a_private_address_is_not_connected_to(host, httpserver):
    httpserver.expect_request("/hook").respond_with_data("ok")
    with pytest.raises(NotSent):
        post(f"https://{host}:{httpserver.port}/hook", b"{}", {})
    assert not httpserver.log


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch):
    places = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: places)
    with pytest.raises(NotSent):
        post("https://example.com/hook", b"{}", {})


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, config, httpserver):
    config.NOTIFY_PRIVATE_ADDRESSES = True
    httpserver.expect_request("/hook").respond_with_data("ok")
    asked, real = [], socket.getaddrinfo

    def look_up(name, *arguments, **options):
        asked.append(name)
        return real("127.0.0.1" if name == "rebind.example.com" else name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    post(f"http://rebind.example.com:{httpserver.port}/hook", b"{}", {})
    assert asked.count("rebind.example.com") == 1
    ((request, _),) = httpserver.log
    assert request.headers["Host"] == f"rebind.example.com:{httpserver.port}"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of hook.example.com that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    name = ["-subj", "/CN=hook.example.com", "-addext", "subjectAltName=DNS:hook.example.com"]
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name]
    subprocess.run([*new, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


@pytest.fixture
def secure(certificate, monkeypatch, config):
    """A receiver that speaks TLS; every name leads to it, and its certificate is trusted."""
    config.NOTIFY_PRIVATE_ADDRESSES = True
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda name, *rest, **more: real("127.0.0.1", *rest, **more))
    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/hook").respond_with_data("ok")
        yield server


def test_the_certificate_is_of_the_name_and_not_of_the_address(secure):
    post(f"https://hook.example.com:{secure.port}/hook", b"{}", {})
    assert len(secure.log) == 1
    with pytest.raises(NotSent):
        post(f"https://other.example.com:{secure.port}/hook", b"{}", {})
    assert len(secure.log) == 1
