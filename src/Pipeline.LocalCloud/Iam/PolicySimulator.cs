using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Iam;

/// <summary><c>SimulatePrincipalPolicy</c> and <c>SimulateCustomPolicy</c>.</summary>
/// <param name="policiesOf">a role's policies by its name; <c>null</c>: there is no such role</param>
internal sealed class PolicySimulator(Func<string, IReadOnlyList<AttachedPolicy>?> policiesOf)
{
    private static readonly string[] NotSimulated = ["ResourcePolicy", "PermissionsBoundaryPolicyInputList", "ResourceHandlingOption"];

    public JsonObject OfPrincipal(AwsRequest request)
    {
        var arn = request.Required("PolicySourceArn");
        var role = arn.Split(":role/") is [_, var path] ? path.Split('/')[^1]
            : throw new AwsException("InvalidInput", $"The embedded cloud simulates the policies of roles, not of {arn}.");
        var policies = policiesOf(role) ?? throw new AwsException("NoSuchEntity", $"The role with name {role} cannot be found.", 404);
        return Simulate(request, [.. policies, .. Given(request)]);
    }

    public static JsonObject OfPolicies(AwsRequest request) => Simulate(request, Given(request));

    private static List<AttachedPolicy> Given(AwsRequest request) =>
        [.. request.Body.Texts("PolicyInputList").Select((text, i) => new AttachedPolicy($"PolicyInputList.{i + 1}", Parse(text)))];

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new AwsException("InvalidInput", "A policy must be a structure.");
        }
        catch (JsonException e)
        {
            throw new AwsException("InvalidInput", $"A policy is not JSON: {e.Message}");
        }
    }

    private static JsonObject Simulate(AwsRequest request, IReadOnlyList<AttachedPolicy> policies)
    {
        foreach (var unknown in NotSimulated.Where(name => request.Body[name] is not null))
        {
            throw new AwsException("InvalidInput", $"The embedded cloud does not simulate with {unknown}.");
        }

        var entries = request.Body.Objects("ContextEntries").GroupBy(e => e.Text("ContextKeyName") ?? "", StringComparer.OrdinalIgnoreCase).ToList();
        if (entries.Find(e => e.Count() > 1) is { } twice)
        {
            throw new AwsException("InvalidInput", $"The context key {twice.Key} is given more than once; keys regard no case.");
        }

        var context = entries.ToDictionary(e => e.Key, e => e.Single().Texts("ContextKeyValues"), StringComparer.OrdinalIgnoreCase);
        var resources = request.Body.Texts("ResourceArns") is { Count: > 0 } named ? named : ["*"];
        var results = request.Body.Texts("ActionNames").SelectMany(action => resources.Select(resource => (action, resource, Answer: PolicyEvaluation.Evaluate(policies, new AccessQuestion(action, resource, context)))));
        return new JsonObject
        {
            ["EvaluationResults"] = new JsonArray([.. results.Select(r => Result(r.action, r.resource, r.Answer))]),
            ["IsTruncated"] = false,
        };
    }

    private static JsonObject Result(string action, string resource, AccessAnswer answer) => new()
    {
        ["EvalActionName"] = action,
        ["EvalResourceName"] = resource,
        ["EvalDecision"] = answer.Decision,
        ["MatchedStatements"] = new JsonArray([.. answer.Matched.Select(policy => new JsonObject { ["SourcePolicyId"] = policy.Id, ["SourcePolicyType"] = policy.Source })]),
        ["MissingContextValues"] = new JsonArray([.. answer.Missing.Select(key => JsonValue.Create(key))]),
    };
}
