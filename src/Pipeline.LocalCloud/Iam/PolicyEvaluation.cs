using System.Text.Json.Nodes;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Iam;

/// <summary>A policy that may speak for a request.</summary>
/// <param name="Id">as an answer names it</param>
/// <param name="Source">AWS's word: <c>role</c> (written into it), <c>user-managed</c>, <c>aws-managed</c>, or <c>none</c> (only given)</param>
internal sealed record AttachedPolicy(string Id, JsonObject Document, string Source = "none");

/// <summary>What is asked: one action on one resource, under circumstances.</summary>
/// <param name="Context">condition key → values; keys without regard to case</param>
internal sealed record AccessQuestion(string Action, string Resource, IReadOnlyDictionary<string, IReadOnlyList<string>> Context);

/// <summary>What policies say to a question.</summary>
/// <param name="Decision"><c>allowed</c>, <c>explicitDeny</c> or <c>implicitDeny</c></param>
/// <param name="Matched">policies with a statement that decided it</param>
/// <param name="Missing">condition keys that statements asked for and nobody gave</param>
internal sealed record AccessAnswer(string Decision, IReadOnlyList<AttachedPolicy> Matched, IReadOnlyList<string> Missing)
{
    public const string Allowed = "allowed";
    public const string Denied = "explicitDeny";
    public const string NotMentioned = "implicitDeny";
}

/// <summary>IAM's evaluation of identity policies: a deny wins, then an allow, and what nobody mentions is denied.</summary>
internal static class PolicyEvaluation
{
    public static AccessAnswer Evaluate(IReadOnlyList<AttachedPolicy> policies, AccessQuestion question)
    {
        var missing = new List<string>();
        var matched = policies.SelectMany(policy => Statements(policy.Document).Where(s => Speaks(s, question, missing)).Select(s => (Policy: policy, Effect: s.Text("Effect")))).ToList();
        var denies = matched.Where(m => m.Effect == "Deny").ToList();
        var allows = matched.Where(m => m.Effect == "Allow").ToList();
        return denies.Count > 0 ? Answer(AccessAnswer.Denied, denies) : allows.Count > 0 ? Answer(AccessAnswer.Allowed, allows) : Answer(AccessAnswer.NotMentioned, []);

        AccessAnswer Answer(string decision, List<(AttachedPolicy Policy, string? Effect)> by) => new(decision, [.. by.Select(m => m.Policy).Distinct()], [.. missing.Distinct(StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>One text or many: policies write either.</summary>
    public static IReadOnlyList<string> Texts(JsonNode? node) => node switch
    {
        null => [],
        JsonArray list => [.. list.OfType<JsonNode>().Select(Text)],
        _ => [Text(node)],
    };

    public static IEnumerable<JsonObject> Statements(JsonObject document) => document["Statement"] switch
    {
        JsonArray list => list.OfType<JsonObject>(),
        JsonObject one => [one],
        _ => [],
    };

    private static string Text(JsonNode node) => node is JsonValue value
        ? value.TryGetValue<string>(out var text) ? text : value.ToJsonString()
        : throw new AwsException("MalformedPolicyDocument", "Syntax errors in policy: a text is expected.");

    private static bool Speaks(JsonObject statement, AccessQuestion question, List<string> missing) =>
        Covers(statement, "Action", pattern => Wildcard.Matches(pattern, question.Action, ignoreCase: true))
        && Covers(statement, "Resource", pattern => PolicyCondition.Spell(pattern, question) is { } spelt && Wildcard.Matches(spelt, question.Resource, ignoreCase: false))
        && PolicyCondition.Holds(statement.Object("Condition"), question, missing);

    private static bool Covers(JsonObject statement, string element, Func<string, bool> matches) =>
        statement[element] is { } named ? Texts(named).Any(matches) : statement["Not" + element] is { } excluded && !Texts(excluded).Any(matches);
}
