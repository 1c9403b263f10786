using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

/// <summary>What undoes an operation, and what a way back keeps or deletes.</summary>
public sealed class StackGuards
{
    private const string Alarm = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors";
    private const string One = "Resources: {A: {Type: Test::Thing, Properties: {Name: a, Value: '1'}}}";

    [Test]
    public async Task An_alarm_during_an_update_rolls_it_back()
    {
        await using var cloud = new TestCloud();
        cloud.Alarms[Alarm] = "OK";
        await cloud.Create(One, more: Triggers(0));
        await cloud.Status();
        await cloud.Update(One.Replace("'1'", "'2', Wait: update", StringComparison.Ordinal));
        await cloud.Room.Reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        cloud.Alarms[Alarm] = "ALARM";

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reason("s", "UPDATE_ROLLBACK_IN_PROGRESS"), Does.Contain("are in ALARM state").And.Contain(Alarm));
        Assert.That(cloud.Room.Living["a-1"], Does.Contain("\"Value\":\"1\""));
        Assert.That((await cloud.Stack()).Object("RollbackConfiguration")!.Objects("RollbackTriggers").Single().Text("Arn"), Is.EqualTo(Alarm));
    }

    [Test]
    public async Task An_alarm_in_the_minutes_after_an_update_rolls_it_back()
    {
        await using var cloud = new TestCloud();
        cloud.Alarms[Alarm] = "OK";
        await cloud.Create(One);
        await cloud.Status();
        await cloud.Update(One.Replace("'1'", "'2'", StringComparison.Ordinal), more: Triggers(180));
        await Poll.Until(async () => (await cloud.Events()).Contains("A UPDATE_COMPLETE"), "the resource is updated");
        Assert.That((await cloud.Stack()).Text("StackStatus"), Is.EqualTo("UPDATE_IN_PROGRESS"));
        cloud.Alarms[Alarm] = "ALARM";

        Assert.That(await cloud.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living["a-1"], Does.Contain("\"Value\":\"1\""));
    }

    [Test]
    public async Task A_missing_alarm_fails_the_operation()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(One, more: Triggers(0));

        Assert.That(await cloud.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reason("s", "ROLLBACK_IN_PROGRESS"), Does.Contain("do not exist"));
    }

    [TestCase(false, 1)]
    [TestCase(true, 0)]
    public async Task A_failed_creation_keeps_what_is_retained_unless_told_otherwise(bool exceptOnCreate, int left)
    {
        await using var cloud = new TestCloud();
        await cloud.Create(
            "Resources: {A: {Type: Test::Thing, DeletionPolicy: Retain}, B: {Type: Test::Thing, DependsOn: A, Properties: {Fail: create}}}",
            more: new JsonObject { ["RetainExceptOnCreate"] = exceptOnCreate });

        Assert.That(await cloud.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living, Has.Count.EqualTo(left));
    }

    [Test]
    public async Task A_resource_retained_except_on_create_goes_with_its_failed_stack_and_outlives_a_deleted_one()
    {
        await using var cloud = new TestCloud();
        const string template = "Resources: {A: {Type: Test::Thing, DeletionPolicy: RetainExceptOnCreate}, B: {Type: Test::Thing, DependsOn: A, Properties: {Fail: create}}}";
        await cloud.Create(template, "failed");
        Assert.That(await cloud.Status("failed"), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(cloud.Room.Living, Is.Empty);

        await cloud.Create(template.Replace("Fail: create", "Fail: never", StringComparison.Ordinal), "good");
        await cloud.Status("good");
        await cloud.Delete("good");
        Assert.That(cloud.Room.Living.Keys.Single(), Does.StartWith("a-"));
    }

    [Test]
    public async Task Protection_can_be_taken_away()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(One);
        await cloud.Status();
        await cloud.Call("UpdateTerminationProtection", """{"StackName":"s","EnableTerminationProtection":true}""");
        Assert.That((await cloud.Stack()).Flag("EnableTerminationProtection"), Is.True);
        Assert.That(async () => await cloud.Delete(), Throws.TypeOf<AwsException>().With.Message.EqualTo("Stack [s] cannot be deleted while TerminationProtection is enabled"));

        await cloud.Call("UpdateTerminationProtection", """{"StackName":"s","EnableTerminationProtection":false}""");
        await cloud.Delete();
        Assert.That(cloud.Room.Living, Is.Empty);
    }

    [Test]
    public async Task A_rollback_is_an_operation_of_its_own_beside_the_one_it_undoes()
    {
        await using var cloud = new TestCloud();
        await cloud.Create(One);
        await cloud.Status();
        await cloud.Update(One.Replace("'1'", "'2', Fail: update", StringComparison.Ordinal));
        await cloud.Status();

        var operations = (await cloud.Stack()).Objects("LastOperations");
        Assert.That(operations.Select(operation => operation.Text("OperationType")), Is.EqualTo(new[] { "ROLLBACK", "UPDATE_STACK" }));
        var failed = (await cloud.Call("DescribeStackEvents", """{"StackName":"s"}""")).Objects("StackEvents").Single(e => e.Text("ResourceStatus") == "UPDATE_FAILED");
        Assert.That(failed.Text("OperationId"), Is.EqualTo(operations[1].Text("OperationId")));
    }

    private static JsonObject Triggers(int minutes) => new()
    {
        ["RollbackConfiguration"] = new JsonObject
        {
            ["RollbackTriggers"] = new JsonArray(new JsonObject { ["Arn"] = Alarm, ["Type"] = "AWS::CloudWatch::Alarm" }),
            ["MonitoringTimeInMinutes"] = minutes,
        },
    };
}
