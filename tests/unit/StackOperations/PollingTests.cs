using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Tests.StackOperations;

public sealed class PollingTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [TestCase(RefusalKind.Throttled)]
    [TestCase(RefusalKind.Fault)]
    public async Task A_look_that_fails_in_passing_is_no_news(RefusalKind kind)
    {
        var looks = 0;

        Assert.That(await Until(() => ++looks < 4 ? throw new AwsRefusedException("no", "X") { Kind = kind } : (true, looks)), Is.EqualTo(4));
    }

    [Test]
    public async Task A_lost_answer_is_no_news()
    {
        var looks = 0;

        Assert.That(await Until(() => ++looks < 4 ? throw new AwsUnreachableException("no answer") : (true, looks)), Is.EqualTo(4));
    }

    [TestCase(RefusalKind.Denied)]
    [TestCase(RefusalKind.Credentials)]
    public void A_refusal_ends_the_wait(RefusalKind kind) =>
        Assert.That(() => Until(() => throw new AwsRefusedException("no", "X") { Kind = kind }), Throws.TypeOf<AwsRefusedException>());

    [Test]
    public void Where_nobody_listens_nobody_waits() =>
        Assert.That(() => Until(() => throw new AwsUnreachableException("gone") { NobodyListens = true }), Throws.TypeOf<AwsUnreachableException>());

    [Test]
    public void After_the_deadline_even_lost_answers_end_the_wait() =>
        Assert.That(() => Pipeline.Polling.Until<int>(() => throw new AwsUnreachableException("no answer"), Soon, TimeSpan.Zero, () => new PipelineException(ExitCode.Unknown, "late"), CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.EqualTo("late"));

    private static Task<int> Until(Func<(bool, int)> look) =>
        Pipeline.Polling.Until(() => Task.FromResult(look()), Soon, TimeSpan.FromSeconds(20), () => new PipelineException(ExitCode.Unknown, "late"), CancellationToken.None);
}
