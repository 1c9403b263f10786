using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Preflight;

/// <summary>The gate <c>rollback</c>: what runs now could be brought back after the release that is about to replace it.</summary>
public static class RollbackReadiness
{
    private const string Name = "rollback";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Looks; nothing is changed.</summary>
    /// <param name="waivedBy">a person who goes on without; <c>null</c>: nobody does</param>
    public static async Task<GateResult> Look(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger, TimeProvider time, string? waivedBy, CancellationToken cancel)
    {
        var state = await ledger.State(cancel).ConfigureAwait(false);
        if (state.Stacks.Count == 0)
        {
            return Result(Verdict.Skipped, "nothing was deployed here before, so there is nothing to go back to");
        }

        var findings = (await Inspection.All([.. Inspections(configuration, aws, ledger, state)], Patience, cancel).ConfigureAwait(false)).SelectMany(g => g.Findings).ToList();
        if (!configuration.RollbackSafe)
        {
            findings.Add(Finding.Ng("database", "this release says rollbackSafe: false: the version before can not run after it", "release it in two steps, readers of both formats first; or insist: the same command with --without-way-back"));
        }

        var bad = findings.Where(f => f.Standing == Standing.Ng).ToList();
        var unseen = findings.Where(f => f.Standing == Standing.Skip).ToList();
        return bad.Count > 0 ? waivedBy is null
                ? Result(Verdict.Failed, Text(bad)) with { Next = bad[0].Fix }
                : Result(Verdict.Skipped, $"{Text(bad)}; waived") with { By = waivedBy }
            : unseen.Count > 0 ? Result(Verdict.NotEvaluable, Text(unseen)) with { Next = $"./build.sh --target=Doctor --environment={configuration.Environment.Name}" }
            : Result(Verdict.Passed, $"{Versions(state)} could be brought back: snapshots of {state.Stacks.Count} stacks, images and task definitions are there, and the release is rollback-safe");

        GateResult Result(Verdict verdict, string text) => new(Name, verdict, text, time.GetUtcNow())
        {
            Value = verdict == Verdict.Passed ? state.Release : null,
            Source = $"ledger, registry and ECS of {configuration.Environment.Name}",
            Commit = state.Services.Values.Select(s => s.Running.Commit).FirstOrDefault(),
            Digests = state.Services.ToDictionary(s => s.Key, s => s.Value.Running.Digest),
        };
    }

    private static IEnumerable<Inspection> Inspections(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger, EnvironmentState state) =>
    [
        // What is waived is waived for the whole gate, not for single looks.
        .. state.Stacks.Select(stack => new WayBackChecks(aws, ledger, waived: false).Of(stack.Key, stack.Value)),
        .. configuration.Services.Where(s => state.Services.ContainsKey(s.Name)).Select(service => new Inspection("task definitions", service.Name, cancel => Definition(configuration, aws, service, cancel))),
        new Inspection("permissions", "permissions", cancel => RollbackRights.Look(configuration, aws, cancel)),
    ];

    /// <summary>CloudFormation registers it anew from the template; ECS itself goes back to the one that is there.</summary>
    private static async Task<Finding> Definition(PipelineConfiguration configuration, AwsAccount aws, ServiceSettings service, CancellationToken cancel)
    {
        if (await aws.ServicesOf(configuration.StackName(service.Stack), cancel).ConfigureAwait(false) is not [var live, ..])
        {
            return Finding.Ng(service.Name, "ECS runs no such service, so what would be gone back to is not there", $"./build.sh --target=Status --environment={configuration.Environment.Name}");
        }

        try
        {
            var definition = await aws.Services.DescribeTaskDefinition(live.TaskDefinition, cancel).ConfigureAwait(false);
            return Finding.Ok(service.Name, $"task definition {definition.Family}:{definition.Revision} is there");
        }
        catch (AwsRefusedException e) when (e.Code is "ClientException")
        {
            return Finding.Ng(service.Name, $"its task definition {live.TaskDefinition} can not be read any more: {e.Message}", "give AWS::ECS::TaskDefinition DeletionPolicy and UpdateReplacePolicy Retain, and deploy what runs again");
        }
    }

    private static string Text(IEnumerable<Finding> findings) => string.Join("; ", findings.Select(f => $"{f.Subject}: {f.Text}"));

    private static string Versions(EnvironmentState state) => state.Services.Count == 0 ? "what runs" : string.Join(", ", state.Services.Select(s => $"{s.Key} {s.Value.Running.Version}"));
}
