"""What clients see that speak SQS's query wire (boto3 before 1.28): prints one JSON object, judged by the test that starts it."""
import json
import os

import boto3
from botocore.exceptions import ClientError


seen = {}


def say(name, value):
    seen[name] = value


sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
say("wire", sqs.meta.service_model.metadata["protocol"])
dead = sqs.create_queue(QueueName="older-dead", tags={"team": "shop"})["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
url = sqs.create_queue(QueueName="older", Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "60"})["QueueUrl"]
say("urls", [sqs.get_queue_url(QueueName="older")["QueueUrl"] == url, len(sqs.list_queues(QueueNamePrefix="older")["QueueUrls"])])
say("sources", sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url])
sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "20"})
say("visibility", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"])
sqs.tag_queue(QueueUrl=url, Tags={"a": "1", "b": "2"})
sqs.untag_queue(QueueUrl=url, TagKeys=["a"])
say("tags", [sqs.list_queue_tags(QueueUrl=url)["Tags"], sqs.list_queue_tags(QueueUrl=dead)["Tags"]])

sqs.send_message(QueueUrl=url, MessageBody="one & <two>", MessageAttributes={"kind": {"DataType": "String", "StringValue": "order"}})
batch = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "two"}, {"Id": "b", "MessageBody": "three"}])
say("batch", sorted(entry["Id"] for entry in batch["Successful"]))
# boto3 itself compares the digests of bodies and attributes.
received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"], WaitTimeSeconds=1)["Messages"]
say("bodies", [message["Body"] for message in received])
say("attributes", [received[0]["MessageAttributes"]["kind"]["StringValue"], received[0]["Attributes"]["ApproximateReceiveCount"]])
sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])
sqs.change_message_visibility_batch(QueueUrl=url, Entries=[{"Id": "a", "ReceiptHandle": received[1]["ReceiptHandle"], "VisibilityTimeout": 0}])
again = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
say("again", [message["Body"] for message in again])
gone = sqs.delete_message_batch(
    QueueUrl=url,
    Entries=[{"Id": "a", "ReceiptHandle": again[0]["ReceiptHandle"]}, {"Id": "b", "ReceiptHandle": "none"}],
)
say("deleted", [[entry["Id"] for entry in gone["Successful"]], [entry["Code"] for entry in gone["Failed"]]])
try:
    sqs.get_queue_url(QueueName="nowhere")
except ClientError as refusal:
    say("missing", [type(refusal).__name__, refusal.response["Error"]["Code"]])
sqs.purge_queue(QueueUrl=url)
sqs.delete_queue(QueueUrl=url)
say("left", len(sqs.list_queues(QueueNamePrefix="older")["QueueUrls"]))
print(json.dumps({"queues": seen}))
