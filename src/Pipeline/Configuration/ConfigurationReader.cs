using System.Globalization;
using Pipeline.Assemblies;
using Pipeline.Ci;
using Pipeline.StackOperations;

namespace Pipeline.Configuration;

/// <summary>Makes the model from a validated file.</summary>
internal static class ConfigurationReader
{
    /// <summary>The environment whose defaults are careful.</summary>
    public const string Production = "prod";

    /// <param name="assemblies">environment → its cloud assembly, where one is there</param>
    public static PipelineConfiguration Read(string root, MapNode file, IReadOnlyList<(string Name, MapNode Overlaid)> environments, string environment, CloudKind? cloud, IReadOnlyDictionary<string, CloudAssembly> assemblies)
    {
        var reader = new SectionReader(file, ConfigurationKeys.File);
        var system = reader.Text("system");
        var owner = reader.Text("owner");
        var all = environments.Select(e => ReadEnvironment(e.Name, new SectionReader(e.Overlaid, ConfigurationKeys.Environment))).ToList();
        var selected = all.Single(e => e.Name == environment);
        var settings = selected with { Cloud = cloud ?? selected.Cloud };
        return new PipelineConfiguration(
            root,
            system,
            owner,
            reader.Text("costCentre"),
            [.. reader.Named("services").Select(s => ServiceReader.Read(root, system, owner, s.Name, s.Section))],
            AssemblyStacks.Merge([.. reader.Named("stacks").Select(s => ReadStack(s.Name, s.Section))], assemblies.GetValueOrDefault(environment)))
        {
            Assembly = assemblies.GetValueOrDefault(environment),
            ArtifactNames = assemblies.ToDictionary(a => a.Key, IReadOnlyDictionary<string, string> (a) => a.Value.Stacks.ToDictionary(s => s.Id, s => s.StackName)),
            RollbackSafe = reader.Text("rollbackSafe") == "true",
            GlobalInputs = reader.Texts("inputs"),
            IgnoredInputs = reader.Texts("ignore"),
            Checks = CheckReader.Read(reader.Section("checks")),
            Versions = VersionReader.Read(reader.Section("versions")),
            Environment = settings,
            EnvironmentNames = [.. all.Select(e => e.Name)],
            // Whoever says --cloud means every environment by it.
            Neighbours = [.. all.Where(e => (cloud ?? e.Cloud, e.Account, e.Region) == (settings.Cloud, settings.Account, settings.Region)).Select(e => e.Name)],
            LedgerBucket = reader.Section("ledger").OptionalText("bucket") ?? $"{system}-{settings.Account}-{settings.Region}-pipeline",
            GitHubRepository = reader.Section("github").OptionalText("repository"),
            LocalCloudPort = Number(reader.Section("localCloud").Text("port")),
        };
    }

    public static CiSettings ReadCi(MapNode file)
    {
        var reader = new SectionReader(file, ConfigurationKeys.File);
        var ci = reader.Section("ci");
        var skip = ci.Section("skip");
        return new(ci.Text("main")) { SkipCi = skip.Texts("ci"), SkipTests = skip.Texts("tests"), Repository = reader.Section("github").OptionalText("repository") };
    }

    /// <summary>Without a template it is one of the assembly.</summary>
    private static StackSettings ReadStack(string name, SectionReader stack) =>
        new(name, stack.OptionalText("template") ?? "", stack.Texts("dependsOn"), stack.Map("parameters")) { Policy = stack.OptionalText("policy") };

    private static EnvironmentSettings ReadEnvironment(string name, SectionReader environment)
    {
        var deadlines = environment.Section("deadlines");
        return new(name, Enum.Parse<CloudKind>(environment.Text("cloud"), ignoreCase: true), environment.Text("account"), environment.Text("region"), environment.Map("parameters"))
        {
            Gates = GateReader.Read(name, environment.Section("gates")),
            Backup = GateReader.ReadBackup(name, environment.Section("backup")),
            Watch = GateReader.ReadWatch(name, environment.Section("watch")),
            Notifications = NotificationReader.Read(environment),
            StackDeadline = deadlines.Duration("stack"),
            BusyDeadline = deadlines.Duration("busy"),
            StallDeadline = deadlines.Duration("stall"),
            VerifyDeadline = deadlines.Duration("verify"),
            BrokenStacks = Enum.Parse<BrokenStacks>(environment.OptionalText("brokenStacks") ?? (name == Production ? "refuse" : "recreate"), ignoreCase: true),
            TerminationProtection = environment.OptionalText("terminationProtection") is { } protect ? protect == "true" : name == Production ? true : null,
            ReadOnlyTests = (environment.OptionalText("deploymentTests") ?? (name == Production ? "readonly" : "all")) == "readonly",
            Assembly = environment.OptionalText("assembly"),
        };
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
