using YamlDotNet.RepresentationModel;

namespace Pipeline.Tests.Ci;

/// <summary>What the Azure Pipelines file of ours must hold to.</summary>
internal static class AzureRules
{
    public static IReadOnlyList<string> Violations(string text)
    {
        var file = YamlTree.Parse(text);
        return
        [
            .. file.Text("lockBehavior") == "sequential" ? Array.Empty<string>() : ["a deployment that waits can be cancelled by another run"],
            .. file.Items("stages").SelectMany(stage => stage.Items("jobs").SelectMany(job => Job(stage, job))),
        ];
    }

    private static IEnumerable<string> Job(YamlNode stage, YamlNode job)
    {
        var name = job.Text("job") ?? job.Text("deployment")!;
        var steps = job.Items("steps").Concat(job.Items("strategy", "runOnce", "deploy", "steps")).ToList();
        var deploys = steps.Any(s => s.Text("inputs", "awsCredentials") is not null);
        if (job.Text("timeoutInMinutes") is null or "0")
        {
            yield return $"{name}: no timeout";
        }

        if (deploys && job.Text("environment") is null)
        {
            yield return $"{name}: deploys without an environment, so any branch may";
        }

        var condition = stage.Text("condition") ?? "";
        if (deploys && (condition.Length == 0 || (condition.Contains("'PullRequest'", StringComparison.Ordinal) && !condition.Contains("eq(variables['System.PullRequest.IsFork'], 'False')", StringComparison.Ordinal))))
        {
            yield return $"{name}: credentials in the reach of a fork";
        }

        foreach (var checkout in steps.Where(s => s.Text("checkout") is not null).Where(s => s.Text("fetchDepth") != "0" || s.Text("persistCredentials") != "false"))
        {
            yield return $"{name}: the checkout is shallow, or leaves its token behind";
        }

        foreach (var line in steps.Select(s => s.Text("bash") ?? s.Text("script") ?? s.Text("inputs", "inlineScript")).OfType<string>().SelectMany(s => s.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Commands.Mistake(line) is { } mistake)
            {
                yield return $"{name}: script {mistake}";
            }
        }
    }
}
