using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Gates;

public class WaitGateTests
{
    private static readonly DateTimeOffset Requested = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private static readonly WaitSettings FromRequest = new(TimeSpan.FromMinutes(5), WaitFrom.Request);
    private static readonly WaitSettings FromApproval = new(TimeSpan.FromMinutes(5), WaitFrom.Approval);

    [Test]
    public void An_early_approval_does_not_shorten_the_timer() =>
        Assert.That(WaitGate.Start(FromRequest, Requested, Requested.AddMinutes(1)), Is.EqualTo(Requested.AddMinutes(5)));

    [Test]
    public void A_late_approval_starts_at_once() =>
        Assert.That(WaitGate.Start(FromRequest, Requested, Requested.AddMinutes(30)), Is.EqualTo(Requested.AddMinutes(30)));

    [Test]
    public void From_the_approval_there_is_always_time_to_say_no() =>
        Assert.That(WaitGate.Start(FromApproval, Requested, Requested.AddMinutes(30)), Is.EqualTo(Requested.AddMinutes(35)));

    [Test]
    public void From_the_approval_nothing_is_known_before_it() =>
        Assert.That(WaitGate.Look(FromApproval, Requested, null, Requested.AddHours(3)).Verdict, Is.EqualTo(Verdict.NotEvaluable));

    [Test]
    public void It_opens_at_its_time_and_not_a_moment_sooner()
    {
        var start = Requested.AddMinutes(5);

        Assert.Multiple(() =>
        {
            Assert.That(WaitGate.Look(FromRequest, Requested, null, start.AddTicks(-1)).IsOpen, Is.False);
            Assert.That(WaitGate.Look(FromRequest, Requested, null, start).IsOpen, Is.True);
        });
    }
}
