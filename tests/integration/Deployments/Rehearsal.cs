using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;
using Spectre.Console;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Deployments;

/// <summary>A small system and an embedded cloud in this process: releases of it go through the pipeline's own route.</summary>
internal sealed class Rehearsal : IAsyncDisposable
{
    public const string Environment = "staging";
    private readonly CloudServer _cloud;
    private readonly AwsConnection _connection;
    private readonly string _root = Directory.CreateTempSubdirectory("rehearsal-").FullName;
    private readonly StringWriter _printed = new();
    private readonly Dictionary<string, string> _images = [];

    private Rehearsal(CloudServer cloud)
    {
        _cloud = cloud;
        _connection = AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint).Port, "eu-central-1", "123456789012");
        Aws = new AwsAccount(_connection);
    }

    public AwsAccount Aws { get; }

    /// <summary>The clients, for what the pipeline itself never asks.</summary>
    public AwsConnection Connection => _connection;

    public Cloud Cloud => _cloud.Cloud;

    public int Port { get; } = FreePort.Next();

    /// <summary>Where a system that shifts traffic has its test listener.</summary>
    public int TestPort { get; } = FreePort.Next();

    /// <summary>Of a system's second service.</summary>
    public int SidePort { get; } = FreePort.Next();

    /// <summary>What the route printed so far.</summary>
    public string Printed => _printed.ToString();

    public string File(string name) => Path.Combine(_root, name);

    public PipelineConfiguration Configuration => ConfigurationLoader.Load(_root, Environment);

    /// <param name="observe">sees every call but those of S3</param>
    /// <param name="system">the folder with it: one that is deployed rolling, or <c>shifting</c></param>
    public static async Task<Rehearsal> Start(Action<Answered>? observe = null, string system = "system")
    {
        var rehearsal = new Rehearsal(await CheckedCloud.Start(new CloudOptions(0, null, TimeScale: 20), observe));
        var folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployments", system);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var to = rehearsal.File(Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            System.IO.File.Copy(file, to);
        }

        Directory.CreateDirectory(rehearsal.File("web"));
        await System.IO.File.WriteAllTextAsync(rehearsal.File("web/Web.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        if (system == "system")
        {
            rehearsal.Change("pipeline.yml", "Port: 0", $"Port: {rehearsal.Port}");
            return rehearsal;
        }

        foreach (var file in (string[])["pipeline.yml", "two.yml"])
        {
            rehearsal.Change(file, "Port: 0, TestPort: 0", $"Port: {rehearsal.Port}, TestPort: {rehearsal.TestPort}");
        }

        rehearsal.Change("two.yml", "Port: 1, TestPort: 1", $"Port: {rehearsal.SidePort}, TestPort: {FreePort.Next()}");
        return rehearsal;
    }

    /// <summary>Lets the built host find the cloud, as one that it started itself.</summary>
    public void Announce()
    {
        Directory.CreateDirectory(File(".pipeline/cloud/state"));
        ReadyFile.Write(File(".pipeline/cloud/cloud.json"), _cloud);
    }

    public void Change(string file, string from, string to)
    {
        var text = System.IO.File.ReadAllText(File(file));
        Assert.That(text, Does.Contain(from), $"{file} can be changed");
        System.IO.File.WriteAllText(File(file), text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>Deploys a version of every service; the version's name is part of its image.</summary>
    /// <param name="version">seven hex digits</param>
    public async Task<DeploymentResult?> Deploy(string version, bool withoutWayBack = false, Func<RolloutUnderWatch, CancellationToken, Task<string?>>? judge = null, string? allowReplace = null, CancellationToken cancel = default)
    {
        var digest = _images.TryGetValue(version, out var known) ? known : _images[version] = await ProbeImage.Push(_cloud, Aws, "demo/web", version);
        var commit = version.PadRight(40, '0');
        var inputs = new ServiceInputs(Hashing.Of(version), new Dictionary<string, string>());
        var services = Configuration.Services;
        var changes = new ChangeSummary(new SourceRevision(commit, "main", $"version {version}", false, commit), [.. services.Select(s => new ServiceDecision(s.Name, true, ["a test wants it"], inputs))], 1, []);
        var store = await Store();
        try
        {
            return await new DeployRoute(Configuration, Aws, store, Output()) { Judge = judge, Terms = new Terms { WithoutWayBack = withoutWayBack, AllowReplace = Allowance.Of(allowReplace) } }
                .Run(changes, [.. services.Select(s => new BuiltImage(s.Name, $"{new Uri(_cloud.Endpoint).Authority}/demo/web", version, digest, false, TimeSpan.Zero))], cancel);
        }
        catch (PipelineException e)
        {
            await TestContext.Out.WriteLineAsync(string.Join('\n', [e.Message, .. e.Details.Select(d => $"  {d.Label}: {d.Text}")]));
            throw;
        }
    }

    /// <summary>Goes back, as the pipeline's own route does.</summary>
    public async Task<RollbackResult> GoBack(RollbackRequest request, Func<ReleaseRecord, CancellationToken, Task<bool>>? survived = null, Func<ReleaseRecord, CancellationToken, Task<string?>>? snapshot = null, CancellationToken cancel = default)
    {
        var route = new RollbackRoute(Configuration, Aws, await Store(), Output());
        route = new RollbackRoute(Configuration, Aws, await Store(), Output()) { Survived = survived ?? route.Survived, SnapshotBefore = snapshot ?? route.SnapshotBefore };
        try
        {
            return await route.Run(request, cancel);
        }
        catch (PipelineException e)
        {
            await TestContext.Out.WriteLineAsync(string.Join('\n', [e.Message, .. e.Details.Select(d => $"  {d.Label}: {d.Text}")]));
            throw;
        }
    }

    public async Task<ObjectStore> Store() => await Aws.Store(Configuration.LedgerBucket, Environment, CancellationToken.None);

    public async Task<ReleaseLedger> Ledger() => new(await Store(), Environment);

    /// <summary>Deletes a version's image from the registry.</summary>
    public Task Forget(string version) => _connection.Ecr.BatchDeleteImageAsync(new() { RepositoryName = "demo/web", ImageIds = [new() { ImageDigest = _images[version] }] });

    /// <summary>Every task of a task definition's family, also those that stopped.</summary>
    public async Task<IReadOnlyList<TaskState>> TasksOf(string family)
    {
        var cluster = (await Aws.Stacks.Describe(Configuration.StackName("ground"), CancellationToken.None))!.Outputs["Cluster"];
        var arns = new List<string>();
        foreach (var desired in (string[])["RUNNING", "STOPPED"])
        {
            arns.AddRange((await _connection.Ecs.ListTasksAsync(new() { Cluster = cluster, Family = family, DesiredStatus = desired })).TaskArns ?? []);
        }

        return await Aws.Services.DescribeTasks(cluster, arns, CancellationToken.None);
    }

    /// <summary>What an autoscaler does.</summary>
    public async Task Scale(ServiceState service, int count)
    {
        await _connection.Ecs.UpdateServiceAsync(new() { Cluster = service.ClusterArn, Service = service.Arn, DesiredCount = count });
        await Poll.Until(async () => (await Aws.Services.Describe(service.ClusterArn, service.Arn, CancellationToken.None))!.Running == count, $"{count} tasks run");
    }

    public Task<string> Get(string path) => Get(Port, path);

    public static async Task<string> Get(int port, string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}{path}"));
    }

    /// <summary>The service that a stack runs.</summary>
    public async Task<ServiceState> Service(string stack = "web") => (await Aws.ServicesOf(Configuration.StackName(stack), CancellationToken.None)).Single();

    /// <summary>The newest deployment of the service that a stack runs.</summary>
    public async Task<ServiceDeploymentState> Newest(string stack = "web")
    {
        var service = await Service(stack);
        var arns = await Aws.Services.ListDeployments(service.ClusterArn, service.Arn, DateTimeOffset.UtcNow.AddHours(-1), CancellationToken.None);
        return (await Aws.Services.DescribeDeployment(arns[0], CancellationToken.None))!;
    }

    private Output Output()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_printed) });
        console.Profile.Width = 10_000;
        return new Output(console, live: false);
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _cloud.DisposeAsync();
        Directory.Delete(_root, recursive: true);
        await _printed.DisposeAsync();
    }
}
