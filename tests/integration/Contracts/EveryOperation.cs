using System.Text.Json.Nodes;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Fault = Pipeline.LocalCloud.Protocols.Fault;

namespace Pipeline.Tests.Contracts;

/// <summary>Every operation that the embedded cloud has, called with success at least once, its answer held against the public model.</summary>
public sealed partial class EveryOperation
{
    private readonly HashSet<string> _answered = [];
    private readonly HashSet<string> _deviations = [];
    private CloudServer _cloud = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Requires.That(ServiceModel.Available, "aws", "the AWS CLI, which brings the public service models, is not installed");
        _cloud = await CheckedCloud.Start();
    }

    [OneTimeTearDown]
    public async Task Stop() => await (_cloud?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Answers_what_its_public_model_says()
    {
        await Identities();
        await Parameters();
        await Secrets();
        await Queues();
        await LogsRoom();
        await Registry();
        await Stacks();
        await LoadBalancing();
        await Compute();
        await Rooms();

        Assert.That(_deviations, Is.Empty);
        var all = _cloud.Cloud.Services.Where(AnswerCheck.IsDescribed).SelectMany(service => service.Operations.Keys.Select(operation => $"{service.SigningName} {service.Wire} {operation}")).Order(StringComparer.Ordinal);
        Assert.That(all.Except(_answered), Is.Empty, "operations whose answers nobody has held against the public model: add a call of each above");
    }

    private async Task Identities()
    {
        await Call("sts", "GetCallerIdentity");
        await Call("sts", "AssumeRole", """{"RoleArn":"arn:aws:iam::123456789012:role/api","RoleSessionName":"me"}""");
    }

    private async Task Parameters()
    {
        await Call("ssm", "PutParameter", """{"Name":"/a/b","Value":"1","Type":"SecureString","Description":"d","Tags":[{"Key":"k","Value":"v"}]}""");
        await Call("ssm", "PutParameter", """{"Name":"/a/c","Value":"1","Type":"String"}""");
        await Call("ssm", "GetParameter", """{"Name":"/a/b","WithDecryption":true}""");
        await Call("ssm", "GetParameters", """{"Names":["/a/b","/none"]}""");
        await Call("ssm", "GetParametersByPath", """{"Path":"/a","Recursive":true,"MaxResults":1}""");
        await Call("ssm", "DescribeParameters");
        await Call("ssm", "AddTagsToResource", """{"ResourceType":"Parameter","ResourceId":"/a/b","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("ssm", "ListTagsForResource", """{"ResourceType":"Parameter","ResourceId":"/a/b"}""");
        await Call("ssm", "RemoveTagsFromResource", """{"ResourceType":"Parameter","ResourceId":"/a/b","TagKeys":["x"]}""");
        await Call("ssm", "DeleteParameter", """{"Name":"/a/b"}""");
        await Call("ssm", "DeleteParameters", """{"Names":["/a/c","/none"]}""");
    }

    private async Task Secrets()
    {
        await Call("secretsmanager", "CreateSecret", """{"Name":"db","SecretString":"one","Description":"d","Tags":[{"Key":"k","Value":"v"}]}""");
        await Call("secretsmanager", "PutSecretValue", """{"SecretId":"db","SecretString":"two"}""");
        await Call("secretsmanager", "GetSecretValue", """{"SecretId":"db"}""");
        await Call("secretsmanager", "UpdateSecret", """{"SecretId":"db","SecretString":"three"}""");
        await Call("secretsmanager", "TagResource", """{"SecretId":"db","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("secretsmanager", "UntagResource", """{"SecretId":"db","TagKeys":["x"]}""");
        await Call("secretsmanager", "DescribeSecret", """{"SecretId":"db"}""");
        await Call("secretsmanager", "ListSecrets", """{"MaxResults":1}""");
        await Call("secretsmanager", "ListSecretVersionIds", """{"SecretId":"db","IncludeDeprecated":true}""");
        await Call("secretsmanager", "GetRandomPassword");
        await Call("secretsmanager", "DeleteSecret", """{"SecretId":"db"}""");
        await Call("secretsmanager", "RestoreSecret", """{"SecretId":"db"}""");
    }

    private async Task Queues()
    {
        var dead = Text(await Call("sqs", "CreateQueue", """{"QueueName":"dead"}"""), "QueueUrl");
        var deadArn = Text((await Call("sqs", "GetQueueAttributes", $$"""{"QueueUrl":"{{dead}}","AttributeNames":["All"]}""")).Object("Attributes")!, "QueueArn");
        var url = Text(await Call("sqs", "CreateQueue", """{"QueueName":"orders","tags":{"k":"v"}}"""), "QueueUrl");
        await Call("sqs", "SetQueueAttributes", new JsonObject { ["QueueUrl"] = url, ["Attributes"] = new JsonObject { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{deadArn}}","maxReceiveCount":3}""" } });
        await Call("sqs", "GetQueueUrl", """{"QueueName":"orders"}""");
        await Call("sqs", "ListQueues");
        await Call("sqs", "ListDeadLetterSourceQueues", $$"""{"QueueUrl":"{{dead}}"}""");
        await Call("sqs", "TagQueue", $$"""{"QueueUrl":"{{url}}","Tags":{"x":"y"} }""");
        await Call("sqs", "ListQueueTags", $$"""{"QueueUrl":"{{url}}"}""");
        await Call("sqs", "UntagQueue", $$"""{"QueueUrl":"{{url}}","TagKeys":["x"]}""");
        await Call("sqs", "SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"one","MessageAttributes":{"a":{"DataType":"String","StringValue":"b"} } }""");
        await Call("sqs", "SendMessageBatch", $$"""{"QueueUrl":"{{url}}","Entries":[{"Id":"1","MessageBody":"two"},{"Id":"2","MessageBody":"three"}]}""");
        var messages = (await Call("sqs", "ReceiveMessage", $$"""{"QueueUrl":"{{url}}","MaxNumberOfMessages":3,"MessageAttributeNames":["All"],"MessageSystemAttributeNames":["All"]}""")).Objects("Messages");
        var handles = messages.Select(message => Text(message, "ReceiptHandle")).ToList();
        await Call("sqs", "ChangeMessageVisibility", $$"""{"QueueUrl":"{{url}}","ReceiptHandle":"{{handles[0]}}","VisibilityTimeout":30}""");
        await Call("sqs", "ChangeMessageVisibilityBatch", $$"""{"QueueUrl":"{{url}}","Entries":[{"Id":"1","ReceiptHandle":"{{handles[1]}}","VisibilityTimeout":30},{"Id":"2","ReceiptHandle":"none","VisibilityTimeout":30}]}""");
        await Call("sqs", "DeleteMessage", $$"""{"QueueUrl":"{{url}}","ReceiptHandle":"{{handles[0]}}"}""");
        await Call("sqs", "DeleteMessageBatch", $$"""{"QueueUrl":"{{url}}","Entries":[{"Id":"1","ReceiptHandle":"{{handles[1]}}"}]}""");
        await Call("sqs", "PurgeQueue", $$"""{"QueueUrl":"{{url}}"}""");
        await Call("sqs", "DeleteQueue", $$"""{"QueueUrl":"{{url}}"}""");
    }

    private async Task LogsRoom()
    {
        await Call("logs", "CreateLogGroup", """{"logGroupName":"/a","tags":{"k":"v"}}""");
        await Call("logs", "PutRetentionPolicy", """{"logGroupName":"/a","retentionInDays":7}""");
        var arn = Text((await Call("logs", "DescribeLogGroups")).Objects("logGroups")[0], "logGroupArn");
        await Call("logs", "CreateLogStream", """{"logGroupName":"/a","logStreamName":"s"}""");
        await Call("logs", "PutLogEvents", $$"""{"logGroupName":"/a","logStreamName":"s","logEvents":[{"timestamp":{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}},"message":"m"}]}""");
        await Call("logs", "DescribeLogStreams", """{"logGroupName":"/a"}""");
        await Call("logs", "GetLogEvents", """{"logGroupName":"/a","logStreamName":"s"}""");
        await Call("logs", "FilterLogEvents", """{"logGroupName":"/a"}""");
        await Call("logs", "TagResource", $$"""{"resourceArn":"{{arn}}","tags":{"x":"y"} }""");
        await Call("logs", "ListTagsForResource", $$"""{"resourceArn":"{{arn}}"}""");
        await Call("logs", "UntagResource", $$"""{"resourceArn":"{{arn}}","tagKeys":["x"]}""");
        await Call("logs", "ListTagsLogGroup", """{"logGroupName":"/a"}""");
        await Call("logs", "DeleteLogStream", """{"logGroupName":"/a","logStreamName":"s"}""");
        await Call("logs", "DeleteRetentionPolicy", """{"logGroupName":"/a"}""");
        await Call("logs", "DeleteLogGroup", """{"logGroupName":"/a"}""");
    }

    private async Task Registry()
    {
        var repository = (await Call("ecr", "CreateRepository", """{"repositoryName":"api","imageTagMutability":"IMMUTABLE","tags":[{"Key":"k","Value":"v"}]}""")).Object("repository")!;
        var arn = Text(repository, "repositoryArn");
        await Call("ecr", "DescribeRepositories", """{"repositoryNames":["api"]}""");
        await Call("ecr", "PutImageTagMutability", """{"repositoryName":"api","imageTagMutability":"MUTABLE"}""");
        await Call("ecr", "PutImageScanningConfiguration", """{"repositoryName":"api","imageScanningConfiguration":{"scanOnPush":true}}""");
        await Call("ecr", "PutLifecyclePolicy", """{"repositoryName":"api","lifecyclePolicyText":"{\"rules\":[{\"rulePriority\":1,\"selection\":{\"tagStatus\":\"untagged\",\"countType\":\"imageCountMoreThan\",\"countNumber\":5},\"action\":{\"type\":\"expire\"}}]}"}""");
        await Call("ecr", "GetLifecyclePolicy", """{"repositoryName":"api"}""");
        await Call("ecr", "DeleteLifecyclePolicy", """{"repositoryName":"api"}""");
        await Call("ecr", "SetRepositoryPolicy", """{"repositoryName":"api","policyText":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"ecr:BatchGetImage\"}]}"}""");
        await Call("ecr", "GetRepositoryPolicy", """{"repositoryName":"api"}""");
        await Call("ecr", "DeleteRepositoryPolicy", """{"repositoryName":"api"}""");
        await Call("ecr", "GetAuthorizationToken");
        await Call("ecr", "TagResource", $$"""{"resourceArn":"{{arn}}","tags":[{"Key":"x","Value":"y"}]}""");
        await Call("ecr", "ListTagsForResource", $$"""{"resourceArn":"{{arn}}"}""");
        await Call("ecr", "UntagResource", $$"""{"resourceArn":"{{arn}}","tagKeys":["x"]}""");
        var digest = await Push(repository);
        await Call("ecr", "DescribeImages", """{"repositoryName":"api"}""");
        await Call("ecr", "ListImages", """{"repositoryName":"api"}""");
        await Call("ecr", "BatchGetImage", $$"""{"repositoryName":"api","imageIds":[{"imageDigest":"{{digest}}"},{"imageTag":"none"}]}""");
        await Call("ecr", "BatchDeleteImage", $$"""{"repositoryName":"api","imageIds":[{"imageDigest":"{{digest}}"},{"imageTag":"none"}]}""");
        await Call("ecr", "DeleteRepository", """{"repositoryName":"api","force":true}""");
    }

    /// <summary>Over HTTP, as every image builder does.</summary>
    private async Task<string> Push(JsonObject repository)
    {
        var token = Text((await Call("ecr", "GetAuthorizationToken")).Objects("authorizationData")[0], "authorizationToken");
        using var http = new HttpClient { BaseAddress = new Uri($"{_cloud.Endpoint}/v2/{Text(repository, "repositoryName")}/") };
        http.DefaultRequestHeaders.Authorization = new("Basic", token);
        var config = "{}"u8.ToArray();
        var digest = $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(config))}";
        using (var begun = await http.PostAsync(new Uri("blobs/uploads/", UriKind.Relative), null))
        {
            using var blob = new ByteArrayContent(config);
            var location = begun.Headers.Location!.ToString();
            using var put = await http.PutAsync(new Uri(http.BaseAddress, $"{location}{(location.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={digest}"), blob);
            put.EnsureSuccessStatusCode();
        }

        const string MediaType = "application/vnd.oci.image.manifest.v1+json";
        using var manifest = new StringContent($$"""{"schemaVersion":2,"mediaType":"{{MediaType}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{digest}}","size":2},"layers":[]}""");
        manifest.Headers.ContentType = new(MediaType);
        using var pushed = await http.PutAsync(new Uri("manifests/v1", UriKind.Relative), manifest);
        pushed.EnsureSuccessStatusCode();
        return pushed.Headers.GetValues("Docker-Content-Digest").Single();
    }

    /// <summary>Stacks, and what only stacks can make: network, roles, databases.</summary>
    private async Task Stacks()
    {
        const string Template = """
            {"Parameters":{"Value":{"Type":"String","Description":"d"}},
             "Resources":{
               "Net":{"Type":"AWS::EC2::VPC","Properties":{"CidrBlock":"10.0.0.0/16"}},
               "Sub":{"Type":"AWS::EC2::Subnet","Properties":{"VpcId":{"Ref":"Net"},"CidrBlock":"10.0.0.0/24"}},
               "Group":{"Type":"AWS::EC2::SecurityGroup","Properties":{"GroupDescription":"g","VpcId":{"Ref":"Net"},"SecurityGroupIngress":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"CidrIp":"0.0.0.0/0"}]}},
               "Login":{"Type":"AWS::IAM::OIDCProvider","Properties":{"Url":"https://tokens.example","ClientIdList":["sts.amazonaws.com"]}},
               "Role":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"every","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow"}]}}},
               "Text":{"Type":"AWS::SSM::Parameter","Properties":{"Name":"/every","Type":"String","Value":{"Ref":"Value"}}},
               "Data":{"Type":"AWS::RDS::DBInstance","DeletionPolicy":"Delete","Properties":{"DBInstanceIdentifier":"every","Engine":"postgres","DBInstanceClass":"db.t3.micro","AllocatedStorage":"20","MasterUsername":"ada","MasterUserPassword":"long-enough","VPCSecurityGroups":[{"Ref":"Group"}]}}},
             "Outputs":{"Net":{"Value":{"Ref":"Net"},"Export":{"Name":"every-net"}}}}
            """;
        await Call("cloudformation", "ValidateTemplate", Members(("TemplateBody", Template)));
        await Call("cloudformation", "GetTemplateSummary", Members(("TemplateBody", Template)));
        var set = Text(await Call("cloudformation", "CreateChangeSet", Stack("every", Template, "one", ("ChangeSetName", "first"), ("ChangeSetType", "CREATE"))), "Id");
        await Until(async () => Text(await Call("cloudformation", "DescribeChangeSet", Members(("ChangeSetName", set))), "Status") == "CREATE_COMPLETE");
        await Call("cloudformation", "ListChangeSets", Members(("StackName", "every")));
        await Call("cloudformation", "ExecuteChangeSet", Members(("ChangeSetName", set)));
        await Ends("every", "CREATE_COMPLETE");
        foreach (var operation in new[] { "DescribeStacks", "DescribeStackEvents", "DescribeStackResources", "ListStackResources", "GetTemplate" })
        {
            await Call("cloudformation", operation, Members(("StackName", "every")));
        }

        await Call("cloudformation", "DescribeStackResource", Members(("StackName", "every"), ("LogicalResourceId", "Net")));
        await Call("cloudformation", "ListStacks");
        await Call("cloudformation", "ListExports");
        await Call("cloudformation", "CreateStack", Stack("other", """{"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":{"Fn::ImportValue":"every-net"}}}}}"""));
        await Ends("other", "CREATE_COMPLETE");
        await Call("cloudformation", "ListImports", Members(("ExportName", "every-net")));
        var second = Text(await Call("cloudformation", "CreateChangeSet", Stack("every", Template, "two", ("ChangeSetName", "second"))), "Id");
        await Until(async () => Text(await Call("cloudformation", "DescribeChangeSet", Members(("ChangeSetName", second), ("IncludePropertyValues", "true"))), "Status") == "CREATE_COMPLETE");
        await Call("cloudformation", "DeleteChangeSet", Members(("ChangeSetName", second)));
        await Call("cloudformation", "UpdateTerminationProtection", """{"StackName":"every","EnableTerminationProtection":"false"}""");
        await Recovery(Template);
        foreach (var operation in new[] { "DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups" })
        {
            await Call("ec2", operation);
        }

        await Call("iam", "CreateUser", """{"UserName":"ann"}""");
        await Call("iam", "GetUser", """{"UserName":"ann"}""");
        await Call("iam", "ListUsers");
        var key = Text((await Call("iam", "CreateAccessKey", """{"UserName":"ann"}""")).Object("AccessKey")!, "AccessKeyId");
        await Call("iam", "ListAccessKeys", """{"UserName":"ann"}""");
        await Call("iam", "DeleteAccessKey", $$"""{"UserName":"ann","AccessKeyId":"{{key}}"}""");
        await Call("iam", "DeleteUser", """{"UserName":"ann"}""");
        await Call("iam", "GetRole", """{"RoleName":"every"}""");
        await Call("iam", "GetOpenIDConnectProvider", """{"OpenIDConnectProviderArn":"arn:aws:iam::123456789012:oidc-provider/tokens.example"}""");
        await Call("iam", "SimulatePrincipalPolicy", """{"PolicySourceArn":"arn:aws:iam::123456789012:role/every","ActionNames":["s3:GetObject"]}""");
        await Call("iam", "SimulateCustomPolicy", """{"PolicyInputList":["{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"],"ActionNames":["s3:GetObject"]}""");
        await Call("rds", "DescribeDBInstances");
        await Call("rds", "ModifyDBInstance", """{"DBInstanceIdentifier":"every","BackupRetentionPeriod":"3","ApplyImmediately":"true"}""");
        await Databases();
    }

    private async Task Databases()
    {
        var arn = Text((await Call("rds", "CreateDBSnapshot", """{"DBInstanceIdentifier":"every","DBSnapshotIdentifier":"every-s","Tags":[{"Key":"k","Value":"v"}]}"""))["DBSnapshot"]!.AsObject(), "DBSnapshotArn");
        await Until(async () => Text((await Call("rds", "DescribeDBSnapshots", """{"DBSnapshotIdentifier":"every-s"}"""))["DBSnapshots"]![0]!.AsObject(), "Status") == "available");
        await Call("rds", "AddTagsToResource", $$"""{"ResourceName":"{{arn}}","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("rds", "RemoveTagsFromResource", $$"""{"ResourceName":"{{arn}}","TagKeys":["x"]}""");
        await Call("rds", "ListTagsForResource", Members(("ResourceName", arn)));
        await Call("rds", "RestoreDBInstanceFromDBSnapshot", """{"DBInstanceIdentifier":"every-r","DBSnapshotIdentifier":"every-s"}""");
        await Until(async () => Text((await Call("rds", "DescribeDBInstances", """{"DBInstanceIdentifier":"every-r"}"""))["DBInstances"]![0]!.AsObject(), "DBInstanceStatus") == "available");
        await Call("rds", "DeleteDBSnapshot", """{"DBSnapshotIdentifier":"every-s"}""");
        await Call("rds", "DeleteDBInstance", """{"DBInstanceIdentifier":"every-r","SkipFinalSnapshot":"false","FinalDBSnapshotIdentifier":"every-f"}""");
        await Call("rds", "DeleteDBInstance", """{"DBInstanceIdentifier":"every","SkipFinalSnapshot":"true"}""");
    }

    /// <summary>The ways out of an update that hangs or fails, and of a creation that failed.</summary>
    private async Task Recovery(string template)
    {
        var faults = _cloud.Cloud.Faults;
        var denied = new AwsException("AccessDenied", "Not today.");
        faults.Add(new Fault("AWS::SSM::Parameter", "Update", FaultKind.Hang));
        await Call("cloudformation", "UpdateStack", Stack("every", template, "three"));
        await Call("cloudformation", "CancelUpdateStack", Members(("StackName", "every")));
        await Ends("every", "UPDATE_ROLLBACK_COMPLETE");
        faults.Clear();
        faults.Add(new Fault("AWS::SSM::Parameter", "Update", FaultKind.Refuse) { Times = 2, Refusal = denied });
        await Call("cloudformation", "UpdateStack", Stack("every", template, "four"));
        await Ends("every", "UPDATE_ROLLBACK_FAILED");
        await Call("cloudformation", "ContinueUpdateRollback", Members(("StackName", "every")));
        await Ends("every", "UPDATE_ROLLBACK_COMPLETE");
        faults.Clear();
        faults.Add(new Fault("AWS::SSM::Parameter", "Update", FaultKind.Refuse) { Refusal = denied });
        await Call("cloudformation", "UpdateStack", Stack("every", template, "five", ("DisableRollback", "true")));
        await Ends("every", "UPDATE_FAILED");
        await Call("cloudformation", "RollbackStack", Members(("StackName", "every")));
        await Ends("every", "UPDATE_ROLLBACK_COMPLETE");
        await Call("cloudformation", "DeleteStack", Members(("StackName", "other")));
    }

    private async Task LoadBalancing()
    {
        var balancer = Text((await Call("elasticloadbalancing", "CreateLoadBalancer", """{"Name":"front","Subnets":["subnet-1","subnet-2"],"Tags":[{"Key":"k","Value":"v"}]}""")).Objects("LoadBalancers")[0], "LoadBalancerArn");
        var group = Text((await Call("elasticloadbalancing", "CreateTargetGroup", """{"Name":"web","Port":"8080","Protocol":"HTTP","VpcId":"vpc-1","TargetType":"ip","HealthCheckPath":"/health"}""")).Objects("TargetGroups")[0], "TargetGroupArn");
        var listener = Text((await Call("elasticloadbalancing", "CreateListener", $$"""{"LoadBalancerArn":"{{balancer}}","Port":"{{FreePort.Next()}}","Protocol":"HTTP","DefaultActions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"503","ContentType":"text/plain","MessageBody":"no"} }]}""")).Objects("Listeners")[0], "ListenerArn");
        var rule = Text((await Call("elasticloadbalancing", "CreateRule", $$"""{"ListenerArn":"{{listener}}","Priority":"10","Conditions":[{"Field":"path-pattern","Values":["/*"]}],"Actions":[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"{{group}}","Weight":"1"}]} }]}""")).Objects("Rules")[0], "RuleArn");
        await Call("elasticloadbalancing", "RegisterTargets", $$"""{"TargetGroupArn":"{{group}}","Targets":[{"Id":"127.0.0.1","Port":"1"}]}""");
        await Call("elasticloadbalancing", "DescribeTargetHealth", $$"""{"TargetGroupArn":"{{group}}"}""");
        await Call("elasticloadbalancing", "DeregisterTargets", $$"""{"TargetGroupArn":"{{group}}","Targets":[{"Id":"127.0.0.1","Port":"1"}]}""");
        await Call("elasticloadbalancing", "DescribeLoadBalancers");
        await Call("elasticloadbalancing", "DescribeTargetGroups");
        await Call("elasticloadbalancing", "DescribeListeners", $$"""{"LoadBalancerArn":"{{balancer}}"}""");
        await Call("elasticloadbalancing", "DescribeRules", $$"""{"ListenerArn":"{{listener}}"}""");
        await Call("elasticloadbalancing", "ModifyRule", $$"""{"RuleArn":"{{rule}}","Conditions":[{"Field":"path-pattern","Values":["/a*"]}]}""");
        await Call("elasticloadbalancing", "SetRulePriorities", $$"""{"RulePriorities":[{"RuleArn":"{{rule}}","Priority":"5"}]}""");
        await Call("elasticloadbalancing", "ModifyListener", $$"""{"ListenerArn":"{{listener}}","DefaultActions":[{"Type":"forward","TargetGroupArn":"{{group}}"}]}""");
        await Call("elasticloadbalancing", "ModifyTargetGroup", $$"""{"TargetGroupArn":"{{group}}","HealthCheckPath":"/other"}""");
        await Call("elasticloadbalancing", "DescribeTargetGroupAttributes", $$"""{"TargetGroupArn":"{{group}}"}""");
        await Call("elasticloadbalancing", "ModifyTargetGroupAttributes", $$"""{"TargetGroupArn":"{{group}}","Attributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"5"}]}""");
        await Call("elasticloadbalancing", "DescribeLoadBalancerAttributes", $$"""{"LoadBalancerArn":"{{balancer}}"}""");
        await Call("elasticloadbalancing", "ModifyLoadBalancerAttributes", $$"""{"LoadBalancerArn":"{{balancer}}","Attributes":[{"Key":"idle_timeout.timeout_seconds","Value":"30"}]}""");
        await Call("elasticloadbalancing", "SetSecurityGroups", $$"""{"LoadBalancerArn":"{{balancer}}","SecurityGroups":["sg-1"]}""");
        await Call("elasticloadbalancing", "SetSubnets", $$"""{"LoadBalancerArn":"{{balancer}}","Subnets":["subnet-1","subnet-3"]}""");
        await Call("elasticloadbalancing", "AddTags", $$"""{"ResourceArns":["{{group}}"],"Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("elasticloadbalancing", "DescribeAccountLimits");
        await Call("elasticloadbalancing", "DescribeTags", $$"""{"ResourceArns":["{{group}}"]}""");
        await Call("elasticloadbalancing", "RemoveTags", $$"""{"ResourceArns":["{{group}}"],"TagKeys":["x"]}""");
        await Call("elasticloadbalancing", "DeleteRule", $$"""{"RuleArn":"{{rule}}"}""");
        await Call("elasticloadbalancing", "DeleteListener", $$"""{"ListenerArn":"{{listener}}"}""");
        await Call("elasticloadbalancing", "DeleteTargetGroup", $$"""{"TargetGroupArn":"{{group}}"}""");
        await Call("elasticloadbalancing", "DeleteLoadBalancer", $$"""{"LoadBalancerArn":"{{balancer}}"}""");
    }

    /// <summary>Tasks that run have tests of their own; here the image is missing, so that tasks stop with their reason.</summary>
    private async Task Compute()
    {
        var cluster = Text((await Call("ecs", "CreateCluster", """{"clusterName":"main","capacityProviders":["FARGATE"],"tags":[{"key":"k","value":"v"}]}""")).Object("cluster")!, "clusterArn");
        await Call("ecs", "PutClusterCapacityProviders", """{"cluster":"main","capacityProviders":["FARGATE","FARGATE_SPOT"],"defaultCapacityProviderStrategy":[{"capacityProvider":"FARGATE","base":1,"weight":1}]}""");
        await Call("ecs", "DescribeClusters", """{"clusters":["main","none"],"include":["TAGS","SETTINGS","STATISTICS"]}""");
        await Call("ecs", "ListClusters");
        await Call("ecs", "TagResource", $$"""{"resourceArn":"{{cluster}}","tags":[{"key":"x","value":"y"}]}""");
        await Call("ecs", "ListTagsForResource", $$"""{"resourceArn":"{{cluster}}"}""");
        await Call("ecs", "UntagResource", $$"""{"resourceArn":"{{cluster}}","tagKeys":["x"]}""");
        const string Definition = """
            {"family":"web","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","runtimePlatform":{"cpuArchitecture":"X86_64","operatingSystemFamily":"LINUX"},
             "containerDefinitions":[{"name":"web","image":"127.0.0.1:4510/none@sha256:0000000000000000000000000000000000000000000000000000000000000000","portMappings":[{"containerPort":8080}]}]}
            """;
        var first = Text((await Call("ecs", "RegisterTaskDefinition", Definition)).Object("taskDefinition")!, "taskDefinitionArn");
        var second = Text((await Call("ecs", "RegisterTaskDefinition", Definition)).Object("taskDefinition")!, "taskDefinitionArn");
        await Call("ecs", "DescribeTaskDefinition", """{"taskDefinition":"web","include":["TAGS"]}""");
        await Call("ecs", "ListTaskDefinitions");
        await Call("ecs", "ListTaskDefinitionFamilies");
        var task = Text((await Call("ecs", "RunTask", $$"""{"cluster":"main","taskDefinition":"{{first}}","launchType":"FARGATE","startedBy":"me","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]} } }""")).Objects("tasks")[0], "taskArn");
        await Call("ecs", "ListTasks", """{"cluster":"main","desiredStatus":"STOPPED"}""");
        await Call("ecs", "StopTask", $$"""{"cluster":"main","task":"{{task}}","reason":"enough"}""");
        await Until(async () => Text((await Call("ecs", "DescribeTasks", $$"""{"cluster":"main","tasks":["{{task}}","none"]}""")).Objects("tasks")[0], "lastStatus") == "STOPPED");
        await Call("ecs", "CreateService", $$"""{"cluster":"main","serviceName":"web","taskDefinition":"{{first}}","desiredCount":0,"launchType":"FARGATE"}""");
        await Until(async () => Text(await Deployment(), "status") == "SUCCESSFUL");
        await Call("ecs", "ListServices", """{"cluster":"main"}""");
        await Call("ecs", "UpdateService", $$"""{"cluster":"main","service":"web","taskDefinition":"{{second}}","desiredCount":1}""");
        await Call("ecs", "DescribeServices", """{"cluster":"main","services":["web","none"],"include":["TAGS"]}""");
        var deployment = Text(await Deployment(), "serviceDeploymentArn");
        var described = (await Call("ecs", "DescribeServiceDeployments", $$"""{"serviceDeploymentArns":["{{deployment}}"]}""")).Objects("serviceDeployments")[0];
        await Call("ecs", "DescribeServiceRevisions", $$"""{"serviceRevisionArns":["{{Text(described.Object("targetServiceRevision")!, "arn")}}"]}""");
        await Call("ecs", "StopServiceDeployment", $$"""{"serviceDeploymentArn":"{{deployment}}","stopType":"ROLLBACK"}""");
        await Call("ecs", "DeleteService", """{"cluster":"main","service":"web","force":true}""");
        await Call("ecs", "DeregisterTaskDefinition", $$"""{"taskDefinition":"{{second}}"}""");
        await Until(async () => Text((await Call("ecs", "DescribeServices", """{"cluster":"main","services":["web"]}""")).Objects("services")[0], "status") == "INACTIVE");
        await Pause(first);
        await Call("ecs", "DeleteCluster", """{"cluster":"main"}""");

        async Task<JsonObject> Deployment() => (await Call("ecs", "ListServiceDeployments", """{"cluster":"main","service":"web"}""")).Objects("serviceDeployments")[0];
    }

    /// <summary>A deployment that shifts traffic, where somebody has to say that it goes on.</summary>
    private async Task Pause(string definition)
    {
        await Call("ecs", "CreateService", $$"""
            {"cluster":"main","serviceName":"shift","taskDefinition":"{{definition}}","desiredCount":0,"deploymentConfiguration":{"strategy":"CANARY","bakeTimeInMinutes":0,
             "canaryConfiguration":{"canaryPercent":12.5,"canaryBakeTimeInMinutes":0},"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["PRE_SCALE_UP"],"timeoutConfiguration":{"timeoutInMinutes":60,"action":"CONTINUE"} }] } }
            """);
        var arn = Text((await Call("ecs", "ListServiceDeployments", """{"cluster":"main","service":"shift"}""")).Objects("serviceDeployments")[0], "serviceDeploymentArn");
        await Until(async () => (await Deployment()).Objects("lifecycleHookDetails").Count == 1);
        var hook = (await Deployment()).Objects("lifecycleHookDetails")[0];
        await Call("ecs", "ContinueServiceDeployment", $$"""{"serviceDeploymentArn":"{{arn}}","hookId":"{{Text(hook, "hookId")}}"}""");
        await Until(async () => Text(await Deployment(), "status") == "SUCCESSFUL");
        await Call("ecs", "DescribeServices", """{"cluster":"main","services":["shift"]}""");
        await Call("ecs", "DeleteService", """{"cluster":"main","service":"shift","force":true}""");
        await Until(async () => Text((await Call("ecs", "DescribeServices", """{"cluster":"main","services":["shift"]}""")).Objects("services")[0], "status") == "INACTIVE");

        async Task<JsonObject> Deployment() => (await Call("ecs", "DescribeServiceDeployments", $$"""{"serviceDeploymentArns":["{{arn}}"]}""")).Objects("serviceDeployments")[0];
    }

    private Task Ends(string stack, string status) =>
        Until(async () => Text((await Call("cloudformation", "DescribeStacks", Members(("StackName", stack)))).Objects("Stacks")[0], "StackStatus") == status, $"{stack} is {status}");

    private static Task Until(Func<Task<bool>> condition, string what = "it is done") => Poll.Until(condition, what);

    private Task<JsonObject> Call(string service, string operation, string members = "{}") => Call(service, operation, JsonNode.Parse(members)!.AsObject());

    private Task<JsonObject> Call(string service, string operation, JsonObject members) => Call(_cloud.Cloud.Services.First(s => s.SigningName == service), operation, members);

    private async Task<JsonObject> Call(AwsService service, string operation, JsonObject members)
    {
        var answer = await CheckedCalls.Call(service, operation, members, answered => _deviations.UnionWith(AnswerCheck.Deviations(answered)));
        _answered.Add($"{service.SigningName} {service.Wire} {operation}");
        return answer;
    }

    private static JsonObject Stack(string name, string template, string? value = null, params (string Name, string Value)[] more)
    {
        var members = Members([("StackName", name), ("TemplateBody", template), .. more]);
        members["Capabilities"] = new JsonArray("CAPABILITY_NAMED_IAM");
        if (value is not null)
        {
            members["Parameters"] = new JsonArray(Members(("ParameterKey", "Value"), ("ParameterValue", value)));
        }

        return members;
    }

    private static JsonObject Members(params (string Name, string Value)[] members) => new(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Value)));

    private static string Text(JsonObject answer, string member) => answer.Text(member)!;
}
