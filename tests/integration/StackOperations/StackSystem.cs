using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;
using Spectre.Console;

namespace Pipeline.Tests.StackOperations;

/// <summary>A system of stacks alone, deployed through the pipeline's own route; each is another system on the same cloud.</summary>
internal sealed class StackSystem : IDisposable
{
    private readonly AwsConnection _connection;
    private readonly StringWriter _printed = new();
    private int _commits;

    /// <param name="stacks">below <c>stacks:</c> and behind it, in pipeline.yml</param>
    public StackSystem(CloudServer cloud, string stacks, string environment = "dev")
    {
        (Environment, Cloud) = (environment, cloud);
        _connection = AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint).Port, "eu-central-1", "123456789012");
        Aws = new AwsAccount(_connection);
        Write("web/Web.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write("pipeline.yml", $$"""
            system: {{Name}}
            owner: team
            costCentre: retail
            services:
              web: { path: web, project: web/Web.csproj, stack: a }
            account: "123456789012"
            region: eu-central-1
            environments: { dev: , prod: { gates: { approval: { required: 0 }, wait: { timer: none }, health: ignore } } }
            {{stacks}}
            """);
    }

    /// <summary>The repository that these tests belong to.</summary>
    public static string Repository { get; } = Find(TestContext.CurrentContext.TestDirectory);

    public string Root { get; } = Directory.CreateTempSubdirectory("stacks-").FullName;

    public string Name { get; } = $"s{Guid.NewGuid():N}"[..9];

    public string Environment { get; set; }

    public CloudServer Cloud { get; }

    public AwsAccount Aws { get; }

    public Amazon.CloudFormation.IAmazonCloudFormation Formation => _connection.CloudFormation;

    /// <summary>The clients, for what the pipeline itself never asks.</summary>
    public AwsConnection Connection => _connection;

    public string AllowReplace { get; set; } = "";

    public string Recreate { get; set; } = "";

    /// <summary>What releases run before their first change.</summary>
    public Func<DeploymentOrder, CancellationToken, Task>? Before { get; set; }

    public string Printed => _printed.ToString();

    public PipelineConfiguration Configuration => ConfigurationLoader.Load(Root, Environment);

    public StackSystem Write(string file, string content)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    /// <summary>A release of whatever the files say now.</summary>
    public Task<DeploymentResult?> Deploy(CancellationToken cancel = default) => Deploy([], [], cancel);

    public async Task<DeploymentResult?> Deploy(IReadOnlyList<ServiceDecision> services, IReadOnlyList<BuiltImage> images, CancellationToken cancel = default)
    {
        // Ids of releases have seconds and the commit: each release is one of another commit.
        var commit = $"{Interlocked.Increment(ref _commits):x7}".PadRight(40, '0');
        var changes = new ChangeSummary(new SourceRevision(commit, "main", "a change", false, commit), services, 1, []);
        try
        {
            return await new DeployRoute(Configuration, Aws, await Store(), Output()) { Terms = new Terms { AllowReplace = Allowance.Of(AllowReplace), Recreate = Allowance.Of(Recreate).Ids }, Before = (_, order, token) => Before?.Invoke(order, token) ?? Task.CompletedTask }.Run(changes, images, cancel);
        }
        catch (PipelineException e)
        {
            await TestContext.Out.WriteLineAsync(string.Join('\n', [e.Message, .. e.Details.Select(d => $"  {d.Label}: {d.Text}")]));
            throw;
        }
    }

    /// <summary>Goes back, as the pipeline's own route does.</summary>
    public async Task<RollbackResult> GoBack(RollbackRequest request, CancellationToken cancel = default) =>
        await new RollbackRoute(Configuration, Aws, await Store(), Output()).Run(request, cancel);

    /// <summary>A release that is expected to end in a sentence.</summary>
    public async Task<PipelineException> Refusal(ExitCode expected)
    {
        try
        {
            await Deploy();
        }
        catch (PipelineException e)
        {
            Assert.That(e.ExitCode, Is.EqualTo(expected), string.Join('\n', [e.Message, .. e.Details.Select(d => $"  {d.Label}: {d.Text}")]));
            return e;
        }

        throw new AssertionException("the release went through");
    }

    public async Task<StackState> Stack(string stack) => (await Aws.Stacks.Describe(Configuration.StackName(stack), CancellationToken.None))!;

    public async Task<ObjectStore> Store() => await Aws.Store(Configuration.LedgerBucket, Environment, CancellationToken.None);

    public async Task<ReleaseLedger> Ledger() => new(await Store(), Environment);

    public void Dispose()
    {
        _connection.Dispose();
        _printed.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private Output Output()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_printed) });
        console.Profile.Width = 10_000;
        return new Output(console, live: false);
    }

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Pipeline.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
