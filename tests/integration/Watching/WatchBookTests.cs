using Pipeline.Ledger;
using Pipeline.Watching;

namespace Pipeline.Tests.Watching;

public sealed class WatchBookTests : WatchGround
{
    private static readonly ReleaseRecord Later = new("prod-20261123-110000-bbbbbbb", "prod", "c", "s", false, "me", Start);

    [Test]
    public async Task A_release_is_watched_once()
    {
        await Book.Change(Release, w => w with { Looked = Start.AddMinutes(5) }, CancellationToken.None);

        var again = await Book.Begin(Watch(Release), CancellationToken.None);

        Assert.That(again.Watch.Looked, Is.EqualTo(Start.AddMinutes(5)));
    }

    [Test]
    public async Task A_watch_is_read_back_whole()
    {
        Errors(0, 3, 6);
        await TickAt(3);

        var run = (await Book.Current(CancellationToken.None))!.Watch.Services.Single().Runs[0];

        Assert.That(run, Is.EqualTo(new TriggerRun(Trigger.ErrorRate) { Length = 3, Since = Start, Last = 6, Measured = 3 }));
    }

    [Test]
    public async Task Of_two_writers_one_wins()
    {
        var read = (await Book.Current(CancellationToken.None))!;

        Assert.That(await Book.Save(read, read.Watch with { Looked = Start.AddMinutes(1) }, CancellationToken.None), Is.Not.Null);
        Assert.That(await Book.Save(read, read.Watch with { Looked = Start.AddMinutes(2) }, CancellationToken.None), Is.Null);
        Assert.That((await Stored()).Looked, Is.EqualTo(Start.AddMinutes(1)));
    }

    [Test]
    public async Task A_new_release_ends_the_open_watch()
    {
        var ended = await Book.Supersede(Later, Start.AddHours(1), CancellationToken.None);

        Assert.That((ended!.End, ended.EndedBecause), Is.EqualTo((WatchEnd.Superseded, "release prod-20261123-110000-bbbbbbb began")));
        Assert.That(await Book.Current(CancellationToken.None), Is.Null);
        Assert.That(await Book.Supersede(Later, Start.AddHours(1), CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task The_rollback_of_the_watchs_own_incident_does_not_end_it()
    {
        await Book.Change(Release, w => w with { Incidents = [new Incident($"{Release}/1", Release, Start, [])] }, CancellationToken.None);

        Assert.That(await Book.Supersede(Later with { Incident = $"{Release}/1" }, Start, CancellationToken.None), Is.Null);
        Assert.That(await Book.Supersede(Later with { Incident = "another" }, Start, CancellationToken.None), Is.Not.Null);
    }

    [Test]
    public async Task An_incident_is_dealt_with_before_the_watch_of_its_own_rollback_goes_on()
    {
        await Book.Change(Release, w => w with { Incidents = [new Incident($"{Release}/1", Release, Start, []) { State = IncidentState.RollingBack, Lease = Start }] }, CancellationToken.None);
        await Book.Begin(Watch(Later.Id), CancellationToken.None);

        Assert.That((await TickAt(1)).State, Is.EqualTo(TickState.RolledBack));
        Assert.That((await Book.Current(CancellationToken.None))!.Watch.Release, Is.EqualTo(Later.Id));
    }

    [Test]
    public async Task Watches_come_newest_first()
    {
        await Book.Begin(Watch(Later.Id), CancellationToken.None);

        Assert.That((await Book.List(5, CancellationToken.None)).Select(w => w.Release), Is.EqualTo(new[] { Later.Id, Release }));
    }
}
