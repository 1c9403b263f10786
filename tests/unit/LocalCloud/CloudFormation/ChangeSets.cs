using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class ChangeSets
{
    private const string Pair = """
        Parameters: {Size: {Type: String, Default: small}, Secret: {Type: String, NoEcho: true, Default: hush-hush}}
        Resources:
          A: {Type: Test::Thing, Properties: {Name: a, Value: !Ref Size, Secret: !Ref Secret}}
          B: {Type: Test::Thing, Properties: {Name: b, Value: !Ref A}}
        """;

    [Test]
    public async Task The_first_one_makes_the_stack_and_waits_for_its_execution()
    {
        await using var cloud = new TestCloud();
        var set = await Make(cloud, Pair, "CREATE");

        Assert.That(await cloud.Status(), Is.EqualTo("REVIEW_IN_PROGRESS"));
        Assert.That(set.Text("Status"), Is.EqualTo("CREATE_COMPLETE"));
        Assert.That(Changes(set), Is.EqualTo(new[] { "Add A ", "Add B " }));
        await cloud.Call("ExecuteChangeSet", new JsonObject { ["ChangeSetName"] = set.Text("ChangeSetId"), ["ClientRequestToken"] = "t" });
        await cloud.Call("ExecuteChangeSet", new JsonObject { ["ChangeSetName"] = set.Text("ChangeSetId"), ["ClientRequestToken"] = "t" });
        Assert.That(await cloud.Status(), Is.EqualTo("CREATE_COMPLETE"));
        Assert.That(
            async () => await cloud.Call("ExecuteChangeSet", new JsonObject { ["ChangeSetName"] = set.Text("ChangeSetId") }),
            Throws.TypeOf<AwsException>().With.Property("Code").EqualTo("InvalidChangeSetStatus"));
    }

    [TestCase("!Select [1, !Split ['-', !Ref A]]", "1")]
    [TestCase("!Join ['+', !Split ['-', !Ref A]]", "a+1")]
    public async Task A_part_of_what_only_the_execution_knows_is_not_known_before(string expression, string value)
    {
        await using var cloud = new TestCloud();
        var set = await Make(cloud, $$"""
            Resources:
              A: {Type: Test::Thing, Properties: {Name: a} }
              B: {Type: Test::Thing, Properties: {Name: b, Value: {{expression}} } }
            """, "CREATE", values: true);

        Assert.That(set["Changes"]!.ToJsonString(), Does.Contain("KNOWN_AFTER_APPLY"));
        await cloud.Call("ExecuteChangeSet", new JsonObject { ["ChangeSetName"] = set.Text("ChangeSetId") });
        Assert.That(await cloud.Status(), Is.EqualTo("CREATE_COMPLETE"));
        Assert.That(cloud.Room.Living.Values, Has.Some.Contains($"\"Value\":\"{System.Text.Json.JsonEncodedText.Encode(value)}\""));
    }

    [Test]
    public async Task A_type_that_is_not_known_matters_only_where_its_condition_holds()
    {
        const string template = """
            Parameters: {Extra: {Type: String, Default: 'no'}}
            Conditions: {IsExtra: !Equals [!Ref Extra, 'yes']}
            Resources:
              A: {Type: Test::Thing, Properties: {Name: a, Value: !If [IsExtra, !GetAtt Unknown.Arn, none]}}
              Unknown: {Type: Test::Nothing, Condition: IsExtra, Properties: {Any: thing}}
            """;
        await using var cloud = new TestCloud();
        Assert.That(Changes(await Make(cloud, template, "CREATE")), Is.EqualTo(new[] { "Add A " }));
        Assert.That(
            async () => await cloud.Create(template, "other", new JsonObject { ["Parameters"] = new JsonArray(new JsonObject { ["ParameterKey"] = "Extra", ["ParameterValue"] = "yes" }) }),
            Throws.TypeOf<AwsException>().With.Message.Contains("Unrecognized resource types: [Test::Nothing (resource Unknown)]"));
    }

    [Test]
    public async Task Without_changes_it_fails_with_the_sentence_that_clients_know()
    {
        await using var cloud = await Settled();
        var set = await Make(cloud, Pair, "UPDATE");

        Assert.That(set.Text("Status"), Is.EqualTo("FAILED"));
        Assert.That(set.Text("ExecutionStatus"), Is.EqualTo("UNAVAILABLE"));
        Assert.That(set.Text("StatusReason"), Is.EqualTo("The submitted information didn't contain changes. Submit different information to create a change set."));
    }

    [Test]
    public async Task A_change_in_place_and_a_replacement_are_told_apart_with_their_causes()
    {
        await using var cloud = await Settled();
        var inPlace = await Make(cloud, Pair, "UPDATE", "first", Parameter("Size", "large"));
        var replacing = await Make(cloud, Pair.Replace("Name: a", "Name: z", StringComparison.Ordinal), "UPDATE", "second");

        Assert.That(Changes(inPlace), Is.EqualTo(new[] { "Modify A False" }));
        var detail = inPlace.Objects("Changes").Single().Object("ResourceChange")!.Objects("Details").Single();
        Assert.That(detail.Text("ChangeSource"), Is.EqualTo("ParameterReference"));
        Assert.That(detail.Text("CausingEntity"), Is.EqualTo("Size"));
        Assert.That(Changes(replacing), Is.EqualTo(new[] { "Modify A True", "Modify B False" }));
        Assert.That(replacing.Objects("Changes")[1].Object("ResourceChange")!.Objects("Details").Single().Text("CausingEntity"), Is.EqualTo("A"));
    }

    [Test]
    public async Task What_is_only_noted_about_a_resource_changes_without_touching_it()
    {
        await using var cloud = await Settled();
        cloud.Room.Log.Clear();
        var noted = Pair.Replace("A: {Type: Test::Thing,", "A: {Type: Test::Thing, Metadata: {by: us},", StringComparison.Ordinal);
        var set = await Make(cloud, noted, "UPDATE");
        Assert.That(Changes(set), Is.EqualTo(new[] { "Modify A False" }));
        Assert.That(set.Objects("Changes").Single().Object("ResourceChange")!.Texts("Scope"), Is.EqualTo(new[] { "Metadata" }));
        await cloud.Call("ExecuteChangeSet", new JsonObject { ["ChangeSetName"] = set.Text("ChangeSetId") });
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That(cloud.Room.Log, Is.Empty);
        Assert.That((await cloud.Call("DescribeStackResource", """{"StackName":"s","LogicalResourceId":"A"}""")).Object("StackResourceDetail")!.Text("Metadata"), Is.EqualTo("""{"by":"us"}"""));

        await cloud.Update(Pair.Replace("Name: b", "Name: b, Fail: update", StringComparison.Ordinal));
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(async () => await cloud.Update(noted), Throws.TypeOf<AwsException>().With.Message.EqualTo("No updates are to be performed."));
    }

    [Test]
    public async Task A_stored_parameter_that_changed_is_the_cause_of_its_changes()
    {
        await using var cloud = new TestCloud();
        const string template = "Parameters: {Size: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /size}}\nResources: {A: {Type: Test::Thing, Properties: {Value: !Ref Size}}}";
        cloud.Stored["/size"] = "small";
        await cloud.Create(template);
        await cloud.Status();
        cloud.Stored["/size"] = "large";
        var set = await Make(cloud, template, "UPDATE");

        Assert.That(set.Objects("Changes").Single().Object("ResourceChange")!.Objects("Details").Single().Text("CausingEntity"), Is.EqualTo("Size"));
    }

    [Test]
    public async Task A_hidden_parameter_is_nowhere_to_be_read()
    {
        await using var cloud = await Settled();
        var set = await Make(cloud, Pair, "UPDATE", "first", Parameter("Secret", "pst-pst"), values: true);

        Assert.That(set.ToJsonString(), Does.Not.Contain("pst-pst").And.Contain("****"));
        Assert.That((await cloud.Stack()).ToJsonString(), Does.Not.Contain("hush-hush"));
    }

    [Test]
    public async Task Executing_one_makes_the_others_obsolete()
    {
        await using var cloud = await Settled();
        var first = await Make(cloud, Pair, "UPDATE", "first", Parameter("Size", "large"));
        var second = await Make(cloud, Pair, "UPDATE", "second", Parameter("Size", "huge"));
        await cloud.Call("ExecuteChangeSet", new JsonObject { ["ChangeSetName"] = first.Text("ChangeSetId") });

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That((await cloud.Call("DescribeChangeSet", new JsonObject { ["ChangeSetName"] = second.Text("ChangeSetId") })).Text("ExecutionStatus"), Is.EqualTo("OBSOLETE"));
    }

    [Test]
    public async Task Values_before_an_update_are_kept_where_asked_for()
    {
        await using var cloud = await Settled();
        var set = await Make(cloud, Pair.Replace("Default: small", "Default: other", StringComparison.Ordinal).Replace("Name: b", "Name: b, Fail: never", StringComparison.Ordinal), "UPDATE", "first",
            new JsonObject { ["ParameterKey"] = "Size", ["UsePreviousValue"] = "true" });

        Assert.That(Changes(set), Is.EqualTo(new[] { "Modify B False" }));
    }

    [Test]
    public async Task One_that_is_not_there_counts_as_deleted()
    {
        await using var cloud = await Settled();

        Assert.That(async () => await cloud.Call("DeleteChangeSet", """{"StackName":"s","ChangeSetName":"nothing"}"""), Throws.Nothing);
        Assert.That(async () => await cloud.Call("DescribeChangeSet", """{"StackName":"s","ChangeSetName":"nothing"}"""), Throws.TypeOf<AwsException>().With.Property("Code").EqualTo("ChangeSetNotFound"));
    }

    private static async Task<TestCloud> Settled()
    {
        var cloud = new TestCloud();
        await cloud.Create(Pair);
        await cloud.Status();
        return cloud;
    }

    private static async Task<JsonObject> Make(TestCloud cloud, string template, string type, string name = "c", JsonObject? parameter = null, bool values = false)
    {
        var made = await cloud.Call("CreateChangeSet", new JsonObject
        {
            ["StackName"] = "s",
            ["ChangeSetName"] = name,
            ["ChangeSetType"] = type,
            ["TemplateBody"] = template,
            ["Parameters"] = parameter is null ? new JsonArray() : new JsonArray(parameter),
        });
        return await cloud.Call("DescribeChangeSet", new JsonObject { ["ChangeSetName"] = made.Text("Id"), ["IncludePropertyValues"] = values });
    }

    private static JsonObject Parameter(string name, string value) => new() { ["ParameterKey"] = name, ["ParameterValue"] = value };

    private static IEnumerable<string> Changes(JsonObject set) => set.Objects("Changes").Select(change => change.Object("ResourceChange")!).Select(change => $"{change.Text("Action")} {change.Text("LogicalResourceId")} {change.Text("Replacement")}");
}
