using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Watching;

/// <summary>Watches a release, look by look. Everything it knows is in the ledger, so any process may take the next look, late or twice at once.</summary>
public sealed class Watcher
{
    private const int Attempts = 5;
    private const int BaselinePoints = 30;
    private const int FailuresKept = 20;
    private const int GapsKept = 50;

    // CloudWatch learns of load balancers' minutes a little later than they end.
    private static readonly TimeSpan Arrival = TimeSpan.FromMinutes(1);
    private readonly PipelineConfiguration _configuration;
    private readonly AwsAccount _aws;
    private readonly WatchBook _book;
    private readonly TimeProvider _time;
    private readonly WatchSettings? _settings;

    /// <exception cref="UsageException">the configured point is none that CloudWatch has</exception>
    public Watcher(PipelineConfiguration configuration, AwsAccount aws, WatchBook book, TimeProvider time)
    {
        (_configuration, _aws, _book, _time, _settings) = (configuration, aws, book, time, configuration.Environment.Watch);
        if (_settings is { } settings)
        {
            WatchPeriods.Demand(settings.Point, configuration.Environment.Name, aws.IsAws);
            var reader = new PointReader(aws, settings.Point);
            Read = (service, watch, to, cancel) => reader.Read(service, watch.Begun, service.Watermark, to, cancel);
        }
    }

    /// <summary>Where points come from: service, its watch, end of the last complete point. CloudWatch unless somebody says otherwise.</summary>
    public Func<ServiceWatch, Watch, DateTimeOffset, CancellationToken, Task<Readout>> Read { get; init; } = (_, _, _, _) => Task.FromResult(new Readout([]));

    /// <summary>Told of what is worth an entry in the audit log.</summary>
    public Func<string, string, Watch, CancellationToken, Task> Tell { get; init; } = (_, _, _, _) => Task.CompletedTask;

    private string Next => $"./build.sh --target=Monitor --environment={_configuration.Environment.Name}";

    /// <summary>Begins to watch a release that has succeeded; one that is watched already keeps its watch.</summary>
    /// <param name="release">as it is recorded</param>
    /// <param name="marked">times that say nothing about it</param>
    /// <returns><c>null</c>: the environment watches nothing</returns>
    public async Task<Watch?> Begin(ReleaseRecord release, IReadOnlyList<MarkedInterval> marked, CancellationToken cancel)
    {
        if (_settings is not { } settings)
        {
            return null;
        }

        var now = _time.GetUtcNow();
        await _book.Supersede(release, now, cancel).ConfigureAwait(false);
        var first = TriggerEngine.Ceiling(now, settings.Point);
        var services = await new MeasuredServices(_configuration, _aws).All(cancel).ConfigureAwait(false);
        var baselines = await Task.WhenAll(services.Select(s => BaselineOf(s.Before, release.StartedAt, settings, cancel))).ConfigureAwait(false);
        var begun = await _book.Begin(new Watch(release.Id, now, first + settings.Duration)
        {
            Looked = first,
            Marked = marked,
            Services = [.. services.Zip(baselines, (s, baseline) => ServiceWatch.Begin(s.Now, first) with { Baseline = baseline })],
        }, cancel).ConfigureAwait(false);
        await Tell("started", $"{release.Id} is watched until {begun.Watch.Until:u}", begun.Watch, cancel).ConfigureAwait(false);
        return begun.Watch;
    }

    /// <summary>Looks once: reads the points since the last look, judges them, and goes back if a trigger fired.</summary>
    /// <param name="rollBack">
    /// brings the last good release back and answers the id of the release that did; called with the same incident again after a crash,
    /// when it must find what it did before
    /// </param>
    public async Task<TickResult> Tick(Func<Incident, CancellationToken, Task<string>> rollBack, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (_settings is not { } settings || await _book.Current(cancel).ConfigureAwait(false) is not { } stored)
            {
                return await Nothing(cancel).ConfigureAwait(false);
            }

            var looked = stored.Watch.Pending is null ? await Look(stored, settings, cancel).ConfigureAwait(false) : (Stored: stored, Result: null);
            if (looked.Result is null && looked.Stored is { Watch.Pending: { } incident } pending)
            {
                looked.Result = await new WayOut(_book, _time) { Tell = Tell, Next = Next }.Go(pending, incident, rollBack, cancel).ConfigureAwait(false);
            }

            if (looked.Result is { } result)
            {
                return result.Services.Count > 0 || result.Watch is not { } watch ? result : result with { Services = [.. watch.Services.Select(s => ServiceReport.Of(s, watch.Looked, settings))] };
            }
        }

        throw new PipelineException(ExitCode.Unknown, $"The watch of {_configuration.Environment.Name} changes hands too fast: other monitors wrote {Attempts} times in between.", new Detail("next", Next));
    }

    private async Task<TickResult> Nothing(CancellationToken cancel)
    {
        var nothing = $"Nothing is watched in {_configuration.Environment.Name}";
        return (await _book.List(1, cancel).ConfigureAwait(false)) is [{ End: { } end } last]
            ? new TickResult(end == WatchEnd.Superseded ? TickState.Superseded : TickState.Idle, $"{nothing}: the watch over {last.Release} ended {WatchWords.End(end)} at {last.EndedAt:u}, {last.EndedBecause}.") { Watch = last }
            : new TickResult(TickState.Idle, $"{nothing}.");
    }

    private async Task<Baseline?> BaselineOf(MeasuredService service, DateTimeOffset shift, WatchSettings settings, CancellationToken cancel)
    {
        var to = TriggerEngine.Floor(shift, settings.Point);
        var from = to - BaselinePoints * settings.Point;
        try
        {
            var (points, _) = await new PointReader(_aws, settings.Point).Points(service, false, [], from, to, cancel).ConfigureAwait(false);
            return Baseline.Of(from, to, points);
        }
        catch (PipelineException)
        {
            // To compare with is good to have; a release does not fail for want of it.
            return null;
        }
    }

    /// <returns>a result unless an incident is to be dealt with; neither: somebody else wrote in between</returns>
    private async Task<(StoredWatch? Stored, TickResult? Result)> Look(StoredWatch stored, WatchSettings settings, CancellationToken cancel)
    {
        var (watch, now) = (stored.Watch, _time.GetUtcNow());
        var complete = TriggerEngine.Floor(now - (_aws.IsAws ? Arrival : TimeSpan.Zero), settings.Point);
        var end = complete < watch.Until ? complete : watch.Until;
        (ServiceWatch Before, Readout Read)[] read;
        try
        {
            read = await Task.WhenAll(watch.Services.Select(async s => (s, await Read(s, watch, end, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        }
        catch (PipelineException unread) when (unread is not UsageException)
        {
            var noted = await _book.Save(stored, watch with { Failures = [.. watch.Failures.Append(new ReadFailure(now, unread.Message)).TakeLast(FailuresKept)] }, cancel).ConfigureAwait(false);
            return noted is null ? default : (noted, new TickResult(TickState.Unreadable, $"Metrics could not be read, so nothing was judged: {unread.Message}")
            {
                Watch = noted.Watch,
                Details = [.. unread.Details.Where(d => d.Label != "next"), new Detail(_configuration.Environment.Name, $"{watch.Release}, judged until {WatchWords.Time(watch.Watermark)}; what was missed is read back later"), new Detail("next", Next)],
            });
        }

        var after = Judge(watch, read, end, now, settings);
        if (await _book.Save(stored, after, cancel).ConfigureAwait(false) is not { } saved)
        {
            return default;
        }

        return saved.Watch.Pending is null ? (saved, await Report(saved.Watch, end, complete, settings, cancel).ConfigureAwait(false)) : (saved, null);
    }

    /// <summary>The watch after what was read: triggers, gaps, incidents, and its end.</summary>
    private static Watch Judge(Watch watch, IReadOnlyList<(ServiceWatch Before, Readout Read)> read, DateTimeOffset end, DateTimeOffset now, WatchSettings settings)
    {
        var judged = read.Select(r => (Judgement: TriggerEngine.Judge(r.Before with { Tasks = r.Read.Tasks, PerTask = r.Read.PerTask }, r.Read.Points, end, settings, watch.Marked), r.Read)).ToList();
        var fired = judged.SelectMany(j => j.Judgement.Fired.Concat(j.Read.FailedDeployments.Values.Select(why => new Firing(j.Judgement.After.Measured.Service, Trigger.Deployment, now, now, why)))).ToList();
        var after = watch with
        {
            Services = [.. judged.Select(j => j.Judgement.After with { FailedDeployments = [.. j.Judgement.After.FailedDeployments.Union(j.Read.FailedDeployments.Keys)] })],
            Looked = end > watch.Looked ? end : watch.Looked,
            Gaps = WatchGaps.After(watch, end, fired.Count > 0 ? "breach" : judged.TrueForAll(j => j.Judgement.After.Watermark > watch.Looked) ? "healthy" : "no data", settings, GapsKept),
        };
        if (fired.Count > 0)
        {
            after = after with
            {
                Incidents = [.. after.Incidents, new Incident($"{watch.Release}/{watch.Incidents.Count + 1}", watch.Release, now, fired) { State = settings.RollsBack ? IncidentState.Open : IncidentState.Reported }],
            };
        }

        return end < watch.Until || after.Pending is not null ? after
            : after.Incidents.Count > 0 ? after.Ended(WatchEnd.Breached, now, after.Incidents[^1].Text)
            : BlindOf(after, end, settings) is { } blind ? after.Ended(WatchEnd.Blind, now, blind)
            : after.Ended(WatchEnd.Healthy, now, "no trigger fired");
    }

    private async Task<TickResult> Report(Watch watch, DateTimeOffset end, DateTimeOffset complete, WatchSettings settings, CancellationToken cancel)
    {
        if (watch.End is { } over)
        {
            await Tell(over == WatchEnd.Healthy ? "done" : "failed", $"watch over {watch.Release} ended {WatchWords.End(over)}: {watch.EndedBecause}", watch, cancel).ConfigureAwait(false);
        }

        var reported = new ServiceReport[watch.Services.Count];
        for (var i = 0; i < reported.Length; i++)
        {
            reported[i] = ServiceReport.Of(watch.Services[i], end, settings);
        }

        var fires = reported.SelectMany(s => s.Triggers).Any(t => t.State == TriggerState.Fired);
        var result = watch.End switch
        {
            WatchEnd.Healthy => new TickResult(TickState.Survived, $"{watch.Release} survived its watch."),
            WatchEnd.Breached => new(TickState.Breached, $"The watch over {watch.Release} ended with {Reporting.Words.Count(watch.Incidents.Count, "incident")}: {watch.EndedBecause}."),
            WatchEnd.Blind => new(TickState.Blind, $"The watch over {watch.Release} ended blind: {watch.EndedBecause}."),
            _ when fires || (watch.Incidents is [.., { State: IncidentState.Reported } last] && last.At >= end - settings.Point) => new(TickState.Breached, $"{watch.Incidents[^1].Text}. Nobody goes back by himself: rollback is 'never' in {_configuration.Environment.Name}."),
            _ when BlindOf(watch, end, settings) is { } blind => new(TickState.Blind, $"BLIND: {blind}. Whether {watch.Release} is healthy is unknown; a person must look."),
            _ => new(TickState.Watching, $"{watch.Release} is watched until {watch.Until:u}, judged until {WatchWords.Time(watch.Watermark)}{(complete < watch.Looked ? $"; the clock is {Reporting.Durations.Age(watch.Looked - complete)} behind the last look" : "")}."),
        };
        return result with { Watch = watch, Services = reported, Details = result.ExitCode == ExitCode.Done ? [] : [new Detail("next", Hint(result.State))] };
    }

    private string Hint(TickState state) => state == TickState.Breached
        ? $"./build.sh --target=Rollback --environment={_configuration.Environment.Name} --to=last-good"
        : $"look at the service; {Next} --watch shows when data comes back";

    private static string? BlindOf(Watch watch, DateTimeOffset end, WatchSettings settings)
    {
        var blind = watch.Services.SelectMany(s => s.Runs.Select(run => (s.Measured.Service, run.Trigger, For: TriggerEngine.BlindFor(s, run, end)))).Where(b => b.For > settings.Blind).ToList();
        return blind.Count == 0 ? null : string.Join("; ", blind.GroupBy(b => b.Service).Select(g => $"{g.Key} has no data of {string.Join(", ", g.Select(b => WatchWords.Name(b.Trigger)))} for {Reporting.Durations.Age(g.Max(b => b.For))}"));
    }
}
