"""Takes messages from the queue, one batch after another."""

import logging
import threading

from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger(__name__)

BATCH = 10
WAIT_SECONDS = 5
PAUSE_SECONDS = 1.0


class Consumer:
    """Handles every message of a queue; one that can not be handled comes again and ends among the dead letters."""

    def __init__(self, sqs, queue_url):
        self._sqs = sqs
        self._queue_url = queue_url
        self._stopped = threading.Event()
        self.handled = 0
        self.last = None

    def run(self):
        """Goes on until stop() is called."""
        while not self._stopped.is_set():
            try:
                self.step()
            except (BotoCoreError, ClientError) as error:
                log.warning("The queue does not answer: %s", error)
                self._stopped.wait(PAUSE_SECONDS)

    def stop(self):
        """The batch under way is finished."""
        self._stopped.set()

    def step(self, wait_seconds=WAIT_SECONDS):
        """Handles one batch; answers how many messages of it were handled."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=wait_seconds
        )
        done = 0
        for message in answer.get("Messages", []):
            if self._handle(message):
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"])
                done += 1
        return done

    def _handle(self, message):
        text = message["Body"].strip()
        if not text:
            log.warning("Message %s is empty.", message["MessageId"])
            return False
        self.last = text
        self.handled += 1
        log.info("%s (message %s)", text, message["MessageId"])
        return True
