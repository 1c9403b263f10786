using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>What looking again at a deployed environment found.</summary>
public static class DeployedReport
{
    /// <summary>Prints what suites found, and refuses to call anything but a pass or a skip done.</summary>
    /// <param name="target">the command to repeat</param>
    /// <exception cref="PipelineException">a suite failed, or could not be evaluated where the environment demands it (1)</exception>
    public static void Tested(Output output, CheckResult result, EnvironmentSettings environment, string target)
    {
        CheckReport.Print(output, result, environment);
        if (!CheckGate.Judge(result, environment.Gates, environment.Name).Allowed)
        {
            var bad = result.Parts.Where(p => p.Verdict is Verdict.Failed or Verdict.NotEvaluable).OrderBy(p => p.Verdict == Verdict.Failed ? 0 : 1).ToList();
            throw new PipelineException(ExitCode.Failed, $"{result.Name} FAILED: {string.Join("; ", bad.Select(p => $"{p.Name}: {p.Summary}"))}",
                new Detail(environment.Name, "unchanged by this run, which only looked"),
                new Detail("next", $"{bad[0].Report ?? $"artifacts/test/{bad[0].Name}.log"}, then ./build.sh --target={target} --environment={environment.Name}"));
        }
    }

    /// <summary>Prints what was proven of each service.</summary>
    /// <exception cref="PipelineException">something could not be proven (1)</exception>
    public static void Proven(Output output, IReadOnlyList<ServiceProof> proofs, string environment)
    {
        for (var i = 0; i < proofs.Count; i++)
        {
            var proof = proofs[i];
            output.Labelled(i == 0 ? "Verify" : "", proof.Failure is null
                ? $"{proof.Service,-10} {proof.Version}  {Words.Digest(proof.Digest)} on {Words.Count(proof.Tasks, "task")}, {proof.HealthyTargets} of {proof.Desired} targets healthy, all traffic there, health and {Words.Count(proof.SmokePassed, "smoke check")} passed"
                : $"{proof.Service,-10} {proof.Version}  NOT PROVEN: {proof.Failure}");
        }

        if (proofs.Where(p => p.Failure is not null).ToList() is { Count: > 0 } sick)
        {
            throw new PipelineException(ExitCode.Failed, $"What runs in {environment} could not be proven: {string.Join("; ", sick.Select(p => $"{p.Service}: {p.Failure}"))}",
                new Detail(environment, "unchanged by this run, which only looked"),
                new Detail("next", $"./build.sh --target=Status --environment={environment}"));
        }
    }
}
