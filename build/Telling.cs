using Pipeline.Ci;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Notifications;
using Pipeline.Outcomes;

namespace Build;

/// <summary>How people are told: tasks say what happened, the context's notifier tells whom it concerns.</summary>
internal static class Telling
{
    /// <summary>Makes this run's notices.</summary>
    public static Notices Notices(this BuildContext context) => new(context.Settings, RunLink.Of(Environment.GetEnvironmentVariable));

    /// <summary>Begins to tell; nobody waits for it before the run ends.</summary>
    public static void Notify(this BuildContext context, params IEnumerable<Notice> notices)
    {
        foreach (var notice in notices)
        {
            context.Notifier.Tell(notice, context.Cancel);
        }
    }

    /// <summary>Runs a release and tells how it ended.</summary>
    /// <param name="record">of the release; <c>null</c>: there was nothing to do</param>
    public static async Task<T> Told<T>(this BuildContext context, Func<Task<T>> release, Func<T, ReleaseRecord?> record)
    {
        try
        {
            var result = await release();
            if (record(result) is { Outcome: ReleaseOutcome.Succeeded } done)
            {
                context.Notify(context.Notices().Deployed(done));
            }

            return result;
        }
        catch (DeploymentFailedException e)
        {
            context.Notify(context.Notices().Failed(e, await Record(context, e.Release)));
            throw;
        }
    }

    private static async Task<ReleaseRecord?> Record(BuildContext context, string release)
    {
        try
        {
            return await (await context.Ledger()).Release(release, context.Cancel);
        }
        catch (Exception e) when (e is PipelineException or OperationCanceledException)
        {
            // The failure is the news; what it was about is in its id.
            return null;
        }
    }
}
