using System.Globalization;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>The gates <c>lint</c>, <c>tests</c>, <c>coverage</c> and <c>security</c>: what the checks measured, as evidence that goes with the release.</summary>
public static class CheckGates
{
    /// <summary>The gates that stand on checks.</summary>
    public static IReadOnlyList<string> Names { get; } = ["lint", "tests", "coverage", "security"];

    /// <summary>What a check says to its gates.</summary>
    /// <param name="commit">that was checked; <c>null</c>: unknown</param>
    public static IReadOnlyList<GateResult> Of(CheckResult result, EnvironmentSettings environment, string? commit, DateTimeOffset now)
    {
        var parts = result.Parts.GroupBy(part => result.Name switch
        {
            "Lint" => "lint",
            "Security" => "security",
            _ => part.Name == "coverage" ? "coverage" : "tests",
        });
        return [.. parts.Select(gate => Gate(gate.Key, [.. gate]))];

        GateResult Gate(string name, IReadOnlyList<CheckPart> of)
        {
            var verdict = Verdicts.Together(of);
            var allowed = CheckGate.Judge(of, environment.Gates, environment.Name).Allowed;
            var measured = of.Select(p => p.Measured).FirstOrDefault(m => m is not null);
            return new GateResult(name, verdict, string.Join("; ", of.Select(p => $"{p.Name}: {p.Summary}")), now)
            {
                IsOpen = verdict is Verdict.Passed or Verdict.Skipped || allowed,
                Value = measured is null ? null : Percent(measured.Value),
                Threshold = measured is null ? null : Percent(measured.Threshold),
                Source = $"{result.Name} in artifacts/",
                Commit = commit,
                DecidedBy = [.. of.Where(p => p.Verdict == Verdict.NotEvaluable).Select(p => p.Gate).OfType<string>().Distinct()],
            };
        }
    }

    /// <summary>A percentage as evidence keeps it: not rounded, with a point.</summary>
    internal static string Percent(decimal value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.############################} %");

    /// <summary>The number of <see cref="Percent"/>; <c>null</c>: it is none.</summary>
    internal static decimal? Number(string? percent) =>
        percent is not null && decimal.TryParse(percent.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
}
