using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class OperationEvents
{
    private const string One = "Resources: {A: {Type: Test::Thing, Properties: {Name: a, Value: '1'}}}";

    [Test]
    public async Task Those_of_one_operation_can_be_asked_for_and_only_the_failed_ones()
    {
        await using var cloud = await Failed();
        var operation = (await cloud.Stack()).Objects("LastOperations").Single(o => o.Text("OperationType") == "UPDATE_STACK").Text("OperationId")!;

        var all = await Events(cloud, new JsonObject { ["OperationId"] = operation });
        Assert.That(all.Select(e => $"{e.Text("EventType")} {e.Text("LogicalResourceId")} {e.Text("ResourceStatus")}").Reverse(), Is.EqualTo(new[]
        {
            "STACK_EVENT s UPDATE_IN_PROGRESS", "PROGRESS_EVENT A UPDATE_IN_PROGRESS", "PROVISIONING_ERROR A UPDATE_FAILED",
        }));
        var failed = await Events(cloud, new JsonObject { ["OperationId"] = operation, ["Filters"] = new JsonObject { ["FailedEvents"] = "true" } });
        Assert.That(failed.Single().Text("ResourceStatusReason"), Is.EqualTo("A was told to fail."));
    }

    [Test]
    public async Task Those_of_a_stack_tell_the_end_of_each_operation()
    {
        await using var cloud = await Failed();

        var ends = (await Events(cloud, new JsonObject { ["StackName"] = "s" })).Where(e => e.Text("EventType") == "STACK_EVENT" && e["EndTime"] is not null).Select(e => $"{e.Text("OperationType")} {e.Text("OperationStatus")}");
        Assert.That(ends, Is.EqualTo(new[] { "ROLLBACK SUCCEEDED", "CREATE_STACK SUCCEEDED" }));
    }

    [Test]
    public async Task A_change_set_is_an_operation_too()
    {
        await using var cloud = await Failed();
        var set = await cloud.Call("CreateChangeSet", new JsonObject { ["StackName"] = "s", ["ChangeSetName"] = "c", ["TemplateBody"] = One });

        var made = (await Events(cloud, new JsonObject { ["ChangeSetName"] = set.Text("Id") })).Single();
        Assert.That((made.Text("OperationType"), made.Text("OperationStatus")), Is.EqualTo(("CREATE_CHANGESET", "FAILED")));
        Assert.That((await Events(cloud, new JsonObject { ["OperationId"] = made.Text("OperationId") })).Single().Text("ResourceStatusReason"), Does.StartWith("The submitted information didn't contain changes."));
    }

    [Test]
    public async Task Something_must_be_named_that_exists()
    {
        await using var cloud = new TestCloud();

        Assert.That(async () => await Events(cloud, []), Throws.TypeOf<AwsException>().With.Message.Contains("must be specified"));
        Assert.That(async () => await Events(cloud, new JsonObject { ["OperationId"] = "x" }), Throws.TypeOf<AwsException>().With.Message.EqualTo("Operation [x] does not exist"));
    }

    [Test]
    public async Task A_summary_can_name_unknown_types_and_limits_are_told()
    {
        await using var cloud = new TestCloud();
        const string unknown = "Resources: {A: {Type: Test::Thing}, X: {Type: Test::Nothing}}";

        var summary = await cloud.Call("GetTemplateSummary", new JsonObject { ["TemplateBody"] = unknown, ["TemplateSummaryConfig"] = new JsonObject { ["TreatUnrecognizedResourceTypesAsWarnings"] = "true" } });
        Assert.That(summary.Object("Warnings")!.Texts("UnrecognizedResourceTypes"), Is.EqualTo(new[] { "Test::Nothing" }));
        Assert.That(async () => await cloud.Call("GetTemplateSummary", new JsonObject { ["TemplateBody"] = unknown }), Throws.TypeOf<AwsException>().With.Message.Contains("Unrecognized resource types: [Test::Nothing]"));
        Assert.That((await cloud.Call("DescribeAccountLimits", "{}")).Objects("AccountLimits").Select(limit => limit.Text("Name")), Does.Contain("StackLimit"));
    }

    private static async Task<TestCloud> Failed()
    {
        var cloud = new TestCloud();
        await cloud.Create(One);
        await cloud.Status();
        await cloud.Update(One.Replace("'1'", "'2', Fail: update", StringComparison.Ordinal));
        await cloud.Status();
        return cloud;
    }

    private static async Task<IReadOnlyList<JsonObject>> Events(TestCloud cloud, JsonObject by) => (await cloud.Call("DescribeEvents", by)).Objects("OperationEvents");
}
