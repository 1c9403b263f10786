using Pipeline.Processes;

namespace Pipeline.Tests.Clients;

/// <summary>boto3: paginators, waiters and typed errors, as one script sees them.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class Python : ScriptedClients
{
    protected override async Task<CommandResult> Script(ClientCloud cloud)
    {
        var python = Requires.Program("python", "python3");
        Requires.That((await cloud.Run(python, ["-c", "import boto3"])).ExitCode == 0, "python", "boto3 is not installed for python3");
        var script = Path.Combine(Repository.Root, "tests", "integration", "Clients", "python", "clients.py");
        return await cloud.Run(python, [script, await cloud.PushProbe(), $"{FreePort.Next()}"]);
    }

    [Test]
    public void Pages_and_waits_for_stacks()
    {
        Says("stacks.described", """["python-a","python-b","python-c"]""");
        Says("stacks.resources", """["First","Second","Third"]""");
        // Created: review, start, three resources of two events or three, end; updated: start, one resource, cleanup, end.
        Assert.That(Seen("stacks.events").GetValue<int>(), Is.GreaterThanOrEqualTo(13).And.EqualTo(Seen("stacks.distinctEvents").GetValue<int>()));
        Says("stacks.missing", """["ClientError","ValidationError"]""");
        Says("stacks.duplicate", """["AlreadyExistsException","AlreadyExistsException"]""");
        Says("stacks.failedWait", """["WaiterError",null]""");
    }

    [Test]
    public void Pages_and_waits_for_services_tasks_and_targets()
    {
        Says("services.definitions", "[2,1]");
        Says("services.families", """["python-0:1","python-1:1","python-2:1"]""");
        Says("services.services", "[2,1]");
        Says("services.serviceNames", """["balanced","idle-1","idle-2"]""");
        Says("services.tasks", "[2,1]");
        Says("services.distinctTasks", "3");
        Says("services.targetGroups", "[2,1]");
        Says("services.targetGroupNames", """["python-0","python-1","python-2"]""");
        Says("services.health", """["healthy","healthy"]""");
        Says("services.missing", "\"MISSING\"");
        Says("services.missingCluster", """["ClusterNotFoundException","ClusterNotFoundException"]""");
        Says("services.missingGroup", """["TargetGroupNotFoundException","TargetGroupNotFound"]""");
        Says("services.inUse", """["ResourceInUseException","ResourceInUse"]""");
    }

    [Test]
    public void Pages_through_the_log_of_a_service()
    {
        Says("services.logPages", "[1,1]");
        Says("services.logLines", """["probe 0 starts","probe 0 starts"]""");
    }

    [Test]
    public void Waits_for_a_database()
    {
        Says("database.status", "\"available\"");
        Says("database.missing", """["DBInstanceNotFoundFault","DBInstanceNotFound"]""");
    }

    [Test]
    public void Pages_through_buckets_parameters_and_secrets()
    {
        Says("stores.objects", "[3,1]");
        Says("stores.keys", """["objects/0","objects/1","objects/2","objects/3"]""");
        Says("stores.versions", "6");
        Says("stores.old", "\"\"");
        Says("stores.parameters", "[2,2,1]");
        Says("stores.parameterNames", """["/stores/0","/stores/1","/stores/2","/stores/3","/stores/4"]""");
        Says("stores.secrets", "[2,2,1]");
        Says("stores.secretNames", """["stores/0","stores/1","stores/2","stores/3","stores/4"]""");
        Says("stores.received", "\"hello\"");
        Says("stores.missingKey", """["NoSuchKey","NoSuchKey"]""");
        Says("stores.missingParameter", """["ParameterNotFound","ParameterNotFound"]""");
        Says("stores.missingSecret", """["ResourceNotFoundException","ResourceNotFoundException"]""");
        Says("stores.missingQueue", """["QueueDoesNotExist","AWS.SimpleQueueService.NonExistentQueue"]""");
        Says("stores.notEmpty", """["ClientError","BucketNotEmpty"]""");
    }

    [Test]
    public void Finds_the_settings_and_versions_of_buckets_and_repositories()
    {
        Says("settings.versioning", "\"Enabled\"");
        Says("settings.encryption", """[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":true}]""");
        Says("settings.access", """["BlockPublicAcls","BlockPublicPolicy","IgnorePublicAcls"]""");
        Says("settings.lifecycle", """[{"Expiration":{"Days":30},"ID":"old","Filter":{"Prefix":""},"Status":"Enabled","NoncurrentVersionExpiration":{"NoncurrentDays":7}}]""");
        Says("settings.team", """["shop"]""");
        Says("settings.policy", "\"Deny\"");
        Says("settings.expiry", "1");
        Says("settings.noPolicy", """["RepositoryPolicyNotFoundException","RepositoryPolicyNotFoundException"]""");
        Says("settings.noBucketPolicy", """["ClientError","NoSuchBucketPolicy"]""");
        Says("settings.newLifecycle", "\"new\"");
        Says("settings.sid", "\"all\"");
        Says("settings.noExpiry", """["LifecyclePolicyNotFoundException","LifecyclePolicyNotFoundException"]""");
        Says("settings.badPolicy", """["ClientError","MalformedPolicy"]""");
        Says("settings.badExpiry", """["InvalidParameterException","InvalidParameterException"]""");
        Says("settings.marker", "true");
        Says("settings.undeleted", "\"two\"");
        Says("settings.before", "\"one\"");
        Says("settings.suspended", """["null","null"]""");
        Says("settings.nullVersions", "[true,false]");
    }
}
