using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Aws;

[TestFixture(AnyCloud.Moto), TestFixture(AnyCloud.Embedded)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StackAdapters(AnyCloud cloud)
{
    private const string Template = """
        {"Parameters":{"Size":{"Type":"String"}},
         "Resources":{"Secret":{"Type":"AWS::SecretsManager::Secret","Properties":{"Name":{"Ref":"Size"}}}},
         "Outputs":{"Size":{"Value":{"Ref":"Size"}}}}
        """;

    private readonly string _stack = $"stack-{Guid.NewGuid():N}";
    private AwsConnection _aws = null!;
    private Stacks _stacks = null!;

    [SetUp]
    public void Connect() => _stacks = new Stacks(_aws = cloud.Connect());

    [TearDown]
    public void Disconnect() => _aws?.Dispose();

    [Test]
    public async Task A_stack_that_never_was_is_null() => Assert.That(await _stacks.Describe(_stack, CancellationToken.None), Is.Null);

    [Test]
    public async Task A_change_set_says_what_it_would_do_and_does_it()
    {
        var id = await _stacks.CreateChangeSet(Request(_stack, "first"), CancellationToken.None);
        await Poll.Until(async () => !(await _stacks.DescribeChangeSet(id, CancellationToken.None)).Pending, "the change set is made");
        var ready = await _stacks.DescribeChangeSet(id, CancellationToken.None);
        await _stacks.Execute(id, "token-1", CancellationToken.None);
        await Made();
        var stack = (await _stacks.Describe(_stack, CancellationToken.None))!;

        Assert.Multiple(() =>
        {
            Assert.That(ready.Changes.Select(c => (c.Action, c.LogicalId, c.Type)), Is.EqualTo(new[] { ("Add", "Secret", "AWS::SecretsManager::Secret") }));
            Assert.That(stack.Succeeded, stack.Status);
            Assert.That(stack.Parameters["Size"], Is.EqualTo(_stack));
            Assert.That(stack.Tags["owner"], Is.EqualTo("shop"));
        });
        Assert.That(await _stacks.Template(_stack, CancellationToken.None), Does.Contain("AWS::SecretsManager::Secret"));
        Assert.That((await _stacks.List("stack-", CancellationToken.None)).Select(s => s.Name), Does.Contain(_stack));
    }

    [Test]
    public async Task Events_end_at_the_one_that_is_known()
    {
        var id = await _stacks.CreateChangeSet(Request(_stack, "first"), CancellationToken.None);
        await _stacks.Execute(id, "token-1", CancellationToken.None);
        await Made();

        var all = await _stacks.Events(_stack, DateTimeOffset.UnixEpoch, null, CancellationToken.None);

        Assert.That(all, Is.Not.Empty);
        Assert.That(await _stacks.Events(_stack, DateTimeOffset.UnixEpoch, all[0].Id, CancellationToken.None), Is.Empty);
        Assert.That(await _stacks.Events(_stack, all[0].Time.AddHours(1), null, CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task A_deleted_stack_is_gone()
    {
        var id = await _stacks.CreateChangeSet(Request(_stack, "first"), CancellationToken.None);
        await _stacks.Execute(id, "token-1", CancellationToken.None);
        await Made();

        await _stacks.Delete(_stack, "token-2", CancellationToken.None);

        await Poll.Until(async () => await _stacks.Describe(_stack, CancellationToken.None) is null, "the stack is gone");
    }

    [Test]
    public void A_refusal_names_the_service_the_action_and_the_code()
    {
        var error = Assert.ThrowsAsync<AwsRefusedException>(() => _stacks.DescribeChangeSet("arn:aws:cloudformation:eu-central-1:123456789012:changeSet/none/1", CancellationToken.None))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Does.StartWith("CloudFormation refused to describe change set 'arn:"));
            Assert.That(error.Code, Is.Not.Empty);
            Assert.That(error.Details.Select(d => d.Label), Is.EqualTo(new[] { "why", "next" }));
        });
    }

    [Test]
    public void A_template_that_is_too_large_is_not_sent()
    {
        var request = Request(_stack, "large") with { Template = new string(' ', 51_201) };

        var error = Assert.ThrowsAsync<PipelineException>(() => _stacks.CreateChangeSet(request, CancellationToken.None))!;

        Assert.That(error.Message, Does.Contain("51,201").And.Contain(_stack));
    }

    /// <summary>An execution goes on after it was accepted.</summary>
    private Task Made() => Poll.Until(async () => await _stacks.Describe(_stack, CancellationToken.None) is { InProgress: false, IsEmpty: false }, "the stack is made");

    private static ChangeSetRequest Request(string stack, string name) =>
        new(stack, name, Template, new Dictionary<string, string> { ["Size"] = stack })
        {
            CreatesStack = true,
            Tags = new Dictionary<string, string> { ["owner"] = "shop" },
            Description = "a test",
        };
}
