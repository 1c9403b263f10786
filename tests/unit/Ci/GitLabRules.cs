using YamlDotNet.RepresentationModel;

namespace Pipeline.Tests.Ci;

/// <summary>What the GitLab file of ours must hold to.</summary>
internal static class GitLabRules
{
    /// <summary>A token as a file, which the AWS SDK wants and GitLab gives as a variable.</summary>
    private const string TokenFile = """printf '%s' "$AWS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE" """;

    private static readonly string[] NoJobs = ["workflow", "variables", "stages", "default"];

    public static IReadOnlyList<string> Violations(string text)
    {
        var file = YamlTree.Parse(text);
        var jobs = file.Entries().Where(e => !NoJobs.Contains(e.Name) && e.Name[0] != '.').ToList();
        return
        [
            .. file.Text("variables", "GIT_DEPTH") == "0" ? Array.Empty<string>() : ["versions need the whole history"],
            .. jobs.SelectMany(j => Job(j.Name, [j.Value, .. Bases(file, j.Value)])),
            .. file.Entries().SelectMany(e => e.Value.Items("script").Concat(e.Value.Items("before_script")).Concat(e.Value.Items("after_script")).Select(s => (e.Name, Line: s.Text() ?? "")))
                .Where(s => s.Line != TokenFile.TrimEnd()).Select(s => Commands.Mistake(s.Line) is { } mistake ? $"{s.Name}: script {mistake}" : null).OfType<string>(),
        ];
    }

    private static IEnumerable<string> Job(string name, IReadOnlyList<YamlNode> all)
    {
        string? Value(params string[] path) => all.Select(n => n.Text(path)).FirstOrDefault(v => v is not null);
        var environment = Value("environment", "name");
        if (Value("timeout") is null)
        {
            yield return $"{name}: no timeout";
        }

        if (!all.Any(n => n.At("rules") is not null))
        {
            yield return $"{name}: runs at every event";
        }

        if (all.Any(n => n.At("id_tokens") is not null) != environment is not null)
        {
            yield return environment is null ? $"{name}: a token without an environment" : $"{name}: an environment without its token";
        }

        if (environment is not null && (Value("interruptible") != "false" || Value("resource_group") is null))
        {
            yield return $"{name}: a deployment can be cancelled by another run";
        }

        if (environment is not null && all.SelectMany(n => n.Items("rules")).Select(r => r.Text("if") ?? "").Any(i => i.Contains("merge_request_event", StringComparison.Ordinal) && !i.Contains("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID", StringComparison.Ordinal)))
        {
            yield return $"{name}: credentials in the reach of a fork";
        }

        if (environment?.StartsWith("prod", StringComparison.Ordinal) == true && all.Any(n => n.At("cache") is not null))
        {
            yield return $"{name}: a cache on the way to production";
        }
    }

    private static IEnumerable<YamlNode> Bases(YamlNode file, YamlNode job)
    {
        string[] names = job.At("extends") switch { YamlScalarNode one => [one.Value!], YamlSequenceNode several => [.. several.Select(s => s.Text()!)], _ => [] };
        return names.Reverse().Select(n => file.At(n)!).SelectMany(b => (YamlNode[])[b, .. Bases(file, b)]);
    }
}
