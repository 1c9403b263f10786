using System.Text.Json.Nodes;

namespace Pipeline.Bootstrap;

/// <summary>Which resources a permission is about, as a policy statement says it.</summary>
/// <param name="Name">the statement's <c>Sid</c></param>
/// <param name="Resource">the statement's <c>Resource</c>, with CloudFormation's functions</param>
/// <param name="Condition">the statement's <c>Condition</c>; <c>null</c>: none</param>
public sealed record Scope(string Name, Func<JsonNode> Resource, Func<JsonNode>? Condition = null)
{
    private const string Own = "${System}-${EnvironmentName}";

    /// <summary>Operations that AWS cannot limit to resources.</summary>
    public static Scope Anything { get; } = new("Account", () => "*");

    /// <summary>The environment's stacks; those of the bootstrap are called otherwise.</summary>
    public static Scope Stacks { get; } = new("Stacks", () => Arn("cloudformation", $"stack/{Own}-*/*"));

    /// <summary>The ledger, of every environment in the account, and the votes.</summary>
    public static Scope Ledger { get; } = new("Ledger", () => new JsonArray(Sub("arn:${AWS::Partition}:s3:::${LedgerBucket}/environments/*"), Sub("arn:${AWS::Partition}:s3:::${LedgerBucket}/approvals/*")));

    /// <summary>The ledger's bucket itself: that it is there, and what it holds.</summary>
    public static Scope LedgerBucket { get; } = new("LedgerBucket", () => Sub("arn:${AWS::Partition}:s3:::${LedgerBucket}"));

    /// <summary>The ledger of this environment.</summary>
    public static Scope OwnLedger { get; } = new("OwnLedger", () => Sub("arn:${AWS::Partition}:s3:::${LedgerBucket}/environments/${EnvironmentName}/*"));

    /// <summary>Where templates lie that are too large for a request.</summary>
    public static Scope Templates { get; } = new("Templates", () => Sub("arn:${AWS::Partition}:s3:::${LedgerBucket}/templates/*"));

    /// <summary>The services' image repositories.</summary>
    public static Scope Repositories { get; } = new("Repositories", () => new JsonObject { ["Ref"] = "RepositoryArns" });

    /// <summary>What ECS runs on the environment's clusters.</summary>
    public static Scope Services { get; } = new("Services", () => new JsonArray(
        [.. new[] { "service", "task", "service-deployment", "service-revision" }.Select(kind => Arn("ecs", $"{kind}/{Own}*/*"))]));

    /// <summary>What one-off tasks are started from, and these tasks.</summary>
    public static Scope Definitions { get; } = new("OneOffTasks", () => new JsonArray(Arn("ecs", $"task-definition/{Own}*:*"), Arn("ecs", $"task/{Own}*/*")));

    /// <summary>Log groups called <c>/SYSTEM/ENVIRONMENT/…</c>, or as CloudFormation names those without a name.</summary>
    public static Scope Logs { get; } = new("Logs", () => new JsonArray(Arn("logs", "log-group:/${System}/${EnvironmentName}/*"), Arn("logs", $"log-group:{Own}-*")));

    /// <summary>Alarms called after the environment.</summary>
    public static Scope Alarms { get; } = new("Alarms", () => Arn("cloudwatch", $"alarm:{Own}-*"));

    /// <summary>The pipeline's own metrics: AWS limits writing them by namespace only.</summary>
    public static Scope ZoneMetrics { get; } = new("ZoneMetrics", () => "*", () => new JsonObject { ["StringEquals"] = new JsonObject { ["cloudwatch:namespace"] = Watching.ZoneOperations.Namespace } });

    /// <summary>Secrets with the stacks' tags: a secret without a name gets one that says nothing about its environment.</summary>
    public static Scope Secrets { get; } = new("Secrets", () => Arn("secretsmanager", "secret:*"), () => Tagged("aws:ResourceTag"));

    /// <summary>Parameters called <c>/SYSTEM/ENVIRONMENT/…</c>.</summary>
    public static Scope Parameters { get; } = new("Parameters", () => Arn("ssm", "parameter/${System}/${EnvironmentName}/*"));

    /// <summary>Topics called after the system, for notifications.</summary>
    public static Scope Topics { get; } = new("Topics", () => Arn("sns", "${System}-*"));

    /// <summary>Databases called after the environment, with the snapshots of ours, which are called after their databases.</summary>
    public static Scope Databases { get; } = new("Databases", () => new JsonArray([.. new[] { "db", "subgrp", "snapshot", "og", "pg" }.Select(kind => Arn("rds", kind is "og" or "pg" ? $"{kind}:*" : $"{kind}:{Own}*"))]));

    /// <summary>The roles that the environment's stacks make; the pipeline's own are on a path of their own.</summary>
    public static Scope TaskRoles { get; } = new("TaskRoles", () => Sub($"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{Own}-*"));

    /// <summary>The roles that are asked what they may do: those that the stacks make, and the pipeline's own, which ask whether they may go back.</summary>
    public static Scope RolesAskedAbout { get; } = new("RolesAskedAbout", () => new JsonArray(TaskRoles.Resource(), Sub($"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/pipeline/{Own}-*")));

    internal static JsonObject Sub(string text) => new() { ["Fn::Sub"] = text };

    internal static JsonObject Arn(string service, string resource) => Sub($"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}");

    /// <summary>The tags that the pipeline gives every stack, which CloudFormation hands on.</summary>
    internal static JsonObject Tagged(string key) => new()
    {
        ["StringEquals"] = new JsonObject { [$"{key}/system"] = new JsonObject { ["Ref"] = "System" }, [$"{key}/environment"] = new JsonObject { ["Ref"] = "EnvironmentName" } },
    };
}
