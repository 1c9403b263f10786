"""How the worker starts and stops."""

import signal
import threading

from worker import __main__ as program


class Part:
    """The consumer or the server: runs until it is stopped."""

    def __init__(self, begun=None):
        self.begun = begun
        self.stopped = threading.Event()

    def run(self):
        """Until stop."""
        if self.begun:
            self.begun()
        assert self.stopped.wait(10)

    def stop(self):
        """Ends run."""
        self.stopped.set()

    serve_forever, shutdown = run, stop


def test_it_serves_until_it_is_asked_to_stop(monkeypatch):
    handlers = {}
    consumer, server = Part(), Part(lambda: handlers[signal.SIGTERM](signal.SIGTERM, None))
    monkeypatch.setenv("QUEUE_URL", "http://queue/greetings")
    monkeypatch.setattr(program.boto3, "client", lambda *_, **__: None)
    monkeypatch.setattr(program.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(program, "Consumer", lambda sqs, url: consumer)
    monkeypatch.setattr(program, "make_server", lambda *_: server)

    program.main()

    assert consumer.stopped.is_set() and server.stopped.is_set()
