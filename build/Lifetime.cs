using Cake.Core;
using Cake.Frosting;
using Pipeline.Cake;
using Pipeline.Changes;
using Pipeline.Deployments;
using Pipeline.Reporting;

namespace Build;

/// <summary>Whatever happened, <c>artifacts/run.json</c> says it.</summary>
public sealed class Lifetime : FrostingLifetime<BuildContext>
{
    /// <summary>Nothing is prepared: every task asks for what it needs. A runner hears what to hide, and whoever reads its log where the event led.</summary>
    public override void Setup(BuildContext context, ISetupContext info) => context.BeginCi();

    public override void Teardown(BuildContext context, ITeardownContext info)
    {
        // A commit's hook is no run: what the last one left is still wanted.
        if (!context.Typed.IsDryRun && context.Typed[Options.Message] is null)
        {
            // Cake knows no teardown that can be awaited; nobody's thread is blocked by this one.
            var told = context.Notified().GetAwaiter().GetResult();
            NotificationReport.Print(context.Output, told);
            var run = Describe(context, info.ThrownException) with { Notifications = told };
            run.Write(Path.Combine(Repository.Root, "artifacts", "run.json"));
            context.TellCi(run, info.ThrownException);
        }
    }

    private static RunJson Describe(BuildContext context, Exception? failure)
    {
        var code = failure is null ? context.Outcome.Success : Outcome.ExitCodeOf(failure);
        var deployed = context.Release.Find<DeploymentResult>();
        return new RunJson
        {
            Target = string.Join(",", context.Typed.Targets),
            Environment = Options.EnvironmentOf(context.Typed),
            Cloud = context.IsConfigured ? context.Settings.Environment.Cloud.ToString().ToLowerInvariant() : null,
            Deployment = deployed?.Record.Id ?? (failure as DeploymentFailedException)?.Release ?? (failure as WaitingException)?.Deployment,
            Outcome = RunJson.OutcomeOf(code),
            ExitCode = (int)code,
            Seconds = Math.Round(Clock.Elapsed.TotalSeconds, 2),
            Error = failure?.Message,
            Ci = context.DescribeCi(),
            Services = [.. context.Release.Find<ChangeSummary>()?.Services.Select(s => Service(s, deployed)) ?? []],
            Steps = [.. context.Release.Steps.Select(s => new RunStep(s.Name, s.Verdict, Math.Round(s.Duration.TotalSeconds, 2)))],
            Gates = [.. (deployed?.Record.Gates is { Count: > 0 } kept ? kept : context.Release.Gates).Select(g => new RunGate(g.Name, g.Verdict, g.Text))],
            Stacks = [.. deployed?.Stacks.Select(s => new RunStack(s.Name, s.Status)) ?? []],
        };
    }

    private static RunService Service(ServiceDecision decision, DeploymentResult? deployed)
    {
        var proof = deployed?.Proofs.FirstOrDefault(p => p.Service == decision.Service);
        return new RunService(decision.Service, decision.Due, decision.Reasons, proof?.Digest, proof?.Version, proof?.Url);
    }
}
