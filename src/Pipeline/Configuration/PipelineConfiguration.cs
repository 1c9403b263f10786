using Pipeline.Assemblies;
using Pipeline.StackOperations;

namespace Pipeline.Configuration;

/// <summary>What <c>pipeline.yml</c> says for one environment: the base values with that environment's overlay, validated.</summary>
/// <param name="Root">the repository's folder, absolute</param>
/// <param name="Name">of the system; stacks are called <c>NAME-ENVIRONMENT-STACK</c></param>
/// <param name="Owner">who to ask, also the stacks' <c>owner</c> tag</param>
/// <param name="CostCentre">the stacks' <c>cost-centre</c> tag</param>
/// <param name="Services">in file order</param>
/// <param name="Stacks">in file order, then those that only a cloud assembly names; <see cref="StackSettings.DependsOn"/> orders their deployment</param>
public sealed record PipelineConfiguration(
    string Root,
    string Name,
    string Owner,
    string CostCentre,
    IReadOnlyList<ServiceSettings> Services,
    IReadOnlyList<StackSettings> Stacks)
{
    /// <summary>The file that says so, relative to the root.</summary>
    public string File { get; init; } = ConfigurationLoader.FileName;

    /// <summary>Files that every service depends on, globs relative to the root, beside those the tool knows (global.json, Directory.*.props …).</summary>
    public required IReadOnlyList<string> GlobalInputs { get; init; }

    /// <summary>Files that no service depends on, globs relative to the root.</summary>
    public required IReadOnlyList<string> IgnoredInputs { get; init; }

    /// <summary>Suites and their budgets.</summary>
    public required CheckSettings Checks { get; init; }

    /// <summary>How versions are made of commits.</summary>
    public VersionSettings Versions { get; init; } = new();

    /// <summary>The selected environment.</summary>
    public required EnvironmentSettings Environment { get; init; }

    /// <summary>Names of all environments, in file order.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; init; } = [];

    /// <summary>Names of the environments in the same cloud, account and region as the selected one, itself included, in file order: they share the ledger's bucket and the images.</summary>
    public IReadOnlyList<string> Neighbours { get; init; } = [];

    /// <summary><c>owner/name</c> of the repository whose GitHub workflows may take the pipeline's roles; <c>null</c>: none.</summary>
    public string? GitHubRepository { get; init; }

    /// <summary>Name of the S3 bucket that holds the ledger; unique on all of AWS.</summary>
    public required string LedgerBucket { get; init; }

    /// <summary>The version before this one can run beside it and after it, on the same data.</summary>
    public bool RollbackSafe { get; init; } = true;

    /// <summary>What the selected environment's cloud assembly holds; <c>null</c>: it names none, or none is there.</summary>
    public CloudAssembly? Assembly { get; init; }

    /// <summary>Environment → artifact id → name of the stack in CloudFormation, for stacks that come from cloud assemblies.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ArtifactNames { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>What CloudFormation knows a stack as, in the selected environment or another.</summary>
    public string StackName(string stack, string? environment = null) =>
        ArtifactNames.GetValueOrDefault(environment ?? Environment.Name)?.GetValueOrDefault(stack) ?? $"{Name}-{environment ?? Environment.Name}-{stack}";

    /// <summary>The embedded cloud's port on 127.0.0.1.</summary>
    public required int LocalCloudPort { get; init; }
}

/// <summary>One service: what it is built from and how it is judged healthy.</summary>
/// <param name="Name">as users type it</param>
/// <param name="Path">its folder relative to the root</param>
/// <param name="Builder">how its image is made</param>
/// <param name="Stack">the stack that runs it, a key of <c>stacks</c></param>
/// <param name="Owner">who to ask</param>
public sealed record ServiceSettings(string Name, string Path, Builder Builder, string Stack, string Owner)
{
    /// <summary>Of a .NET service: the project file relative to the root; <c>null</c>: it has none.</summary>
    public string? Project { get; init; }

    /// <summary>The tools that check its code.</summary>
    public Toolchain Toolchain { get; init; }

    /// <summary><see cref="Configuration.Builder.Docker"/>: how <c>docker build</c> makes its image.</summary>
    public DockerSettings? Docker { get; init; }

    /// <summary><see cref="Configuration.Builder.Files"/>: what its container runs.</summary>
    public IReadOnlyList<string> EntryPoint { get; init; } = [];

    /// <summary>The image repository's name in the registry.</summary>
    public required string Repository { get; init; }

    /// <summary>Base image by digest (<c>registry/name@sha256:…</c>); <c>null</c>: only the service's own layer, which the embedded cloud can run and AWS can not.</summary>
    public required string? BaseImage { get; init; }

    /// <summary>Globs relative to the root: inputs beyond its folder and its project closure.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Other services that must be deployed before it.</summary>
    public required IReadOnlyList<string> DependsOn { get; init; }

    /// <summary>The stack output that holds its base URL, for health and smoke checks.</summary>
    public required string UrlOutput { get; init; }

    /// <summary>The stack output that holds its base URL on the test listener.</summary>
    public string TestUrlOutput { get; init; } = "TestUrl";

    /// <summary>Path that answers 200 when it is healthy.</summary>
    public required string HealthPath { get; init; }

    /// <summary>What runs once before a new version of it; <c>null</c>: nothing.</summary>
    public MigrationSettings? Migration { get; init; }

    /// <summary>Requests made through the load balancer after a deployment.</summary>
    public required IReadOnlyList<SmokeCheck> Smoke { get; init; }
}

/// <summary>A task that runs once with a service's new image before the service gets it.</summary>
/// <param name="Stack">the stack with its task definition, a key of <c>stacks</c></param>
/// <param name="Container">the container whose exit code decides</param>
/// <param name="Deadline">it is stopped after this long, and counts as failed</param>
public sealed record MigrationSettings(string Stack, string Container, TimeSpan Deadline);

/// <summary>One request after a deployment and what its answer must be.</summary>
/// <param name="Path">e.g. <c>/orders</c></param>
/// <param name="Status">expected HTTP status</param>
/// <param name="Contains">text that the body must hold, if any</param>
public sealed record SmokeCheck(string Path, int Status, string? Contains);

/// <summary>How a service's image is made.</summary>
public enum Builder
{
    /// <summary><c>dotnet publish</c> and our own reproducible layer; needs no Docker.</summary>
    Dotnet,

    /// <summary>A Dockerfile; needs a Docker engine.</summary>
    Docker,

    /// <summary>The service's folder as our own reproducible layer, and an entry point; needs no Docker.</summary>
    Files,
}

/// <summary>The tools that check a service's code.</summary>
public enum Toolchain
{
    /// <summary><c>dotnet</c>.</summary>
    Dotnet,

    /// <summary>black, isort, flake8, Bandit, pytest.</summary>
    Python,

    /// <summary>None but those for every repository: secrets, scripts, templates, Dockerfiles.</summary>
    None,
}

/// <summary>How <c>docker build</c> makes an image.</summary>
/// <param name="Dockerfile">relative to the root</param>
/// <param name="Context">folder relative to the root</param>
/// <param name="Target">stage to build; <c>null</c>: the last</param>
/// <param name="Platform">e.g. <c>linux/amd64</c>; <c>null</c>: the engine's own</param>
/// <param name="Arguments">build arguments; they are part of the image's inputs</param>
/// <param name="Secrets">id of a build secret → the environment variable that holds it; neither reaches a layer</param>
public sealed record DockerSettings(
    string Dockerfile, string Context, string? Target, string? Platform, IReadOnlyDictionary<string, string> Arguments, IReadOnlyDictionary<string, string> Secrets);

/// <summary>One CloudFormation stack.</summary>
/// <param name="Name">its key in <c>stacks</c></param>
/// <param name="Template">path relative to the root</param>
/// <param name="DependsOn">stacks deployed before it</param>
/// <param name="Parameters">only for this stack; they win over the environment's</param>
public sealed record StackSettings(string Name, string Template, IReadOnlyList<string> DependsOn, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Stack policy, path relative to the root; <c>null</c>: whatever the stack has stays.</summary>
    public string? Policy { get; init; }

    /// <summary>Where it comes from a cloud assembly; <c>null</c>: from a template of its own.</summary>
    public StackArtifact? Artifact { get; init; }
}

/// <summary>The suites, and what they must reach.</summary>
/// <param name="Suites">in file order</param>
public sealed record CheckSettings(IReadOnlyList<SuiteSettings> Suites)
{
    /// <summary>Names of tools that are not to run; each is shown as skipped.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>The lint's tools are stopped after this long.</summary>
    public TimeSpan LintBudget { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The security scan's tools are stopped after this long.</summary>
    public TimeSpan SecurityBudget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>From where Bandit's findings count.</summary>
    public BanditSettings Bandit { get; init; } = new(FindingLevel.Low, FindingLevel.Low);

    /// <summary>Folder of advisories in OSV's format, or a <c>.zip</c> of them, relative to the root; <c>null</c>: none.</summary>
    public string? Advisories { get; init; }

    /// <summary>Advisories that are no findings for a while.</summary>
    public IReadOnlyList<IgnoredAdvisory> IgnoredAdvisories { get; init; } = [];
}

/// <summary>An advisory that a team has decided to live with.</summary>
/// <param name="Id">one of its names, e.g. <c>GHSA-…</c> or <c>CVE-…</c></param>
/// <param name="Until">the last day</param>
/// <param name="Reason">why, shown with every scan</param>
public sealed record IgnoredAdvisory(string Id, DateOnly Until, string Reason);

/// <summary>From where Bandit's findings count.</summary>
/// <param name="Severity">the least that counts</param>
/// <param name="Confidence">the least that counts</param>
public sealed record BanditSettings(FindingLevel Severity, FindingLevel Confidence);

/// <summary>How bad, or how sure, a finding is.</summary>
public enum FindingLevel
{
    /// <summary>Low.</summary>
    Low,

    /// <summary>Medium.</summary>
    Medium,

    /// <summary>High.</summary>
    High,
}

/// <summary>One suite.</summary>
/// <param name="Name">as reports call it</param>
/// <param name="Kind">what it needs to run</param>
/// <param name="Path">relative to the root: the test project, pytest's folder or file, the locustfile; empty for <see cref="SuiteTool.Load"/></param>
/// <param name="Budget">it is stopped after this long</param>
public sealed record SuiteSettings(string Name, SuiteKind Kind, string Path, TimeSpan Budget)
{
    /// <summary>What runs it.</summary>
    public SuiteTool Tool { get; init; }

    /// <summary>Of <see cref="SuiteTool.Locust"/> and <see cref="SuiteTool.Load"/>: the load; <c>null</c> for all others.</summary>
    public LoadSettings? Load { get; init; }

    /// <summary>Of <see cref="SuiteTool.Locust"/> and <see cref="SuiteTool.Load"/>: what must be reached.</summary>
    public PerformanceTargets Targets { get; init; } = new(95, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));

    /// <summary>It tests what is deployed, and only that.</summary>
    public bool AgainstDeployment { get; init; }

    /// <summary>Whose deployment it judges, or whose code it tests; empty: every service's, or those it is found to cover.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Its tests marked <c>slow</c> run, too.</summary>
    public bool Slow { get; init; }

    /// <summary>Where it runs; empty: everywhere.</summary>
    public IReadOnlyList<string> Environments { get; init; } = [];
}

/// <summary>What runs a suite.</summary>
public enum SuiteTool
{
    /// <summary><c>dotnet test</c>.</summary>
    Dotnet,

    /// <summary><c>pytest</c>.</summary>
    Pytest,

    /// <summary><c>locust</c>, headless.</summary>
    Locust,

    /// <summary>The built-in load runner.</summary>
    Load,
}

/// <summary>A load.</summary>
/// <param name="Service">who gets it; empty for Locust, whose script knows</param>
/// <param name="Rate">requests a second that are begun, whatever becomes of those before; 0 for Locust</param>
/// <param name="Users">most at the same time</param>
/// <param name="Duration">how long, after <paramref name="WarmUp"/></param>
/// <param name="WarmUp">how long requests are made before they are measured</param>
public sealed record LoadSettings(string Service, int Rate, int Users, TimeSpan Duration, TimeSpan WarmUp)
{
    /// <summary>What is requested, in turn by weight.</summary>
    public IReadOnlyList<LoadRequest> Requests { get; init; } = [];
}

/// <summary>One kind of request of a load.</summary>
/// <param name="Path">at the service's URL</param>
/// <param name="Method">e.g. <c>GET</c></param>
/// <param name="Body">sent with it, as JSON; <c>null</c>: none</param>
/// <param name="Weight">how many of these, compared with the others</param>
/// <param name="Mean">longest mean of its own; <c>null</c>: the suite's</param>
public sealed record LoadRequest(string Path, string Method, string? Body, int Weight, TimeSpan? Mean);

/// <summary>What a performance suite must reach.</summary>
/// <param name="Success">least percent of the requests that succeed</param>
/// <param name="Mean">the mean response time is below this</param>
/// <param name="Percentile95">95 % of the requests are answered within this</param>
public sealed record PerformanceTargets(decimal Success, TimeSpan Mean, TimeSpan Percentile95)
{
    /// <summary>Least requests a second that are answered; <c>null</c>: whatever comes.</summary>
    public decimal? Rate { get; init; }

    /// <summary>How many percent slower than the release before the mean may be; <c>null</c>: the comparison is only shown.</summary>
    public decimal? SlowerThanBefore { get; init; }
}

/// <summary>What a suite needs to run.</summary>
public enum SuiteKind
{
    /// <summary>Nothing but the code; measured for coverage.</summary>
    Unit,

    /// <summary>Running services: those deployed, or some that it starts itself.</summary>
    Integration,

    /// <summary>Running services, whose speed it judges.</summary>
    Performance,
}

/// <summary>One environment: where it is, what its stacks get, which gates guard it.</summary>
/// <param name="Name"><c>dev</c>, <c>staging</c> or <c>prod</c></param>
/// <param name="Cloud">where it runs unless <c>--cloud</c> says otherwise</param>
/// <param name="Account">twelve digits</param>
/// <param name="Region">e.g. <c>eu-central-1</c></param>
/// <param name="Parameters">given to every stack whose template declares a parameter of that name</param>
public sealed record EnvironmentSettings(string Name, CloudKind Cloud, string Account, string Region, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>What guards this environment.</summary>
    public required GateSettings Gates { get; init; }

    /// <summary>Longest time for one stack operation before the run gives up on it and says "unknown".</summary>
    public required TimeSpan StackDeadline { get; init; }

    /// <summary>Longest time to wait for somebody else's operation on a stack before the run refuses.</summary>
    public TimeSpan BusyDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A rollout in which nothing has changed for this long is stopped.</summary>
    public TimeSpan StallDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time for health and smoke checks after a deployment.</summary>
    public required TimeSpan VerifyDeadline { get; init; }

    /// <summary>What becomes of stacks whose creation failed, or that somebody is deleting.</summary>
    public BrokenStacks BrokenStacks { get; init; }

    /// <summary>Whether AWS refuses to delete the stacks; <c>null</c>: whatever they have stays.</summary>
    public bool? TerminationProtection { get; init; }

    /// <summary>What is kept before anything is changed.</summary>
    public BackupSettings Backup { get; init; } = new(false, TimeSpan.FromDays(7), TimeSpan.FromMinutes(30));

    /// <summary>How a release is watched; <c>null</c>: not at all.</summary>
    public WatchSettings? Watch { get; init; }

    /// <summary>Who is told what, in file order.</summary>
    public IReadOnlyList<ContactGroup> Notifications { get; init; } = [];

    /// <summary>Of the suites against the deployment only tests marked <c>readonly</c> run, and none marked <c>destructive</c>.</summary>
    public bool ReadOnlyTests { get; init; }

    /// <summary>Folder of a cloud assembly relative to the root; <c>null</c>: none.</summary>
    public string? Assembly { get; init; }
}

/// <summary>Which cloud answers.</summary>
public enum CloudKind
{
    /// <summary>The embedded cloud.</summary>
    Local,

    /// <summary>AWS.</summary>
    Aws,
}
