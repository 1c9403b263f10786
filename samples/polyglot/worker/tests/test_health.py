"""What the worker answers."""

import json
import threading
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest

from worker.health import make_server


@pytest.fixture
def address():
    """Of a server whose consumer has handled three messages."""
    server = make_server("127.0.0.1", 0, SimpleNamespace(handled=3, last="Hello, Ada!"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def get(url):
    """Status and body."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # nosec B310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_it_is_healthy(address):
    assert get(f"{address}/health") == (200, {"status": "healthy"})


def test_it_says_what_was_handled(address):
    assert get(f"{address}/handled") == (200, {"handled": 3, "last": "Hello, Ada!"})


def test_it_knows_nothing_else(address):
    assert get(f"{address}/elsewhere")[0] == 404
