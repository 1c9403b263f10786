"""python3 -m worker: consumes the queue of QUEUE_URL and answers on PORT until it is asked to stop."""

import logging
import os
import signal
import sys
import threading

import boto3

from worker.consumer import Consumer
from worker.health import make_server


def main():
    """Runs until SIGTERM."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    # Clients of this age know the endpoint only as an argument.
    sqs = boto3.client("sqs", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
    consumer = Consumer(sqs, os.environ["QUEUE_URL"])
    server = make_server(os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8080")), consumer)  # nosec B104

    def stop(*_):
        consumer.stop()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    thread = threading.Thread(target=consumer.run)
    thread.start()
    server.serve_forever()
    thread.join()


if __name__ == "__main__":
    main()
