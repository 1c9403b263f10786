using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Outcomes;
using Pipeline.Parity;

namespace Pipeline.Reporting;

/// <summary>What differs between two environments, for people and for programs.</summary>
public static class ParityText
{
    private const int LongestValue = 60;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Says what a plan warns of; nothing where there is nothing.</summary>
    public static void Warn(Output output, ParityReport report)
    {
        var label = "Parity";
        foreach (var line in report.NotCompared.Select(n => $"{n.Key} could not be compared: {n.Value}").Concat(report.Warnings.Select(d => $"not declared in pipeline.yml: {Line(d)}")))
        {
            output.Result(label, Verdict.NotEvaluable, line);
            label = "";
        }
    }

    /// <summary>Says it; what is not declared comes first.</summary>
    public static void Print(Output output, ParityReport report)
    {
        output.Say($"{report.Left} ↔ {report.Right}");
        foreach (var (environment, why) in report.NotCompared)
        {
            output.Result("NOT COMPARED", Verdict.NotEvaluable, $"{environment} could not be read: {why}");
        }

        if (report.NotCompared.Count > 0)
        {
            return;
        }

        var undeclared = report.Undeclared.ToList();
        foreach (var difference in undeclared)
        {
            output.Result("undeclared", Verdict.NotEvaluable, $"{Line(difference)}{(difference.Note is { } note ? $"   ({note})" : "")}");
        }

        foreach (var difference in report.Differences.Where(d => d.Declared is not null))
        {
            output.Labelled("declared", $"{Line(difference)}   ({difference.Declared})");
        }

        output.Say(report.IsEmpty ? $"Nothing is deployed to {report.Left} or {report.Right} yet, so there is nothing to compare."
            : report.Differences.Count == 0
            ? "They are equal: versions, digests, stacks, templates, parameters, task definitions, secrets by name, strategies and counts."
            : $"{Words.Count(report.Differences.Count, "difference")}, {undeclared.Count} of them not declared in pipeline.yml.");
    }

    /// <summary>The same as JSON.</summary>
    public static string ToJson(ParityReport report) => JsonSerializer.Serialize(new
    {
        report.Left,
        report.Right,
        compared = report.NotCompared.Count == 0 && !report.IsEmpty,
        report.NotCompared,
        undeclared = report.Undeclared.Count(),
        differences = report.Differences.Select(d => new { d.Kind, d.Subject, d.Property, d.Left, d.Right, intended = d.Declared is not null, d.Declared, d.Note }),
    }, Format);

    /// <summary>An environment that could not be read is no equal one.</summary>
    /// <exception cref="PipelineException">nothing was compared (6)</exception>
    public static void Demand(ParityReport report)
    {
        if (report.NotCompared.Count > 0)
        {
            throw new PipelineException(ExitCode.Unknown, $"{report.Left} and {report.Right} were not compared: {string.Join(" and ", report.NotCompared.Keys)} could not be read.",
                [.. report.NotCompared.Select(n => new Detail("why", $"{n.Key}: {n.Value}")), new Detail("next", "credentials or a cloud that reach both, then the same command again")]);
        }
    }

    /// <summary>One difference in one line.</summary>
    public static string Line(ParityDifference difference) =>
        $"{Word(difference.Kind),-15} {difference.Subject,-10} {(difference.Kind is ParityKind.Stack ? "" : $"{difference.Property}: ")}{Value(difference.Left)} ↔ {Value(difference.Right)}";

    private static string Word(ParityKind kind) => kind == ParityKind.TaskDefinition ? "task definition" : kind.ToString().ToLowerInvariant();

    private static string Value(string? value) => value is null ? "none" : value.StartsWith("sha256:", StringComparison.Ordinal) ? Words.Digest(value) : value.Length <= LongestValue ? value : $"{value[..(LongestValue - 1)]}…";
}
