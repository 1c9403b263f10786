using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Ci;

/// <summary>From an event to its route.</summary>
public static class CiRouter
{
    private const string Dev = "dev";
    private const string Staging = "staging";
    private const string Prod = "prod";

    /// <summary>What a fork's pull request may name by hand: it looks at the code, or it is on the machine itself.</summary>
    private static readonly string[] Harmless = ["CI", "Default", "DetectChanges", "Lint", "Test", "SecurityScan", "Doctor", "StartCloud", "StopCloud", "ResetCloud"];

    /// <summary>The route of an event.</summary>
    /// <exception cref="UsageException">inputs that contradict each other or can not be understood</exception>
    /// <exception cref="PipelineException">an event that must not run at all (3)</exception>
    public static CiRoute Of(CiEvent @event, CiSettings settings) => @event switch
    {
        { Name: "pull_request_target" } => throw new PipelineException(ExitCode.Refused, "REFUSED: pull_request_target runs the code of strangers with this repository's credentials.",
            new Detail("next", "let the workflow run on pull_request: a fork's code is checked there, without credentials")),
        { Kind: CiEventKind.Deletion } => Nothing("what was deleted has no code to run"),
        { Kind: CiEventKind.Closed } => Nothing("the pull request is closed; what was merged comes as a push"),
        { Kind: CiEventKind.Tag } => Nothing("a tag deploys nothing: its commit came with a branch"),
        { Kind: CiEventKind.PullRequest } when IsFork(@event) => Checks($"{(@event.Fork is null ? "it is not known where the pull request comes from" : "the pull request comes from a fork")}: checks only, without credentials, nothing is deployed"),
        _ when settings.Repository is { } own && @event.Repository is { } here && !own.Equals(here, StringComparison.OrdinalIgnoreCase) => Checks($"this is not {own}: checks only, nothing is deployed"),
        { Kind: CiEventKind.PullRequest } => Deploy("DeployDev", Dev, "a pull request from this repository goes to dev", @event, settings),
        { Kind: CiEventKind.Push, Branch: { } branch } when branch == settings.Main => Deploy("DeployStaging", Staging, $"{settings.Main} goes to staging", @event, settings),
        { Kind: CiEventKind.Push, Branch: not null } => Deploy("DeployDev", Dev, $"a branch that is not {settings.Main} goes to dev", @event, settings),
        { Kind: CiEventKind.Schedule } => new CiRoute("Monitor", "a look at the watch", Prod) { AnyEnvironment = true },
        { Kind: CiEventKind.Manual } => ByHand(ManualInputs.Read(@event)),
        { Provider: CiProvider.None } => Checks("no CI runner that is known: checks only, nothing is deployed"),
        _ => Checks($"'{Shown(@event.Name)}' chooses no route: checks only, nothing is deployed"),
    };

    /// <summary>What happened, in a few words: <c>push to main</c>.</summary>
    public static string Describe(CiEvent @event) => @event.Kind switch
    {
        CiEventKind.Push => $"push to {Shown(@event.Branch ?? "an unknown branch")}",
        CiEventKind.PullRequest or CiEventKind.Closed => $"pull request {Shown(@event.PullRequest ?? "")}{(@event.Branch is { } branch ? $" from {Shown(branch)}" : "")}{(@event.Fork == true ? " of a fork" : "")}".Replace("  ", " ", StringComparison.Ordinal),
        CiEventKind.Manual => "started by hand",
        CiEventKind.Schedule => "schedule",
        CiEventKind.Tag => "a new tag",
        CiEventKind.Deletion => "a deletion",
        _ => Shown(@event.Name),
    };

    /// <summary>Refuses what a fork's pull request must not do, also where somebody names the target himself.</summary>
    /// <param name="local">it was said on the command line that everything happens on the embedded cloud</param>
    /// <exception cref="PipelineException">it would deploy, or look where credentials are needed (3)</exception>
    public static void Demand(CiEvent @event, IEnumerable<string> targets, bool local)
    {
        if (!local && @event.Kind == CiEventKind.PullRequest && IsFork(@event) && targets.FirstOrDefault(t => !Harmless.Contains(t)) is { } target)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {target} in a pull request from a fork.",
                new Detail("why", $"{(@event.Fork is null ? "the runner does not say where the pull request comes from; that counts as a fork" : "its code is a stranger's")}: it gets checks only, no credentials and no deployment"),
                new Detail("next", $"./build.sh --target=CI checks it; ./build.sh --target={target} --cloud=local rehearses it on the runner itself"));
        }
    }

    private static bool IsFork(CiEvent @event) => @event.Fork != false;

    private static CiRoute Nothing(string reason) => new(null, reason);

    /// <summary>On the embedded cloud: what a comparison with it needs is on the machine, so no credentials are asked for.</summary>
    private static CiRoute Checks(string reason) => new("Default", reason, Dev) { Options = ["--cloud=local"], AnyEnvironment = true };

    private static CiRoute Deploy(string target, string environment, string reason, CiEvent @event, CiSettings settings)
    {
        var ci = SkipMarker.Ci.In(@event.Message);
        if (ci is not null && settings.SkipCi.Contains(environment))
        {
            return Nothing($"{ci} in the head commit's message, as ci.skip.ci allows for {environment}");
        }

        var tests = SkipMarker.Tests.In(@event.Message);
        var skips = tests is not null && settings.SkipTests.Contains(environment);
        string[] said =
        [
            reason,
            .. ci is null ? Array.Empty<string>() : [$"{ci} is not honoured: ci.skip.ci does not name {environment}"],
            .. tests is null ? Array.Empty<string>() : [skips ? $"{tests}, as ci.skip.tests allows for {environment}" : $"{tests} is not honoured: ci.skip.tests does not name {environment}"],
        ];
        return new CiRoute(target, string.Join("; ", said), environment) { SkipsTests = skips };
    }

    private static CiRoute ByHand(ManualInputs inputs)
    {
        string[] why = inputs.Reason is { } reason ? [$"--reason={reason}"] : [];
        return inputs switch
        {
            { RollbackVersion: { } version } => new("Rollback", "by hand, with rollback_version", Prod) { Options = [$"--version={version}", .. why] },
            { Emergency: true } => new("DeployProd", "by hand, with emergency_deploy", Prod) { Options = ["--emergency", .. Which(inputs.Deployment), .. why] },
            _ => new("DeployProd", $"by hand{(inputs.Deployment is null ? "" : ", for that deployment")}", Prod) { Options = [.. Which(inputs.Deployment)] },
        };
    }

    /// <summary>A request of production's is gone on with; any other id is of the release that is to be promoted.</summary>
    private static string[] Which(string? deployment) => deployment is null ? []
        : [deployment.StartsWith($"{Prod}-", StringComparison.Ordinal) ? $"--deployment={deployment}" : $"--promote={deployment}"];

    private static string Shown(string text) => TerminalText.Echo(text.ReplaceLineEndings(" "));
}
