"""What becomes of messages."""

import pytest
from botocore.exceptions import EndpointConnectionError

from worker.consumer import Consumer


class Queue:
    """A queue in memory, with the calls that the consumer makes."""

    def __init__(self, *bodies):
        self.messages = [{"MessageId": str(i), "ReceiptHandle": f"r{i}", "Body": body} for i, body in enumerate(bodies)]
        self.failures = 0

    def receive_message(self, **_):
        """What is left."""
        if self.failures > 0:
            self.failures -= 1
            raise EndpointConnectionError(endpoint_url="http://queue")
        return {"Messages": list(self.messages)} if self.messages else {}

    def delete_message(self, *, QueueUrl, ReceiptHandle):  # noqa: N803 (boto3 names them so)
        """It was handled."""
        assert QueueUrl == "http://queue/greetings"
        self.messages = [message for message in self.messages if message["ReceiptHandle"] != ReceiptHandle]


def consumer_of(queue):
    """A consumer of that queue."""
    return Consumer(queue, "http://queue/greetings")


def test_messages_are_handled_once_and_taken_off_the_queue():
    queue = Queue("Hello, Ada!", "Hello, Grace!")
    consumer = consumer_of(queue)
    assert consumer.step() == 2
    assert consumer.step() == 0
    assert (consumer.handled, consumer.last, queue.messages) == (2, "Hello, Grace!", [])


@pytest.mark.parametrize("body", ["", "  "])
def test_an_empty_message_stays_for_the_dead_letters(body):
    queue = Queue(body, "Hello, Ada!")
    assert consumer_of(queue).step() == 1
    assert [message["Body"] for message in queue.messages] == [body]


def test_a_queue_that_does_not_answer_is_asked_again(monkeypatch):
    queue = Queue("Hello, Ada!")
    queue.failures = 2
    consumer = consumer_of(queue)
    monkeypatch.setattr("worker.consumer.PAUSE_SECONDS", 0)
    step = consumer.step

    def stop_when_done(*arguments):
        if step(*arguments) == 1:
            consumer.stop()

    consumer.step = stop_when_done
    consumer.run()
    assert (consumer.handled, queue.failures) == (1, 0)
