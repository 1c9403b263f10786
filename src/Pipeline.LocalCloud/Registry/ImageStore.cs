using System.Runtime.InteropServices;
using System.Text.Json;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Registry;

/// <summary>Repositories, their images and tags, and the blobs they are made of.</summary>
internal sealed class ImageStore(Database database, TimeProvider clock)
{
    public const string IndexType = "application/vnd.oci.image.index.v1+json";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Table<RepositoryRecord> _repositories = database.Table<RepositoryRecord>("ecr/repositories");
    private readonly Table<ImageRecord> _images = database.Table<ImageRecord>("ecr/images");
    private readonly Table<TagRecord> _tags = database.Table<TagRecord>("ecr/tags");
    private readonly LayerUnpacker _unpacker = new(Path.Combine(database.Folder, "registry"));
    private readonly Lock _lock = new();

    public BlobFolder Blobs { get; } = new(Path.Combine(database.Folder, "registry"));

    public IEnumerable<RepositoryRecord> Repositories => _repositories.All.OrderBy(r => r.Name, StringComparer.Ordinal);

    public RepositoryRecord? FindRepository(string name) => _repositories.Find(name);

    public void Save(RepositoryRecord repository) => _repositories.Put(repository.Name, repository);

    public void DeleteRepository(string name)
    {
        foreach (var image in ImagesOf(name))
        {
            DeleteImage(image);
        }

        _repositories.Remove(name);
    }

    public IReadOnlyList<ImageRecord> ImagesOf(string repository) => [.. _images.All.Where(i => i.Repository == repository).OrderBy(i => i.PushedAt)];

    public IReadOnlyList<TagRecord> TagsOf(string repository) => [.. _tags.All.Where(t => t.Repository == repository).OrderBy(t => t.Tag, StringComparer.Ordinal)];

    /// <param name="reference">a tag, or a digest</param>
    public ImageRecord? FindImage(string repository, string reference) =>
        BlobFolder.IsDigest(reference) ? _images.Find($"{repository}@{reference}")
        : _tags.Find($"{repository}:{reference}") is { } tag ? _images.Find($"{repository}@{tag.Digest}")
        : null;

    public byte[] ReadManifest(ImageRecord image) => File.ReadAllBytes(Blobs.Find(image.Digest)!.FullName);

    public static Manifest? ParseManifest(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<Manifest>(bytes, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Records an uploaded manifest; answers the digest the tag has already when the repository forbids to move it.</summary>
    public string? AddImage(RepositoryRecord repository, string digest, string mediaType, long size, string? tag)
    {
        lock (_lock)
        {
            if (tag is not null && repository.Immutable && _tags.Find($"{repository.Name}:{tag}") is { } taken && taken.Digest != digest)
            {
                return taken.Digest;
            }

            if (_images.Find($"{repository.Name}@{digest}") is null)
            {
                _images.Put($"{repository.Name}@{digest}", new ImageRecord(repository.Name, digest, mediaType, size, clock.GetUtcNow()));
            }

            if (tag is not null)
            {
                _tags.Put($"{repository.Name}:{tag}", new TagRecord(repository.Name, tag, digest));
            }

            return null;
        }
    }

    public void DeleteImage(ImageRecord image)
    {
        foreach (var tag in TagsOf(image.Repository).Where(t => t.Digest == image.Digest))
        {
            _tags.Remove($"{tag.Repository}:{tag.Tag}");
        }

        _images.Remove($"{image.Repository}@{image.Digest}");
    }

    public void DeleteTag(string repository, string tag) => _tags.Remove($"{repository}:{tag}");

    /// <summary>Finds the image of <c>host/name:tag</c> or <c>host/name@digest</c>; of an index, the image for this machine.</summary>
    public ResolvedImage Resolve(string reference)
    {
        var (name, version) = Split(reference);
        _ = FindRepository(name) ?? throw new ImageUnavailable($"{reference}: not found: the embedded cloud's registry has no repository '{name}'");
        var image = FindImage(name, version) ?? throw new ImageUnavailable($"{reference}: not found");
        var manifest = ParseManifest(ReadManifest(image))!;
        if (manifest.Manifests is { } platforms)
        {
            var here = platforms.FirstOrDefault(p => p.Platform is { Os: "linux" } platform && platform.Architecture == Architecture)
                ?? throw new ImageUnavailable($"image Manifest does not contain descriptor matching platform 'linux/{Architecture}'");
            manifest = ParseManifest(File.ReadAllBytes(Require(here).FullName))!;
        }

        var config = JsonSerializer.Deserialize<ImageConfig>(File.ReadAllBytes(Require(manifest.Config!).FullName), Json)!;
        return new ResolvedImage(name, image.Digest, config, manifest.Layers ?? []);
    }

    /// <summary>The image's files in a folder that is shared by every task with the same layers: never write there.</summary>
    public Task<string> Unpack(ResolvedImage image, CancellationToken cancel) =>
        _unpacker.Unpack([.. image.Layers.Select(layer => (layer, Require(layer).FullName))], cancel);

    public static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private FileInfo Require(Descriptor part) => Blobs.Find(part.Digest) ?? throw new ImageUnavailable($"content of {part.Digest} is missing");

    private static (string Name, string Version) Split(string reference)
    {
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        var hasHost = slash > 0 && (reference[..slash].AsSpan().IndexOfAny('.', ':') >= 0 || reference[..slash] == "localhost");
        var rest = hasHost ? reference[(slash + 1)..] : reference;
        if (rest.IndexOf('@', StringComparison.Ordinal) is var at and > 0)
        {
            var name = rest[..at];
            var tagged = name.LastIndexOf(':');
            return (tagged > 0 ? name[..tagged] : name, rest[(at + 1)..]);
        }

        var colon = rest.LastIndexOf(':');
        return colon > 0 ? (rest[..colon], rest[(colon + 1)..]) : (rest, "latest");
    }
}
