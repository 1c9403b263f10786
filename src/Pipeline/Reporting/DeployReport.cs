using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Images;
using Pipeline.Ledger;

namespace Pipeline.Reporting;

/// <summary>What a deployment says before, between and after its steps.</summary>
public static class DeployReport
{
    /// <summary>What is due and why.</summary>
    public static void Changes(Output output, ChangeSummary changes, PipelineConfiguration configuration, Aws.AwsAccount aws)
    {
        var environment = configuration.Environment.Name;
        output.Say($"{configuration.Name}  {environment}  {(aws.Endpoint is { } local ? $"local cloud {local.ToString().TrimEnd('/')}" : $"account {aws.Id} of {aws.Place}")}   commit {changes.Source.Abbreviated} ({(changes.Source.Dirty ? "with uncommitted changes" : "clean")})");
        output.Say();
        var due = changes.Due.Count();
        var files = changes.FilesCompared > 0 ? $"   ({changes.FilesCompared} files compared, {changes.UnownedFiles.Count} unowned)" : "";
        output.Labelled("Changes", $"{due} of {changes.Services.Count} services due in {environment}{files}");
        foreach (var warning in changes.Warnings)
        {
            output.Labelled("", warning, Spectre.Console.Color.Yellow);
        }

        foreach (var service in changes.Services)
        {
            output.Labelled("", $"{service.Service,-10} {(service.Due ? "due    " : "not due")}  {string.Join("\n" + new string(' ', 20), service.Reasons)}");
        }
    }

    /// <summary>Which images there are now.</summary>
    public static void Images(Output output, IReadOnlyList<BuiltImage> images)
    {
        for (var i = 0; i < images.Count; i++)
        {
            var image = images[i];
            output.Labelled(i == 0 ? "Images" : "", $"{image.Service,-10} {Words.Digest(image.Digest)}  {(image.Reused ? "in the registry already" : $"built {Durations.Text(image.Duration)}")}");
        }
    }

    /// <summary>What was proven, and where it answers.</summary>
    public static void Deployed(Output output, DeploymentResult result, TimeSpan took)
    {
        var proofs = result.Proofs;
        output.Labelled("Verify", $"health {proofs.Count}/{proofs.Count}   smoke {proofs.Sum(p => p.SmokePassed)}/{proofs.Sum(p => p.SmokePassed)}   digests match on {proofs.Sum(p => p.Tasks)} tasks   targets healthy {proofs.Sum(p => p.HealthyTargets)}/{proofs.Sum(p => p.Desired)}");
        foreach (var gate in result.Record.Gates.Where(g => g.Name is "integration" or "performance"))
        {
            output.Result(gate.Name == "integration" ? "Integration" : "Performance", gate.Verdict, gate.Text);
        }

        output.Say();
        output.Say($"Deployed {result.Record.Environment} in {Durations.Text(took)}.   release {result.Record.Id}");
        foreach (var proof in proofs)
        {
            output.Say($"  {proof.Service,-10} {proof.Url}   {proof.Version}   {Words.Count(proof.Tasks, "task")}");
        }
    }

    /// <summary>That nothing is due, and since when what runs has been running.</summary>
    public static void NothingToDo(Output output, string environment, EnvironmentState state, TimeSpan took)
    {
        var services = state.Services.Select(s => $"{s.Key} {s.Value.Running.Version} since {s.Value.Since:yyyy-MM-dd HH:mm} UTC");
        output.Say($"Nothing to deploy. {environment} runs {string.Join(", ", services)}.   {Durations.Text(took)}");
    }
}
