using System.Globalization;

namespace Pipeline.Ci;

/// <summary>TeamCity's service messages: blocks, inspections, parameters, artifacts.</summary>
internal sealed class TeamCityLanguage : CiLanguage
{
    private const int Shown = 100;

    public override IEnumerable<string> GroupStart(string name, DateTimeOffset at) => [Message("blockOpened", ("name", name))];

    public override IEnumerable<string> GroupEnd(string name, DateTimeOffset at) => [Message("blockClosed", ("name", name))];

    /// <summary>What stands at a file is an inspection, each kind of which is introduced once; the rest is a line of the log.</summary>
    public override IEnumerable<string> Annotations(IReadOnlyList<Annotation> all)
    {
        var shown = all.Take(Shown).ToList();
        var kinds = shown.Where(a => a.File is not null).Select(a => a.Title).Distinct()
            .Select(title => Message("inspectionType", ("id", title), ("name", title), ("category", "pipeline"), ("description", title)));
        return [.. kinds, .. shown.Select(One)];
    }

    public override IEnumerable<string> Summary(string file) => [Message("publishArtifacts", file)];

    public override IEnumerable<string> Outputs(IReadOnlyDictionary<string, string> values) =>
        values.Select(v => Message("setParameter", ("name", $"pipeline.{v.Key}"), ("value", v.Value)));

    private static string One(Annotation annotation) => annotation.File is { } file
        ? Message("inspection", ("typeId", annotation.Title), ("message", annotation.Message), ("file", file),
            ("line", (annotation.Line ?? 1).ToString(CultureInfo.InvariantCulture)), ("SEVERITY", annotation.IsError ? "ERROR" : "WARNING"))
        : Message("message", ("text", $"{annotation.Title}: {annotation.Message}"), ("status", annotation.IsError ? "ERROR" : "WARNING"));

    private static string Message(string name, string value) => $"##teamcity[{name} '{Escape(value)}']";

    private static string Message(string name, params (string Name, string Value)[] attributes) =>
        $"##teamcity[{name} {string.Join(' ', attributes.Select(a => $"{a.Name}='{Escape(a.Value)}'"))}]";

    private static string Escape(string text) => string.Concat(text.Select(c => c switch
    {
        '|' or '\'' or '[' or ']' => $"|{c}",
        '\n' => "|n",
        '\r' => "|r",
        < ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $"|0x{(int)c:x4}"),
        _ => c.ToString(),
    }));
}
