using System.Diagnostics;
using Pipeline.Aws;
using Pipeline.Checks;
using Pipeline.Checks.Load;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>Looks again at what an environment runs; nothing is changed.</summary>
/// <param name="ledger">the environment's</param>
/// <param name="state">the record of what runs</param>
public sealed class Deployed(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger, EnvironmentState state)
{
    /// <summary>Tests marked <c>slow</c> run, whatever their suites say.</summary>
    public bool Slow { get; init; }

    /// <summary>Runs the suites of one kind against it.</summary>
    /// <param name="progress">what they print</param>
    /// <returns>one part a suite; where nothing is deployed yet, or no suite tests deployments, one that is skipped</returns>
    public async Task<CheckResult> Test(SuiteKind kind, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var suites = new DeploymentSuites(configuration) { Slow = Slow, History = new LoadHistory(_ => Task.FromResult(ledger), state.Release ?? "") };
        var chosen = suites.Of(kind, null);
        if (state.Services.Count == 0 || chosen.Count == 0)
        {
            return Skipped(kind, configuration.Environment.Name, state.Services.Count == 0);
        }

        var variables = await DeploymentVariables.Read(configuration, aws, state.Release ?? "", null, cancel).ConfigureAwait(false);
        return Verdicts.Result(NameOf(kind), watch.Elapsed, await suites.Run(chosen, null, variables, progress, cancel).ConfigureAwait(false)) with { Duration = watch.Elapsed };
    }

    /// <summary>A result that says why nothing was tested, which is no pass.</summary>
    /// <param name="nothing">nothing is deployed; else no suite tests deployments</param>
    public static CheckResult Skipped(SuiteKind kind, string environment, bool nothing) => Verdicts.Result(NameOf(kind), TimeSpan.Zero,
        [new CheckPart("suites", Verdict.Skipped, nothing ? $"nothing is deployed to {environment} yet" : $"no {DeploymentSuites.GateOf(kind)} suite tests deployments to {environment}")]);

    /// <summary>Proves every service again: its digest on every task, healthy targets, weights, health and smoke checks.</summary>
    public async Task<IReadOnlyList<ServiceProof>> Prove(CancellationToken cancel)
    {
        var verifier = new ServiceVerifier(aws, configuration.Environment.VerifyDeadline);
        return await Task.WhenAll(configuration.Services.Where(s => state.Services.ContainsKey(s.Name)).Select(settings =>
        {
            var running = state.Services[settings.Name].Running;
            return verifier.Prove(new ServiceTarget(settings, running.Image, running.Digest, running.Version), configuration.StackName(settings.Stack), cancel);
        })).ConfigureAwait(false);
    }

    private static string NameOf(SuiteKind kind) => kind == SuiteKind.Performance ? "Performance" : "Integration";
}
