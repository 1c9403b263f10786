using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Tests.Deployments;
using Pipeline.Watching;

namespace Pipeline.Tests.Watching;

/// <summary>Real requests to real tasks, measured by the second.</summary>
public sealed class LiveWatchTests : Rehearsed
{
    private static readonly WatchSettings Settings = new(TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), 5, TimeSpan.FromMinutes(5), RollsBack: true)
    {
        // Tests share the machine: only errors count here.
        ErrorRate = new(5, 3), ResponseTime = new(60, 100), Cpu = new(100, 100), Memory = new(100, 100),
    };

    [Test]
    public async Task Errors_of_the_new_revision_fire_in_the_watch_and_in_the_bake_time()
    {
        var configuration = Demo.Configuration with { Environment = Demo.Configuration.Environment with { Watch = Settings } };
        var book = new WatchBook(await Demo.Store(), "staging");
        var release = (await (await Demo.Ledger()).Releases(1, CancellationToken.None)).Single();
        var watcher = new Watcher(configuration, Demo.Aws, book, TimeProvider.System);
        var since = DateTimeOffset.UtcNow;

        var watch = (await watcher.Begin(release, [], CancellationToken.None))!;

        var measured = watch.Services.Single().Measured;
        Assert.That((measured.Service, measured.Digest, measured.TargetGroups.Count), Is.EqualTo(("web", release.Services.Single().ToDigest, 1)));
        Assert.That(measured.Revision, Does.Contain(":service-revision/"));
        var fired = new List<Incident>();
        TickResult? result = null;
        await Poll.Until(async () =>
        {
            await Requests(good: 20, bad: 0);
            result = await Tick();
            return result.Services.Single().Triggers.Select(t => t.State).Take(2).All(s => s == TriggerState.Healthy) && result.Watch!.Services.Single() is { PerTask: true, Tasks.Count: 2 };
        }, "healthy traffic is seen, task by task");
        Assert.That(result!.State, Is.EqualTo(TickState.Watching));
        var bake = new BakeTriggers(configuration, Demo.Aws);
        var group = (await Demo.Aws.ServicesOf(configuration.StackName("web"), CancellationToken.None)).Single().TargetGroups.Single();
        Assert.That(await bake.Judge("web", group, since, DateTimeOffset.UtcNow, CancellationToken.None), Is.Null, bake.Unread);

        await Poll.Until(async () =>
        {
            await Requests(good: 9, bad: 1);
            result = await Tick();
            return result.IsOver;
        }, "errors end the watch");
        Assert.That((result.State, fired.Count), Is.EqualTo((TickState.RolledBack, 1)), result.Text);
        Assert.That(await bake.Judge("web", group, since, DateTimeOffset.UtcNow, CancellationToken.None), Does.Contain("error rate"), bake.Unread);

        Task<TickResult> Tick() => watcher.Tick((incident, _) =>
        {
            fired.Add(incident);
            return Task.FromResult("staging-back");
        }, CancellationToken.None);
    }

    [Test]
    public async Task Work_of_a_task_is_seen_as_its_services_cpu()
    {
        var dimensions = new Dictionary<string, string> { ["ClusterName"] = (await Cluster())[1], ["ServiceName"] = "demo-web" };
        MetricQuestion[] questions = [new("cpu", new MetricName("AWS/ECS", "CPUUtilization", dimensions), "Maximum"), new("memory", new MetricName("AWS/ECS", "MemoryUtilization", dimensions), "Average")];
        var now = DateTimeOffset.UtcNow;

        await Poll.Until(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Demo.Get("/burn/400")));
            var answers = await Demo.Aws.Metrics.Read(questions, TimeSpan.FromSeconds(1), now, DateTimeOffset.UtcNow, CancellationToken.None);
            // A quarter of a processor is reserved; several requests at once get that much of it on a busy machine, too.
            return answers.Points["cpu"].Values.Any(v => v > 60) && answers.Points["memory"].Values.Any(v => v is > 2 and < 100);
        }, "CPU and memory of the tasks");
    }

    private async Task<string[]> Cluster() => (await Demo.Aws.ServicesOf(Demo.Configuration.StackName("web"), CancellationToken.None)).Single().ClusterArn.Split('/');

    private async Task Requests(int good, int bad)
    {
        using var http = new HttpClient();
        for (var i = 0; i < good + bad; i++)
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{Demo.Port}{(i < good ? "/version" : "/status/500")}"));
        }
    }
}
