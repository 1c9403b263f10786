using System.Text.Json.Nodes;

namespace Pipeline.Bootstrap;

/// <summary>Policies made from the tables.</summary>
internal static class PolicyDocument
{
    /// <summary>What a role needs for the pipeline's own calls.</summary>
    public static JsonObject OfCalls(Roles role) => Of(Permissions.All.Where(p => p.Roles.HasFlag(role) && !StandsElsewhere(p, role)).Select(p => (p.Scope, p.Actions)));

    /// <summary>What a role needs for CloudFormation to act in its name.</summary>
    public static JsonObject OfResources(Roles role, Func<ResourceRights, bool> which) => Of(ResourceRights.All.Where(r => r.Roles.HasFlag(role) && which(r)).Select(r => (r.Scope, r.Actions)));

    /// <summary>What the deploy role needs for networks and databases, and for its own calls about databases: the policy of its other calls is full.</summary>
    public static JsonObject OfFoundations() => Of(
    [
        .. ResourceRights.All.Where(r => r.Roles.HasFlag(Roles.Deploy) && !r.Roles.HasFlag(Roles.Rollback)).Select(r => (r.Scope, r.Actions)),
        .. Permissions.All.Where(p => p.Roles.HasFlag(Roles.Deploy) && StandsElsewhere(p, Roles.Deploy)).Select(p => (p.Scope, p.Actions)),
    ]);

    private static bool StandsElsewhere(Permission permission, Roles role) => role == Roles.Deploy && permission.Scope == Scope.Databases;

    private static JsonObject Of(IEnumerable<(Scope Scope, IReadOnlyList<string> Actions)> rights) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray(
        [
            .. rights.GroupBy(r => r.Scope.Name)
                .Select(g => (g.First().Scope, Actions: g.SelectMany(r => r.Actions).Distinct().Order(StringComparer.Ordinal).ToList()))
                .Where(s => s.Actions.Count > 0)
                .OrderBy(s => s.Scope.Name, StringComparer.Ordinal)
                .Select(s => Statement(s.Scope, s.Actions)),
        ]),
    };

    private static JsonObject Statement(Scope scope, IEnumerable<string> actions)
    {
        var statement = new JsonObject
        {
            ["Sid"] = scope.Name,
            ["Effect"] = "Allow",
            ["Action"] = new JsonArray([.. actions.Select(a => JsonValue.Create(a))]),
            ["Resource"] = scope.Resource(),
        };
        if (scope.Condition is { } condition)
        {
            statement["Condition"] = condition();
        }

        return statement;
    }
}
