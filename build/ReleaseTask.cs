using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.Versions;
using Pipeline.Versions.Publishing;

namespace Build;

/// <summary>What <c>Release</c> does, by its options.</summary>
internal static class ReleaseTask
{
    public static async Task Release(BuildContext context, Publisher publisher)
    {
        var started = Clock.Elapsed;
        var outcome = await publisher.Release(context.Typed.Has(Options.Push), context.Cancel);
        context.Release.Record(new Pipeline.Step("Release", outcome.State == ReleaseState.Nothing ? Verdict.Skipped : Verdict.Passed, Clock.Elapsed - started));
        VersionReport.Outcome(context.Output, outcome);
    }

    public static async Task Plan(BuildContext context, Publisher publisher)
    {
        var plan = await VersionPlanner.Plan(context.Settings, context.Cancel);
        VersionReport.Plan(context.Output, plan);
        if (plan.Steps.Any(s => s.Next is not null))
        {
            context.Output.Say();
            context.Output.Raw(await publisher.Preview(plan, context.Cancel) + "\n");
        }
    }

    public static async Task Undo(BuildContext context, Publisher publisher)
    {
        var name = await publisher.TakeBack(context.Cancel);
        context.Output.Say(name is null ? "Nothing to take back: no release of this clone waits for its push." : $"{name} is taken back: tags, commit and changelog are as before.");
    }

    public static async Task Check(BuildContext context)
    {
        var messages = await UnreleasedMessages.Check(context.Settings, context.Cancel);
        VersionReport.Problems(context.Output, messages.Problems);
        context.Output.Say($"{Words.Count(messages.Commits, "commit")} {messages.Words}: {Words.Count(messages.Problems.Count(p => p.IsError), "error")}, {Words.Count(messages.Problems.Count(p => !p.IsError), "warning")}");
        VersionReport.Demand(messages);
    }

    public static async Task CheckMessage(BuildContext context, string file)
    {
        var problems = await MessageFile.Check(context.Settings, file, context.Cancel);
        VersionReport.Problems(context.Output, problems);
        VersionReport.Demand(problems, file);
    }
}
