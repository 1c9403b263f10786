using Pipeline.Cake;
using Pipeline.Configuration;

namespace Build;

/// <summary>What may be typed beside Cake's own options.</summary>
internal static class Options
{
    public const string Environment = "environment";
    public const string Cloud = "cloud";
    public const string All = "all";
    public const string Format = "format";
    public const string Deployment = "deployment";
    public const string AllowReplace = "allow-replace";
    public const string Recreate = "recreate";
    public const string WithoutWayBack = "without-way-back";
    public const string Drift = "drift";
    public const string To = "to";
    public const string Version = "version";
    public const string Reason = "reason";
    public const string PastUnsafe = "past-unsafe";
    public const string Diff = "diff";
    private static readonly string[] Deploying = ["DeployDev", "DeployStaging"];

    public static IReadOnlyList<Option> Known { get; } =
    [
        Option.OneOf(Environment, "which environment; the deploy targets know theirs, all others take dev", "dev", "staging", "prod"),
        Option.OneOf(Cloud, "where it runs, whatever pipeline.yml says: the embedded cloud or AWS", "local", "aws"),
        Option.Flag(All, "every project and suite of the repository, whatever changed").For("Default", "Lint", "Test", "SecurityScan"),
        Option.OneOf(Format, "how to print", "text", "json").For("DetectChanges", "Status"),
        Option.Text(Deployment, "a release's id, as History lists them", "ID").For("Diagnose"),
        Option.Text(AllowReplace, "resources that hold data and may be replaced or removed all the same: LogicalId or stack.LogicalId, separated by commas", "IDS").For([.. Deploying, "Rollback"]),
        Option.Text(Recreate, "stacks that are ROLLBACK_COMPLETE and may be deleted and created again, separated by commas", "STACKS").For(Deploying),
        Option.Flag(WithoutWayBack, "deploy though the version before is lost, so that a failed release could not go back").For([.. Deploying, "Rollback"]),
        Option.Text(To, "where to go back: last-good (the newest release before that came through its watch), or a release's id", "last-good|RELEASE").For("Rollback"),
        Option.Text(Version, "go back to the release that brought this version of a service", "VERSION").For("Rollback"),
        Option.Text(Reason, "why, for the record; no secrets").For("Rollback"),
        Option.Flag(PastUnsafe, "go back past releases that said rollbackSafe: false").For("Rollback"),
        Option.Text(Diff, "what differs between two environments, and which of it pipeline.yml does not declare", "ENV,ENV").For("Status"),
        Option.Flag(Drift, "also compare the environment's stacks with their templates").For("Status"),
    ];

    /// <summary>As typed; <c>null</c>: pipeline.yml decides.</summary>
    public static CloudKind? CloudOf(Arguments typed) => typed[Cloud] is { } cloud ? Enum.Parse<CloudKind>(cloud, ignoreCase: true) : null;

    public static string EnvironmentOf(Arguments typed) => typed[Environment] ?? (typed.Targets.FirstOrDefault(t => t.StartsWith("Deploy", StringComparison.Ordinal)) switch
    {
        "DeployStaging" => "staging",
        "DeployProd" => "prod",
        _ => "dev",
    });
}
