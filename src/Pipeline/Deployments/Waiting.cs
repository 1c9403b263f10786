using Pipeline.Approvals;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Deployments;

/// <summary>Waits for people and for the timer. Where nobody watches it does not wait for people: it says how to go on, and ends.</summary>
public sealed class Waiting(Output output, Ballot ballot, WaitSettings wait, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    /// <summary>Longest timer that a run without a person in front of it sits out, once everybody has approved.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMinutes(15);

    /// <summary>Told once that people are waited for, and whom.</summary>
    public Action<Asked, Tally> Wanted { get; init; } = (_, _) => { };

    /// <summary>What an approver types.</summary>
    internal static string Approve(DeploymentRequest request) => $"AWS_PROFILE=<one of them> ./build.sh --target=Approve --environment={request.Environment} --deployment={request.Id}";

    /// <summary>Waits until it is decided, and if the answer was yes until it is time.</summary>
    /// <exception cref="PipelineException">people are waited for, and nobody watches (3)</exception>
    public async Task<Tally> For(Asked asked, CancellationToken cancel)
    {
        var (said, told) = ("", false);
        while (true)
        {
            var tally = await ballot.Count(asked.Request, asked.Plan.Hash(), cancel).ConfigureAwait(false);
            var now = time.GetUtcNow();
            var start = WaitGate.Start(wait, asked.Request.RequestedAt, ApprovedAt(asked, tally));
            if (tally.Verdict != ApprovalVerdict.Waiting && (tally.Verdict != ApprovalVerdict.Approved || now >= start))
            {
                return tally;
            }

            if (tally.Verdict == ApprovalVerdict.Waiting && !told)
            {
                Wanted(asked, tally);
                told = true;
            }

            var line = Line(asked, tally, start);
            if (line != said && (output.Live || tally.Verdict != ApprovalVerdict.Waiting))
            {
                output.Labelled(said.Length == 0 ? "Approval" : "", line, Spectre.Console.Color.Yellow);
                said = line;
            }

            if (!output.Live && (tally.Verdict == ApprovalVerdict.Waiting || start - now > LongestTimer))
            {
                throw new WaitingException(asked.Plan.Id, $"{asked.Plan.Id} waits{(tally.Verdict == ApprovalVerdict.Waiting ? $" for {Missing(tally)}" : $" until {start:HH:mm:ss} UTC")}; nothing was changed.",
                    new Detail("why", line),
                    new Detail(asked.Plan.Environment, "untouched"),
                    new Detail("next", $"{Words.Deploy(asked.Plan.Environment)} --deployment={asked.Plan.Id}"));
            }

            await Task.Delay(Glance, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>When the last yes came that was needed; where nobody is needed, the request itself.</summary>
    internal static DateTimeOffset? ApprovedAt(Asked asked, Tally tally) => tally.Required == 0 ? asked.Request.RequestedAt : tally.ApprovedAt;

    private static string Missing(Tally tally) => $"{tally.Missing} of [{string.Join(", ", tally.Awaited)}]";

    private static string Line(Asked asked, Tally tally, DateTimeOffset? start)
    {
        var request = asked.Request;
        var who = tally.Verdict == ApprovalVerdict.Waiting ? $"waiting for {Missing(tally)}" : $"approved by {string.Join(", ", tally.Approvals.Select(a => a.Person))}";
        return string.Join('\n',
        [
            $"{who}   requested {request.RequestedAt.UtcDateTime:HH:mm} by {request.Requester.Arn[(request.Requester.Arn.LastIndexOf('/') + 1)..]}{(start is null ? "" : $"   not before {start.Value.UtcDateTime:HH:mm:ss}")}   expires {request.Expires.UtcDateTime:HH:mm} UTC",
            $"plan {asked.Plan.Hash()[..12]}: {string.Join(", ", request.Summary)}",
            .. tally.Ignored.Select(i => $"not counted: {i.By}: {i.Why}"),
            .. tally.NotEvaluable.Select(why => $"not evaluable: {why}"),
            .. tally.Verdict == ApprovalVerdict.Waiting ? [$"approve:  {Approve(request)}"] : Array.Empty<string>(),
        ]);
    }
}

/// <summary>A deployment waits for people or for its time, and nobody watches (exit code 3): another run goes on with it.</summary>
public sealed class WaitingException(string deployment, string message, params IReadOnlyList<Detail> details) : PipelineException(ExitCode.Refused, message, details)
{
    /// <summary>Id of the request.</summary>
    public string Deployment { get; } = deployment;
}
