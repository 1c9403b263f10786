using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Iam;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>
/// What a bucket's own policy says to a request. Everybody of the account may do everything (nobody's identity policies are asked), so only
/// its denials decide, as on AWS for an administrator: also for the developer.
/// </summary>
internal static class BucketAccess
{
    /// <exception cref="AwsException">the bucket's policy denies it</exception>
    public static void Demand(ObjectStore store, StorageRequest request)
    {
        if (request.Bucket.Length == 0 || StorageOperations.NameOf(request) is not { Length: > 0 } operation)
        {
            return;
        }

        // The items of DeleteObjects are asked for one by one.
        if (StorageActions.Of(operation, request) is { } action)
        {
            Demand(store, request, action, request.Bucket, request.Key);
        }

        if (operation == "CopyObject" && request.Header("x-amz-copy-source") is { } source && Uri.UnescapeDataString(source.Split('?', 2)[0]).TrimStart('/').Split('/', 2) is [var bucket, var key])
        {
            Demand(store, request, source.Contains("?versionId=", StringComparison.Ordinal) ? "s3:GetObjectVersion" : "s3:GetObject", bucket, key);
        }
    }

    /// <param name="key">empty: the bucket itself</param>
    /// <exception cref="AwsException">the bucket's policy denies it</exception>
    public static void Demand(ObjectStore store, StorageRequest request, string action, string bucket, string key)
    {
        if (store.Buckets.FirstOrDefault(b => b.Name == bucket)?.Settings.GetValueOrDefault("policy") is not { } text)
        {
            return;
        }

        var caller = request.Signed.Caller;
        var resource = $"arn:aws:s3:::{bucket}{(key.Length > 0 ? "/" + key : "")}";
        var statements = PolicyEvaluation.Statements((JsonObject)JsonNode.Parse(text)!).Where(s => BucketPolicy.SpeaksOf(s, caller)).Select(s => s.DeepClone());
        var speaking = new AttachedPolicy(bucket, new JsonObject { ["Statement"] = new JsonArray([.. statements]) });
        if (PolicyEvaluation.Evaluate([speaking], new AccessQuestion(action, resource, Context(request, caller))).Decision == AccessAnswer.Denied)
        {
            throw new AwsException("AccessDenied", $"User: {caller.Arn} is not authorized to perform: {action} on resource: \"{resource}\" with an explicit deny in a resource-based policy", 403);
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> Context(StorageRequest request, Caller caller)
    {
        var context = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:PrincipalArn"] = [caller.PrincipalArn],
            ["aws:PrincipalAccount"] = [caller.AccountId],
            ["aws:PrincipalType"] = [caller.RoleArn is null ? "User" : "AssumedRole"],
            ["aws:userid"] = [caller.UserId],
            ["aws:ResourceAccount"] = [Account.Id],
            // It never leaves the machine.
            ["aws:SecureTransport"] = ["true"],
        };
        if (caller.RoleArn is null)
        {
            context["aws:username"] = [caller.Arn.Split('/')[^1]];
        }

        foreach (var (key, value) in new (string, string?)[]
        {
            ("s3:if-none-match", request.Header("If-None-Match")), ("s3:if-match", request.Header("If-Match")), ("s3:prefix", request.Query("prefix")),
            ("s3:delimiter", request.Query("delimiter")), ("s3:max-keys", request.Query("max-keys")), ("s3:VersionId", request.Query("versionId")),
        })
        {
            if (value is not null)
            {
                context[key] = [value];
            }
        }

        return context;
    }
}
