"""What no browser sends: the web process answers or hangs up, and goes on answering everybody else."""

import socket
from urllib.parse import urlsplit

import pytest

PLAIN = b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
SENT = {
    "nothing": b"",
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "no version": b"GET /\r\n\r\n",
    "no such version": b"GET / HTTP/9.9\r\n\r\n",
    "no host": b"GET /login/ HTTP/1.1\r\nConnection: close\r\n\r\n",
    "host of junk": b"GET /login/ HTTP/1.1\r\nHost: a b<script>\xff\r\nConnection: close\r\n\r\n",
    "other host": b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "two hosts": PLAIN + b"Host: evil.example\r\n\r\n",
    "whole address": b"GET http://evil.example/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "NUL in a header": PLAIN + b"X-A: \x00\r\n\r\n",
    "folded header": PLAIN + b"X-A: 1\r\n 2\r\n\r\n",
    "long header": PLAIN + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": PLAIN + b"".join(b"X-%d: 1\r\n" % number for number in range(500)) + b"\r\n",
    "long path": b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "path of bytes": b"GET /\xff\xfe%ff%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "junk cookie": PLAIN + b"Cookie: session=\xff;;;=; csrf\r\n\r\n",
    "negative length": b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    "length of words": b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \xc2\xb2\r\n\r\n",
    "two lengths": b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "length and chunks": PLAIN.replace(b"GET", b"POST")
    + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "broken chunks": PLAIN.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "half a body": b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nusername=a",
}


def exchange(site, sent):
    """What comes back when this is sent and nothing more."""
    host, port = urlsplit(site.address).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        try:
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: wire.recv(65536), b""))
        except (ConnectionResetError, BrokenPipeError):
            return b""


@pytest.mark.parametrize("kind", SENT)
def test_the_web_stands(site, kind):
    answer = exchange(site, SENT[kind])
    status = answer[9:10]
    assert not answer or answer.startswith(b"HTTP/1.") or kind == "no version"
    assert status != b"5", answer[:200]
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"location: http" not in head
    assert b"evil.example" not in head
    assert b"Traceback" not in answer
    assert exchange(site, PLAIN + b"\r\n").startswith(b"HTTP/1.1 200")
