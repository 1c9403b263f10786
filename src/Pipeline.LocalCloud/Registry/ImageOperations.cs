using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Registry;

/// <summary>ECR's operations on the images of a repository.</summary>
internal sealed class ImageOperations(ImageStore store, Func<string, RepositoryRecord> repositoryOf)
{
    /// <summary>How describing and listing operations are paged.</summary>
    public static readonly PageNames Pages = new("maxResults", "nextToken", "nextToken", 1000);

    public void AddTo(AwsService service) => service
        .On("DescribeImages", DescribeImages)
        .On("ListImages", ListImages)
        .On("BatchGetImage", BatchGetImage)
        .On("BatchDeleteImage", BatchDeleteImage);

    private JsonObject DescribeImages(AwsRequest request)
    {
        var repository = repositoryOf(request.Required("repositoryName"));
        var ids = request.Body.Objects("imageIds");
        var images = ids.Count == 0 ? store.ImagesOf(repository.Name) : [.. ids.Select(id => Find(repository, id) ?? throw NotFound(repository, id))];
        return Protocols.Pages.Of(request, "imageDetails", images.DistinctBy(i => i.Digest).Select(Describe), Pages);
    }

    private JsonObject Describe(ImageRecord image)
    {
        var tags = TagsOf(image);
        var detail = new JsonObject
        {
            ["registryId"] = "123456789012",
            ["repositoryName"] = image.Repository,
            ["imageDigest"] = image.Digest,
            ["imageSizeInBytes"] = image.Size,
            ["imagePushedAt"] = Time.Epoch(image.PushedAt),
            ["imageManifestMediaType"] = image.MediaType,
        };
        if (tags.Count > 0)
        {
            detail["imageTags"] = new JsonArray([.. tags.Select(t => JsonValue.Create(t))]);
        }

        return detail;
    }

    private JsonObject ListImages(AwsRequest request)
    {
        var repository = repositoryOf(request.Required("repositoryName"));
        var filter = request.Body.Object("filter")?.Text("tagStatus");
        var ids = store.ImagesOf(repository.Name)
            .SelectMany(image => TagsOf(image) is { Count: > 0 } tags ? tags.Select(tag => Id(image.Digest, tag)) : [Id(image.Digest, null)])
            .Where(id => filter is not ("TAGGED" or "UNTAGGED") || id.ContainsKey("imageTag") == (filter == "TAGGED"));
        return Protocols.Pages.Of(request, "imageIds", ids, Pages);
    }

    private JsonObject BatchGetImage(AwsRequest request)
    {
        var repository = repositoryOf(request.Required("repositoryName"));
        var images = new JsonArray();
        var failures = new JsonArray();
        foreach (var id in request.Body.Objects("imageIds"))
        {
            if (Find(repository, id) is { } image)
            {
                images.Add(new JsonObject
                {
                    ["registryId"] = "123456789012",
                    ["repositoryName"] = repository.Name,
                    ["imageId"] = Id(image.Digest, id.Text("imageTag")),
                    ["imageManifest"] = Encoding.UTF8.GetString(store.ReadManifest(image)),
                    ["imageManifestMediaType"] = image.MediaType,
                });
            }
            else
            {
                failures.Add(Failure(id));
            }
        }

        return new() { ["images"] = images, ["failures"] = failures };
    }

    private JsonObject BatchDeleteImage(AwsRequest request)
    {
        var repository = repositoryOf(request.Required("repositoryName"));
        var deleted = new JsonArray();
        var failures = new JsonArray();
        foreach (var id in request.Body.Objects("imageIds"))
        {
            if (Find(repository, id) is not { } image)
            {
                failures.Add(Failure(id));
                continue;
            }

            deleted.Add(Id(image.Digest, id.Text("imageTag")));
            if (id.Text("imageTag") is { } tag && TagsOf(image).Count > 1)
            {
                store.DeleteTag(repository.Name, tag);
            }
            else
            {
                store.DeleteImage(image);
            }
        }

        return new() { ["imageIds"] = deleted, ["failures"] = failures };
    }

    private IReadOnlyList<string> TagsOf(ImageRecord image) => [.. store.TagsOf(image.Repository).Where(t => t.Digest == image.Digest).Select(t => t.Tag)];

    private ImageRecord? Find(RepositoryRecord repository, JsonObject id)
    {
        var (digest, tag) = (id.Text("imageDigest"), id.Text("imageTag"));
        var image = store.FindImage(repository.Name, tag ?? digest ?? "");
        return image is not null && digest is not null && image.Digest != digest ? null : image;
    }

    private static JsonObject Id(string digest, string? tag)
    {
        var id = new JsonObject { ["imageDigest"] = digest };
        if (tag is not null)
        {
            id["imageTag"] = tag;
        }

        return id;
    }

    private static JsonObject Failure(JsonObject id) => new() { ["imageId"] = id.DeepClone(), ["failureCode"] = "ImageNotFound", ["failureReason"] = "Requested image not found" };

    private static AwsException NotFound(RepositoryRecord repository, JsonObject id) => new("ImageNotFoundException",
        $"The image with imageId {{imageDigest:'{id.Text("imageDigest") ?? "null"}', imageTag:'{id.Text("imageTag") ?? "null"}'}} does not exist within the repository with name '{repository.Name}' in the registry with id '123456789012'");
}
