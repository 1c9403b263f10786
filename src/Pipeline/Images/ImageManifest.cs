using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Images;

/// <summary>A blob as manifests refer to it.</summary>
internal sealed record Descriptor(string MediaType, string Digest, long Size)
{
    public JsonObject ToJson() => new() { ["mediaType"] = MediaType, ["digest"] = Digest, ["size"] = Size };
}

/// <summary>What an image of our own runs.</summary>
/// <param name="EntryPoint">program and arguments</param>
/// <param name="CreatedBy">as the image's history tells it; the embedded cloud knows our own layers by it</param>
internal sealed record ImageProgram(IReadOnlyList<string> EntryPoint, string CreatedBy)
{
    /// <summary>Where a web service listens; <c>null</c>: as its base says.</summary>
    public int? HttpPort { get; init; }
}

/// <summary>What is pushed under a tag: the manifest and the configuration that it names.</summary>
/// <param name="Layers">bottom first</param>
internal sealed record ImageManifest(byte[] Manifest, byte[] Configuration, IReadOnlyList<Descriptor> Layers)
{
    public const string MediaType = "application/vnd.oci.image.manifest.v1+json";
    public const string ConfigurationType = "application/vnd.oci.image.config.v1+json";
    public const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Digest => DigestOf(Manifest);

    public Descriptor ConfigurationBlob => new(ConfigurationType, DigestOf(Configuration), Configuration.Length);

    public static string DigestOf(byte[] bytes) => ImageLayer.ToDigest(SHA256.HashData(bytes));

    /// <summary>
    /// One application layer on a base, or on nothing. Neither time nor commit nor version is in it: they would change the digest of
    /// an image whose inputs are the same; they travel in the task definition and the ledger.
    /// </summary>
    public static ImageManifest Create(ImageLayer layer, ImageProgram program, string title, BaseImage? onto)
    {
        var configuration = (JsonObject?)onto?.Configuration.DeepClone() ?? new JsonObject { ["architecture"] = "amd64", ["os"] = "linux" };
        configuration.Remove("created");
        var run = Child(configuration, "config");
        if (program.HttpPort is { } port)
        {
            run["Env"] = Environment(run["Env"] as JsonArray, port);
            run["ExposedPorts"] = new JsonObject { [$"{port}/tcp"] = new JsonObject() };
        }

        run["WorkingDir"] = "/app";
        run["Entrypoint"] = new JsonArray([.. program.EntryPoint.Select(w => JsonValue.Create(w))]);
        run.Remove("Cmd");
        var labels = Child(run, "Labels");
        labels["org.opencontainers.image.title"] = title;
        if (onto is not null)
        {
            labels["org.opencontainers.image.base.name"] = onto.Reference.ToString();
            labels["org.opencontainers.image.base.digest"] = onto.Reference.Digest;
        }

        var root = Child(configuration, "rootfs");
        root["type"] = "layers";
        root["diff_ids"] = new JsonArray([.. (root["diff_ids"] as JsonArray ?? []).Select(d => d?.DeepClone()), layer.DiffId]);
        configuration["history"] = new JsonArray([.. (configuration["history"] as JsonArray ?? []).Select(h => h?.DeepClone()), new JsonObject { ["created_by"] = program.CreatedBy }]);

        IReadOnlyList<Descriptor> layers = [.. onto?.Layers ?? [], new Descriptor(LayerType, layer.Digest, layer.Size)];
        var bytes = Bytes(configuration);
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaType,
            ["config"] = new Descriptor(ConfigurationType, DigestOf(bytes), bytes.Length).ToJson(),
            ["layers"] = new JsonArray([.. layers.Select(l => l.ToJson())]),
        };
        return new ImageManifest(Bytes(manifest), bytes, layers);
    }

    private static JsonArray Environment(JsonArray? variables, int port)
    {
        const string ports = "ASPNETCORE_HTTP_PORTS=";
        var kept = (variables ?? []).Select(v => (string?)v ?? "").Where(v => !v.StartsWith(ports, StringComparison.Ordinal));
        return new JsonArray([.. kept.Append($"{ports}{port}").Select(v => JsonValue.Create(v))]);
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(Plain));
}
