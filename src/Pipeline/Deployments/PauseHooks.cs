using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.Deployments;

/// <summary>
/// Answers the PAUSE hooks of one service deployment: at the one after the test traffic has moved, the new revision is tried first, and
/// the answer is journalled before ECS hears it. Hooks of other stages are somebody else's and are waited for, visibly.
/// </summary>
/// <param name="stack">key of the stack whose operation started the deployment</param>
/// <param name="trial">tries the new revision through the test listener</param>
/// <param name="journal">writes down an answer and what the trial found, before ECS is told</param>
public sealed class PauseHooks(AwsAccount aws, string stack, Func<ServiceState, Action<string>, CancellationToken, Task<TrialResult>> trial, Func<HookDecision, TrialResult, Task> journal)
{
    /// <summary>The stage at whose hook new revisions are tried.</summary>
    public const string Stage = "POST_TEST_TRAFFIC_SHIFT";

    private readonly Dictionary<string, HookDecision> _decided = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private CancellationTokenSource? _trying;
    private Task<TrialResult>? _trial;
    private TrialResult? _found;
    private string _said = "";
    private string? _denied;

    /// <summary>Answers that an earlier run of this release journalled: they are not thought over again.</summary>
    public IReadOnlyList<HookDecision> Known { get; init; } = [];

    /// <summary>The release brings an earlier version back: hooks are continued at once.</summary>
    public bool GoesBack { get; init; }

    /// <summary>Why a revision that passed its trial may not go on all the same: something else of the release failed; <c>null</c>: nothing did.</summary>
    public Func<string?> Veto { get; init; } = () => null;

    /// <summary>Why the deployment was sent back at a hook; <c>null</c>: it was not.</summary>
    public string? Refused { get; private set; }

    /// <summary>Looks once.</summary>
    /// <param name="goesBack">the deployment brings an earlier version back: its hooks are continued at once</param>
    /// <returns>half a line for people; <c>null</c>: no hook waits</returns>
    public async Task<string?> Look(ServiceState service, ServiceDeploymentState deployment, bool goesBack, CancellationToken cancel)
    {
        var waiting = deployment.Hooks.Where(h => h.Awaits).ToList();
        if (waiting.Count == 0 || deployment.Ended)
        {
            await Stop().ConfigureAwait(false);
            return null;
        }

        if (goesBack || GoesBack || deployment.GoesBack)
        {
            await Stop().ConfigureAwait(false);
            await Answer(deployment, waiting, new TrialResult(null, []) { IsNone = true }, cancel).ConfigureAwait(false);
            return "its hooks are continued: an earlier version comes back";
        }

        if (deployment.LifecycleStage == Stage && deployment.Sources.Count == 0)
        {
            await Answer(deployment, waiting, new TrialResult(null, []) { IsNone = true }, cancel).ConfigureAwait(false);
            return "the first revision: it is tried once it is in place";
        }

        if (deployment.LifecycleStage != Stage)
        {
            return string.Join("; ", waiting.Select(hook => Foreign(deployment, hook)));
        }

        if (waiting.All(h => _answered.Contains(h.Id)))
        {
            return "the hook was answered";
        }

        return Journalled(waiting) is { } earlier
            ? await Repeat(deployment, waiting, earlier, cancel).ConfigureAwait(false)
            : await Tried(service, deployment, waiting, cancel).ConfigureAwait(false);
    }

    /// <summary>Ends a trial that nobody waits for any more.</summary>
    public async Task Stop()
    {
        if (_trial is not { } trial)
        {
            return;
        }

        _trial = null;
        await _trying!.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(trial).ConfigureAwait(false);
        _trying.Dispose();
    }

    private static string Foreign(ServiceDeploymentState deployment, LifecycleHookState hook) =>
        $"waits at a hook of {deployment.LifecycleStage} that this pipeline does not answer{Ends(hook)}: aws ecs continue-service-deployment --service-deployment-arn {deployment.Arn} --hook-id {hook.Id} --action CONTINUE";

    private static string Ends(LifecycleHookState hook) => hook.Expires is { } at ? $" (until {at:HH:mm:ss} UTC, then {hook.TimeoutAction ?? "ROLLBACK"})" : "";

    private HookDecision? Journalled(List<LifecycleHookState> waiting) =>
        Known.FirstOrDefault(k => waiting.Any(h => h.Id == k.Hook)) ?? waiting.Select(h => _decided.GetValueOrDefault(h.Id)).FirstOrDefault(d => d is not null);

    /// <summary>The answer was decided, but whether ECS heard it is not known: it takes one for each hook, so it is told again.</summary>
    private async Task<string> Repeat(ServiceDeploymentState deployment, List<LifecycleHookState> waiting, HookDecision earlier, CancellationToken cancel)
    {
        Refused = earlier.Reason;
        foreach (var hook in waiting.Where(h => !_answered.Contains(h.Id)))
        {
            await Tell(deployment, hook.Id, earlier.Action == "CONTINUE" ? HookAction.Continue : HookAction.RollBack, cancel).ConfigureAwait(false);
        }

        return _denied ?? "the hook is answered as was decided before";
    }

    private async Task<string> Tried(ServiceState service, ServiceDeploymentState deployment, List<LifecycleHookState> waiting, CancellationToken cancel)
    {
        if (_found is null && _trial is null)
        {
            _trying = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var token = _trying.Token;
            _trial = Task.Run(() => trial(service, text => _said = text, token), token);
        }

        if (_trial is { IsCompleted: false })
        {
            return $"{(_said.Length > 0 ? _said : "tries the new revision")}{Ends(waiting[0])}";
        }

        _found ??= await _trial!.ConfigureAwait(false);
        await Stop().ConfigureAwait(false);
        await Answer(deployment, waiting, _found, cancel).ConfigureAwait(false);
        return _denied ?? (_found.Failure is null ? "passed its trial, goes on" : "failed its trial, goes back");
    }

    private async Task Answer(ServiceDeploymentState deployment, List<LifecycleHookState> waiting, TrialResult found, CancellationToken cancel)
    {
        var reason = found.Failure ?? (found.IsNone ? null : Veto());
        foreach (var hook in waiting.Where(h => !_answered.Contains(h.Id)))
        {
            var decision = new HookDecision(stack, deployment.Arn, hook.Id, reason is null ? "CONTINUE" : "ROLLBACK", reason, DateTimeOffset.UtcNow);
            await journal(decision, found).ConfigureAwait(false);
            // With several hooks of one stage, what was found is written down once.
            found = found with { Gates = [] };
            _decided[hook.Id] = decision;
            Refused = reason;
            await Tell(deployment, hook.Id, reason is null ? HookAction.Continue : HookAction.RollBack, cancel).ConfigureAwait(false);
        }
    }

    private async Task Tell(ServiceDeploymentState deployment, string hook, HookAction action, CancellationToken cancel)
    {
        try
        {
            await aws.Services.AnswerHook(deployment.Arn, hook, action, cancel).ConfigureAwait(false);
            _answered.Add(hook);
        }
        catch (AwsRefusedException e) when (e.Kind == RefusalKind.Denied && e.Code.Contains("AccessDenied", StringComparison.Ordinal))
        {
            // Nobody but a person can help, and until the hook's time is over the reason stands in the row.
            _denied = e.Message;
        }
        catch (AwsRefusedException e) when (e.Kind == RefusalKind.Denied)
        {
            // It waits no longer: an answer that was lost had arrived, or its time is over. How the deployment goes on says the rest.
            _answered.Add(hook);
        }
    }
}

/// <summary>What a trial of a new revision found.</summary>
/// <param name="Failure">why it may not have production traffic; <c>null</c>: it may</param>
/// <param name="Gates">what its suites said</param>
public sealed record TrialResult(string? Failure, IReadOnlyList<Gates.GateResult> Gates)
{
    /// <summary>Nothing was tried.</summary>
    internal bool IsNone { get; init; }
}
