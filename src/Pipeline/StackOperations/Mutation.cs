using System.Diagnostics;
using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.StackOperations;

/// <summary>Makes a change once, though AWS may be asked too often or the answer may be lost.</summary>
/// <param name="rules">how long to go on trying</param>
internal sealed class Mutation(StackRules rules)
{
    /// <summary>Asks for a change. When the answer is lost, somebody looks whether it was made; only if it was not is it asked for again, under the same token.</summary>
    /// <param name="make">asks for it</param>
    /// <param name="made">looks for it</param>
    /// <exception cref="AwsRefusedException">AWS refused it, and it was not made either</exception>
    /// <exception cref="PipelineException">nobody knows whether it was made (6)</exception>
    public async Task Once(Func<Task> make, Func<Task<bool>> made, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var pace = new Pace(rules.Interval);
        while (true)
        {
            try
            {
                await make().ConfigureAwait(false);
                return;
            }
            catch (AwsRefusedException e) when (e.Kind == RefusalKind.Denied)
            {
                // A request whose answer was lost may have arrived after we looked, or the transport sent it twice: then this one is refused because of it.
                if (!await Look(made, e, cancel).ConfigureAwait(false))
                {
                    throw;
                }

                return;
            }
            catch (PipelineException e) when (Passing.Is(e))
            {
                if (Passing.LeavesOutcomeUnknown(e) && await Look(made, e, cancel).ConfigureAwait(false))
                {
                    return;
                }

                if (watch.Elapsed > rules.Deadline)
                {
                    throw Unknown(e);
                }

                await pace.After(e, cancel).ConfigureAwait(false);
            }
        }
    }

    private Task<bool> Look(Func<Task<bool>> made, PipelineException lost, CancellationToken cancel) =>
        Polling.Until(async () => (true, await made().ConfigureAwait(false)), rules.Interval, rules.Deadline, () => Unknown(lost), cancel);

    private static PipelineException Unknown(PipelineException lost) => new(ExitCode.Unknown,
        $"Whether this was done is not known: {lost.Message}",
        [.. lost.Details.Where(d => d.Label != "next"), new Detail("next", "the same command again: it looks first, and does nothing twice")]);
}
