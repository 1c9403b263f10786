using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Registry;

/// <summary><c>AWS::ECR::Repository</c>.</summary>
internal sealed class RepositoryType(RegistryService registry)
{
    public ResourceType Type => new("AWS::ECR::Repository")
    {
        Properties = "RepositoryName! ImageTagMutability ImageScanningConfiguration(ScanOnPush) EncryptionConfiguration!(EncryptionType KmsKey) EmptyOnDelete Tags(Key Value)",
        Create = Create,
        Update = Update,
        Delete = Delete,
    };

    private Task<Resource> Create(ResourceRequest request)
    {
        var name = request.Properties.Text("RepositoryName") ?? request.GeneratedName().ToLowerInvariant();
        var body = new JsonObject
        {
            ["repositoryName"] = name,
            ["imageTagMutability"] = request.Properties.Text("ImageTagMutability"),
            ["imageScanningConfiguration"] = new JsonObject { ["scanOnPush"] = ScanOnPush(request) },
            ["tags"] = new JsonArray([.. request.AllTags().Select(t => new JsonObject { ["Key"] = t.Key, ["Value"] = t.Value })]),
        };
        return ResourceCalls.Refusals(() => Task.FromResult(Answer(registry.Create(request.Call("CreateRepository", body)))));
    }

    private Task<Resource> Update(ResourceRequest request)
    {
        var repository = registry.Images.FindRepository(request.PhysicalId) ?? throw new ResourceFailure($"The repository with name '{request.PhysicalId}' does not exist");
        repository = repository with
        {
            Immutable = RegistryService.IsImmutable(request.Properties.Text("ImageTagMutability")),
            ScanOnPush = ScanOnPush(request),
            Tags = request.AllTags(),
        };
        registry.Images.Save(repository);
        return Task.FromResult(Answer(repository));
    }

    private Task<bool> Delete(ResourceRequest request) => ResourceCalls.Refusals(() =>
    {
        if (registry.Images.FindRepository(request.PhysicalId) is { } repository)
        {
            registry.Delete(repository.Name, request.Properties.Flag("EmptyOnDelete") ?? false);
        }

        return Task.FromResult(true);
    });

    private static bool ScanOnPush(ResourceRequest request) => request.Properties.Object("ImageScanningConfiguration")?.Flag("ScanOnPush") ?? false;

    private Resource Answer(RepositoryRecord repository) =>
        new(repository.Name, new Dictionary<string, string> { ["Arn"] = repository.Arn, ["RepositoryUri"] = registry.Uri(repository.Name) });
}
