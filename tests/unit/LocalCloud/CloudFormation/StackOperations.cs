using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class StackOperations
{
    private const string Chain = """
        Resources:
          A: {Type: Test::Thing, Properties: {Name: a, Value: '1'}}
          B: {Type: Test::Thing, Properties: {Name: b, Value: !GetAtt A.Arn}}
        Outputs:
          B: {Value: !Ref B}
        """;

    [Test]
    public async Task Resources_are_made_after_those_they_refer_to_and_every_step_is_an_event()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);

        Assert.That(await cloud.Status(), Is.EqualTo("CREATE_COMPLETE"));
        Assert.That(await cloud.Events(), Is.EqualTo(new[]
        {
            "s CREATE_IN_PROGRESS", "A CREATE_IN_PROGRESS", "A CREATE_IN_PROGRESS", "A CREATE_COMPLETE", "B CREATE_IN_PROGRESS", "B CREATE_IN_PROGRESS", "B CREATE_COMPLETE", "s CREATE_COMPLETE",
        }));
        Assert.That(await cloud.Reason("A", "CREATE_IN_PROGRESS"), Is.EqualTo("Resource creation Initiated"));
        Assert.That((await cloud.Stack()).Objects("Outputs").Single().Text("OutputValue"), Is.EqualTo("b-2"));
        Assert.That(cloud.Room.Living["b-2"], Does.Contain("arn:a-1"));
    }

    [Test]
    public async Task Event_times_only_grow()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();

        var times = (await cloud.Call("DescribeStackEvents", """{"StackName":"s"}""")).Objects("StackEvents").Select(e => e.Text("Timestamp")!).ToList();
        Assert.That(times, Is.EqualTo(times.Distinct().OrderDescending()));
    }

    [Test]
    public async Task A_failed_creation_deletes_what_was_made()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain.Replace("Value: !GetAtt A.Arn", "Value: !GetAtt A.Arn, Fail: create", StringComparison.Ordinal));

        Assert.That(await cloud.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living, Is.Empty);
        Assert.That(await cloud.Reason("B", "CREATE_FAILED"), Is.EqualTo("B was told to fail."));
        Assert.That(await cloud.Reason("s", "ROLLBACK_IN_PROGRESS"), Does.Contain("The following resource(s) failed to create: [B]."));
        Assert.That(
            async () => await cloud.Update(Chain),
            Throws.TypeOf<AwsException>().With.Message.Match("^Stack:arn:.* is in ROLLBACK_COMPLETE state and can not be updated.$"));
        await cloud.Delete();
        Assert.That(async () => await cloud.Stack(), Throws.TypeOf<AwsException>().With.Message.EqualTo("Stack with id s does not exist"));
    }

    [Test]
    public async Task A_failure_cancels_the_siblings_that_are_still_being_made_and_deletes_them()
    {
        await using var cloud = new TestCloud();
        await cloud.Create("""
            Resources:
              Slow: {Type: Test::Thing, Properties: {Wait: create}}
              First: {Type: Test::Thing, Properties: {}}
              Broken: {Type: Test::Thing, DependsOn: First, Properties: {Fail: create}}
            """);

        Assert.That(await cloud.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living, Is.Empty);
        if (cloud.Room.Reached.Task.IsCompleted)
        {
            Assert.That(await cloud.Reason("Slow", "CREATE_FAILED"), Is.EqualTo("Resource creation cancelled"));
            Assert.That(cloud.Room.Log, Does.Contain("delete slow-waiting"));
        }
    }

    [Test]
    public async Task Without_rollback_a_failed_creation_stays_as_it_is()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain.Replace("Value: !GetAtt A.Arn", "Value: !GetAtt A.Arn, Fail: create", StringComparison.Ordinal), more: new JsonObject { ["DisableRollback"] = true });

        Assert.That(await cloud.Status(), Is.EqualTo("CREATE_FAILED"));
        Assert.That(cloud.Room.Living.Keys, Is.EqualTo(new[] { "a-1" }));
        await cloud.Call("RollbackStack", """{"StackName":"s"}""");
        Assert.That(await cloud.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living, Is.Empty);
    }

    [Test]
    public async Task A_replaced_resource_is_made_before_the_old_one_goes_and_its_dependents_follow()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();
        cloud.Room.Log.Clear();
        await cloud.Update(Chain.Replace("Name: a", "Name: other", StringComparison.Ordinal));

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That(cloud.Room.Log, Is.EqualTo(new[] { "create A", "update B", "delete a-1" }));
        Assert.That(cloud.Room.Living["b-2"], Does.Contain("arn:a-3"));
        Assert.That(await cloud.Events(), Does.Contain("s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"));
    }

    [Test]
    public async Task A_failed_update_puts_everything_back()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();
        var before = cloud.Room.Living.ToDictionary();
        await cloud.Update("""
            Resources:
              A: {Type: Test::Thing, Properties: {Name: a, Value: '2'}}
              C: {Type: Test::Thing, DependsOn: A, Properties: {Name: c}}
              B: {Type: Test::Thing, DependsOn: C, Properties: {Name: new, Value: !GetAtt A.Arn, Fail: create}}
            """);

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living, Is.EquivalentTo(before));
        Assert.That((await cloud.Stack()).Objects("Outputs").Single().Text("OutputValue"), Is.EqualTo("b-2"));
        Assert.That((await cloud.Call("ListStackResources", """{"StackName":"s"}""")).Objects("StackResourceSummaries").Select(r => r.Text("LogicalResourceId")), Is.EqualTo(new[] { "A", "B" }));
        Assert.That(async () => await cloud.Update(Chain), Throws.TypeOf<AwsException>().With.Message.EqualTo("No updates are to be performed."));
    }

    [Test]
    public async Task A_rollback_that_fails_can_be_continued()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();
        cloud.Room.Failing["update"] = true;
        await cloud.Update(Chain.Replace("Value: '1'", "Value: '2'", StringComparison.Ordinal));

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_FAILED"));
        Assert.That(async () => await cloud.Update(Chain), Throws.TypeOf<AwsException>().With.Message.Contains("UPDATE_ROLLBACK_FAILED state and can not be updated"));
        cloud.Room.Failing.Clear();
        await cloud.Call("ContinueUpdateRollback", """{"StackName":"s"}""");
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living["a-1"], Does.Contain("\"Value\":\"1\""));
    }

    [Test]
    public async Task An_update_without_rollback_stays_failed_and_can_be_rolled_back_later()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();
        await cloud.Update(Chain.Replace("Name: a, Value: '1'", "Name: z, Value: '1', Fail: create", StringComparison.Ordinal), more: new JsonObject { ["DisableRollback"] = true });

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_FAILED"));
        await cloud.Call("RollbackStack", """{"StackName":"s"}""");
        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living.Keys.Order(), Is.EqualTo(new[] { "a-1", "b-2" }));
    }

    [Test]
    public async Task A_cancelled_update_rolls_back()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();
        await cloud.Update(Chain.Replace("Value: '1'", "Value: '2', Wait: update", StringComparison.Ordinal));
        await cloud.Room.Reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await cloud.Call("CancelUpdateStack", """{"StackName":"s"}""");

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reason("A", "UPDATE_FAILED"), Is.EqualTo("Resource update cancelled"));
        Assert.That(cloud.Room.Living["a-1"], Does.Contain("\"Value\":\"1\""));
    }

    [Test]
    public async Task A_retained_resource_outlives_its_stack()
    {
        await using var cloud = new TestCloud();
        await cloud.Create("""
            Resources:
              A: {Type: Test::Thing, DeletionPolicy: Retain, Properties: {}}
              B: {Type: Test::Thing, Properties: {}}
            """);
        await cloud.Status();
        await cloud.Delete();

        Assert.That(cloud.Room.Living.Keys.Single(), Does.StartWith("a-"));
    }

    [Test]
    public async Task A_deletion_that_fails_can_keep_what_is_in_the_way()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();
        cloud.Room.Failing["delete A"] = true;
        await cloud.Delete();
        Assert.That(await cloud.Status(), Is.EqualTo("DELETE_FAILED"));
        var id = (await cloud.Stack()).Text("StackId")!;
        await cloud.Delete(more: new JsonObject { ["RetainResources"] = new JsonArray("A") });

        Assert.That(await cloud.Status(id), Is.EqualTo("DELETE_COMPLETE"));
        Assert.That(cloud.Room.Living.Keys, Is.EqualTo(new[] { "a-1" }));
    }

    [Test]
    public async Task A_resource_that_leaves_the_template_is_deleted_in_the_cleanup()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain);
        await cloud.Status();
        await cloud.Update("Resources: {A: {Type: Test::Thing, Properties: {Name: a, Value: '1'}}}");

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That(cloud.Room.Living.Keys, Is.EqualTo(new[] { "a-1" }));
    }

    [Test]
    public async Task A_type_that_cannot_be_changed_in_place_is_replaced_by_every_change()
    {
        await using var cloud = new TestCloud();
        await cloud.Create("Resources: {A: {Type: Test::Fixed, Properties: {Value: 1}}}");
        await cloud.Status();
        await cloud.Update("Resources: {A: {Type: Test::Fixed, Properties: {Value: 2}}}");

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That(cloud.Room.Living.Keys, Is.EqualTo(new[] { "fixed-2" }));
    }

    [Test]
    public async Task An_export_in_use_can_be_neither_changed_nor_deleted()
    {
        await using var cloud = new TestCloud();
        const string exporting = "{Resources: {A: {Type: Test::Thing, Properties: {Value: '1'}}}, Outputs: {V: {Value: !GetAtt A.Value, Export: {Name: shared}}}}";
        await cloud.Create(exporting, "giver");
        await cloud.Status("giver");
        await cloud.Create("Resources: {B: {Type: Test::Thing, Properties: {Value: !ImportValue shared}}}", "taker");
        Assert.That(await cloud.Status("taker"), Is.EqualTo("CREATE_COMPLETE"));

        Assert.That(async () => await cloud.Call("DeleteStack", """{"StackName":"giver"}"""), Throws.TypeOf<AwsException>().With.Message.EqualTo("Export shared cannot be deleted as it is in use by taker"));
        await cloud.Update(exporting.Replace("'1'", "'2'", StringComparison.Ordinal), "giver");
        Assert.That(await cloud.Status("giver"), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        await cloud.Create(exporting, "second");
        Assert.That(await cloud.Status("second"), Is.EqualTo("ROLLBACK_COMPLETE"));
        await cloud.Delete("taker");
        await cloud.Delete("giver");
        Assert.That((await cloud.Call("ListExports", "{}")).Objects("Exports"), Is.Empty);
    }

    [Test]
    public async Task A_protected_stack_is_not_deleted()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain, more: new JsonObject { ["EnableTerminationProtection"] = true });
        await cloud.Status();

        Assert.That(async () => await cloud.Call("DeleteStack", """{"StackName":"s"}"""), Throws.TypeOf<AwsException>().With.Message.EqualTo("Stack [s] cannot be deleted while TerminationProtection is enabled"));
    }

    [Test]
    public async Task Stack_tags_reach_the_resources_and_their_change_updates_them()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(Chain, more: Tag("1"));
        await cloud.Status();
        cloud.Room.Log.Clear();
        await cloud.Update(Chain, more: Tag("2"));

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That(cloud.Room.Log, Is.EqualTo(new[] { "update A", "update B" }));

        static JsonObject Tag(string version) => new() { ["Tags"] = new JsonArray(new JsonObject { ["Key"] = "Version", ["Value"] = version }) };
    }

    [Test]
    public async Task A_dynamic_reference_is_read_for_the_resource_and_never_shown()
    {
        await using var cloud = new TestCloud();
        await cloud.Create("Resources: {A: {Type: Test::Thing, Properties: {Secret: '{{resolve:secretsmanager:db:SecretString:password}}', Name: '{{resolve:secretsmanager:db:SecretString:password:AWSPREVIOUS:7}}', Value: '{{resolve:ssm:/x:2}}'}}}");
        await cloud.Status();

        Assert.That(cloud.Room.Living["a-1"], Does.Contain("\"s3cret\"").And.Contain("s3cretAWSPREVIOUS7").And.Contain("stored /x:2"));
    }
}
