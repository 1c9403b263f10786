using Pipeline.Aws;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

public sealed class MutationTests
{
    private static readonly StackRules Rules = new("dev", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1));

    [Test]
    public async Task What_was_made_though_the_answer_was_lost_is_not_asked_for_twice()
    {
        var asked = 0;

        await new Mutation(Rules).Once(() => ++asked == 1 ? throw Lost() : Task.CompletedTask, () => Task.FromResult(true), CancellationToken.None);

        Assert.That(asked, Is.EqualTo(1));
    }

    [Test]
    public async Task What_was_not_made_is_asked_for_again()
    {
        var asked = 0;

        await new Mutation(Rules).Once(() => ++asked == 1 ? throw Lost() : Task.CompletedTask, () => Task.FromResult(false), CancellationToken.None);

        Assert.That(asked, Is.EqualTo(2));
    }

    [Test]
    public async Task Throttled_nothing_was_made_so_nobody_looks()
    {
        var asked = 0;

        await new Mutation(Rules).Once(() => ++asked < 3 ? throw Refused(RefusalKind.Throttled) : Task.CompletedTask, () => throw new AssertionException("nobody needs to look"), CancellationToken.None);

        Assert.That(asked, Is.EqualTo(3));
    }

    [Test]
    public async Task A_look_that_fails_in_passing_is_taken_again()
    {
        var looked = 0;

        await new Mutation(Rules).Once(() => throw Lost(), () => ++looked < 3 ? throw Refused(RefusalKind.Throttled) : Task.FromResult(true), CancellationToken.None);

        Assert.That(looked, Is.EqualTo(3));
    }

    [Test]
    public async Task Refused_because_the_lost_request_arrived_late_it_was_made()
    {
        var asked = 0;

        await new Mutation(Rules).Once(() => ++asked == 1 ? throw Lost() : throw Refused(RefusalKind.Denied), () => Task.FromResult(asked == 2), CancellationToken.None);

        Assert.That(asked, Is.EqualTo(2));
    }

    [TestCase(RefusalKind.Denied)]
    [TestCase(RefusalKind.Credentials)]
    public void A_refusal_is_passed_on(RefusalKind kind) =>
        Assert.That(() => new Mutation(Rules).Once(() => throw Refused(kind), () => Task.FromResult(false), CancellationToken.None), Throws.TypeOf<AwsRefusedException>());

    [Test]
    public async Task Refused_because_the_transport_sent_it_twice_it_was_made() =>
        await new Mutation(Rules).Once(() => throw Refused(RefusalKind.Denied), () => Task.FromResult(true), CancellationToken.None);

    [Test]
    public void After_the_deadline_it_is_unknown()
    {
        var unknown = Assert.ThrowsAsync<PipelineException>(() => new Mutation(Rules with { Deadline = TimeSpan.Zero }).Once(() => throw Lost(), () => Task.FromResult(false), CancellationToken.None))!;

        Assert.That(unknown.ExitCode, Is.EqualTo(ExitCode.Unknown));
        Assert.That(unknown.Details.Select(d => d.Label), Is.EqualTo(new[] { "why", "next" }));
    }

    private static AwsUnreachableException Lost() => new("no answer", new Detail("why", "cut"), new Detail("next", "x"));

    private static AwsRefusedException Refused(RefusalKind kind) => new("no", "X") { Kind = kind };
}
