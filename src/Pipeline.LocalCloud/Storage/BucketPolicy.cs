using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Iam;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>A bucket's policy: whether it is one that S3 would take, and whom its statements are about.</summary>
internal static class BucketPolicy
{
    /// <exception cref="AwsException">S3 would not take it</exception>
    public static void Check(string bucket, JsonObject policy)
    {
        foreach (var statement in PolicyEvaluation.Statements(policy))
        {
            Demand(statement.Text("Effect") is "Allow" or "Deny", "Invalid effect");
            Demand(statement.ContainsKey("Principal") != statement.ContainsKey("NotPrincipal"), "Missing required field Principal");
            Demand(statement.ContainsKey("Action") != statement.ContainsKey("NotAction"), "Missing required field Action");
            Demand(statement.ContainsKey("Resource") != statement.ContainsKey("NotResource"), "Missing required field Resource");
            Demand(PolicyEvaluation.Texts(statement["Resource"] ?? statement["NotResource"]).All(resource => IsOf(bucket, resource)), "Policy has invalid resource");
        }
    }

    /// <summary>Whether a statement is about the caller.</summary>
    public static bool SpeaksOf(JsonObject statement, Caller caller) =>
        statement["Principal"] is { } named ? Named(named, caller) : statement["NotPrincipal"] is { } excluded && !Named(excluded, caller);

    private static bool Named(JsonNode principal, Caller caller) => principal is JsonObject kinds
        ? PolicyEvaluation.Texts(kinds["AWS"]).Any(name => Is(name, caller))
        : PolicyEvaluation.Texts(principal).Contains("*");

    private static bool Is(string name, Caller caller) =>
        name == "*" || name == caller.AccountId || name == $"arn:aws:iam::{caller.AccountId}:root" || name == caller.PrincipalArn || name == caller.Arn;

    private static bool IsOf(string bucket, string resource) => resource == $"arn:aws:s3:::{bucket}" || resource.StartsWith($"arn:aws:s3:::{bucket}/", StringComparison.Ordinal);

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new AwsException("MalformedPolicy", otherwise);
        }
    }
}
