"""Answers the load balancer's health checks and says what was handled."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def make_server(host, port, consumer):
    """A server that knows /health and /handled; serve_forever() starts it."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        protocol_version = "HTTP/1.1"

        def do_GET(self):  # noqa: N802 (the base class names it)
            """Answers."""
            answers = {
                "/health": {"status": "healthy"},
                "/handled": {"handled": consumer.handled, "last": consumer.last},
            }
            answer = answers.get(self.path)
            body = json.dumps(answer or {"problem": "not found"}).encode()
            self.send_response(200 if answer else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Health checks come every few seconds: they are not worth a line."""

    return ThreadingHTTPServer((host, port), Handler)
