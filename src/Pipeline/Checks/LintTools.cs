using Pipeline.Checks.Dockerfiles;
using Pipeline.Checks.Tools;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Checks;

/// <summary>The lint's tools beside .NET's, and what each has to look at.</summary>
internal static class LintTools
{
    /// <summary>Those that have something to look at, as works for <see cref="SideBySide"/>.</summary>
    public static async Task<IReadOnlyList<Func<CancellationToken, Task<IReadOnlyList<CheckPart>>>>> Select(PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel)
    {
        var (root, checks) = (configuration.Root, configuration.Checks);
        if (scope is { WholeRepository: false, Services: [] })
        {
            return [];
        }

        var (all, problem) = await RepositoryFiles.List(root, cancel).ConfigureAwait(false);
        if (all is null)
        {
            return [_ => Task.FromResult<IReadOnlyList<CheckPart>>([new CheckPart("files", Verdict.NotEvaluable, problem) { Gate = "lint.unmeasured" }])];
        }

        var python = new PythonCode(configuration, scope, all).All;
        var files = all.In(configuration, scope).Paths;
        var (scripts, templates) = (files.Where(f => ShellCheck.IsScript(root, f)).ToList(), CfnLint.Templates(configuration));
        IReadOnlyList<string> yaml = YamlLint.IsConfigured(root) ? [.. files.Where(YamlLint.IsYaml)] : [];
        var dockerfiles = files.Where(f => DockerfileCheck.IsDockerfile(f) || configuration.Services.Any(s => s.Docker is { } docker && RepositoryFiles.Normal(docker.Dockerfile) == f)).ToList();

        var runner = new ToolRunner(root, checks.Skip, checks.LintBudget) { Progress = progress };
        var code = Words.Count(python.Sum(p => p.Files.Count), "Python file");
        return
        [
            .. Work(runner, python.SelectMany(p => Black.Uses(root, p)), string.Join(", ", python.Select(p => p.Typed))),
            .. Work(runner, python.SelectMany(p => Isort.Uses(root, p)), code),
            .. Work(runner, python.SelectMany(p => Flake8.Uses(root, p)), code),
            .. Work(runner, ShellCheck.Uses(root, scripts), Words.Count(scripts.Count, "script")),
            .. Work(runner, CfnLint.Uses(root, templates), Words.Count(templates.Count, "template")),
            .. Work(runner, YamlLint.Uses(root, yaml), Words.Count(yaml.Count, "file")),
            .. dockerfiles.Count == 0 ? [] : new[] { (CancellationToken token) => DockerfileCheck.Run(root, dockerfiles, checks.Skip, token) },
        ];
    }

    private static IEnumerable<Func<CancellationToken, Task<IReadOnlyList<CheckPart>>>> Work(ToolRunner runner, IEnumerable<ToolUse> uses, string subject)
    {
        var all = uses.ToList();
        return all.Count == 0 ? [] : [async cancel => [await runner.Run(all, subject, cancel).ConfigureAwait(false)]];
    }
}
