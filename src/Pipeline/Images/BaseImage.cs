using System.Text.Json.Nodes;
using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>An image to build on, as read from its registry.</summary>
internal sealed record BaseImage(ImageReference Reference, JsonObject Configuration, IReadOnlyList<Descriptor> Layers)
{
    /// <exception cref="PipelineException">it cannot be read, or has nothing for Linux on x64</exception>
    public static async Task<BaseImage> Read(OciRegistry source, ImageReference reference, string folder, CancellationToken cancel)
    {
        var manifest = Parse(await source.GetManifest(reference.Repository, reference.Digest, cancel).ConfigureAwait(false));
        if (manifest["manifests"] is JsonArray platforms)
        {
            var match = platforms.FirstOrDefault(p => (string?)p?["platform"]?["os"] == "linux" && (string?)p["platform"]?["architecture"] == "amd64")
                ?? throw new PipelineException(ExitCode.Failed, $"The base image '{reference}' has nothing for linux/amd64");
            manifest = Parse(await source.GetManifest(reference.Repository, (string)match["digest"]!, cancel).ConfigureAwait(false));
        }

        var file = Path.Combine(folder, "base-configuration.json");
        await source.DownloadBlob(reference.Repository, (string)manifest["config"]!["digest"]!, file, cancel).ConfigureAwait(false);
        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false))!.AsObject();
        var layers = manifest["layers"]!.AsArray().Select(l => new Descriptor(LayerType((string)l!["mediaType"]!), (string)l["digest"]!, (long)l["size"]!));
        return new BaseImage(reference, configuration, [.. layers]);
    }

    /// <summary>Brings its layers into a repository: known there, mounted, or copied.</summary>
    public async Task CopyLayers(OciRegistry source, OciRegistry target, string repository, bool sameRegistry, string folder, CancellationToken cancel)
    {
        foreach (var layer in Layers)
        {
            var file = Path.Combine(folder, layer.Digest.Replace(':', '-'));
            await target.PushBlob(repository, layer.Digest, Open, sameRegistry ? Reference.Repository : null, cancel).ConfigureAwait(false);
            File.Delete(file);

            async Task<Stream> Open(CancellationToken token)
            {
                if (!File.Exists(file))
                {
                    await source.DownloadBlob(Reference.Repository, layer.Digest, file, token).ConfigureAwait(false);
                }

                return File.OpenRead(file);
            }
        }
    }

    private static JsonObject Parse(FetchedManifest manifest) => JsonNode.Parse(manifest.Content)!.AsObject();

    /// <summary>The same bytes under the name that OCI manifests use.</summary>
    private static string LayerType(string type) => type == "application/vnd.docker.image.rootfs.diff.tar.gzip" ? ImageManifest.LayerType : type;
}
