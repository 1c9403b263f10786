using System.Globalization;

namespace Pipeline.Ledger;

/// <summary>One release to one environment: the journal while it runs, the record afterwards. Saved before and after every mutation.</summary>
/// <param name="Id"><c>staging-20261123-0941-3f2c1ab</c>; sorts by time</param>
/// <param name="Commit">what it was made of</param>
/// <param name="Subject">first line of that commit's message</param>
/// <param name="Dirty">uncommitted changes were part of it</param>
/// <param name="By">who started it, <c>user@host</c></param>
/// <param name="StartedAt">UTC</param>
public sealed record ReleaseRecord(string Id, string Environment, string Commit, string Subject, bool Dirty, string By, DateTimeOffset StartedAt)
{
    /// <summary>What a release is called: environment, second (UTC), commit.</summary>
    public static string IdOf(string environment, DateTimeOffset at, string commit) =>
        string.Create(CultureInfo.InvariantCulture, $"{environment}-{at.UtcDateTime:yyyyMMdd-HHmmss}-{commit[..7]}");

    /// <summary>How it stands.</summary>
    public ReleaseOutcome Outcome { get; init; } = ReleaseOutcome.Running;

    /// <summary>What kind of release it is; all go through the same engine.</summary>
    public ReleaseKind Kind { get; init; }

    /// <summary>ARN of whoever asked for it, as STS says.</summary>
    public string? Requester { get; init; }

    /// <summary>Why, in a person's words: of an emergency or a rollback.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a rollback: the release whose state was brought back.</summary>
    public string? BackTo { get; init; }

    /// <summary>Of an automatic rollback: what fired. There is one rollback per incident.</summary>
    public string? Incident { get; init; }

    /// <summary>The version before it can run beside it and after it; see <c>rollbackSafe</c>.</summary>
    public bool RollbackSafe { get; init; } = true;

    /// <summary>Id of the request that it was approved under, the same again after an interruption; <c>null</c>: nothing had to be.</summary>
    public string? Request { get; init; }

    /// <summary>Hash of the plan that was approved; <c>null</c>: nothing had to be.</summary>
    public string? Plan { get; init; }

    /// <summary>What its gates said.</summary>
    public IReadOnlyList<Gates.GateResult> Gates { get; init; } = [];

    /// <summary>What the environment ran when it had succeeded: what a rollback to it brings back; <c>null</c> unless it succeeded.</summary>
    public ReachedState? Reached { get; init; }

    /// <summary>UTC; <c>null</c> while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The services it changes.</summary>
    public IReadOnlyList<ServiceChange> Services { get; init; } = [];

    /// <summary>The stack operations it makes, with their intent journalled first.</summary>
    public IReadOnlyList<StackOperation> Stacks { get; init; } = [];

    /// <summary>How the PAUSE hooks of its service deployments were answered; written down before ECS is told.</summary>
    public IReadOnlyList<HookDecision> Hooks { get; init; } = [];

    /// <summary>Why it failed, one line each; empty when it did not.</summary>
    public IReadOnlyList<string> Failure { get; init; } = [];

    /// <summary>This record with one stack operation added or replaced.</summary>
    public ReleaseRecord With(StackOperation operation) => this with
    {
        Stacks = Stacks.Any(s => s.Stack == operation.Stack)
            ? [.. Stacks.Select(s => s.Stack == operation.Stack ? operation : s)]
            : [.. Stacks, operation],
    };

    /// <summary>This record with what some gates said, each in place of what it said before.</summary>
    public ReleaseRecord With(IReadOnlyList<Gates.GateResult> gates) => this with { Gates = [.. Gates.Where(g => gates.All(n => n.Name != g.Name)), .. gates] };
}

/// <summary>How one PAUSE hook of a service deployment is answered.</summary>
/// <param name="Stack">key of the stack whose operation started the deployment</param>
/// <param name="Deployment">ARN of the service deployment</param>
/// <param name="Hook">the hook's id; ECS takes one answer for it</param>
/// <param name="Action"><c>CONTINUE</c> or <c>ROLLBACK</c></param>
/// <param name="Reason">why it goes back; <c>null</c>: it goes on</param>
/// <param name="At">UTC</param>
public sealed record HookDecision(string Stack, string Deployment, string Hook, string Action, string? Reason, DateTimeOffset At);

/// <summary>What kind of release.</summary>
public enum ReleaseKind
{
    /// <summary>What was asked for, through all gates.</summary>
    Deployment,

    /// <summary>An earlier release's state again.</summary>
    Rollback,

    /// <summary>Through fewer gates; what was left out is an open debt.</summary>
    Emergency,
}

/// <summary>What an environment ran at the end of a successful release.</summary>
/// <param name="Services">service → what ran of it</param>
/// <param name="Stacks">stack → hash of its <see cref="StackSnapshot"/></param>
public sealed record ReachedState(IReadOnlyDictionary<string, ServiceRecord> Services, IReadOnlyDictionary<string, string> Stacks);

/// <summary>How a release stands.</summary>
public enum ReleaseOutcome
{
    /// <summary>In progress, or its runner died.</summary>
    Running,

    /// <summary>Everything requested runs, verified.</summary>
    Succeeded,

    /// <summary>It failed and the previous version serves.</summary>
    RolledBack,

    /// <summary>It failed and there was nothing to go back to.</summary>
    Failed,

    /// <summary>It failed and so did the way back.</summary>
    RollbackFailed,

    /// <summary>Its runner died; a later run found out what had happened and went on from there.</summary>
    Interrupted,
}

/// <summary>Somebody wants a running release to stop and go back.</summary>
/// <param name="By"><c>user@host</c></param>
/// <param name="At">UTC</param>
public sealed record AbortRequest(string By, DateTimeOffset At);

/// <summary>One service in a release.</summary>
/// <param name="From">version before; <c>null</c>: none</param>
/// <param name="To">version after</param>
/// <param name="FromDigest">image before</param>
/// <param name="ToDigest">image after</param>
public sealed record ServiceChange(string Service, string? From, string To, string? FromDigest, string ToDigest);

/// <summary>One operation on one stack.</summary>
/// <param name="Stack">its key in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Hash">of what is to be applied, see <see cref="StackSnapshot"/></param>
/// <param name="Token">client token: all events of the operation carry it</param>
public sealed record StackOperation(string Stack, string StackName, string Hash, string Token)
{
    /// <summary>ARN of the change set, once there is one.</summary>
    public string? ChangeSet { get; init; }

    /// <summary>How far it came.</summary>
    public StackOperationState State { get; init; } = StackOperationState.Intended;
}

/// <summary>How far a stack operation came.</summary>
public enum StackOperationState
{
    /// <summary>Written down; CloudFormation may or may not have heard of it.</summary>
    Intended,

    /// <summary>The template and parameters are applied.</summary>
    Applied,

    /// <summary>CloudFormation undid it.</summary>
    Failed,

    /// <summary>It had been applied, and the release undid it.</summary>
    Reverted,
}
