using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.Ci;

/// <summary>GitLab: sections in the log, findings as a code quality report, outputs as a dotenv report. It has no words for masks and summaries.</summary>
/// <param name="artifacts">where the job's <c>artifacts:reports</c> find the two</param>
internal sealed partial class GitLabLanguage(string artifacts) : CiLanguage
{
    private const string LineStart = "\x1b[0K";

    public override IEnumerable<string> GroupStart(string name, DateTimeOffset at) => [$"{LineStart}section_start:{Seconds(at)}:{Key(name)}[collapsed=true]\r{LineStart}{name}"];

    public override IEnumerable<string> GroupEnd(string name, DateTimeOffset at) => [$"{LineStart}section_end:{Seconds(at)}:{Key(name)}\r{LineStart}"];

    /// <summary>GitLab compares the report with that of the target branch, so an empty one is written as well.</summary>
    public override IEnumerable<string> Annotations(IReadOnlyList<Annotation> all)
    {
        var issues = all.Where(a => a.File is not null).Select(a => (JsonNode)new JsonObject
        {
            ["description"] = a.Message,
            ["check_name"] = a.Title,
            ["fingerprint"] = Hashing.Of(a.Title, a.File!, a.Message)[..32],
            ["severity"] = a.IsError ? "major" : "minor",
            ["location"] = new JsonObject { ["path"] = a.File, ["lines"] = new JsonObject { ["begin"] = a.Line ?? 1 } },
        });
        Write("gl-code-quality.json", new JsonArray([.. issues]).ToJsonString() + "\n");
        return [];
    }

    /// <summary>A line a value; whatever could begin another is left out.</summary>
    public override IEnumerable<string> Outputs(IReadOnlyDictionary<string, string> values)
    {
        Write("ci.env", string.Concat(values.Select(v => $"PIPELINE_{v.Key.ToUpperInvariant()}={Control().Replace(v.Value, " ")}\n")));
        return [];
    }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(artifacts);
        File.WriteAllText(Path.Combine(artifacts, file), text);
    }

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Key(string name) => NoKey().Replace(name, "_");

    [GeneratedRegex("[^A-Za-z0-9_.-]")]
    private static partial Regex NoKey();

    [GeneratedRegex(@"[\x00-\x1f\x7f\u0080-\u009f\u2028\u2029]")]
    private static partial Regex Control();
}
