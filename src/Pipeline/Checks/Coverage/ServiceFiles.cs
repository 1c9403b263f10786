using Pipeline.Checks.Suites;
using Pipeline.Configuration;

namespace Pipeline.Checks.Coverage;

/// <summary>Tells which files are a service's own: those of its projects and its folder, without tests.</summary>
internal sealed class ServiceFiles
{
    private readonly string _root;
    private readonly ServiceSettings _service;
    private readonly ProjectClosure _projects;
    private readonly HashSet<string> _closure;
    private readonly IReadOnlyList<string> _tests;
    private readonly Dictionary<string, string?> _owners = new(StringComparer.Ordinal);

    public ServiceFiles(PipelineConfiguration configuration, ServiceSettings service, ProjectClosure projects)
    {
        (_root, _service, _projects) = (configuration.Root, service, projects);
        _closure = service.Project is { } project ? projects.Of(project).Where(p => !projects.IsTest(p)).ToHashSet(StringComparer.Ordinal) : [];
        _tests = [.. configuration.Checks.Suites.Where(s => s.Tool == SuiteTool.Pytest && !SuiteScope.LiesIn(service.Path, s.Path)).Select(s => s.Path)];
    }

    public string Name => _service.Name;

    /// <summary>There is a tool that measures its code.</summary>
    public bool IsMeasurable => _service.Toolchain != Toolchain.None || _service.Project is not null;

    public bool Counts(string file)
    {
        if (Path.IsPathRooted(file))
        {
            return false;
        }

        if (file.EndsWith(".py", StringComparison.Ordinal))
        {
            return SuiteScope.LiesIn(file, _service.Path) && !IsPythonTest(file);
        }

        var owner = Owner(Path.GetDirectoryName(file) ?? "");
        return owner is null ? SuiteScope.LiesIn(file, _service.Path) : _closure.Contains(owner) || (SuiteScope.LiesIn(file, _service.Path) && !_projects.IsTest(owner));
    }

    /// <summary>The lines are of this service, not only of what it shares with others.</summary>
    public bool IsMeasuredBy(LineCoverage lines) => lines.Files.Any(f => Counts(f) && (_service.Project is null || Owner(Path.GetDirectoryName(f) ?? "") == _projects.Normal(_service.Project)));

    private bool IsPythonTest(string file)
    {
        var name = Path.GetFileName(file);
        return name == "conftest.py" || name.StartsWith("test_", StringComparison.Ordinal) || name.EndsWith("_test.py", StringComparison.Ordinal)
            || file.Split('/').Contains(".venv") || _tests.Any(t => SuiteScope.LiesIn(file, t));
    }

    /// <summary>The project whose folder holds the folder.</summary>
    private string? Owner(string folder)
    {
        if (_owners.TryGetValue(folder, out var known))
        {
            return known;
        }

        var full = Path.Combine(_root, folder);
        var found = Directory.Exists(full) ? Directory.EnumerateFiles(full, "*.*proj").Select(_projects.Normal).Order(StringComparer.Ordinal).ToList() : [];
        var owner = found.FirstOrDefault(_closure.Contains) ?? found.FirstOrDefault() ?? (folder.Length == 0 ? null : Owner(Path.GetDirectoryName(folder) ?? ""));
        return _owners[folder] = owner;
    }
}
