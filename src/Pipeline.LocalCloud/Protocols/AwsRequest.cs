using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>Who calls: the identity behind a verified signature.</summary>
/// <param name="AccountId">twelve digits</param>
/// <param name="Arn">the caller's IAM ARN</param>
/// <param name="UserId">IAM's unique id</param>
internal sealed record Caller(string AccountId, string Arn, string UserId)
{
    /// <summary>Of a role's session: the role, with its path; <c>null</c>: the caller is no session.</summary>
    public string? RoleArn { get; init; }

    /// <summary>What policies know it as: the user, or the role and not its session.</summary>
    public string PrincipalArn => RoleArn ?? Arn;
}

/// <summary>One call: its members, its caller, the region its signature names.</summary>
internal sealed record AwsRequest(string Operation, JsonObject Body, Caller Caller, string Region, CancellationToken Cancel)
{
    /// <summary>An ARN of the caller's account and region, e.g. <c>Arn("ecs", "cluster/demo")</c>.</summary>
    public string Arn(string service, string resource) => $"arn:aws:{service}:{Region}:{Caller.AccountId}:{resource}";

    public string? Text(string name) => Body.Text(name);

    public string Required(string name) => Body.Text(name) is { Length: > 0 } text
        ? text
        : throw new AwsException("ValidationException", $"Missing required parameter: {name}");
}

/// <summary>Reads members of a request: a query form carries only strings, so numbers and flags are read from either.</summary>
internal static class JsonMembers
{
    public static string? Text(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value => value.ToJsonString(),
        _ => throw new AwsException("SerializationException", $"{name} must be a string"),
    };

    public static int? Int(this JsonObject body, string name) => body.Text(name) is not { } text
        ? null
        : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new AwsException("ValidationException", $"{name} must be a whole number, not '{text}'");

    public static double? Number(this JsonObject body, string name) => body.Text(name) is not { } text
        ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new AwsException("ValidationException", $"{name} must be a number, not '{text}'");

    public static bool? Flag(this JsonObject body, string name) => body.Text(name)?.ToLowerInvariant() switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw new AwsException("ValidationException", $"{name} must be true or false, not '{text}'"),
    };

    public static JsonObject? Object(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonObject value => value,
        _ => throw new AwsException("SerializationException", $"{name} must be a structure"),
    };

    public static IReadOnlyList<JsonNode> List(this JsonObject body, string name) => body[name] switch
    {
        null => [],
        JsonArray array => [.. array.OfType<JsonNode>()],
        // A query client sends an empty list as one empty string.
        JsonValue value when value.TryGetValue<string>(out var text) && text.Length == 0 => [],
        _ => throw new AwsException("SerializationException", $"{name} must be a list"),
    };

    public static IReadOnlyList<string> Texts(this JsonObject body, string name) => [.. body.List(name).Select(x => x.GetValue<string>())];

    public static IReadOnlyList<JsonObject> Objects(this JsonObject body, string name) => [.. body.List(name).OfType<JsonObject>()];
}

/// <summary>Times as the two wires carry them.</summary>
internal static class Time
{
    public static JsonNode Epoch(DateTimeOffset time) => JsonValue.Create(time.ToUnixTimeMilliseconds() / 1000d);

    public static JsonNode Iso(DateTimeOffset time) => JsonValue.Create(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
