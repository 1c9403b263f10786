using System.Globalization;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks.Coverage;

/// <summary>Judges the coverage of the affected services' own code together with what is kept of the others.</summary>
/// <param name="inputs">service → hash of what it is built from</param>
internal sealed class CoverageGate(PipelineConfiguration configuration, ProjectClosure projects, IReadOnlyList<ServiceSettings> affected, IReadOnlyDictionary<string, string> inputs)
{
    private const int ShownFiles = 5;
    private readonly KeptCoverage _kept = new(configuration.Root);
    private readonly IReadOnlyList<ServiceFiles> _services = [.. configuration.Services.Select(s => new ServiceFiles(configuration, s, projects))];

    /// <summary>Of all suites together; it is there only where their coverage was measured.</summary>
    public static string Report(string root) => Path.Combine(root, "artifacts", "coverage", "coverage.cobertura.xml");

    /// <param name="suites">the unit suites that ran</param>
    public CheckPart Judge(IReadOnlyCollection<SuiteOutcome> suites)
    {
        File.Delete(Report(configuration.Root));
        if (Unmeasured(suites) is { } open)
        {
            return open;
        }

        var (measured, refused) = Read(suites);
        if (refused.Count > 0)
        {
            return Failed($"not measured: {string.Join(", ", refused.Select(r => r.Message))}", refused);
        }

        var own = _services.Where(s => s.IsMeasurable && affected.Any(a => a.Name == s.Name)).ToList();
        if (own.Count == 0)
        {
            return new CheckPart("coverage", Verdict.Skipped, "no tool measures the affected services");
        }

        var untested = own.Where(s => !s.IsMeasuredBy(measured)).ToList();
        return untested.Count == 0 ? Sum(own, measured, suites.All(s => s.Passed)) : Failed(
            $"not measured for {string.Join(", ", untested.Select(s => s.Name))}: no unit suite runs its code",
            [.. untested.Select(s => Untested(affected.Single(a => a.Name == s.Name)))]);
    }

    private static Finding Untested(ServiceSettings service) => service.Project is { } project
        ? new("coverage-service", $"no unit suite runs code of '{service.Name}'", project, null, "reference the project from a suite of checks.suites")
        : new("coverage-service", $"no unit suite runs code of '{service.Name}'", service.Path, null, $"add a suite to checks.suites: {{ kind: unit, pytest: {service.Path} }}");

    private static CheckPart? Unmeasured(IReadOnlyCollection<SuiteOutcome> suites)
    {
        var missing = suites.Where(s => !s.Passed || s.Uncovered is not null).ToList();
        return missing.Count == 0 ? null : new CheckPart(
            "coverage",
            missing.Exists(s => s.Uncovered is null) ? Verdict.Failed : Verdict.NotEvaluable,
            "not measured: " + string.Join(", ", missing.Select(s => s.Uncovered is { } why ? $"suite {s.Suite.Name} ({why})" : $"suite {s.Suite.Name} failed")));
    }

    private (LineCoverage Measured, IReadOnlyList<Finding> Refused) Read(IReadOnlyCollection<SuiteOutcome> suites)
    {
        var measured = new LineCoverage();
        var refused = new List<Finding>();
        foreach (var outcome in suites.Where(s => s.Run.Covers.Count > 0 || s.Suite.Tool == SuiteTool.Dotnet))
        {
            var (lines, refusal) = CoverageReport.Read(outcome.Run.Coverage, configuration.Root, outcome.Started);
            if (lines is not null && outcome.Run.Covers.Count > 0 && !_services.Any(s => outcome.Run.Covers.Any(c => c.Name == s.Name) && lines.Files.Any(s.Counts)))
            {
                refusal = $"it is of other code than {string.Join(" and ", outcome.Run.Covers.Select(s => s.Name))}";
            }

            if (refusal is null)
            {
                measured.Add(lines!, _ => true);
            }
            else if (!File.Exists(outcome.Run.Coverage))
            {
                refused.Add(new("coverage-report", $"suite {outcome.Suite.Name} wrote no coverage report", outcome.Suite.Path, null, outcome.Suite.Tool == SuiteTool.Dotnet ? $"dotnet add {outcome.Suite.Path} package coverlet.msbuild" : null));
            }
            else
            {
                refused.Add(new("coverage-report", $"suite {outcome.Suite.Name}'s coverage report is refused: {refusal}", outcome.Suite.Path));
            }
        }

        return (measured, refused);
    }

    private CheckPart Sum(IReadOnlyList<ServiceFiles> own, LineCoverage measured, bool passed)
    {
        var sum = new LineCoverage();
        var notes = new List<string>();
        var carried = new List<string>();
        var width = _services.Max(s => s.Name.Length);
        foreach (var service in _services)
        {
            var lines = own.Contains(service) ? new LineCoverage().Add(measured, service.Counts)
                : service.IsMeasurable && inputs.TryGetValue(service.Name, out var hash) ? _kept.Find(service.Name, hash) : null;
            if (lines is null)
            {
                notes.Add($"{service.Name.PadRight(width)}  not measured, not part of the sum{(service.IsMeasurable ? "" : ": no tool measures it")}");
                continue;
            }

            sum.Add(lines, _ => true);
            notes.Add($"{service.Name.PadRight(width)}  {Text(lines.Fraction)}{(own.Contains(service) ? "" : $", carried forward from inputs {inputs[service.Name][..8]}")}");
            if (!own.Contains(service))
            {
                carried.Add(service.Name);
            }
        }

        CoberturaFile.Write(Report(configuration.Root), sum, DateTimeOffset.UtcNow);
        var part = Compare(sum, carried) with { Notes = notes };
        if (passed && part.Verdict == Verdict.Passed)
        {
            Keep(own, measured);
        }

        return part;
    }

    private CheckPart Compare(LineCoverage sum, List<string> carried)
    {
        var fraction = sum.Fraction;
        var minimum = configuration.Environment.Gates.CoverageMinimum;
        var summary = string.Create(CultureInfo.InvariantCulture, $"coverage {fraction} (minimum {minimum:0.##} %), {fraction.Covered} of {fraction.Total} lines")
            + (carried.Count > 0 ? $", carried forward: {string.Join(", ", carried)}" : "");
        var least = sum.Least().Take(ShownFiles)
            .Select(f => new Finding("coverage", $"{f.Fraction}: {f.Fraction.Total - f.Fraction.Covered} of {f.Fraction.Total} lines never run", f.File, f.FirstMissed));
        var judged = fraction.Reaches(minimum) ? new CheckPart("coverage", Verdict.Passed, summary) : Failed(summary, [.. least]);
        return judged with { Measured = new Measured(fraction.Total == 0 ? 0 : 100m * fraction.Covered / fraction.Total, minimum) };
    }

    private void Keep(IReadOnlyList<ServiceFiles> own, LineCoverage measured)
    {
        foreach (var service in own)
        {
            if (inputs.TryGetValue(service.Name, out var hash))
            {
                _kept.Keep(service.Name, hash, new LineCoverage().Add(measured, service.Counts));
            }
        }
    }

    private static string Text(CoverageFraction fraction) => $"{fraction}, {fraction.Covered} of {fraction.Total} lines";

    private static CheckPart Failed(string summary, IReadOnlyList<Finding> findings) => new("coverage", Verdict.Failed, summary) { Findings = findings };
}
