using System.IO.Compression;
using System.Text.Json;

namespace StandIns.Generator;

/// <summary>One member of a structure.</summary>
/// <param name="Name">on the wire</param>
/// <param name="IdempotencyToken">the client invents a value where the caller gives none</param>
internal sealed record Member(string Name, string Shape, bool IdempotencyToken);

/// <summary>One type of the model.</summary>
/// <param name="Kind">structure, list, map, string, timestamp …</param>
/// <param name="Element">a list's or a map's values</param>
/// <param name="ItemName">a list's item on the query wire, where it is not <c>member</c></param>
/// <param name="ErrorCode">an error's code where it is not the shape's name</param>
internal sealed record Shape(string Name, string Kind, IReadOnlyList<Member> Members, string? Element, string? Key, string? ItemName, IReadOnlyList<string> Values, string? ErrorCode)
{
    public bool IsEnumeration => Values.Count > 0;
}

internal sealed record ModelOperation(string Name, string? Input, string? Output, IReadOnlyList<string> Errors);

/// <summary>How an operation's answers follow each other.</summary>
internal sealed record Pagination(string InputToken, string OutputToken, IReadOnlyList<string> ResultKeys);

/// <summary>One service of the public models (<c>service-2.json</c>, <c>paginators-1.json</c>; plain or gzip).</summary>
internal sealed class ServiceModel(JsonElement model, JsonElement pagination)
{
    public static ServiceModel Read(string models, string folder)
    {
        var versions = Directory.EnumerateDirectories(Path.Combine(models, folder)).Order(StringComparer.Ordinal);
        var newest = versions.Last();
        return new ServiceModel(Load(Path.Combine(newest, "service-2.json")), Load(Path.Combine(newest, "paginators-1.json")));
    }

    public string? Metadata(string name) => model.GetProperty("metadata").TryGetProperty(name, out var value) ? value.GetString() : null;

    public bool SpeaksJson => model.GetProperty("metadata").TryGetProperty("protocols", out var all)
        ? all.EnumerateArray().Any(p => p.GetString() == "json")
        : Metadata("protocol") == "json";

    public ModelOperation Operation(string name)
    {
        var operation = model.GetProperty("operations").GetProperty(name);
        return new ModelOperation(name, ShapeOf(operation, "input"), ShapeOf(operation, "output"),
            operation.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateArray().Select(e => e.GetProperty("shape").GetString()!)] : []);
    }

    public Shape Shape(string name)
    {
        var shape = model.GetProperty("shapes").GetProperty(name);
        var kind = shape.GetProperty("type").GetString()!;
        return new Shape(name, kind,
            shape.TryGetProperty("members", out var members) ? [.. members.EnumerateObject().Select(ReadMember)] : [],
            ShapeOf(shape, kind == "map" ? "value" : "member"),
            ShapeOf(shape, "key"),
            shape.TryGetProperty("member", out var item) && item.TryGetProperty("locationName", out var itemName) ? itemName.GetString() : null,
            shape.TryGetProperty("enum", out var values) ? [.. values.EnumerateArray().Select(v => v.GetString()!)] : [],
            shape.TryGetProperty("error", out var error) && error.TryGetProperty("code", out var code) ? code.GetString() : null);
    }

    /// <summary>Null where the operation has no pages, or pages that need more than one token.</summary>
    public Pagination? Pages(string operation)
    {
        if (!pagination.TryGetProperty("pagination", out var all) || !all.TryGetProperty(operation, out var pages) || pages.GetProperty("input_token").ValueKind != JsonValueKind.String)
        {
            return null;
        }

        IReadOnlyList<string> keys = !pages.TryGetProperty("result_key", out var result) ? []
            : result.ValueKind == JsonValueKind.String ? [result.GetString()!]
            : [.. result.EnumerateArray().Select(k => k.GetString()!)];
        return new Pagination(pages.GetProperty("input_token").GetString()!, pages.GetProperty("output_token").GetString()!, [.. keys.Where(k => !k.Contains('.', StringComparison.Ordinal))]);
    }

    private static Member ReadMember(JsonProperty member) => new(member.Name, ShapeOf(member.Value)!,
        member.Value.TryGetProperty("idempotencyToken", out var token) && token.GetBoolean());

    private static string? ShapeOf(JsonElement element, string property) => element.TryGetProperty(property, out var found) ? ShapeOf(found) : null;

    private static string? ShapeOf(JsonElement element) => element.TryGetProperty("shape", out var shape) ? shape.GetString() : null;

    private static JsonElement Load(string file)
    {
        if (!File.Exists(file) && !File.Exists(file + ".gz"))
        {
            return JsonDocument.Parse("{}").RootElement;
        }

        using Stream stream = File.Exists(file) ? File.OpenRead(file) : new GZipStream(File.OpenRead(file + ".gz"), CompressionMode.Decompress);
        return JsonDocument.Parse(stream).RootElement;
    }
}
