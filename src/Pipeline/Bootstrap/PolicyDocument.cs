using System.Text.Json.Nodes;

namespace Pipeline.Bootstrap;

/// <summary>Policies made from the tables.</summary>
internal static class PolicyDocument
{
    /// <summary>Managed policies hold 6,144 characters each, so the calls of a role that writes are spread over its policies.</summary>
    private enum Place
    {
        Calls,
        Services,
        Foundations,
    }

    /// <summary>What a role needs for the pipeline's own calls, less those that stand in its other policies.</summary>
    public static JsonObject OfCalls(Roles role) => Of(Calls(role, Place.Calls));

    /// <summary>What a role needs for CloudFormation to make services in its name, and for its own calls about one-off tasks, its metrics, and databases where it may not make any.</summary>
    public static JsonObject OfServices(Roles role) => Of(
    [
        .. ResourceRights.All.Where(r => r.Roles.HasFlag(role) && r.Roles.HasFlag(Roles.Rollback)).Select(r => (r.Scope, r.Actions)),
        .. Calls(role, Place.Services),
    ]);

    /// <summary>What the deploy role needs for networks and databases, and for its own calls about databases.</summary>
    public static JsonObject OfFoundations() => Of(
    [
        .. ResourceRights.All.Where(r => r.Roles.HasFlag(Roles.Deploy) && !r.Roles.HasFlag(Roles.Rollback)).Select(r => (r.Scope, r.Actions)),
        .. Calls(Roles.Deploy, Place.Foundations),
    ]);

    private static IEnumerable<(Scope Scope, IReadOnlyList<string> Actions)> Calls(Roles role, Place place) =>
        Permissions.All.Where(p => p.Roles.HasFlag(role) && PlaceOf(p.Scope, role) == place).Select(p => (p.Scope, p.Actions));

    private static Place PlaceOf(Scope scope, Roles role) =>
        role is not (Roles.Deploy or Roles.Rollback) ? Place.Calls
        : scope == Scope.Databases ? (role == Roles.Deploy ? Place.Foundations : Place.Services)
        : scope == Scope.Definitions || scope == Scope.ZoneMetrics ? Place.Services
        : Place.Calls;

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
