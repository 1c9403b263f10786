using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class Drifts
{
    private const string Mixed = """
        Parameters: {Secret: {Type: String, NoEcho: true, Default: hush-hush}}
        Resources:
          A: {Type: Test::Thing, Properties: {Name: a, Value: '1', Secret: !Ref Secret, Tags: [{Key: k, Value: v}]}}
          B: {Type: Test::Thing, Properties: {Name: b, Value: '{{resolve:ssm:/x}}'}}
          C: {Type: Test::Fixed, Properties: {Value: 1}}
        """;

    [Test]
    public async Task A_stack_that_nobody_touched_is_in_sync()
    {
        await using var cloud = await Settled();

        Assert.That((await Detect(cloud)).Text("StackDriftStatus"), Is.EqualTo("IN_SYNC"));
        Assert.That((await Drifted(cloud)).Select(drift => drift.Text("StackResourceDriftStatus")), Is.EqualTo(new[] { "IN_SYNC", "IN_SYNC" }));
        Assert.That((await cloud.Stack()).Object("DriftInformation")!.Text("StackDriftStatus"), Is.EqualTo("IN_SYNC"));
    }

    [Test]
    public async Task What_was_changed_outside_is_named_with_both_values()
    {
        await using var cloud = await Settled();
        var (id, properties) = cloud.Room.Living.Single(thing => thing.Key.StartsWith("a-", StringComparison.Ordinal));
        cloud.Room.Living[id] = properties.Replace("\"Value\":\"1\"", "\"Value\":\"2\"", StringComparison.Ordinal).Replace("[{\"Key\":\"k\",\"Value\":\"v\"}]", "[{\"Key\":\"k\",\"Value\":\"v\"},{\"Key\":\"more\",\"Value\":\"w\"}]", StringComparison.Ordinal);
        cloud.Room.Living.TryRemove(cloud.Room.Living.Keys.Single(key => key.StartsWith("b-", StringComparison.Ordinal)), out _);

        var detection = await Detect(cloud);
        Assert.That((detection.Text("StackDriftStatus"), detection.Text("DetectionStatus"), detection.Int("DriftedStackResourceCount")), Is.EqualTo(("DRIFTED", "DETECTION_COMPLETE", 2)));
        var drifts = await Drifted(cloud);
        Assert.That(drifts.Select(drift => drift.Text("StackResourceDriftStatus")), Is.EqualTo(new[] { "MODIFIED", "DELETED" }));
        Assert.That(
            drifts[0].Objects("PropertyDifferences").Select(difference => $"{difference.Text("DifferenceType")} {difference.Text("PropertyPath")} {difference.Text("ExpectedValue")} -> {difference.Text("ActualValue")}"),
            Is.EqualTo(new[] { "NOT_EQUAL /Value 1 -> 2", "ADD /Tags/1 null -> {\"Key\":\"more\",\"Value\":\"w\"}" }));
        Assert.That(drifts[0].ToJsonString(), Does.Not.Contain("hush-hush"));
        Assert.That((await cloud.Call("DescribeStackResources", """{"StackName":"s","LogicalResourceId":"C"}""")).Objects("StackResources").Single().Object("DriftInformation")!.Text("StackResourceDriftStatus"), Is.EqualTo("NOT_CHECKED"));
        Assert.That((await cloud.Call("DescribeStackResourceDrifts", """{"StackName":"s","StackResourceDriftStatusFilters":["DELETED"]}""")).Objects("StackResourceDrifts").Single().Text("LogicalResourceId"), Is.EqualTo("B"));
    }

    [Test]
    public async Task One_resource_can_be_looked_at_and_one_that_cannot_says_so()
    {
        await using var cloud = await Settled();

        Assert.That((await cloud.Call("DetectStackResourceDrift", """{"StackName":"s","LogicalResourceId":"A"}""")).Object("StackResourceDrift")!.Text("StackResourceDriftStatus"), Is.EqualTo("IN_SYNC"));
        Assert.That(
            async () => await cloud.Call("DetectStackResourceDrift", """{"StackName":"s","LogicalResourceId":"C"}"""),
            Throws.TypeOf<AwsException>().With.Message.EqualTo("Drift detection is not supported on resource type Test::Fixed"));
    }

    [Test]
    public async Task A_stack_that_is_not_settled_is_not_looked_at()
    {
        await using var cloud = new TestCloud();
        await cloud.Create("Resources: {A: {Type: Test::Thing, Properties: {Fail: create}}}");
        await cloud.Status();

        Assert.That(async () => await Detect(cloud), Throws.TypeOf<AwsException>().With.Message.Contains("while it is in state [ROLLBACK_COMPLETE]"));
    }

    private static async Task<TestCloud> Settled()
    {
        var cloud = new TestCloud();
        await cloud.Create(Mixed);
        await cloud.Status();
        return cloud;
    }

    private static async Task<JsonObject> Detect(TestCloud cloud)
    {
        var id = (await cloud.Call("DetectStackDrift", """{"StackName":"s"}""")).Text("StackDriftDetectionId");
        return await cloud.Call("DescribeStackDriftDetectionStatus", $$"""{"StackDriftDetectionId":"{{id}}"}""");
    }

    private static async Task<IReadOnlyList<JsonObject>> Drifted(TestCloud cloud) => (await cloud.Call("DescribeStackResourceDrifts", """{"StackName":"s"}""")).Objects("StackResourceDrifts");
}
