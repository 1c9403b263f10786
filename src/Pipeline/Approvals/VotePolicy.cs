using System.Text.Json.Nodes;

namespace Pipeline.Approvals;

/// <summary>
/// What the policy of the ledger's bucket says about votes: nobody but a principal itself can write below its own prefix, only once, and
/// nobody can delete a vote. Whoever may change the policy could still do all of it.
/// </summary>
public static class VotePolicy
{
    /// <summary>Everything else that the ledger's bucket holds. A prefix that is not here nobody can write to.</summary>
    public static IReadOnlyList<string> OtherPrefixes { get; } = ["environments/", "templates/"];

    /// <summary>The statements.</summary>
    /// <param name="resource">a key's pattern → the resource as the policy's language writes it</param>
    public static JsonArray Statements(Func<string, JsonNode> resource) =>
    [
        new JsonObject
        {
            ["Sid"] = "OnlyTheVoterWritesHisVote",
            ["Effect"] = "Deny",
            ["Principal"] = "*",
            ["Action"] = new JsonArray("s3:PutObject", "s3:ReplicateObject"),
            ["NotResource"] = new JsonArray([.. OtherPrefixes.Select(p => resource($"{p}*")), resource($"{Principal.Votes}${{aws:PrincipalArn}}/${{aws:userid}}/*")]),
        },
        new JsonObject
        {
            ["Sid"] = "VotesAreWrittenOnce",
            ["Effect"] = "Deny",
            ["Principal"] = "*",
            ["Action"] = "s3:PutObject",
            ["Resource"] = resource($"{Principal.Votes}*"),
            ["Condition"] = new JsonObject { ["Null"] = new JsonObject { ["s3:if-none-match"] = "true" } },
        },
        new JsonObject
        {
            ["Sid"] = "VotesStay",
            ["Effect"] = "Deny",
            ["Principal"] = "*",
            ["Action"] = new JsonArray("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ReplicateDelete"),
            ["Resource"] = resource($"{Principal.Votes}*"),
        },
    ];

    /// <summary>The whole policy of the ledger's bucket on the embedded cloud, where the developer is the administrator.</summary>
    /// <param name="bucket">its name</param>
    /// <param name="account">twelve digits</param>
    public static string OfEmbeddedCloud(string bucket, string account)
    {
        var statements = Statements(key => $"arn:aws:s3:::{bucket}/{key}");
        statements.Add((JsonNode)new JsonObject
        {
            ["Sid"] = "OnlyTheDeveloperSetsThePolicy",
            ["Effect"] = "Deny",
            ["Principal"] = "*",
            ["Action"] = new JsonArray("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning"),
            ["Resource"] = $"arn:aws:s3:::{bucket}",
            ["Condition"] = new JsonObject { ["ArnNotEquals"] = new JsonObject { ["aws:PrincipalArn"] = $"arn:aws:iam::{account}:user/developer" } },
        });
        return new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statements }.ToJsonString();
    }
}
