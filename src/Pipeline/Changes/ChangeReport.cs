using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Changes;

/// <summary>The answer of <c>DetectChanges --format=json</c>, for other programs. Names are stable; new keys may be added.</summary>
public static class ChangeReport
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// <c>{ environment, commit, branch, subject, dirty, tree, filesCompared, unownedFiles: [path], warnings: [text],
    /// services: [{ name, due, reasons: [text], inputs: { hash, parts: { NAME: hash } } }] }</c>.
    /// </summary>
    /// <param name="environment">the one compared with</param>
    public static string ToJson(ChangeSummary summary, string environment) => new JsonObject
    {
        ["environment"] = environment,
        ["commit"] = summary.Source.Commit,
        ["branch"] = summary.Source.Branch,
        ["subject"] = summary.Source.Subject,
        ["dirty"] = summary.Source.Dirty,
        ["tree"] = summary.Source.Tree,
        ["filesCompared"] = summary.FilesCompared,
        ["unownedFiles"] = List(summary.UnownedFiles),
        ["warnings"] = List(summary.Warnings),
        ["services"] = new JsonArray([.. summary.Services.Select(Service)]),
    }.ToJsonString(Readable);

    private static JsonObject Service(ServiceDecision decision) => new()
    {
        ["name"] = decision.Service,
        ["due"] = decision.Due,
        ["reasons"] = List(decision.Reasons),
        ["inputs"] = new JsonObject
        {
            ["hash"] = decision.Inputs.Hash,
            ["parts"] = new JsonObject(decision.Inputs.Parts.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        },
    };

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
