using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Iam;

/// <summary>AWS's own policies, as far as roles of ECS use them.</summary>
internal static class AwsManagedPolicies
{
    private static readonly Dictionary<string, string> Statements = new(StringComparer.Ordinal)
    {
        ["service-role/AmazonECSTaskExecutionRolePolicy"] = """
            {"Effect":"Allow","Action":["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}
            """,
        ["AdministratorAccess"] = """{"Effect":"Allow","Action":"*","Resource":"*"}""",
        ["AmazonSQSFullAccess"] = """{"Effect":"Allow","Action":"sqs:*","Resource":"*"}""",
        ["SecretsManagerReadWrite"] = """{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}""",
        ["CloudWatchLogsFullAccess"] = """{"Effect":"Allow","Action":["logs:*","cloudwatch:GenerateQuery"],"Resource":"*"}""",
    };

    /// <exception cref="AwsException">it is not one of them</exception>
    public static AttachedPolicy Get(string arn)
    {
        var name = arn[(arn.IndexOf(":policy/", StringComparison.Ordinal) + ":policy/".Length)..];
        return Statements.TryGetValue(name, out var statement)
            ? new AttachedPolicy(name.Split('/')[^1], new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(JsonNode.Parse(statement)) }, "aws-managed")
            : throw new AwsException("PolicyEvaluation", $"The embedded cloud does not know what the policy {arn} of AWS says; it knows {string.Join(", ", Statements.Keys)}.", 500);
    }
}
