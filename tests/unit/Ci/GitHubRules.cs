using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Pipeline.Tests.Ci;

/// <summary>What a GitHub workflow of ours must hold to; every sentence names the job.</summary>
internal static partial class GitHubRules
{
    private const string Credentials = "aws-actions/configure-aws-credentials@";
    private const int LongestMinutes = 360;
    private static readonly string[] Triggers = ["push", "pull_request", "schedule", "workflow_dispatch"];
    private static readonly Dictionary<string, string[]> Permissions = new() { ["contents"] = ["read"], ["actions"] = ["read"], ["id-token"] = ["write"] };

    /// <param name="also">lines of <c>run</c> that are allowed beside calls of build.sh</param>
    public static IReadOnlyList<string> Violations(string text, params string[] also)
    {
        var workflow = YamlTree.Parse(text);
        var jobs = workflow.Entries("jobs").ToList();
        return
        [
            .. workflow.Entries("on").Where(t => !Triggers.Contains(t.Name)).Select(t => $"trigger {t.Name} is not allowed"),
            .. workflow.At("permissions") is YamlMappingNode ? Allowed("the workflow", workflow.At("permissions"), "contents") : ["the workflow has no explicit permissions"],
            .. Uses().Matches(text).Where(m => !Pinned().IsMatch(m.Value)).Select(m => $"not pinned by commit, with its version: {m.Value.Trim()}"),
            .. workflow.Text("concurrency", "cancel-in-progress") is not (null or "false") && jobs.Any(j => Deploys(j.Value)) ? (string[])["concurrency of the workflow cancels deployments"] : [],
            .. jobs.Count == 0 ? (string[])["there are no jobs"] : [],
            .. jobs.SelectMany(j => Job(j.Name, j.Value, workflow, also)),
        ];
    }

    private static IEnumerable<string> Job(string name, YamlNode job, YamlNode workflow, string[] also)
    {
        var steps = job.Items("steps").ToList();
        var permissions = job.At("permissions") ?? workflow.At("permissions");
        var identifies = permissions.Text("id-token") is not null;
        var environment = job.Text("environment") ?? job.Text("environment", "name");
        if (!int.TryParse(job.Text("timeout-minutes"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes > LongestMinutes)
        {
            yield return $"{name}: no timeout-minutes that ends it";
        }

        foreach (var sentence in Allowed(name, permissions, [.. Permissions.Keys]))
        {
            yield return sentence;
        }

        if (identifies != Deploys(job))
        {
            yield return identifies ? $"{name}: id-token without a use" : $"{name}: credentials without id-token";
        }

        if (Deploys(job) && environment is null)
        {
            yield return $"{name}: deploys without an environment, so any branch may";
        }

        if (Deploys(job) && (job.Text("concurrency", "group") is null or "" || job.Text("concurrency", "cancel-in-progress") != "false"))
        {
            yield return $"{name}: a deployment can be cancelled by another run";
        }

        if (Deploys(job) && workflow.At("on", "pull_request") is not null && (job.Text("if") is not { } when || (when.Contains("pull_request", StringComparison.Ordinal) && !when.Contains("head.repo.full_name == github.repository", StringComparison.Ordinal))))
        {
            yield return $"{name}: credentials in the reach of a fork";
        }

        if (environment?.StartsWith("prod", StringComparison.Ordinal) == true && steps.Any(s => s.Text("uses")?.StartsWith("actions/cache@", StringComparison.Ordinal) == true))
        {
            yield return $"{name}: a cache on the way to production";
        }

        foreach (var checkout in steps.Where(s => s.Text("uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true))
        {
            if (checkout.Text("with", "persist-credentials") != "false")
            {
                yield return $"{name}: the checkout leaves its token behind";
            }

            if (checkout.Text("with", "fetch-depth") != "0")
            {
                yield return $"{name}: versions need the whole history";
            }
        }

        foreach (var line in steps.Select(s => s.Text("run")).OfType<string>().SelectMany(r => r.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (line.Contains("${{", StringComparison.Ordinal))
            {
                yield return $"{name}: an expression in a script: {line}";
            }
            else if (!also.Contains(line) && Commands.Mistake(line) is { } mistake)
            {
                yield return $"{name}: run {mistake}";
            }
        }
    }

    private static bool Deploys(YamlNode job) => job.Items("steps").Any(s => s.Text("uses")?.StartsWith(Credentials, StringComparison.Ordinal) == true);

    private static IEnumerable<string> Allowed(string who, YamlNode? permissions, params string[] names) => permissions is YamlMappingNode
        ? permissions.Entries().Where(p => !names.Contains(p.Name) || !Permissions[p.Name].Contains(p.Value.Text())).Select(p => $"{who}: permission {p.Name}: {p.Value} is more than it needs")
        : [$"{who}: permissions are not listed one by one"];

    [GeneratedRegex(@"^.*\buses:.*$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\s*$")]
    private static partial Regex Pinned();
}
