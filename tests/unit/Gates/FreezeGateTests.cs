using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Gates;

public class FreezeGateTests
{
    private static readonly FreezeSettings Holidays = new("holidays", "2026-12-20", "2027-01-02", [], "UTC");
    private static readonly FreezeSettings Nights = new("nights", "18:00", "06:00", [DayOfWeek.Friday], "Europe/Berlin");

    [TestCase("2026-12-19T23:59:59Z", ExpectedResult = true)]
    [TestCase("2026-12-20T00:00:00Z", ExpectedResult = false)]
    [TestCase("2027-01-01T23:59:59Z", ExpectedResult = false)]
    [TestCase("2027-01-02T00:00:00Z", ExpectedResult = true)]
    public bool A_freeze_of_some_days(string now) => FreezeGate.Look([Holidays], At(now)).IsOpen;

    // Berlin is an hour ahead in winter, two in summer.
    [TestCase("2026-11-27T16:59:00Z", ExpectedResult = true)]
    [TestCase("2026-11-27T17:00:00Z", ExpectedResult = false)]
    [TestCase("2026-11-28T04:59:00Z", ExpectedResult = false)]
    [TestCase("2026-11-28T05:00:00Z", ExpectedResult = true)]
    [TestCase("2026-07-03T16:00:00Z", ExpectedResult = false)]
    [TestCase("2026-11-26T20:00:00Z", ExpectedResult = true)]
    public bool A_weekly_freeze_across_midnight_in_its_own_zone(string now) => FreezeGate.Look([Nights], At(now)).IsOpen;

    [Test]
    public void A_weekly_freeze_of_whole_days()
    {
        var weekend = new FreezeSettings("weekend", null, null, [DayOfWeek.Saturday, DayOfWeek.Sunday], "UTC");

        Assert.Multiple(() =>
        {
            Assert.That(FreezeGate.Look([weekend], At("2026-11-27T23:59:59Z")).IsOpen, Is.True);
            Assert.That(FreezeGate.Look([weekend], At("2026-11-28T00:00:00Z")).IsOpen, Is.False);
            Assert.That(FreezeGate.Look([weekend], At("2026-11-29T23:59:59Z")).IsOpen, Is.False);
            Assert.That(FreezeGate.Look([weekend], At("2026-11-30T00:00:00Z")).IsOpen, Is.True);
        });
    }

    [Test]
    public void The_refusal_names_the_freeze_and_its_end()
    {
        var gate = FreezeGate.Look([Nights, Holidays], At("2026-12-24T10:00:00Z"));

        Assert.Multiple(() =>
        {
            Assert.That(gate.Verdict, Is.EqualTo(Verdict.Failed));
            Assert.That(gate.Text, Is.EqualTo("freeze 'holidays' holds until 2027-01-02 00:00 UTC"));
            Assert.That(gate.Next, Does.Contain("2027-01-02"));
        });
    }

    [Test]
    public void A_freeze_whose_end_the_clocks_skip_ends_when_they_do()
    {
        // On 2027-03-28 there is no 02:30 in Berlin.
        var freeze = new FreezeSettings("night", "2027-03-28 00:00", "2027-03-28 02:30", [], "Europe/Berlin");

        Assert.That(FreezeGate.Ends(freeze, At("2027-03-27T23:30:00Z")), Is.EqualTo(At("2027-03-28T01:00:00Z")));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
