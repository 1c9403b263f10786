"""What an unmodified boto3 sees of the embedded cloud: prints one JSON object, judged by the test that starts it.

Usage: clients.py IMAGE PORT   (a service's image by digest, a free port for a listener)
"""
import json
import sys
import time

import boto3

IMAGE, PORT = sys.argv[1], int(sys.argv[2])
SOON = {"Delay": 0.2, "MaxAttempts": 300}

STACK = """
Resources:
  First: {Type: AWS::SSM::Parameter, Properties: {Name: /python/first, Type: String, Value: one}}
  Second: {Type: AWS::SSM::Parameter, Properties: {Name: /python/second, Type: String, Value: two}}
  Third: {Type: AWS::SSM::Parameter, Properties: {Name: /python/third, Type: String, Value: three}}
"""

DATABASE = """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties: {DBInstanceIdentifier: python, Engine: postgres, DBInstanceClass: db.t3.micro, AllocatedStorage: '20', MasterUsername: ada, MasterUserPassword: long-enough}
"""


def client(service):
    return boto3.client(service)


def pages(service, operation, key, size, **arguments):
    """How many entries each page has, and the entries of all."""
    found = [page.get(key, []) for page in client(service).get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **arguments)]
    return [len(page) for page in found], [entry for page in found for entry in page]


def wait(service, waiter, **arguments):
    client(service).get_waiter(waiter).wait(WaiterConfig=SOON, **arguments)


def code_of(call):
    try:
        call()
    except Exception as error:  # judged by the test
        response = getattr(error, "response", {})
        return [type(error).__name__, response.get("Error", {}).get("Code")]
    return None


def stacks():
    formation = client("cloudformation")
    for name in ("python-a", "python-b", "python-c"):
        formation.create_stack(StackName=name, TemplateBody=STACK.replace("/python/", f"/{name}/"))
        wait("cloudformation", "stack_create_complete", StackName=name)
    formation.update_stack(StackName="python-a", TemplateBody=STACK.replace("/python/", "/python-a/").replace("three", "3"))
    wait("cloudformation", "stack_update_complete", StackName="python-a")
    formation.create_change_set(StackName="python-b", ChangeSetName="more", TemplateBody=STACK.replace("/python/", "/python-b/").replace("three", "4"))
    wait("cloudformation", "change_set_create_complete", StackName="python-b", ChangeSetName="more")
    described = [stack["StackName"] for page in formation.get_paginator("describe_stacks").paginate() for stack in page["Stacks"]]
    events = [e["EventId"] for page in formation.get_paginator("describe_stack_events").paginate(StackName="python-a") for e in page["StackEvents"]]
    resources = [r["LogicalResourceId"] for page in formation.get_paginator("list_stack_resources").paginate(StackName="python-a") for r in page["StackResourceSummaries"]]
    formation.delete_stack(StackName="python-c")
    wait("cloudformation", "stack_delete_complete", StackName="python-c")
    return {
        "described": sorted(described),
        "events": len(events),
        "distinctEvents": len(set(events)),
        "resources": sorted(resources),
        "missing": code_of(lambda: formation.describe_stacks(StackName="nowhere")),
        "duplicate": code_of(lambda: formation.create_stack(StackName="python-a", TemplateBody=STACK)),
        "failedWait": code_of(lambda: wait("cloudformation", "stack_update_complete", StackName="python-c")),
    }


def services():
    ecs, elb, logs = client("ecs"), client("elbv2"), client("logs")
    ecs.create_cluster(clusterName="python")
    logs.create_log_group(logGroupName="/python/service")
    for number in range(3):
        ecs.register_task_definition(
            family=f"python-{number}", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            containerDefinitions=[{
                "name": "probe", "image": IMAGE, "essential": True, "portMappings": [{"containerPort": 8080}],
                "environment": [{"name": "PROBE_VERSION", "value": str(number)}],
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/python/service", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "probe"}},
            }])
    balancer = elb.create_load_balancer(Name="python", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]["LoadBalancerArn"]
    groups = [elb.create_target_group(
        Name=f"python-{number}", Protocol="HTTP", Port=8080, VpcId="vpc-1", TargetType="ip", HealthCheckPath="/health", HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2, HealthyThresholdCount=2)["TargetGroups"][0]["TargetGroupArn"] for number in range(3)]
    listener = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=PORT, DefaultActions=[{"Type": "forward", "TargetGroupArn": groups[0]}])["Listeners"][0]["ListenerArn"]
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}
    ecs.create_service(cluster="python", serviceName="balanced", taskDefinition="python-0", desiredCount=2, launchType="FARGATE", networkConfiguration=network,
                       loadBalancers=[{"targetGroupArn": groups[0], "containerName": "probe", "containerPort": 8080}])
    for name in ("idle-1", "idle-2"):
        ecs.create_service(cluster="python", serviceName=name, taskDefinition="python-1", desiredCount=0, launchType="FARGATE", networkConfiguration=network)
    wait("ecs", "services_stable", cluster="python", services=["balanced", "idle-1", "idle-2"])
    wait("elbv2", "target_in_service", TargetGroupArn=groups[0])
    wait("elbv2", "load_balancer_available", LoadBalancerArns=[balancer])
    task = ecs.run_task(cluster="python", taskDefinition="python-2", launchType="FARGATE", networkConfiguration=network)["tasks"][0]["taskArn"]
    wait("ecs", "tasks_running", cluster="python", tasks=[task])
    tasks, task_arns = pages("ecs", "list_tasks", "taskArns", 2, cluster="python")
    ecs.stop_task(cluster="python", task=task)
    wait("ecs", "tasks_stopped", cluster="python", tasks=[task])
    definitions, arns = pages("ecs", "list_task_definitions", "taskDefinitionArns", 2)
    services_, service_arns = pages("ecs", "list_services", "serviceArns", 2, cluster="python")
    target_groups, described_groups = pages("elbv2", "describe_target_groups", "TargetGroups", 2)
    events, lines = pages("logs", "filter_log_events", "events", 1, logGroupName="/python/service", filterPattern='"probe 0 starts"')
    result = {
        "definitions": definitions, "families": sorted(arn.split("/")[1] for arn in arns),
        "services": services_, "serviceNames": sorted(arn.split("/")[-1] for arn in service_arns),
        "tasks": tasks, "distinctTasks": len(set(task_arns)),
        "targetGroups": target_groups, "targetGroupNames": sorted(group["TargetGroupName"] for group in described_groups),
        "logPages": [size for size in events if size], "logLines": sorted(line["message"] for line in lines),
        "health": sorted(t["TargetHealth"]["State"] for t in elb.describe_target_health(TargetGroupArn=groups[0])["TargetHealthDescriptions"]),
        "missing": ecs.describe_services(cluster="python", services=["nowhere"])["failures"][0]["reason"],
        "missingCluster": code_of(lambda: ecs.describe_services(cluster="nowhere", services=["x"])),
        "missingGroup": code_of(lambda: elb.describe_target_groups(Names=["nowhere"])),
        "inUse": code_of(lambda: elb.delete_target_group(TargetGroupArn=groups[0])),
    }
    for name in ("balanced", "idle-1", "idle-2"):
        ecs.delete_service(cluster="python", service=name, force=True)
    wait("ecs", "services_inactive", cluster="python", services=["balanced"])
    elb.delete_listener(ListenerArn=listener)
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    wait("elbv2", "load_balancers_deleted", LoadBalancerArns=[balancer])
    return result


def database():
    formation, rds = client("cloudformation"), client("rds")
    formation.create_stack(StackName="python-database", TemplateBody=DATABASE)
    # The waiter takes a missing instance for a failure, so it may start only when there is one.
    deadline = time.monotonic() + 60
    while code_of(lambda: rds.describe_db_instances(DBInstanceIdentifier="python")) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    wait("rds", "db_instance_available", DBInstanceIdentifier="python")
    status = rds.describe_db_instances(DBInstanceIdentifier="python")["DBInstances"][0]["DBInstanceStatus"]
    wait("cloudformation", "stack_create_complete", StackName="python-database")
    formation.delete_stack(StackName="python-database")
    wait("rds", "db_instance_deleted", DBInstanceIdentifier="python")
    return {"status": status, "missing": code_of(lambda: rds.describe_db_instances(DBInstanceIdentifier="python"))}


def stores():
    s3, ssm, secrets, sqs = client("s3"), client("ssm"), client("secretsmanager"), client("sqs")
    s3.create_bucket(Bucket="python", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    wait("s3", "bucket_exists", Bucket="python")
    s3.put_bucket_versioning(Bucket="python", VersioningConfiguration={"Status": "Enabled"})
    for number in range(5):
        s3.put_object(Bucket="python", Key=f"objects/{number}", Body=b"x" * number)
    s3.put_object(Bucket="python", Key="objects/0", Body=b"again")
    s3.delete_object(Bucket="python", Key="objects/4")
    wait("s3", "object_exists", Bucket="python", Key="objects/0")
    wait("s3", "object_not_exists", Bucket="python", Key="objects/4")
    objects, listed = pages("s3", "list_objects_v2", "Contents", 3, Bucket="python", Prefix="objects/")
    versions, every = pages("s3", "list_object_versions", "Versions", 2, Bucket="python")
    first = [version for version in every if version["Key"] == "objects/0"][-1]
    old = s3.get_object(Bucket="python", Key="objects/0", VersionId=first["VersionId"])["Body"].read()
    for number in range(5):
        ssm.put_parameter(Name=f"/stores/{number}", Type="String", Value=str(number))
        secrets.create_secret(Name=f"stores/{number}", SecretString=str(number))
    parameters, names = pages("ssm", "describe_parameters", "Parameters", 2, ParameterFilters=[{"Key": "Name", "Option": "BeginsWith", "Values": ["/stores/"]}])
    secret_pages, secret_list = pages("secretsmanager", "list_secrets", "SecretList", 2, Filters=[{"Key": "name", "Values": ["stores/"]}])
    queue = sqs.create_queue(QueueName="python")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="hello")
    received = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)["Messages"][0]["Body"]
    return {
        "objects": objects, "keys": [entry["Key"] for entry in listed],
        "versions": sum(versions), "old": old.decode(),
        "parameters": parameters, "parameterNames": sorted(entry["Name"] for entry in names),
        "secrets": secret_pages, "secretNames": sorted(entry["Name"] for entry in secret_list),
        "received": received,
        "missingKey": code_of(lambda: s3.get_object(Bucket="python", Key="nowhere")),
        "missingParameter": code_of(lambda: ssm.get_parameter(Name="/nowhere")),
        "missingSecret": code_of(lambda: secrets.get_secret_value(SecretId="nowhere")),
        "missingQueue": code_of(lambda: sqs.get_queue_url(QueueName="nowhere")),
        "notEmpty": code_of(lambda: s3.delete_bucket(Bucket="python")),
    }


def settings():
    s3, ecr = client("s3"), client("ecr")
    formation = client("cloudformation")
    formation.create_stack(StackName="python-settings", TemplateBody="""
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: settings
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms'}, BucketKeyEnabled: true}]}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: false}
      LifecycleConfiguration: {Rules: [{Id: old, Status: Enabled, ExpirationInDays: 30, NoncurrentVersionExpiration: {NoncurrentDays: 7}}]}
      Tags: [{Key: team, Value: shop}]
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !Ref Bucket, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Deny, Principal: '*', Action: 's3:ListBucket', Resource: !GetAtt Bucket.Arn}]}}
  Repository:
    Type: AWS::ECR::Repository
    Properties:
      RepositoryName: settings
      LifecyclePolicy: {LifecyclePolicyText: '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}'}
""")
    wait("cloudformation", "stack_create_complete", StackName="python-settings")
    made = {
        "versioning": s3.get_bucket_versioning(Bucket="settings")["Status"],
        "encryption": s3.get_bucket_encryption(Bucket="settings")["ServerSideEncryptionConfiguration"]["Rules"],
        "access": sorted(name for name, value in s3.get_public_access_block(Bucket="settings")["PublicAccessBlockConfiguration"].items() if value),
        "lifecycle": s3.get_bucket_lifecycle_configuration(Bucket="settings")["Rules"],
        "team": [tag["Value"] for tag in s3.get_bucket_tagging(Bucket="settings")["TagSet"] if tag["Key"] == "team"],
        "policy": json.loads(s3.get_bucket_policy(Bucket="settings")["Policy"])["Statement"][0]["Effect"],
        "expiry": json.loads(ecr.get_lifecycle_policy(repositoryName="settings")["lifecyclePolicyText"])["rules"][0]["rulePriority"],
        "noPolicy": code_of(lambda: ecr.get_repository_policy(repositoryName="settings")),
    }
    s3.delete_bucket_policy(Bucket="settings")
    s3.put_bucket_lifecycle_configuration(Bucket="settings", LifecycleConfiguration={"Rules": [{"ID": "new", "Status": "Disabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 1}}]})
    ecr.set_repository_policy(repositoryName="settings", policyText='{"Version":"2012-10-17","Statement":[{"Sid":"all","Effect":"Allow","Principal":"*","Action":"ecr:*"}]}')
    ecr.delete_lifecycle_policy(repositoryName="settings")
    changed = {
        "noBucketPolicy": code_of(lambda: s3.get_bucket_policy(Bucket="settings")),
        "newLifecycle": s3.get_bucket_lifecycle_configuration(Bucket="settings")["Rules"][0]["ID"],
        "sid": json.loads(ecr.get_repository_policy(repositoryName="settings")["policyText"])["Statement"][0]["Sid"],
        "noExpiry": code_of(lambda: ecr.get_lifecycle_policy(repositoryName="settings")),
        "badPolicy": code_of(lambda: s3.put_bucket_policy(Bucket="settings", Policy="no JSON")),
        "badExpiry": code_of(lambda: ecr.put_lifecycle_policy(repositoryName="settings", lifecyclePolicyText='{"rules":[]}' + " " * 100)),
    }
    # A version that is deleted for good brings back the one before it.
    s3.put_object(Bucket="settings", Key="k", Body=b"one")
    second = s3.put_object(Bucket="settings", Key="k", Body=b"two")["VersionId"]
    marker = s3.delete_object(Bucket="settings", Key="k")
    s3.delete_object(Bucket="settings", Key="k", VersionId=marker["VersionId"])
    undeleted = s3.get_object(Bucket="settings", Key="k")["Body"].read().decode()
    s3.delete_object(Bucket="settings", Key="k", VersionId=second)
    before = s3.get_object(Bucket="settings", Key="k")["Body"].read().decode()
    s3.put_bucket_versioning(Bucket="settings", VersioningConfiguration={"Status": "Suspended"})
    suspended = [s3.put_object(Bucket="settings", Key="k", Body=body)["VersionId"] for body in (b"three", b"four")]
    versions = [version["VersionId"] == "null" for version in s3.list_object_versions(Bucket="settings")["Versions"]]
    return {**made, **changed, "marker": marker["DeleteMarker"], "undeleted": undeleted, "before": before, "suspended": suspended, "nullVersions": versions}


print(json.dumps({"stacks": stacks(), "services": services(), "database": database(), "stores": stores(), "settings": settings()}))
