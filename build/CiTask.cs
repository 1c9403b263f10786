using Pipeline.Ci;
using Pipeline.Outcomes;
using Pipeline.Processes;
using Pipeline.Reporting;

namespace Build;

/// <summary>What a run says to the runner that it is on; at a desk, nothing of it is said.</summary>
internal static class CiTask
{
    /// <summary>Before the first task.</summary>
    /// <exception cref="PipelineException">the event has no route, or a fork's pull request would deploy (3)</exception>
    public static void BeginCi(this BuildContext context)
    {
        if (context.Runner.Event.Provider == CiProvider.None && !context.Runner.IsAsked)
        {
            return;
        }

        context.Runner.Demand(context.Typed);
        if (context.DescribeCi() is { } ci)
        {
            context.Output.Labelled("CI", $"{ci.Provider}, {ci.Event} → {string.Join(' ', [ci.Route, .. context.Runner.Route!.Options])}   {ci.Reason}");
        }

        if (!context.Typed.IsDryRun && context.Runner.Route is not { Target: null })
        {
            context.Tell(context.Runner.Secrets(context.Settings).Hidden.Where(h => !h.Contains('\n', StringComparison.Ordinal)).SelectMany(context.Runner.Language.Mask));
        }
    }

    /// <summary>After the last task: findings beside their lines, the page, the outputs. None of it changes how the run ends.</summary>
    public static void TellCi(this BuildContext context, RunJson run, Exception? failure)
    {
        var secrets = context.IsConfigured ? context.Runner.Secrets(context.Settings) : SecretMask.None;
        var page = Path.Combine(Repository.Root, "artifacts", "summary.md");
        try
        {
            var written = RunPage.Write(page, run, context.Release.Checks, (failure as PipelineException)?.Details ?? [], secrets);
            var language = context.Runner.Language;
            context.Tell(language.Annotations([.. Annotations(context, failure)]).Select(secrets.Apply));
            context.Tell(written ? language.Summary(page) : []);
            context.Tell(language.Outputs(RunOutputs.Of(run).ToDictionary(o => o.Key, o => secrets.Apply(o.Value))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Output.Warn($"The runner could not be told how this run ended: {e.Message}");
        }
    }

    /// <summary>The event of a run whose target is <c>CI</c>; else <c>null</c>.</summary>
    public static RunCi? DescribeCi(this BuildContext context)
    {
        var (runner, route) = (context.Runner, context.Runner.Route);
        return !runner.IsAsked ? null : new RunCi(CiProviders.Text(runner.Event.Provider), CiRouter.Describe(runner.Event), route is null ? "refused" : route.Target ?? "nothing", route?.Reason ?? "see below")
        {
            Branch = runner.Event.Branch,
            Commit = runner.Event.Commit,
            Actor = runner.Event.Actor,
        };
    }

    /// <summary>Lines for the runner, between our own; where standard output is for another program there are none.</summary>
    public static void Tell(this BuildContext context, IEnumerable<string> lines)
    {
        foreach (var line in context.Typed[Options.Format] is null or "text" ? lines : [])
        {
            context.Output.Raw(line + "\n");
        }
    }

    /// <summary>Of a run that ended for another reason than its checks, that reason comes first.</summary>
    private static IEnumerable<Annotation> Annotations(BuildContext context, Exception? failure)
    {
        var found = Annotation.Of(context.Release.Checks);
        return failure is null || found.Any(a => a.IsError)
            ? found
            : found.Prepend(new Annotation(true, string.Join(", ", context.Typed.Targets), string.Join('\n', [failure.Message, .. (failure as PipelineException)?.Details.Select(d => $"{d.Label}: {d.Text}") ?? []])));
    }
}
