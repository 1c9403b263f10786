using System.Text.Json;

namespace Pipeline.Checks.Advisories;

/// <summary>A lock file in JSON, with the lines of its keys.</summary>
internal sealed class LockJson : IDisposable
{
    private const string Separator = "\0";
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };
    private readonly JsonDocument _document;
    private readonly Dictionary<string, int> _lines = [];

    /// <exception cref="JsonException">it is no JSON</exception>
    public LockJson(byte[] bytes)
    {
        var json = bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        _document = JsonDocument.Parse(json, Options);
        FindLines(json.Span);
    }

    public JsonElement Root => _document.RootElement;

    /// <summary>Where a key stands, from 1.</summary>
    public int? Line(params IEnumerable<string> path) => _lines.TryGetValue(string.Join(Separator, path), out var line) ? line : null;

    /// <summary>The entries of an object; none where it is something else.</summary>
    public static IEnumerable<JsonProperty> Entries(JsonElement element, string key) =>
        Find(element, key) is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject() : [];

    public static string? Text(JsonElement element, string key) => Find(element, key) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    public static bool IsTrue(JsonElement element, string key) => Find(element, key) is { ValueKind: JsonValueKind.True };

    public static JsonElement? Find(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var found) ? found : null;

    public void Dispose() => _document.Dispose();

    private void FindLines(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        var path = new List<string>();
        var (line, seen) = (1, 0);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var at = (int)reader.TokenStartIndex;
            line += json[seen..at].Count((byte)'\n');
            seen = at;
            path.RemoveRange(Math.Min(path.Count, reader.CurrentDepth - 1), path.Count - Math.Min(path.Count, reader.CurrentDepth - 1));
            while (path.Count < reader.CurrentDepth - 1)
            {
                // A level of an array has no key.
                path.Add("");
            }

            path.Add(reader.GetString()!);
            _lines.TryAdd(string.Join(Separator, path), line);
        }
    }
}
