using System.Globalization;

namespace Pipeline.Ci;

/// <summary>Azure Pipelines' logging commands.</summary>
internal sealed class AzureLanguage : CiLanguage
{
    /// <summary>The page of a run has room for about as many.</summary>
    private const int Shown = 10;

    public override IEnumerable<string> GroupStart(string name, DateTimeOffset at) => [$"##[group]{Data(name)}"];

    public override IEnumerable<string> GroupEnd(string name, DateTimeOffset at) => ["##[endgroup]"];

    public override IEnumerable<string> Annotations(IReadOnlyList<Annotation> all) =>
        all.GroupBy(a => a.IsError).SelectMany(level => level.Take(Shown)).Select(Issue);

    public override IEnumerable<string> Mask(string value) => [$"##vso[task.setsecret]{Data(value)}"];

    public override IEnumerable<string> Summary(string file) => [$"##vso[task.uploadsummary]{Data(file)}"];

    public override IEnumerable<string> Outputs(IReadOnlyDictionary<string, string> values) =>
        values.Select(v => $"##vso[task.setvariable variable={Property(v.Key)};isOutput=true]{Data(v.Value)}");

    private static string Issue(Annotation annotation)
    {
        string?[] properties =
        [
            $"type={(annotation.IsError ? "error" : "warning")}",
            annotation.File is { } file ? $"sourcepath={Property(file)}" : null,
            annotation.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"linenumber={line}") : null,
            $"code={Property(annotation.Title)}",
        ];
        return $"##vso[task.logissue {string.Join(';', properties.OfType<string>())}]{Data(annotation.Message)}";
    }

    private static string Data(string text) =>
        text.Replace("%", "%AZP25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
