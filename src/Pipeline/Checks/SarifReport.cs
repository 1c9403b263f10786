using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Checks;

/// <summary>Writes findings as SARIF 2.1.0, which code hosts show beside the lines.</summary>
internal static class SarifReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Write(string file, string tool, IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        var report = new JsonObject
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject
                {
                    ["driver"] = new JsonObject
                    {
                        ["name"] = tool,
                        ["rules"] = new JsonArray([.. all.Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal).Select(r => (JsonNode)new JsonObject { ["id"] = r })]),
                    },
                },
                ["results"] = new JsonArray([.. all.Select(Result)]),
            }),
        };
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, report.ToJsonString(Indented) + "\n");
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
