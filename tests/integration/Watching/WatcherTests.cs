using Pipeline.Outcomes;
using Pipeline.Watching;

namespace Pipeline.Tests.Watching;

public sealed class WatcherTests : WatchGround
{
    [Test]
    public async Task Nothing_is_watched_where_no_watch_is_open()
    {
        await Book.Change(Release, w => w.Ended(WatchEnd.Superseded, Start, "release prod-2 began"), CancellationToken.None);

        var result = await Tick();

        Assert.That((result.State, result.ExitCode, result.IsOver), Is.EqualTo((TickState.Superseded, ExitCode.Done, true)));
        Assert.That(result.Text, Does.Contain("ended superseded"));
    }

    [Test]
    public async Task Twenty_four_healthy_hours_end_the_watch_healthy()
    {
        var result = await TickAt(4);
        for (var minute = 8; !result.IsOver && minute < 2000; minute += 4)
        {
            Assert.That(result.State, Is.EqualTo(TickState.Watching), result.Text);
            result = await TickAt(minute);
        }

        Assert.That((result.State, result.Watch!.EndedAt, result.Watch.Gaps.Count), Is.EqualTo((TickState.Survived, (DateTimeOffset?)Start.AddHours(24), 0)), result.Text);
        Assert.That(result.Watch.Services.Single().Runs.Select(r => r.Measured), Is.All.EqualTo(1440));
        Assert.That((await Tick()).State, Is.EqualTo(TickState.Idle));
    }

    [Test]
    public async Task Six_percent_of_errors_for_five_minutes_go_back_once()
    {
        Errors(10, 30, 6);

        Assert.That((await TickAt(14)).State, Is.EqualTo(TickState.Watching));
        var result = await TickAt(15);

        Assert.That((result.State, result.ExitCode), Is.EqualTo((TickState.RolledBack, ExitCode.DeploymentFailed)), result.Text);
        Assert.That((await Stored()).Incidents.Single(), Has.Property("Rollback").EqualTo("prod-20261123-120000-rollback").And.Property("State").EqualTo(IncidentState.RolledBack));
        Assert.That((await TickAt(16)).State, Is.EqualTo(TickState.Idle));
        Assert.That(RolledBack, Is.EqualTo(new[] { $"{Release}/1" }));
    }

    [Test]
    public async Task Five_percent_for_the_whole_watch_is_healthy()
    {
        Errors(0, 1440, 5);

        Assert.That((await TickAt(1440)).State, Is.EqualTo(TickState.Survived));
    }

    [Test]
    public async Task Two_triggers_at_once_are_one_incident_with_two_reasons()
    {
        for (var i = 0; i < 20; i++)
        {
            Written[i] = Point(i) with { Errors = 500, Cpu = 95 };
        }

        var result = await TickAt(20);

        Assert.That(RolledBack, Has.Count.EqualTo(1));
        Assert.That((await Stored()).Incidents.Single().Reasons.Select(r => r.Trigger), Is.EqualTo(new[] { Trigger.ErrorRate, Trigger.Cpu }));
        Assert.That(result.Text, Does.Contain("error rate 50.0 %").And.Contain("CPU 95.0 %"));
    }

    [Test]
    public async Task A_late_look_reads_the_missed_minutes_back_and_records_the_gap()
    {
        await TickAt(5);
        var result = await TickAt(40);

        Assert.That(result.State, Is.EqualTo(TickState.Watching));
        Assert.That(result.Watch!.Gaps, Is.EqualTo(new[] { new WatchGap(Start.AddMinutes(5), Start.AddMinutes(40), "healthy") }));
        Assert.That(result.Watch.Watermark, Is.EqualTo(Start.AddMinutes(40)));
        Assert.That((await TickAt(50)).Watch!.Gaps.Single().To, Is.EqualTo(Start.AddMinutes(50)), "a gap that goes on is one");
    }

    [Test]
    public async Task A_breach_that_nobody_saw_and_that_is_over_still_goes_back()
    {
        Errors(20, 5, 10);
        await TickAt(5);
        var result = await TickAt(60);

        Assert.That((result.State, result.Watch!.Gaps.Single().Found), Is.EqualTo((TickState.RolledBack, "breach")));
    }

    [Test]
    public async Task No_data_for_too_long_calls_a_person_and_is_never_healthy()
    {
        Nothing(5, 2000);

        Assert.That((await TickAt(20)).State, Is.EqualTo(TickState.Watching), "15 minutes are allowed");
        var blind = await TickAt(21);
        Assert.That((blind.State, blind.ExitCode, blind.IsOver), Is.EqualTo((TickState.Blind, ExitCode.Refused, false)));
        Assert.That(blind.Services.Single().Triggers.Select(t => t.State), Is.All.EqualTo(TriggerState.Blind));
        Assert.That((await TickAt(1440)).Watch!.End, Is.EqualTo(WatchEnd.Blind));
        Assert.That(RolledBack, Is.Empty);
    }

    [Test]
    public async Task Data_that_comes_back_ends_the_blindness_and_the_record_keeps_it()
    {
        Nothing(5, 20);
        Assert.That((await TickAt(25)).State, Is.EqualTo(TickState.Blind));

        var result = await TickAt(26);

        Assert.That(result.State, Is.EqualTo(TickState.Watching));
        Assert.That(result.Watch!.Services.Single().Blind, Has.One.EqualTo(new BlindInterval(Trigger.ErrorRate, Start.AddMinutes(5), Start.AddMinutes(25))));
    }

    [Test]
    public async Task A_breach_while_a_person_is_waited_for_goes_back()
    {
        for (var i = 0; i < 40; i++)
        {
            Written[i] = new MeasuredPoint(Start.AddMinutes(i)) { Memory = 10, Cpu = i < 20 ? 10 : 99 };
        }

        Assert.That((await TickAt(20)).State, Is.EqualTo(TickState.Blind), "there are no requests at all");
        Assert.That((await TickAt(35)).State, Is.EqualTo(TickState.RolledBack));
    }

    [Test]
    public async Task A_clock_that_jumps_ahead_and_back_judges_every_minute_once()
    {
        Errors(8, 5, 6);
        Known = 10;
        await TickAt(10);
        Time.Advance(TimeSpan.FromHours(2));
        Assert.That((await Tick()).State, Is.EqualTo(TickState.Blind), "nothing is known of these two hours");
        Time.Advance(TimeSpan.FromHours(-2) - TimeSpan.FromMinutes(3));
        var back = await Tick();
        Assert.That((back.State, back.Watch!.Watermark), Is.EqualTo((TickState.Watching, Start.AddMinutes(10))));
        Assert.That(back.Text, Does.Contain("the clock is 2 h behind"));

        Known = 13;
        Assert.That((await TickAt(13)).State, Is.EqualTo(TickState.RolledBack));
    }

    [Test]
    public async Task Unreadable_metrics_are_an_error_and_never_a_rollback()
    {
        Errors(0, 60, 50);
        Also = _ => throw new PipelineException(ExitCode.Failed, "CloudWatch refused to read metrics: Rate exceeded.", new Detail("why", "Throttling"));

        var result = await TickAt(30);

        Assert.That((result.State, result.ExitCode), Is.EqualTo((TickState.Unreadable, ExitCode.Unknown)));
        Assert.That((await Stored()).Failures.Single().Why, Does.Contain("Rate exceeded"));
        Assert.That(RolledBack, Is.Empty);
        Also = read => read;
        Assert.That((await TickAt(31)).State, Is.EqualTo(TickState.RolledBack), "what was missed is read back");
    }

    [Test]
    public async Task Two_monitors_at_once_go_back_once()
    {
        Errors(0, 60, 50);
        Time.Advance(TimeSpan.FromMinutes(30));
        var both = new TaskCompletionSource();

        var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            await Task.Yield();
            var result = await Watcher().Tick(async (incident, cancel) =>
            {
                await RollBack(incident, cancel);
                await both.Task;
                return "prod-rollback";
            }, CancellationToken.None);
            both.TrySetResult();
            return result.State;
        }));

        Assert.That(results, Is.EquivalentTo(new[] { TickState.RolledBack, TickState.RollingBack }));
        Assert.That(RolledBack, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_monitor_that_was_stopped_while_going_back_leaves_the_incident_to_the_next()
    {
        Errors(0, 60, 50);
        Time.Advance(TimeSpan.FromMinutes(30));

        Assert.That(async () => await Watcher().Tick((_, _) => throw new OperationCanceledException(), CancellationToken.None), Throws.TypeOf<PipelineException>().With.Property("ExitCode").EqualTo(ExitCode.Unknown));
        Assert.That((await Stored()).Pending!.State, Is.EqualTo(IncidentState.Open));

        Assert.That((await Tick()).State, Is.EqualTo(TickState.RolledBack));
        Assert.That(RolledBack, Is.EqualTo(new[] { $"{Release}/1" }), "the same incident");
    }

    [Test]
    public async Task A_monitor_that_was_killed_while_going_back_is_replaced_when_its_claim_has_run_out()
    {
        await Book.Change(Release, w => w with { Incidents = [new Incident($"{Release}/1", Release, Start, []) { State = IncidentState.RollingBack, By = "dead", Lease = Start.AddSeconds(60) }] }, CancellationToken.None);

        Assert.That((await Tick()).State, Is.EqualTo(TickState.RollingBack));
        Assert.That((await TickAt(2)).State, Is.EqualTo(TickState.RolledBack));
    }

    [Test]
    public async Task A_rollback_that_fails_needs_a_person()
    {
        Errors(0, 60, 50);
        Time.Advance(TimeSpan.FromMinutes(30));

        var result = await Watcher().Tick((_, _) => throw new PipelineException(ExitCode.RollbackFailed, "stack api is UPDATE_ROLLBACK_FAILED"), CancellationToken.None);

        Assert.That((result.State, result.ExitCode, result.Watch!.End), Is.EqualTo((TickState.RollbackFailed, ExitCode.RollbackFailed, (WatchEnd?)WatchEnd.RollbackFailed)));
        Assert.That(result.Text, Does.Contain("ROLLBACK FAILED").And.Contain("UPDATE_ROLLBACK_FAILED"));
    }

    [Test]
    public async Task A_rollback_that_is_refused_stays_open_and_is_tried_again()
    {
        Errors(0, 60, 50);
        Time.Advance(TimeSpan.FromMinutes(30));

        var refused = await Watcher().Tick((_, _) => throw new PipelineException(ExitCode.Refused, "REFUSED: prod is locked by bob"), CancellationToken.None);

        Assert.That((refused.State, refused.ExitCode, refused.Watch!.Pending!.Failure), Is.EqualTo((TickState.Breached, ExitCode.Refused, "REFUSED: prod is locked by bob")));
        Assert.That((await Tick()).State, Is.EqualTo(TickState.RolledBack));
    }

    [Test]
    public async Task Where_rollback_is_never_a_trigger_is_reported_and_the_watch_goes_on()
    {
        Errors(10, 6, 6);

        var reported = await TickAt(16, Settings with { RollsBack = false });

        Assert.That((reported.State, reported.ExitCode, reported.IsOver), Is.EqualTo((TickState.Breached, ExitCode.Refused, false)));
        Assert.That((await TickAt(30, Settings with { RollsBack = false })).State, Is.EqualTo(TickState.Watching));
        Assert.That((await TickAt(1440, Settings with { RollsBack = false })).Watch!.End, Is.EqualTo(WatchEnd.Breached));
        Assert.That(RolledBack, Is.Empty);
    }

    [Test]
    public async Task A_failed_deployment_of_a_watched_service_goes_back_at_once()
    {
        Also = read => read with { FailedDeployments = new Dictionary<string, string> { ["arn:d"] = "deployment ROLLBACK_SUCCESSFUL: tasks failed to start" } };

        var result = await TickAt(1);

        Assert.That((result.State, result.Watch!.Incidents.Single().Reasons.Single().Trigger), Is.EqualTo((TickState.RolledBack, Trigger.Deployment)));
    }

    [Test]
    public async Task What_our_own_snapshot_slowed_does_not_count()
    {
        for (var i = 5; i < 25; i++)
        {
            Written[i] = Point(i) with { ResponseSeconds = 5000 };
        }

        await Book.Mark(new MarkedInterval(Start.AddMinutes(5), Start.AddMinutes(25), "snapshot demo-prod-1"), CancellationToken.None);

        Assert.That((await TickAt(30)).State, Is.EqualTo(TickState.Watching));
    }
}
