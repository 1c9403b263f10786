using Pipeline.Configuration;

namespace Pipeline.Checks.Tools;

/// <summary>The programs that a configuration's checks will look for.</summary>
internal static class NeededTools
{
    private static readonly IReadOnlyList<Tool> OfPython = [Black.Tool, Isort.Tool, Flake8.Tool, Bandit.Tool];

    public static IReadOnlyList<Tool> Of(PipelineConfiguration configuration)
    {
        IReadOnlyList<Tool> python = configuration.Services.Any(s => s.Toolchain == Toolchain.Python) ? OfPython : [];
        IReadOnlyList<Tool> templates = CfnLint.Templates(configuration).Count > 0 ? [CfnLint.Tool] : [];
        IReadOnlyList<Tool> yaml = YamlLint.IsConfigured(configuration.Root) ? [YamlLint.Tool] : [];
        IReadOnlyList<Tool> loads = configuration.Checks.Suites.Any(s => s.Tool == SuiteTool.Locust) ? [Load.Locust.Program] : [];
        return [.. ((IEnumerable<Tool>)[.. python, ShellCheck.Tool, .. templates, .. yaml, .. loads]).Where(t => !configuration.Checks.Skip.Contains(t.Name))];
    }
}
