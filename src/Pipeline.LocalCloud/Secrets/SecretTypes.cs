using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Secrets;

/// <summary>The resource types AWS::SecretsManager::Secret and AWS::SecretsManager::SecretTargetAttachment.</summary>
internal static class SecretTypes
{
    private static readonly string[] ConnectionKeys = ["engine", "host", "port", "dbname", "dbInstanceIdentifier"];

    public static IReadOnlyList<ResourceType> Of(SecretStore store, Func<string, JsonObject?> findDatabase) =>
    [
        new("AWS::SecretsManager::Secret")
        {
            Properties = "Name! Description SecretString KmsKeyId Tags(Key Value) GenerateSecretString(ExcludeCharacters ExcludeLowercase ExcludeNumbers ExcludePunctuation ExcludeUppercase "
                + "GenerateStringKey IncludeSpace PasswordLength RequireEachIncludedType SecretStringTemplate)",
            Create = request => Try(() => Create(store, request)),
            Update = request => Try(() => Update(store, request)),
            Delete = request => Try(() => Delete(store, request)),
        },
        new("AWS::SecretsManager::SecretTargetAttachment")
        {
            Properties = "SecretId! TargetId! TargetType!",
            Required = "SecretId TargetId TargetType",
            Create = request => Try(() => Attach(store, findDatabase, request)),
            Delete = request => Try(() => Detach(store, request)),
        },
    ];

    private static Task<Resource> Try(Func<Resource> step)
    {
        try
        {
            return Task.FromResult(step());
        }
        catch (AwsException refusal)
        {
            throw new ResourceFailure($"{refusal.Message} (Service: SecretsManager, Error Code: {refusal.Code})");
        }
    }

    private static Resource Create(SecretStore store, ResourceRequest request)
    {
        var name = request.Properties.Text("Name") ?? request.GeneratedName();
        if (store.Find(name) is not null)
        {
            throw new ResourceFailure($"The operation failed because the secret {name} already exists.");
        }

        return Made(store.Create(name, request.Stack.Region, request.Properties.Text("Description"), TagsOf(request), store.NewVersion(null, ValueOf(request.Properties), null)));
    }

    private static Resource Update(SecretStore store, ResourceRequest request)
    {
        var secret = store.Change(request.PhysicalId, s => s with { Description = request.Properties.Text("Description"), Tags = TagsOf(request) });
        // A changed recipe makes a new password, an unchanged one must not.
        var changed = !JsonNode.DeepEquals(request.Properties["SecretString"], request.Previous?["SecretString"])
            || !JsonNode.DeepEquals(request.Properties["GenerateSecretString"], request.Previous?["GenerateSecretString"]);
        return Made(changed ? store.Put(secret.Name, store.NewVersion(null, ValueOf(request.Properties), null)) : secret);
    }

    private static Resource Delete(SecretStore store, ResourceRequest request)
    {
        if (store.Find(request.PhysicalId) is { } secret)
        {
            store.Delete(secret.Name, atOnce: true);
        }

        return new Resource(request.PhysicalId);
    }

    private static Resource Made(Secret secret) => new(secret.Arn, new Dictionary<string, string> { ["Id"] = secret.Arn });

    private static string ValueOf(JsonObject properties)
    {
        if (properties.Object("GenerateSecretString") is not { } recipe)
        {
            return properties.Text("SecretString") ?? PasswordRecipe.Make([]);
        }

        if (properties["SecretString"] is not null)
        {
            throw new ResourceFailure("You can't specify both SecretString and GenerateSecretString.");
        }

        var password = PasswordRecipe.Make(recipe);
        if (recipe.Text("GenerateStringKey") is not { } key || recipe.Text("SecretStringTemplate") is not { } template)
        {
            return recipe.Text("GenerateStringKey") is null && recipe.Text("SecretStringTemplate") is null
                ? password
                : throw new ResourceFailure("You must specify both GenerateStringKey and SecretStringTemplate, or neither.");
        }

        var whole = Parse(template);
        whole[key] = password;
        return Text(whole);
    }

    private static Dictionary<string, string> TagsOf(ResourceRequest request) =>
        request.Stack.Tags.Concat(SecretRoom.TagsOf(request.Properties.Objects("Tags"))).GroupBy(t => t.Key).ToDictionary(g => g.Key, g => g.Last().Value);

    private static Resource Attach(SecretStore store, Func<string, JsonObject?> findDatabase, ResourceRequest request)
    {
        var type = request.Properties.Text("TargetType");
        var target = request.Properties.Text("TargetId") ?? "";
        var connection = type == "AWS::RDS::DBInstance" ? findDatabase(target) : throw new ResourceFailure($"The embedded cloud attaches secrets only to AWS::RDS::DBInstance, not to {type}.");
        if (connection is null)
        {
            throw new ResourceFailure($"The target database instance '{target}' does not exist.");
        }

        var secret = store.Get(request.Properties.Text("SecretId") ?? "");
        var value = Parse(store.Value(secret.Name, null, null, null));
        foreach (var (key, part) in connection)
        {
            value[key] = part?.DeepClone();
        }

        store.Put(secret.Name, store.NewVersion(null, Text(value), null));
        return new Resource(secret.Arn, new Dictionary<string, string> { ["Id"] = secret.Arn });
    }

    private static Resource Detach(SecretStore store, ResourceRequest request)
    {
        if (store.Find(request.PhysicalId) is { DeletedAt: null } secret && secret.At(SecretVersion.Current)?.Text is { } text)
        {
            var value = Parse(text);
            foreach (var key in ConnectionKeys)
            {
                value.Remove(key);
            }

            store.Put(secret.Name, store.NewVersion(null, Text(value), null));
        }

        return new Resource(request.PhysicalId);
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new ResourceFailure("The secret must be a JSON structure.");
        }
        catch (JsonException)
        {
            throw new ResourceFailure("The secret or its template is not JSON.");
        }
    }

    private static string Text(JsonObject value) => value.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
