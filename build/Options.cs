using Pipeline.Cake;
using Pipeline.Configuration;

namespace Build;

/// <summary>What may be typed beside Cake's own options.</summary>
internal static class Options
{
    public const string Environment = "environment";
    public const string Cloud = "cloud";
    public const string All = "all";
    public const string Slow = "slow";
    public const string Format = "format";
    public const string Deployment = "deployment";
    public const string AllowReplace = "allow-replace";
    public const string Recreate = "recreate";
    public const string WithoutWayBack = "without-way-back";
    public const string Drift = "drift";
    public const string Emergency = "emergency";
    public const string Reason = "reason";
    public const string WithoutSnapshot = "without-snapshot";
    public const string Verify = "verify";
    public const string Backup = "backup";
    public const string Database = "database";
    public const string Confirm = "confirm";
    public const string Watch = "watch";
    public const string To = "to";
    public const string Version = "version";
    public const string PastUnsafe = "past-unsafe";
    public const string Diff = "diff";
    public const string Push = "push";
    public const string PlanOnly = "plan";
    public const string Check = "check";
    public const string Message = "message";
    public const string DespiteMessages = "despite-messages";
    public const string Undo = "undo";
    public const string InstallHook = "install-hook";
    public const string Promote = "promote";
    public const string Cause = "cause";
    private static readonly string[] Deploying = ["DeployDev", "DeployStaging", "DeployProd", "Plan", "Resume"];

    public static IReadOnlyList<Option> Known { get; } =
    [
        Option.OneOf(Environment, "which environment; the deploy targets know theirs, all others take dev", "dev", "staging", "prod"),
        Option.OneOf(Cloud, "where it runs, whatever pipeline.yml says: the embedded cloud or AWS", "local", "aws"),
        Option.Flag(All, "every project and suite of the repository, whatever changed").For("Default", "Lint", "Test", "SecurityScan"),
        Option.Flag(Slow, "also tests that are marked slow, whatever their suites say").For("Default", "Test", "IntegrationTest", "PerformanceTest"),
        Option.OneOf(Format, "how to print; History exports its audit log so, csv is History's only", "text", "json", "csv").For("DetectChanges", "History", "Status"),
        Option.Text(Deployment, "a release's or a request's id, as History and DeployProd tell it; its environment is read from it", "ID").For("Diagnose", "DeployProd", "Approve", "Reject", "History"),
        Option.Text(Promote, "only what this release brought to the environment before, by its id there", "RELEASE").For("DeployProd", "Plan"),
        Option.Text(Reason, "why, in your words; it is kept for good, so no secrets", "TEXT").For("DeployProd", "Approve", "Reject", "Rollback"),
        Option.Flag(Verify, "prove that nobody touched the audit log").For("History"),
        Option.Flag(Emergency, "leave out coverage, soak, wait timer, freeze, low traffic, health and all but one approver; needs --reason, opens debts").For("DeployProd"),
        Option.Flag(WithoutSnapshot, "in an emergency: without the database's snapshot, too").For("DeployProd"),
        Option.Text(AllowReplace, "resources that hold data and may be replaced or removed all the same: LogicalId or stack.LogicalId, separated by commas", "IDS").For([.. Deploying, "Rollback"]),
        Option.Text(Recreate, "stacks that are ROLLBACK_COMPLETE and may be deleted and created again, separated by commas", "STACKS").For(Deploying),
        Option.Flag(WithoutWayBack, "deploy though the version before is lost, so that a failed release could not go back").For([.. Deploying, "Rollback"]),
        Option.Text(To, "where to go back: last-good (the newest release before that came through its watch), or a release's id", "last-good|RELEASE").For("Rollback"),
        Option.Text(Version, "go back to the release that brought this version of a service", "VERSION").For("Rollback"),
        Option.Flag(PastUnsafe, "go back past releases that said rollbackSafe: false").For("Rollback"),
        Option.Text(Diff, "what differs between two environments, and which of it pipeline.yml does not declare", "ENV,ENV").For("Status"),
        Option.Flag(Drift, "also compare the environment's stacks with their templates").For("Status"),
        Option.Text(Backup, "a backup's id; without one the known ones are listed", "ID").For("Restore"),
        Option.Flag(Database, "bring the databases of the backup up as new instances; nothing that runs is touched").For("Restore"),
        Option.Text(Confirm, "the backup's id again, where nobody can be asked for it", "ID").For("Restore"),
        Option.OneOf(Cause, "whom the test is sent: those who are told of this", [.. Pipeline.Notifications.Causes.Words]).For("Notify"),
        Option.Flag(Watch, "look again and again until the watch ends").For("Monitor"),
        Option.Flag(Push, "send the release to the branch's upstream: branch and tags together, or nothing").For("Release"),
        Option.Flag(PlanOnly, "show the next versions and the changelog's section, and change nothing").For("Release"),
        Option.Flag(Check, "name the messages, not merged or not released yet, that a release would drop or misread").For("Release"),
        Option.Text(Message, "look at one message that is about to be committed, as the commit-msg hook does", "FILE").For("Release"),
        Option.Flag(DespiteMessages, "release although messages are dropped or misread").For("Release"),
        Option.Flag(Undo, "take the last release of this clone back, as long as it is not pushed").For("Release"),
        Option.Flag(InstallHook, "install the commit-msg hook that looks at messages; one of somebody else stays").For("Doctor"),
    ];

    /// <summary>As typed; <c>null</c>: pipeline.yml decides.</summary>
    public static CloudKind? CloudOf(Arguments typed) => typed[Cloud] is { } cloud ? Enum.Parse<CloudKind>(cloud, ignoreCase: true) : null;

    /// <summary>A system need not have a <c>dev</c> for what touches no environment.</summary>
    public static bool IsAboutNoEnvironment(Arguments typed) => typed[Environment] is null && (typed.Targets is ["Release"] || typed.Has(InstallHook));

    public static string EnvironmentOf(Arguments typed) => typed[Environment] ?? EnvironmentIn(typed[Deployment]) ?? (typed.Targets.FirstOrDefault(t => t is "Approve" or "Reject" || t.StartsWith("Deploy", StringComparison.Ordinal)) switch
    {
        "DeployStaging" => "staging",
        "DeployProd" or "Approve" or "Reject" => "prod",
        _ => "dev",
    });

    /// <summary>A release's id begins with its environment: <c>prod-20261123-1002…</c>.</summary>
    private static string? EnvironmentIn(string? deployment) => deployment is null ? null
        : Known.Single(o => o.Name == Environment).Values.FirstOrDefault(name => deployment.StartsWith($"{name}-", StringComparison.Ordinal));
}
