using System.Globalization;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>Judges the coverage of the affected services' own code together.</summary>
internal sealed class CoverageGate(PipelineConfiguration configuration, ProjectClosure projects, IReadOnlyList<ServiceSettings> services)
{
    private const int ShownFiles = 5;

    public CheckPart Judge(IReadOnlyCollection<SuiteOutcome> suites)
    {
        var coverage = new LineCoverage(configuration.Root);
        var missing = suites.Where(s => !coverage.Add(s.CoverageFile)).ToList();
        if (missing.Count > 0)
        {
            return Failed(
                "not measured: " + string.Join(", ", missing.Select(s => s.Passed ? $"suite {s.Suite.Name} wrote no coverage report" : $"suite {s.Suite.Name} failed")),
                [.. missing.Where(s => s.Passed).Select(s => new Finding(
                    "coverage-report", $"suite '{s.Suite.Name}' wrote no coverage report", s.Suite.Path, null, $"dotnet add {s.Suite.Path} package coverlet.msbuild"))]);
        }

        var own = OwnFiles();
        var unmeasured = services.Where(s => s.Project is null || !coverage.Files.Any(f => own.Owner(f) == projects.Normal(s.Project))).ToList();
        if (unmeasured.Count > 0)
        {
            return Failed(
                $"not measured for {string.Join(", ", unmeasured.Select(s => s.Name))}: no unit suite runs its code",
                [.. unmeasured.Select(s => new Finding("coverage-service", $"no unit suite runs code of '{s.Name}'", s.Project, null, "reference the project from a suite of checks.suites"))]);
        }

        var fraction = coverage.Of(own.Counts);
        var minimum = configuration.Environment.Gates.CoverageMinimum;
        var summary = string.Create(CultureInfo.InvariantCulture, $"coverage {fraction} (minimum {minimum:0.##} %), {fraction.Covered} of {fraction.Total} lines");
        var least = coverage.Least(own.Counts).Take(ShownFiles)
            .Select(f => new Finding("coverage", $"{f.Fraction}: {f.Fraction.Total - f.Fraction.Covered} of {f.Fraction.Total} lines never run", f.File, f.FirstMissed));
        var judged = fraction.Reaches(minimum) ? new CheckPart("coverage", Verdict.Passed, summary) : Failed(summary, [.. least]);
        return judged with { Measured = new Measured(fraction.Total == 0 ? 0 : 100m * fraction.Covered / fraction.Total, minimum) };
    }

    private static CheckPart Failed(string summary, IReadOnlyList<Finding> findings) => new("coverage", Verdict.Failed, summary) { Findings = findings };

    private OwnedFiles OwnFiles()
    {
        var closure = services.Select(s => s.Project).OfType<string>().SelectMany(projects.Of).Where(p => !projects.IsTest(p)).ToHashSet(StringComparer.Ordinal);
        return new OwnedFiles(configuration.Root, closure, [.. services.Select(s => s.Path.Replace('\\', '/').Trim('/') + "/")], projects);
    }
}

/// <summary>Tells which files are the services' own: those of their projects and folders, without tests and generated code.</summary>
internal sealed class OwnedFiles(string root, IReadOnlySet<string> closure, IReadOnlyList<string> folders, ProjectClosure projects)
{
    private readonly Dictionary<string, string?> _owners = new(StringComparer.Ordinal);

    public bool Counts(string file)
    {
        if (Path.IsPathRooted(file) || file.Split('/').Any(p => p is "obj" or "bin"))
        {
            return false;
        }

        var owner = Owner(file);
        return owner is null ? InFolders(file) : closure.Contains(owner) || (InFolders(file) && !projects.IsTest(owner));
    }

    /// <summary>The project whose folder holds the file.</summary>
    public string? Owner(string file) => Path.IsPathRooted(file) ? null : OwnerOfFolder(Path.GetDirectoryName(file) ?? "");

    private string? OwnerOfFolder(string folder)
    {
        if (_owners.TryGetValue(folder, out var known))
        {
            return known;
        }

        var full = Path.Combine(root, folder);
        var found = Directory.Exists(full) ? Directory.EnumerateFiles(full, "*.*proj").Select(projects.Normal).Order(StringComparer.Ordinal).ToList() : [];
        var owner = found.FirstOrDefault(closure.Contains) ?? found.FirstOrDefault() ?? (folder.Length == 0 ? null : OwnerOfFolder(Path.GetDirectoryName(folder) ?? ""));
        return _owners[folder] = owner;
    }

    private bool InFolders(string file) => folders.Any(f => file.StartsWith(f, StringComparison.Ordinal));
}
