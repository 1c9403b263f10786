using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Registry;

/// <summary>
/// A repository's documents: which images expire, who may pull. They are checked, kept and told again; everybody who may call may pull, and
/// what ECR expires within a day a rehearsal keeps.
/// </summary>
internal sealed class RepositoryPolicies(ImageStore store, Func<string, RepositoryRecord> repositoryOf)
{
    public void AddTo(AwsService service) => service
        .On("PutLifecyclePolicy", request => Lifecycle(Change(request, repository => repository with { LifecyclePolicy = CheckLifecycle(request.Required("lifecyclePolicyText")) })))
        .On("GetLifecyclePolicy", request => Lifecycle(WithLifecycle(request)))
        .On("DeleteLifecyclePolicy", request =>
        {
            var had = WithLifecycle(request);
            store.Save(had with { LifecyclePolicy = null });
            return Lifecycle(had);
        })
        .On("SetRepositoryPolicy", request => Access(Change(request, repository => repository with { AccessPolicy = CheckAccess(request.Required("policyText")) })))
        .On("GetRepositoryPolicy", request => Access(WithAccess(request)))
        .On("DeleteRepositoryPolicy", request =>
        {
            var had = WithAccess(request);
            store.Save(had with { AccessPolicy = null });
            return Access(had);
        });

    /// <summary>The text itself when it is a lifecycle policy.</summary>
    public static string CheckLifecycle(string text)
    {
        var rules = (Parse(text) as JsonObject)?.Objects("rules") ?? [];
        var whole = rules.Count > 0 && rules.All(rule => rule.Int("rulePriority") >= 1 && rule.Object("selection") is { } selection
            && selection.Text("tagStatus") is "tagged" or "untagged" or "any" && rule.Object("selection")!.Text("countType") is "imageCountMoreThan" or "sinceImagePushed"
            && rule.Object("selection")!.Int("countNumber") >= 1 && rule.Object("action")?.Text("type") == "expire");
        return whole && rules.Select(rule => rule.Int("rulePriority")).Distinct().Count() == rules.Count
            ? text
            : throw new AwsException("InvalidParameterException", "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure'");
    }

    /// <summary>The text itself when it is a policy.</summary>
    public static string CheckAccess(string text) => Parse(text) is JsonObject policy && policy["Statement"] is JsonArray { Count: > 0 } or JsonObject
        ? text
        : throw new AwsException("InvalidParameterException", "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'");

    private RepositoryRecord Change(AwsRequest request, Func<RepositoryRecord, RepositoryRecord> change)
    {
        var changed = change(repositoryOf(request.Required("repositoryName")));
        store.Save(changed);
        return changed;
    }

    private RepositoryRecord WithLifecycle(AwsRequest request) => repositoryOf(request.Required("repositoryName")) is { LifecyclePolicy: not null } found
        ? found
        : throw new AwsException("LifecyclePolicyNotFoundException", $"Lifecycle policy does not exist for the repository with name '{request.Text("repositoryName")}' in the registry with id '{request.Caller.AccountId}'");

    private RepositoryRecord WithAccess(AwsRequest request) => repositoryOf(request.Required("repositoryName")) is { AccessPolicy: not null } found
        ? found
        : throw new AwsException("RepositoryPolicyNotFoundException", $"Repository policy does not exist for the repository with name '{request.Text("repositoryName")}' in the registry with id '{request.Caller.AccountId}'");

    private static JsonObject Lifecycle(RepositoryRecord repository) => new()
    {
        ["registryId"] = "123456789012",
        ["repositoryName"] = repository.Name,
        ["lifecyclePolicyText"] = repository.LifecyclePolicy,
    };

    private static JsonObject Access(RepositoryRecord repository) => new()
    {
        ["registryId"] = "123456789012",
        ["repositoryName"] = repository.Name,
        ["policyText"] = repository.AccessPolicy,
    };

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
