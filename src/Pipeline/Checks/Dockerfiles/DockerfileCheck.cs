using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Checks.Dockerfiles;

/// <summary>The part <c>dockerfiles</c>: needs no tool.</summary>
internal static class DockerfileCheck
{
    public const string Name = "dockerfiles";

    private const long Largest = 1024 * 1024;

    public static bool IsDockerfile(string path)
    {
        var name = Path.GetFileName(path);
        return name is "Dockerfile" or "Containerfile" || (name.StartsWith("Dockerfile.", StringComparison.Ordinal) && name != "Dockerfile.dockerignore") || name.EndsWith(".Dockerfile", StringComparison.OrdinalIgnoreCase);
    }

    public static async Task<IReadOnlyList<CheckPart>> Run(string root, IReadOnlyList<string> files, IReadOnlyList<string> skip, CancellationToken cancel)
    {
        if (skip.Contains(Name))
        {
            return [new CheckPart(Name, Verdict.Skipped, "left out by checks.skip")];
        }

        var findings = new List<Finding>();
        foreach (var file in files)
        {
            var path = Path.Combine(root, file);
            findings.AddRange(new FileInfo(path).Length > Largest
                ? [new Finding("unreadable", "larger than 1 MiB, and so not read", file)]
                : DockerfileRules.Judge(file, await File.ReadAllTextAsync(path, cancel).ConfigureAwait(false)));
        }

        return
        [
            findings.Count == 0
                ? new CheckPart(Name, Verdict.Passed, Words.Count(files.Count, "file"))
                : new CheckPart(Name, Verdict.Failed, $"{Words.Count(findings.Count, "finding")} in {Words.Count(files.Count, "file")}") { Findings = findings },
        ];
    }
}
