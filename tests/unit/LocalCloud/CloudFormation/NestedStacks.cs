using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class NestedStacks
{
    private const string Inner = "http://127.0.0.1/bucket/inner.yaml";
    private const string Outer = """
        Resources:
          Inside: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'http://127.0.0.1/bucket/inner.yaml', Parameters: {Size: small, Name: a}}}
          After: {Type: Test::Thing, DependsOn: Inside, Properties: {Value: !GetAtt Inside.Outputs.Thing}}
        """;

    [Test]
    public async Task One_is_made_with_its_parameters_and_its_outputs_can_be_used()
    {
        await using var cloud = await Settled();

        var inner = await InnerStack(cloud);
        Assert.That((inner.Text("StackStatus"), inner.Text("ParentId"), inner.Text("RootId")), Is.EqualTo(("CREATE_COMPLETE", (await cloud.Stack()).Text("StackId"), (await cloud.Stack()).Text("StackId"))));
        Assert.That(inner.Text("StackName"), Does.StartWith("s-Inside-"));
        Assert.That(cloud.Room.Living.Values, Has.Some.Contains("\"Value\":\"small\"").And.Some.Contains($"\"Value\":\"{Thing(cloud)}\""));

        await cloud.Delete();
        Assert.That(cloud.Room.Living, Is.Empty);
        Assert.That((await cloud.Call("DescribeStacks", new JsonObject { ["StackName"] = inner.Text("StackId") })).Objects("Stacks").Single().Text("StackStatus"), Is.EqualTo("DELETE_COMPLETE"));
    }

    [Test]
    public async Task One_that_fails_fails_the_outer_one_and_is_deleted()
    {
        await using var cloud = Prepared();
        await cloud.Create(Outer.Replace("Size: small", "Size: small, Fail: create", StringComparison.Ordinal));

        Assert.That(await cloud.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reason("Inside", "CREATE_FAILED"), Does.StartWith("Embedded stack arn:").And.EndsWith("was not successfully created: The following resource(s) failed to create: [Thing]."));
        Assert.That(cloud.Room.Living, Is.Empty);
    }

    [Test]
    public async Task An_update_keeps_what_it_replaced_until_the_outer_one_is_done()
    {
        await using var cloud = await Settled();
        var before = cloud.Room.Living.ToDictionary();
        await cloud.Update(Outer.Replace("Name: a", "Name: b", StringComparison.Ordinal).Replace("Value: !GetAtt", "Fail: update, Value: !GetAtt", StringComparison.Ordinal));

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living, Is.EquivalentTo(before), "the replaced resource was never deleted");
        Assert.That((await InnerStack(cloud)).Text("StackStatus"), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));

        await cloud.Update(Outer.Replace("Name: a", "Name: b", StringComparison.Ordinal));
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That((await InnerStack(cloud)).Text("StackStatus"), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That(cloud.Room.Living.Keys, Has.Exactly(1).StartsWith("thing-").And.None.EqualTo(before.Keys.Single(key => key.StartsWith("thing-", StringComparison.Ordinal))));
    }

    [Test]
    public async Task An_update_that_fails_inside_goes_back_on_both_levels()
    {
        await using var cloud = await Settled();
        await cloud.Update(Outer.Replace("Size: small", "Size: large, Fail: update", StringComparison.Ordinal));

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That((await InnerStack(cloud)).Text("StackStatus"), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living.Values, Has.Some.Contains("\"Value\":\"small\""));
    }

    [Test]
    public async Task A_cancelled_update_goes_back_on_both_levels()
    {
        await using var cloud = await Settled();
        await cloud.Update(Outer.Replace("Size: small", "Size: large, Wait: update", StringComparison.Ordinal));
        await cloud.Room.Reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await cloud.Call("CancelUpdateStack", """{"StackName":"s"}""");

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That((await InnerStack(cloud)).Text("StackStatus"), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living.Values, Has.Some.Contains("\"Value\":\"small\""));
    }

    [Test]
    public async Task A_template_that_is_not_there_is_named()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Outer);

        Assert.That(await cloud.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reason("Inside", "CREATE_FAILED"), Does.Contain("S3 error: The specified key does not exist."));
    }

    private static TestCloud Prepared()
    {
        var cloud = new TestCloud();
        cloud.Objects[Inner] = """
            Parameters: {Size: {Type: String}, Name: {Type: String}, Fail: {Type: String, Default: never}, Wait: {Type: String, Default: never}}
            Resources: {Thing: {Type: Test::Thing, Properties: {Name: !Ref Name, Value: !Ref Size, Fail: !Ref Fail, Wait: !Ref Wait}}}
            Outputs: {Thing: {Value: !Ref Thing}}
            """;
        return cloud;
    }

    private static async Task<TestCloud> Settled()
    {
        var cloud = Prepared();
        await cloud.Create(Outer);
        Assert.That(await cloud.Status(), Is.EqualTo("CREATE_COMPLETE"));
        return cloud;
    }

    private static string Thing(TestCloud cloud) => cloud.Room.Living.Keys.Single(key => key.StartsWith("thing-", StringComparison.Ordinal));

    private static async Task<JsonObject> InnerStack(TestCloud cloud)
    {
        var id = (await cloud.Call("DescribeStackResources", """{"StackName":"s","LogicalResourceId":"Inside"}""")).Objects("StackResources").Single().Text("PhysicalResourceId");
        return (await cloud.Call("DescribeStacks", new JsonObject { ["StackName"] = id })).Objects("Stacks").Single();
    }
}
