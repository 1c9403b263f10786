using Pipeline.Processes;

namespace Pipeline.Tests.Clients;

/// <summary>The AWS SDK for JavaScript v3: calls, typed errors, paginators and waiters of twelve clients, as one script sees them.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class JavaScript : ScriptedClients
{
    protected override async Task<CommandResult> Script(ClientCloud cloud)
    {
        var scripts = Repository.JavaScript;
        return await cloud.Run(Requires.Program("node", "node"), ["clients.js", await cloud.PushProbe(), $"{FreePort.Next()}"], scripts);
    }

    [Test]
    public void Knows_who_it_is_and_becomes_a_role()
    {
        Says("identity.account", $"\"{ClientCloud.Account}\"");
        Says("identity.arn", "\"arn:aws:iam::123456789012:user/developer\"");
        Says("identity.role", "\"arn:aws:sts::123456789012:assumed-role/reader/javascript\"");
        Says("identity.expires", "true");
        Says("identity.stranger", """["STSServiceException","InvalidClientTokenId",403]""");
    }

    [Test]
    public void Makes_and_changes_a_stack()
    {
        Says("cloudFormation.changes", """["Modify First False","Modify Second False","Modify Third False"]""");
        Says("cloudFormation.status", "\"UPDATE_COMPLETE\"");
        Says("cloudFormation.created", "true");
        Says("cloudFormation.output", "\"two\"");
        Says("cloudFormation.tags", """[{"Key":"team","Value":"shop"}]""");
        Says("cloudFormation.newest", "\"UPDATE_COMPLETE\"");
        Says("cloudFormation.resources", """["First","Second","Third"]""");
        Says("cloudFormation.missing", """["CloudFormationServiceException","ValidationError",400]""");
        Says("cloudFormation.duplicate", """["AlreadyExistsException","AlreadyExistsException",400]""");
        Says("cloudFormation.unknownChangeSet", """["ChangeSetNotFoundException","ChangeSetNotFoundException",404]""");
    }

    [Test]
    public void Runs_a_service_behind_a_load_balancer()
    {
        Says("compute.answer", "\"js\"");
        Says("compute.running", "1");
        Says("compute.rollout", """["COMPLETED"]""");
        Says("compute.created", "true");
        Says("compute.groups", "[2,1]");
        Says("compute.tasks", "1");
        Says("compute.lines", """["probe js starts"]""");
        Says("compute.missingCluster", """["ClusterNotFoundException","ClusterNotFoundException",400]""");
        Says("compute.missingGroup", """["TargetGroupNotFoundException","TargetGroupNotFoundException",400]""");
        Says("compute.missingLog", """["ResourceNotFoundException","ResourceNotFoundException",400]""");
        Says("compute.refused", """["ClientException","ClientException",400]""");
    }

    [Test]
    public void Reads_and_writes_buckets_parameters_secrets_queues_and_images()
    {
        Says("stores.body", "\"body 1\"");
        Says("stores.type", "\"text/plain\"");
        Says("stores.objects", "[2,1]");
        Says("stores.parameters", """["0","1","2"]""");
        Says("stores.secrets", "[2,1]");
        Says("stores.secret", "\"secret 1\"");
        Says("stores.message", "\"hello\"");
        Says("stores.repositories", """["probe"]""");
        Says("stores.images", "[true]");
        Says("stores.missingKey", """["NoSuchKey","NoSuchKey",404]""");
        Says("stores.missingParameter", """["ParameterNotFound","ParameterNotFound",400]""");
        Says("stores.missingSecret", """["ResourceNotFoundException","ResourceNotFoundException",400]""");
        Says("stores.missingQueue", """["QueueDoesNotExist","QueueDoesNotExist",400]""");
        Says("stores.missingRepository", """["RepositoryNotFoundException","RepositoryNotFoundException",400]""");
        Says("stores.missingDatabase", """["DBInstanceNotFoundFault","DBInstanceNotFoundFault",404]""");
    }

    [Test]
    public void Sets_an_alarm() => Says("alarms.alarms", """["javascript 5"]""");
}
