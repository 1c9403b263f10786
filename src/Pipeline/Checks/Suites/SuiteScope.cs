using Pipeline.Configuration;

namespace Pipeline.Checks.Suites;

/// <summary>Which services' code a suite tests: those that it names; else those that its project refers to, or the one in whose folder its tests lie.</summary>
internal sealed class SuiteScope(PipelineConfiguration configuration)
{
    private readonly ProjectClosure _projects = new(configuration.Root);
    private readonly Lock _lock = new();

    public IReadOnlyList<ServiceSettings> CoveredBy(SuiteSettings suite)
    {
        if (suite.Services.Count > 0)
        {
            return [.. configuration.Services.Where(s => suite.Services.Contains(s.Name))];
        }

        if (suite.Tool == SuiteTool.Pytest)
        {
            return configuration.Services.Where(s => LiesIn(suite.Path, s.Path)).MaxBy(s => s.Path.Length) is { } home ? [home] : [];
        }

        if (suite.Tool != SuiteTool.Dotnet)
        {
            return [];
        }

        lock (_lock)
        {
            var closure = _projects.Of(suite.Path);
            return [.. configuration.Services.Where(s => s.Project is not null && closure.Contains(_projects.Normal(s.Project)))];
        }
    }

    /// <summary>A path is a folder, or below it; both relative to the root.</summary>
    public static bool LiesIn(string path, string folder)
    {
        var (inner, outer) = (Normal(path), Normal(folder));
        return inner == outer || inner.StartsWith(outer + '/', StringComparison.Ordinal);
    }

    private static string Normal(string path) => path.Replace('\\', '/').Trim('/');
}
