using System.Net.Security;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Notifications;

namespace Pipeline.Tests.Notifications;

/// <summary>A small system whose groups are what a test says, and time that stands still.</summary>
internal sealed class Ground : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("notifications-");

    /// <param name="groups">the section <c>notifications</c>, its content indented by two spaces</param>
    /// <param name="variables">the process's environment</param>
    public Ground(string groups, params (string Name, string Value)[] variables)
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "api"));
        foreach (var file in (string[])["api/Api.csproj", "api.yaml"])
        {
            File.WriteAllText(Path.Combine(_root.FullName, file), "");
        }

        File.WriteAllText(Path.Combine(_root.FullName, "pipeline.yml"), $$"""
            system: shop
            owner: team
            costCentre: "1"
            account: "123456789012"
            region: eu-central-1
            services: { api: { path: api, project: api/Api.csproj, stack: api } }
            stacks: { api: { template: api.yaml } }
            environments: { staging: {} }
            notifications:
            {{groups}}
            """);
        Configuration = ConfigurationLoader.Load(_root.FullName, "staging");
        Variables = variables.ToDictionary(v => v.Name, v => v.Value);
    }

    public PipelineConfiguration Configuration { get; }

    public IReadOnlyDictionary<string, string> Variables { get; }

    public ManualTime Time { get; } = new(Noon);

    /// <param name="store">the ledger's bucket; <c>null</c>: it does not answer</param>
    /// <param name="aws">the environment's account; <c>null</c>: nothing is kept there</param>
    /// <param name="trust">certificates of mail servers</param>
    public Notifier Notifier(ObjectStore? store = null, AwsAccount? aws = null, RemoteCertificateValidationCallback? trust = null) => new(
        Configuration,
        () => aws is null ? throw new InvalidOperationException("nothing here is kept in AWS") : Task.FromResult(aws),
        () => store is null ? throw new AwsUnreachableException("the ledger does not answer") : Task.FromResult(store))
    {
        Time = Time,
        Variables = Variables,
        Trust = trust,
    };

    /// <summary>A release that somebody tries to forge links and mentions with.</summary>
    public Notice Notice(string subject = "fix: a bug", params string[] why) => new Notices(Configuration, new Uri("https://ci.acme.example/runs/7?a=1&b=2")).Deployed(
        new ReleaseRecord("staging-20261123-120000-3f2c1ab", "staging", new string('3', 40), subject, false, "dora@desk", Noon)
        {
            Outcome = ReleaseOutcome.Succeeded,
            FinishedAt = Noon,
            Services = [new ServiceChange("api", "v1.0.0", "v1.1.0", null, "sha256:1")],
        }) with { Why = why };

    /// <summary>Tells one notice; time goes on by itself to whatever is waited for next, as long as that is no deadline.</summary>
    public async Task<Delivery> Tell(Notice? notice = null)
    {
        var telling = Notifier().Try(notice ?? Notice(), Configuration.Environment.Notifications, CancellationToken.None);
        await Pass(telling);
        return (await telling).Single();
    }

    /// <summary>The pauses that were waited for, as long as the work goes on.</summary>
    public async Task<IReadOnlyList<TimeSpan>> Pass(Task work)
    {
        var pauses = new List<TimeSpan>();
        await Poll.Until(() =>
        {
            // Beside the deadline for all of it: either an attempt has its own, which is left alone, or a pause is waited for.
            if (Time.Waiting is [var pause, _] && pause != Limits.Attempt)
            {
                pauses.Add(pause);
                Time.Advance(pause);
            }

            return Task.FromResult(work.IsCompleted);
        }, "everybody was told, or given up");
        return pauses;
    }

    public void Dispose() => _root.Delete(recursive: true);
}
