using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Secrets;

/// <summary>Secrets Manager.</summary>
internal sealed class SecretRoom
{
    private readonly TimeProvider _time;

    /// <param name="findDatabase">database identifier → what clients need to reach it (<c>engine host port dbname dbInstanceIdentifier</c>); <c>null</c> where there is none</param>
    public SecretRoom(Database database, TimeProvider time, Func<string, JsonObject?> findDatabase)
    {
        _time = time;
        Store = new SecretStore(database, time);
        ResourceTypes = SecretTypes.Of(Store, findDatabase);
        Service = new AwsService("secretsmanager", Wire.Json) { TargetPrefixes = ["secretsmanager"] }
            .On("CreateSecret", CreateSecret)
            .On("GetSecretValue", GetSecretValue)
            .On("PutSecretValue", PutSecretValue)
            .On("UpdateSecret", UpdateSecret)
            .On("DescribeSecret", r => Describe(Store.Find(r.Required("SecretId")) ?? Store.Get(r.Required("SecretId"))))
            .On("ListSecrets", ListSecrets)
            .On("ListSecretVersionIds", ListVersions)
            .On("DeleteSecret", DeleteSecret)
            .On("RestoreSecret", r => Names(Store.Restore(r.Required("SecretId"))))
            .On("TagResource", TagResource)
            .On("UntagResource", UntagResource)
            .On("GetRandomPassword", r => new JsonObject { ["RandomPassword"] = PasswordRecipe.Make(r.Body) });
    }

    public SecretStore Store { get; }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    internal static Dictionary<string, string> TagsOf(IEnumerable<JsonObject> tags) => tags.ToDictionary(t => t.Text("Key") ?? "", t => t.Text("Value") ?? "");

    private static JsonObject Names(Secret secret, SecretVersion? version = null)
    {
        var answer = new JsonObject { ["ARN"] = secret.Arn, ["Name"] = secret.Name };
        if (version is not null)
        {
            answer["VersionId"] = version.Id;
        }

        return answer;
    }

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static bool HasValue(AwsRequest request) => request.Text("SecretString") is not null || request.Text("SecretBinary") is not null;

    private SecretVersion VersionOf(AwsRequest request) => request.Text("SecretString") is not null && request.Text("SecretBinary") is not null
        ? throw new AwsException("InvalidParameterException", "You can't specify both SecretString and SecretBinary.")
        : Store.NewVersion(request.Text("ClientRequestToken"), request.Text("SecretString"), request.Text("SecretBinary"), request.Body.Texts("VersionStages"));

    private JsonObject CreateSecret(AwsRequest request)
    {
        var version = HasValue(request) ? VersionOf(request) : null;
        var secret = Store.Create(request.Required("Name"), request.Region, request.Text("Description"), TagsOf(request.Body.Objects("Tags")), version);
        return Names(secret, version);
    }

    private JsonObject GetSecretValue(AwsRequest request)
    {
        var secret = Store.Get(request.Required("SecretId"));
        var version = SecretStore.Version(secret, request.Text("VersionId"), request.Text("VersionStage"));
        var answer = Names(secret, version);
        answer[version.Text is null ? "SecretBinary" : "SecretString"] = version.Text ?? version.Binary;
        answer["VersionStages"] = Array(version.Stages);
        answer["CreatedDate"] = Time.Epoch(version.Created);
        return answer;
    }

    private JsonObject PutSecretValue(AwsRequest request)
    {
        if (!HasValue(request))
        {
            throw new AwsException("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
        }

        var version = VersionOf(request);
        var answer = Names(Store.Put(request.Required("SecretId"), version), version);
        answer["VersionStages"] = Array(version.Stages);
        return answer;
    }

    private JsonObject UpdateSecret(AwsRequest request)
    {
        var secret = Store.Get(request.Required("SecretId"));
        if (request.Text("Description") is { } description)
        {
            secret = Store.Change(secret.Name, s => s with { Description = description });
        }

        if (!HasValue(request))
        {
            return Names(secret);
        }

        var version = VersionOf(request);
        return Names(Store.Put(secret.Name, version), version);
    }

    private static JsonObject Describe(Secret secret)
    {
        var answer = Names(secret);
        answer["Description"] = secret.Description;
        answer["CreatedDate"] = Time.Epoch(secret.Created);
        answer["LastChangedDate"] = Time.Epoch(secret.Changed);
        answer["VersionIdsToStages"] = new JsonObject(secret.Versions.Select(v => KeyValuePair.Create(v.Id, (JsonNode?)Array(v.Stages))));
        answer["Tags"] = new JsonArray([.. secret.Tags.Select(t => (JsonNode)new JsonObject { ["Key"] = t.Key, ["Value"] = t.Value })]);
        if (secret.Description is null)
        {
            answer.Remove("Description");
        }

        if (secret.DeletedAt is { } deleted)
        {
            answer["DeletedDate"] = Time.Epoch(deleted);
        }

        return answer;
    }

    private JsonObject ListSecrets(AwsRequest request)
    {
        if (request.Body.Objects("Filters").FirstOrDefault(f => f.Text("Key") != "name") is { } filter)
        {
            throw new AwsException("InvalidParameterException", $"The embedded cloud filters secrets only by name, not by {filter.Text("Key")}.");
        }

        var prefixes = request.Body.Objects("Filters").SelectMany(f => f.Texts("Values")).ToList();
        var after = request.Text("NextToken") ?? "";
        var size = request.Body.Int("MaxResults") ?? 100;
        var found = Store.All.Where(s => (s.DeletedAt is null || request.Body.Flag("IncludePlannedDeletion") == true) && string.CompareOrdinal(s.Name, after) > 0
            && (prefixes.Count == 0 || prefixes.Any(p => s.Name.StartsWith(p, StringComparison.Ordinal)))).Take(size + 1).ToList();
        var answer = new JsonObject
        {
            ["SecretList"] = new JsonArray([.. found.Take(size).Select(secret =>
            {
                var entry = Describe(secret);
                entry["SecretVersionsToStages"] = entry["VersionIdsToStages"]!.DeepClone();
                entry.Remove("VersionIdsToStages");
                return (JsonNode)entry;
            })]),
        };
        if (found.Count > size)
        {
            answer["NextToken"] = found[size - 1].Name;
        }

        return answer;
    }

    private JsonObject ListVersions(AwsRequest request)
    {
        var secret = Store.Get(request.Required("SecretId"));
        var answer = Names(secret);
        answer["Versions"] = new JsonArray([.. secret.Versions.Select(v =>
            (JsonNode)new JsonObject { ["VersionId"] = v.Id, ["VersionStages"] = Array(v.Stages), ["CreatedDate"] = Time.Epoch(v.Created) })]);
        return answer;
    }

    private JsonObject DeleteSecret(AwsRequest request)
    {
        var atOnce = request.Body.Flag("ForceDeleteWithoutRecovery") == true;
        var days = request.Body.Int("RecoveryWindowInDays");
        if ((atOnce && days is not null) || days is < 7 or > 30)
        {
            throw new AwsException("InvalidParameterException", "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive), and not be given together with ForceDeleteWithoutRecovery.");
        }

        var answer = Names(Store.Delete(request.Required("SecretId"), atOnce));
        answer["DeletionDate"] = Time.Epoch(_time.GetUtcNow() + TimeSpan.FromDays(atOnce ? 0 : days ?? 30));
        return answer;
    }

    private JsonObject TagResource(AwsRequest request)
    {
        var tags = TagsOf(request.Body.Objects("Tags"));
        Store.Change(request.Required("SecretId"), s => s with { Tags = s.Tags.Where(t => !tags.ContainsKey(t.Key)).Concat(tags).ToDictionary() });
        return [];
    }

    private JsonObject UntagResource(AwsRequest request)
    {
        var keys = request.Body.Texts("TagKeys");
        Store.Change(request.Required("SecretId"), s => s with { Tags = s.Tags.Where(t => !keys.Contains(t.Key)).ToDictionary() });
        return [];
    }
}
