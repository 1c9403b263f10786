using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Registry;

/// <summary>ECR: repositories and their images. Layers travel over <see cref="DistributionApi"/>.</summary>
internal sealed partial class RegistryService
{
    private readonly RegistryPassword _password;
    private readonly Func<string> _host;
    private readonly TimeProvider _clock;

    /// <param name="host">the registry's host and port, e.g. <c>127.0.0.1:4510</c></param>
    public RegistryService(Database database, TimeProvider clock, Func<string> host)
    {
        _clock = clock;
        _host = host;
        Images = new ImageStore(database, clock);
        _password = new RegistryPassword(database, clock);
        Distribution = new DistributionApi(Images, _password);
        Service = new AwsService("ecr", Wire.Json) { TargetPrefixes = ["AmazonEC2ContainerRegistry_V20150921"] }
            .On("CreateRepository", request => new() { ["repository"] = Describe(Create(request)) })
            .On("DescribeRepositories", DescribeRepositories)
            .On("DeleteRepository", DeleteRepository)
            .On("PutImageTagMutability", PutMutability)
            .On("PutImageScanningConfiguration", PutScanning)
            .On("GetAuthorizationToken", _ => Authorization())
            .On("ListTagsForResource", request => new() { ["tags"] = Tags(ByArn(request).Tags) })
            .On("TagResource", TagResource)
            .On("UntagResource", UntagResource);
        new ImageOperations(Images, Repository).AddTo(Service);
        new RepositoryPolicies(Images, Repository).AddTo(Service);
        ResourceTypes = [new RepositoryType(this).Type];
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public ImageStore Images { get; }

    public DistributionApi Distribution { get; }

    /// <summary>A password for <see cref="Distribution"/>.</summary>
    public string IssuePassword() => _password.Issue().Password;

    public string Uri(string repository) => $"{_host()}/{repository}";

    public RepositoryRecord Repository(string name) => Images.FindRepository(name)
        ?? throw new AwsException("RepositoryNotFoundException", $"The repository with name '{name}' does not exist in the registry with id '123456789012'");

    public RepositoryRecord Create(AwsRequest request)
    {
        var body = request.Body;
        var name = request.Required("repositoryName");
        if (!Name().IsMatch(name))
        {
            throw new AwsException("InvalidParameterException", $"Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '{Name()}''");
        }

        if (Images.FindRepository(name) is not null)
        {
            throw new AwsException("RepositoryAlreadyExistsException", $"The repository with name '{name}' already exists in the registry with id '{request.Caller.AccountId}'");
        }

        var repository = new RepositoryRecord(name, request.Arn("ecr", $"repository/{name}"), _clock.GetUtcNow(), IsImmutable(body.Text("imageTagMutability")), body.Object("imageScanningConfiguration")?.Flag("scanOnPush") ?? false, ReadTags(body))
        {
            EncryptionType = body.Object("encryptionConfiguration")?.Text("encryptionType") ?? "AES256",
        };
        Images.Save(repository);
        return repository;
    }

    public static bool IsImmutable(string? mutability) => mutability switch
    {
        null or "MUTABLE" => false,
        "IMMUTABLE" => true,
        _ => throw new AwsException("InvalidParameterException", $"imageTagMutability '{mutability}' is not supported by the embedded cloud; use MUTABLE or IMMUTABLE"),
    };

    public void Delete(string name, bool force)
    {
        if (!force && Images.ImagesOf(name).Count > 0)
        {
            throw new AwsException("RepositoryNotEmptyException", $"The repository with name '{name}' in registry with id '123456789012' cannot be deleted because it still contains images");
        }

        Images.DeleteRepository(name);
    }

    private JsonObject DescribeRepositories(AwsRequest request)
    {
        var names = request.Body.Texts("repositoryNames");
        var found = names.Count == 0 ? Images.Repositories : names.Select(Repository);
        return Pages.Of(request, "repositories", found.Select(Describe), ImageOperations.Pages);
    }

    private JsonObject DeleteRepository(AwsRequest request)
    {
        var repository = Repository(request.Required("repositoryName"));
        Delete(repository.Name, request.Body.Flag("force") ?? false);
        return new() { ["repository"] = Describe(repository) };
    }

    private JsonObject PutMutability(AwsRequest request)
    {
        var repository = Repository(request.Required("repositoryName")) with { Immutable = IsImmutable(request.Required("imageTagMutability")) };
        Images.Save(repository);
        return new() { ["registryId"] = "123456789012", ["repositoryName"] = repository.Name, ["imageTagMutability"] = repository.Immutable ? "IMMUTABLE" : "MUTABLE" };
    }

    private JsonObject PutScanning(AwsRequest request)
    {
        var repository = Repository(request.Required("repositoryName")) with { ScanOnPush = request.Body.Object("imageScanningConfiguration")?.Flag("scanOnPush") ?? false };
        Images.Save(repository);
        return new() { ["registryId"] = "123456789012", ["repositoryName"] = repository.Name, ["imageScanningConfiguration"] = new JsonObject { ["scanOnPush"] = repository.ScanOnPush } };
    }

    private JsonObject Authorization()
    {
        var (password, expires) = _password.Issue();
        return new()
        {
            ["authorizationData"] = new JsonArray(new JsonObject
            {
                ["authorizationToken"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"AWS:{password}")),
                ["expiresAt"] = Time.Epoch(expires),
                ["proxyEndpoint"] = $"http://{_host()}",
            }),
        };
    }

    private JsonObject TagResource(AwsRequest request)
    {
        var repository = ByArn(request);
        var tags = new Dictionary<string, string>(repository.Tags);
        foreach (var (key, value) in ReadTags(request.Body))
        {
            tags[key] = value;
        }

        Images.Save(repository with { Tags = tags });
        return [];
    }

    private JsonObject UntagResource(AwsRequest request)
    {
        var repository = ByArn(request);
        var keys = request.Body.Texts("tagKeys");
        Images.Save(repository with { Tags = repository.Tags.Where(t => !keys.Contains(t.Key)).ToDictionary() });
        return [];
    }

    private RepositoryRecord ByArn(AwsRequest request) => Repository(request.Required("resourceArn").Split(":repository/")[^1]);

    private static Dictionary<string, string> ReadTags(JsonObject body) => body.Objects("tags").ToDictionary(t => t.Text("Key") ?? "", t => t.Text("Value") ?? "");

    private static JsonArray Tags(IReadOnlyDictionary<string, string> tags) => new([.. tags.Select(t => new JsonObject { ["Key"] = t.Key, ["Value"] = t.Value })]);

    private JsonObject Describe(RepositoryRecord repository) => new()
    {
        ["repositoryArn"] = repository.Arn,
        ["registryId"] = "123456789012",
        ["repositoryName"] = repository.Name,
        ["repositoryUri"] = Uri(repository.Name),
        ["createdAt"] = Time.Epoch(repository.CreatedAt),
        ["imageTagMutability"] = repository.Immutable ? "IMMUTABLE" : "MUTABLE",
        ["imageScanningConfiguration"] = new JsonObject { ["scanOnPush"] = repository.ScanOnPush },
        ["encryptionConfiguration"] = new JsonObject { ["encryptionType"] = repository.EncryptionType },
    };

    [GeneratedRegex("^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
