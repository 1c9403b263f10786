using Pipeline.Aws;
using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

public sealed class RootCausesTests
{
    private const string Stack = "arn:stack/shop";
    private const string Nested = "arn:stack/nested";
    private const string StackType = "AWS::CloudFormation::Stack";

    [Test]
    public async Task What_was_cancelled_because_of_another_says_nothing() => Assert.That(
        await Of(
            Event(3, Stack, "shop", StackType, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [A, B]."),
            Event(2, "b", "B", "AWS::SQS::Queue", "UPDATE_FAILED", "Resource update cancelled"),
            Event(1, "a", "A", "AWS::SSM::Parameter", "UPDATE_FAILED", "no such parameter")),
        Is.EqualTo(new[] { "A (AWS::SSM::Parameter): no such parameter" }));

    [Test]
    public async Task The_reason_is_found_inside_the_nested_stack() => Assert.That(
        await Of(
            Event(2, Nested, "Inner", StackType, "CREATE_FAILED", "Embedded stack was not successfully created: The following resource(s) failed to create: [Table]."),
            Event(1, Stack, "shop", StackType, "CREATE_IN_PROGRESS", "User Initiated")),
        Is.EqualTo(new[] { "Inner → Table (AWS::DynamoDB::Table): too many tables" }));

    [Test]
    public async Task What_fails_while_it_rolls_back_is_marked() => Assert.That(
        await Of(
            Event(4, Stack, "shop", StackType, "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [A]."),
            Event(3, "a", "A", "AWS::SSM::Parameter", "UPDATE_FAILED", "still gone"),
            Event(2, Stack, "shop", StackType, "UPDATE_ROLLBACK_IN_PROGRESS", null),
            Event(1, "b", "B", "AWS::SQS::Queue", "CREATE_FAILED", "exists already")),
        Is.EqualTo(new[] { "B (AWS::SQS::Queue): exists already", "while rolling back: A (AWS::SSM::Parameter): still gone" }));

    [Test]
    public async Task Where_only_the_stack_speaks_it_is_heard() => Assert.That(
        await Of(Event(1, Stack, "shop", StackType, "CREATE_FAILED", "Transform failed")), Is.EqualTo(new[] { "CREATE_FAILED: Transform failed" }));

    [Test]
    public void Of_a_stuck_rollback_only_what_could_not_be_rolled_back_counts() => Assert.That(
        RootCauses.OfRollback(Stack,
        [
            Event(3, "a", "A", "AWS::SSM::Parameter", "UPDATE_FAILED", "still gone"),
            Event(2, Stack, "shop", StackType, "UPDATE_ROLLBACK_IN_PROGRESS", null),
            Event(1, "b", "B", "AWS::SQS::Queue", "CREATE_FAILED", "exists already"),
        ]),
        Is.EqualTo(new[] { "A (AWS::SSM::Parameter): still gone" }));

    private static Task<IReadOnlyList<string>> Of(params StackEvent[] events) => RootCauses.Of(Stack, events, (nested, _) => Task.FromResult<IReadOnlyList<StackEvent>>(nested == Nested
        ? [Event(2, "x", "Role", "AWS::IAM::Role", "CREATE_FAILED", "Resource creation cancelled"), Event(1, "t", "Table", "AWS::DynamoDB::Table", "CREATE_FAILED", "too many tables")]
        : []));

    private static StackEvent Event(int second, string physical, string logical, string type, string status, string? reason) =>
        new($"{logical}-{second}", DateTimeOffset.UnixEpoch.AddSeconds(second), logical, type, status, reason) { PhysicalId = physical, ClientToken = "t" };
}
