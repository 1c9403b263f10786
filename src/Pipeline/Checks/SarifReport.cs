using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>Writes findings as SARIF 2.1.0, which code hosts show beside the lines.</summary>
internal static class SarifReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A run for each tool that ran or should have; one that could not do its work says so.</summary>
    public static void Write(string file, IEnumerable<CheckPart> parts)
    {
        var report = new JsonObject
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray([.. parts.Where(p => p.Verdict != Verdict.Skipped).Select(Run)]),
        };
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, report.ToJsonString(Indented) + "\n");
    }

    private static JsonNode Run(CheckPart part)
    {
        var run = new JsonObject
        {
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = part.Name,
                    ["rules"] = new JsonArray([.. part.Findings.Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal).Select(r => (JsonNode)new JsonObject { ["id"] = r })]),
                },
            },
            ["results"] = new JsonArray([.. part.Findings.Select(Result)]),
        };
        if (part.Verdict == Verdict.NotEvaluable || (part.Verdict == Verdict.Failed && part.Findings.Count == 0))
        {
            var said = new JsonObject { ["level"] = "error", ["message"] = new JsonObject { ["text"] = part.Summary } };
            run["invocations"] = new JsonArray(new JsonObject { ["executionSuccessful"] = false, ["toolExecutionNotifications"] = new JsonArray(said) });
        }

        return run;
    }

    private static JsonNode? Result(Finding finding)
    {
        var result = new JsonObject
        {
            ["ruleId"] = finding.Rule,
            ["level"] = "error",
            ["message"] = new JsonObject { ["text"] = finding.Fix is null ? finding.Message : $"{finding.Message} Fix: {finding.Fix}" },
        };
        if (finding.File is not null)
        {
            var place = new JsonObject
            {
                ["artifactLocation"] = new JsonObject { ["uri"] = string.Join('/', finding.File.Split('/').Select(Uri.EscapeDataString)) },
            };
            if (finding.Line is { } line)
            {
                place["region"] = new JsonObject { ["startLine"] = line };
            }

            result["locations"] = new JsonArray(new JsonObject { ["physicalLocation"] = place });
        }

        return result;
    }
}
