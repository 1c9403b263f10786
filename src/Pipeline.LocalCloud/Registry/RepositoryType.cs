using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Registry;

/// <summary><c>AWS::ECR::Repository</c>.</summary>
internal sealed class RepositoryType(RegistryService registry)
{
    public ResourceType Type => new("AWS::ECR::Repository")
    {
        Properties = "RepositoryName! ImageTagMutability ImageScanningConfiguration(ScanOnPush) EncryptionConfiguration!(EncryptionType KmsKey) EmptyOnDelete LifecyclePolicy(LifecyclePolicyText RegistryId) RepositoryPolicyText(*) Tags(Key Value)",
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
        if (request.Properties.Object("EncryptionConfiguration")?.Text("EncryptionType") is { } encryption)
        {
            body["encryptionConfiguration"] = new JsonObject { ["encryptionType"] = encryption };
        }

        return ResourceCalls.Refusals(() =>
        {
            var created = registry.Create(request.Call("CreateRepository", body));
            request.Initiated(created.Name);
            return Task.FromResult(Answer(Settle(created, request)));
        });
    }

    private RepositoryRecord Settle(RepositoryRecord repository, ResourceRequest request)
    {
        repository = repository with
        {
            LifecyclePolicy = request.Properties.Object("LifecyclePolicy")?.Text("LifecyclePolicyText") is { } lifecycle ? RepositoryPolicies.CheckLifecycle(lifecycle) : null,
            AccessPolicy = request.Properties["RepositoryPolicyText"] is { } access ? RepositoryPolicies.CheckAccess(access is JsonValue ? access.ToString() : access.ToJsonString()) : null,
        };
        registry.Images.Save(repository);
        return repository;
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
        return ResourceCalls.Refusals(() => Task.FromResult(Answer(Settle(repository, request))));
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
