namespace Pipeline.Configuration;

/// <summary>Reads a validated section; what is absent has the default that its key describes.</summary>
internal sealed class SectionReader(MapNode map, Section shape)
{
    private static readonly MapNode Empty = new([], 0);

    public string Text(string key) => OptionalText(key) ?? throw new InvalidOperationException($"'{key}' has neither a value nor a default.");

    public string? OptionalText(string key) => map[key] is ScalarNode { IsNull: false } scalar ? scalar.Text : shape.Find(key).Default;

    /// <summary>Somebody wrote the key, whatever its value.</summary>
    public bool Has(string key) => map[key] is not null;

    public TimeSpan Duration(string key) => Values.ToDuration(Text(key))!.Value;

    public IReadOnlyList<string> Texts(string key) => map[key] is ListNode list ? [.. list.Items.Cast<ScalarNode>().Select(s => s.Text)] : [];

    public SectionReader Section(string key) => new(map[key] as MapNode ?? Empty, (Section)shape.Find(key).Shape);

    public SectionReader? OptionalSection(string key) => map[key] is MapNode ? Section(key) : null;

    public IEnumerable<SectionReader> Sections(string key) => map[key] is not ListNode list
        ? []
        : list.Items.Select(item => new SectionReader(item as MapNode ?? Empty, (Section)((ListOf)shape.Find(key).Shape).Item));

    public IEnumerable<(string Name, SectionReader Section)> Named(string key) => map[key] is not MapNode entries
        ? []
        : entries.Entries.Select(e => (e.Key, new SectionReader(e.Value as MapNode ?? Empty, (Section)((MapOf)shape.Find(key).Shape).Value)));

    public IReadOnlyDictionary<string, string> Map(string key) => map[key] is MapNode values
        ? values.Entries.ToDictionary(e => e.Key, e => ((ScalarNode)e.Value).Text)
        : new Dictionary<string, string>();
}
