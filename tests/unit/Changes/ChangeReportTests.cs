using System.Text.Json.Nodes;
using Pipeline.Changes;

namespace Pipeline.Tests.Changes;

public sealed class ChangeReportTests
{
    [Test]
    public void Every_decision_is_in_the_json()
    {
        var summary = new ChangeSummary(
            new SourceRevision(new string('a', 40), "main", "fix: \"größe\"", true, new string('b', 40)),
            [new("api", true, ["api/Program.cs"], new ServiceInputs("c1", new Dictionary<string, string> { ["folder api"] = "c2" }))],
            412,
            ["Makefile"]) { Warnings = ["old is no longer in pipeline.yml"] };

        var expected = JsonNode.Parse("""
            {
              "environment": "staging", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "branch": "main", "subject": "fix: \"größe\"", "dirty": true,
              "tree": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "filesCompared": 412, "unownedFiles": ["Makefile"], "warnings": ["old is no longer in pipeline.yml"],
              "services": [{ "name": "api", "due": true, "reasons": ["api/Program.cs"], "inputs": { "hash": "c1", "parts": { "folder api": "c2" } } }]
            }
            """);

        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(ChangeReport.ToJson(summary, "staging")), expected));
    }
}
