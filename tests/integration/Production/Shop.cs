using System.Text.RegularExpressions;
using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.Tests.Deployments;
using Pipeline.Watching;
using Spectre.Console;

namespace Pipeline.Tests.Production;

/// <summary>The small system with a production behind its staging, and people: dora asks (the developer), alice and bob may approve, mallory may not.</summary>
internal sealed partial class Shop : IAsyncDisposable
{
    private const string Prod = "prod";
    private readonly Dictionary<string, AwsConnection> _people = [];
    private readonly StringWriter _printed = new();
    private readonly CloudProfiles _profiles;

    private Shop(Rehearsal staging)
    {
        Staging = staging;
        _profiles = new CloudProfiles(staging.File("people"));
    }

    public Rehearsal Staging { get; }

    public int Port { get; } = FreePort.Next();

    public string Printed => _printed.ToString();

    public PipelineConfiguration Configuration => ConfigurationLoader.Load(Staging.File("."), Prod);

    /// <summary>Runs when everything is worked out and before the first change.</summary>
    public Func<string, DeploymentOrder, CancellationToken, Task> Before { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Told that people are waited for.</summary>
    public Action<Asked, Tally> Wanted { get; set; } = (_, _) => { };

    /// <param name="watch">how production is watched, in flow style</param>
    public static async Task<Shop> Open(string gates = "", string watch = "{}")
    {
        var shop = new Shop(await Rehearsal.Start());
        foreach (var template in Directory.EnumerateFiles(shop.Staging.File("infra"), "*.yaml"))
        {
            await File.WriteAllTextAsync(template, OfEveryEnvironment(await File.ReadAllTextAsync(template)));
        }

        await File.AppendAllTextAsync(shop.Staging.File("pipeline.yml"), $$"""

              prod:
                deadlines: { stack: 90s, verify: 30s }
                parameters: { Port: {{shop.Port}}, Tasks: 1 }
                brokenStacks: recreate
                terminationProtection: false
                backup: { database: false }
                watch: {{watch}}
                gates:
                  approval: { required: 1, approvers: [alice, bob], expires: 1h }
                  wait: { timer: 1ms }
            {{Indented(gates)}}
            """);
        Directory.CreateDirectory(shop.Staging.File("people"));
        return shop;
    }

    /// <summary>Deploys a version to staging, as its checks left it.</summary>
    public async Task Prove(string version)
    {
        await Staging.Deploy(version);
        var ledger = await Staging.Ledger();
        var release = (await ledger.Releases(1, CancellationToken.None))[0];
        await ledger.Save(release with { Gates = Evidence(release.Commit) }, CancellationToken.None);
    }

    public static IReadOnlyList<GateResult> Evidence(string commit) =>
    [
        .. CheckGates.Names.Select(name => new GateResult(name, Verdict.Passed, "as it was checked", DateTimeOffset.UtcNow) { Commit = commit, Value = name == "coverage" ? "91.5 %" : null }),
    ];

    /// <summary>What somebody types to deploy to production, in CI: it waits for nobody.</summary>
    public async Task<DeploymentResult?> Deploy(Terms? terms = null, string? person = null, CancellationToken cancel = default)
    {
        try
        {
            var promoted = await Promoted(person);
            return await (await Route(terms, person, promoted)).Run(promoted.Changes, promoted.Images, cancel);
        }
        catch (PipelineException e)
        {
            await TestContext.Out.WriteLineAsync(string.Join('\n', [e.Message, .. e.Details.Select(d => $"  {d.Label}: {d.Text}")]));
            throw;
        }
    }

    /// <summary>What follows a release that succeeded.</summary>
    public async Task Care(ReleaseRecord release) => await new Aftercare(Configuration, Staging.Aws, await Staging.Store(), Output()).Of(release, CancellationToken.None);

    /// <summary>A look at the watch, as Monitor takes it.</summary>
    public async Task<TickResult> Look()
    {
        var book = new WatchBook(await Staging.Store(), Prod);
        return await new Watcher(Configuration, Staging.Aws, book, TimeProvider.System).Tick(async (incident, cancel) =>
        {
            var route = new RollbackRoute(Configuration, Staging.Aws, await Staging.Store(), Output()) { Survived = new Survival(book, watches: true).Of };
            return (await route.Run(new RollbackRequest(RollbackTarget.LastGood, incident.Text, "a test") { Incident = incident.Id }, cancel)).Record.Id;
        }, CancellationToken.None);
    }

    public async Task<Planned> Plan()
    {
        var promoted = await Promoted(null);
        return await (await Route(null, null, promoted)).Plan(promoted.Changes, promoted.Images, CancellationToken.None);
    }

    /// <summary>Asks for a deployment; somebody must approve it.</summary>
    public async Task<DeploymentRequest> Ask(string? person = null)
    {
        var waits = Assert.CatchAsync<PipelineException>(() => Deploy(person: person))!;
        Assert.That(waits.ExitCode, Is.EqualTo(ExitCode.Refused), waits.Message);
        Assert.That(waits.Message, Does.Contain("waits for"));
        return (await (await Requests()).Waiting(CancellationToken.None)).MaxBy(r => r.RequestedAt)!;
    }

    public async Task<Tally> Vote(string person, DeploymentRequest request, bool approve = true)
    {
        var aws = await As(person);
        return await new Ballot(aws, aws.Bucket(Configuration.LedgerBucket), Configuration.Environment.Gates.Approval, Prod, TimeProvider.System).Vote(request, approve, null, CancellationToken.None);
    }

    public async Task<RequestBook> Requests() => new(await Staging.Store(), Prod, TimeProvider.System);

    public async Task<ReleaseLedger> Ledger() => new(await Staging.Store(), Prod);

    public async Task<string> Get(string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{Port}{path}"));
    }

    public async Task<AwsAccount> As(string person)
    {
        if (!_people.TryGetValue(person, out var known))
        {
            await _profiles.Ensure(Staging.Connection, [person], CancellationToken.None);
            _people[person] = known = AwsConnection.ToEmbeddedCloud(Staging.Connection.Endpoint!.Port, Staging.Connection.Region, Staging.Connection.Account, _profiles.Demand(person));
        }

        return new AwsAccount(known);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _people.Values)
        {
            person.Dispose();
        }

        await Staging.DisposeAsync();
        await _printed.DisposeAsync();
    }

    private async Task<PromotedRelease> Promoted(string? person) =>
        await PromotedRelease.Read(Configuration, person is null ? Staging.Aws : await As(person), await Staging.Store(), CancellationToken.None);

    private async Task<DeployRoute> Route(Terms? terms, string? person, PromotedRelease promoted)
    {
        return new DeployRoute(Configuration, person is null ? Staging.Aws : await As(person), await Staging.Store(), Output()) { Terms = terms ?? new Terms(), Promoted = promoted, Wanted = Wanted, Before = (id, order, token) => Before(id, order, token) };
    }

    private Output Output() => new(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_printed) }), live: false);

    /// <summary>What an environment exports is called after it.</summary>
    private static string OfEveryEnvironment(string template) => Exported().Replace(
        Imported().Replace(template, "{\"Fn::ImportValue\": !Sub \"demo-${EnvironmentName}-$1\"}"), "{Name: !Sub \"demo-${EnvironmentName}-$1\"}")
        .Replace("LogGroupName: /demo/migration", "LogGroupName: !Sub \"/demo/${EnvironmentName}/migration\"", StringComparison.Ordinal)
        .Replace("\nParameters:\n", "\nParameters:\n  EnvironmentName: {Type: String}\n", StringComparison.Ordinal);

    private static string Indented(string gates) => string.Join('\n', gates.Split('\n').Select(line => $"      {line}"));

    [GeneratedRegex(@"!ImportValue demo-(\w+)")]
    private static partial Regex Imported();

    [GeneratedRegex(@"\{Name: demo-(\w+)\}")]
    private static partial Regex Exported();
}
