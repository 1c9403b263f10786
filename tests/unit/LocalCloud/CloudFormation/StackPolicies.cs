using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class StackPolicies
{
    private const string Allow = """{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}""";
    private const string Pair = """
        Resources:
          A: {Type: Test::Thing, Properties: {Name: a, Value: '1'}}
          B: {Type: Test::Thing, Properties: {Name: b, Value: '1'}}
        """;

    [TestCase("Update:Modify", "Value: '1'", "Value: '2'")]
    [TestCase("Update:Replace", "Name: a", "Name: z")]
    [TestCase("Update:*", "Name: a", "Name: z")]
    public async Task A_denied_change_fails_the_resource_and_the_stack_goes_back(string action, string from, string to)
    {
        await using var cloud = await Settled($$"""{"Statement":[{{Allow}},{"Effect":"Deny","Action":"{{action}}","Principal":"*","Resource":"LogicalResourceId/A"}]}""");
        await cloud.Update(Pair.Replace(from, to, StringComparison.Ordinal));

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        var kind = to.StartsWith("Name", StringComparison.Ordinal) ? "Replace" : "Modify";
        Assert.That(await cloud.Reason("A", "UPDATE_FAILED"), Is.EqualTo($"Action denied by stack policy: Statement [#2] does not allow [Update:{kind}] for resource [LogicalResourceId/A];"));
        Assert.That(await cloud.Reason("s", "UPDATE_ROLLBACK_IN_PROGRESS"), Does.StartWith("The following resource(s) failed to update: [A"));
        Assert.That(cloud.Room.Living.Keys.Order(), Has.Exactly(2).Items.And.All.Matches("^[ab]-[12]$"));
        Assert.That(cloud.Room.Living.Values, Has.All.Contains("\"Value\":\"1\""));
    }

    [Test]
    public async Task A_denied_deletion_fails_before_anything_is_touched()
    {
        await using var cloud = await Settled($$"""{"Statement":[{{Allow}},{"Effect":"Deny","Action":["Update:Delete"],"Principal":"*","Resource":"*","Condition":{"StringLike":{"ResourceType":["Test::T*"]} } }]}""");
        cloud.Room.Log.Clear();
        await cloud.Update("Resources: {B: {Type: Test::Thing, Properties: {Name: b, Value: '2'}}}");

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reason("A", "UPDATE_FAILED"), Does.StartWith("Action denied by stack policy: Statement [#2] does not allow [Update:Delete]"));
        Assert.That(cloud.Room.Log, Is.Empty);
    }

    [Test]
    public async Task What_no_statement_allows_is_denied_and_new_resources_are_free()
    {
        await using var cloud = await Settled("""{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","NotResource":"LogicalResourceId/A"}]}""");
        await cloud.Update(Pair.Replace("Name: b, Value: '1'", "Name: b, Value: '2'", StringComparison.Ordinal) + "\n  C: {Type: Test::Thing}");
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));

        await cloud.Update(Pair.Replace("Name: a, Value: '1'", "Name: a, Value: '2'", StringComparison.Ordinal));
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reason("A", "UPDATE_FAILED"), Is.EqualTo("Action not allowed by stack policy"));
    }

    [Test]
    public async Task A_policy_for_one_update_counts_once()
    {
        await using var cloud = await Settled("""{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}""");
        await cloud.Update(Pair.Replace("'1'", "'2'", StringComparison.Ordinal), more: new JsonObject { ["StackPolicyDuringUpdateBody"] = $$"""{"Statement":{{Allow}}}""" });
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That((await cloud.Call("GetStackPolicy", """{"StackName":"s"}""")).Text("StackPolicyBody"), Does.Contain("Deny"));

        await cloud.Update(Pair);
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
    }

    [Test]
    public async Task A_change_set_obeys_the_policy_too()
    {
        await using var cloud = await Settled("""{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}""");
        var set = await cloud.Call("CreateChangeSet", new JsonObject { ["StackName"] = "s", ["ChangeSetName"] = "c", ["TemplateBody"] = Pair.Replace("'1'", "'2'", StringComparison.Ordinal) });
        await cloud.Call("ExecuteChangeSet", new JsonObject { ["ChangeSetName"] = set.Text("Id") });

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
    }

    [TestCase("nothing", "Invalid stack policy")]
    [TestCase("""{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"me","Resource":"*"}]}""", "Invalid stack policy")]
    [TestCase("""{"Statement":[{"Effect":"Allow","Action":"Delete:*","Principal":"*","Resource":"*"}]}""", "Invalid stack policy")]
    [TestCase("""{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"LogicalResourceId/X"}]}""", "Unknown logical id 'LogicalResourceId/X'")]
    public async Task A_policy_that_says_nothing_sensible_is_refused(string policy, string reason)
    {
        await using var cloud = await Settled("{}");

        Assert.That(
            async () => await cloud.Call("SetStackPolicy", new JsonObject { ["StackName"] = "s", ["StackPolicyBody"] = policy }),
            Throws.TypeOf<AwsException>().With.Message.StartsWith("Error validating stack policy: ").And.Message.Contains(reason));
    }

    [Test]
    public async Task A_policy_can_be_read_from_a_url()
    {
        await using var cloud = await Settled("{}");
        cloud.Objects["http://127.0.0.1/bucket/policy.json"] = $$"""{"Statement":[{{Allow}}]}""";
        await cloud.Call("SetStackPolicy", """{"StackName":"s","StackPolicyURL":"http://127.0.0.1/bucket/policy.json"}""");

        Assert.That((await cloud.Call("GetStackPolicy", """{"StackName":"s"}""")).Text("StackPolicyBody"), Does.Contain("Allow"));
        Assert.That(
            async () => await cloud.Call("SetStackPolicy", """{"StackName":"s","StackPolicyURL":"http://127.0.0.1/x","StackPolicyBody":"{}"}"""),
            Throws.TypeOf<AwsException>().With.Message.EqualTo("You cannot specify both StackPolicyURL and StackPolicyBody"));
    }

    private static async Task<TestCloud> Settled(string policy)
    {
        var cloud = new TestCloud();
        await cloud.Create(Pair, more: new JsonObject { ["StackPolicyBody"] = policy });
        await cloud.Status();
        return cloud;
    }
}
