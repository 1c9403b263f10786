using Pipeline.Aws;
using Pipeline.StackOperations;
using Pipeline.Tests.Aws;

namespace Pipeline.Tests.StackOperations;

public sealed class ChangeReviewTests
{
    [Test]
    public async Task What_a_nested_stack_would_lose_is_found_inside_it()
    {
        await using var endpoint = await CannedEndpoint.Start(CannedStack.ChangeSet("AVAILABLE", """
            <Changes><member><Type>Resource</Type><ResourceChange><Action>Remove</Action><PolicyAction>Delete</PolicyAction><LogicalResourceId>Orders</LogicalResourceId><ResourceType>AWS::SQS::Queue</ResourceType></ResourceChange></member></Changes>
            """));
        using var aws = AwsConnection.ToEmbeddedCloud(new Uri(endpoint.Url).Port, "eu-central-1", "123456789012");
        var outer = CannedStack.Executed with { Changes = [new ResourceChange("Modify", "Inner", "arn:inner", "AWS::CloudFormation::Stack", "False", []) { NestedChangeSet = "arn:inner-set" }] };
        var rules = new StackRules("dev", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

        var losses = await new ChangeReview(new Stacks(aws), rules).Losses(Work(), outer, CancellationToken.None);

        Assert.That(losses.Select(l => (l.Resource, l.Sentence)), Is.EqualTo(new[] { ("Inner.Orders", "AWS::SQS::Queue Inner.Orders would be removed") }));
        Assert.That(await new ChangeReview(new Stacks(aws), rules with { Allowed = Allowance.Of("shop.Inner.Orders") }).Losses(Work(), outer, CancellationToken.None), Is.Empty);
    }

    private static StackWork Work() => CannedStack.Work with { Snapshot = CannedStack.Work.Snapshot with { Template = "Resources: {}" } };
}
