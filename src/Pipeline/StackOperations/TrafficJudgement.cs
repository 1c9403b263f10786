using Pipeline.Aws;

namespace Pipeline.StackOperations;

/// <summary>
/// Finds what a change set would do to traffic that ECS moves: setting a rule's actions again resets the live weights to the template's,
/// which may send everybody to a target group without tasks; and a strategy that changes together with what runs has nothing to go back to.
/// </summary>
public static class TrafficJudgement
{
    private const string TaskDefinition = "AWS::ECS::TaskDefinition";

    /// <summary>Judges the changes of one stack.</summary>
    /// <param name="before">the services as the stack has them</param>
    /// <param name="after">the services as it is to have them</param>
    /// <param name="changes">of its change set</param>
    public static IReadOnlyList<Loss> Losses(string stack, string stackName, IReadOnlyList<ServiceShape> before, IReadOnlyList<ServiceShape> after, IReadOnlyList<ResourceChange> changes) =>
    [
        .. before.Where(s => s.Shifts).SelectMany(service => changes.Select(change => (change, Fate: Fate(service, change))))
            .Where(c => c.Fate is not null)
            .DistinctBy(c => c.change.LogicalId)
            .Select(c => new Loss(stack, stackName, c.change.LogicalId, $"{c.change.Type} {c.change.LogicalId} {c.Fate}") { Kind = LossKind.Traffic }),
        .. before.Select(was => (was, becomes: after.FirstOrDefault(a => a.LogicalId == was.LogicalId)))
            .Where(s => s.becomes is { } becomes && becomes.Shifts != s.was.Shifts && changes.Any(ChangesWhatRuns))
            .Select(s => new Loss(stack, stackName, s.was.LogicalId,
                $"AWS::ECS::Service {s.was.LogicalId} would change its deployment strategy from {s.was.Strategy} to {s.becomes!.Strategy} together with what it runs ({string.Join(", ", changes.Where(ChangesWhatRuns).Select(c => c.LogicalId))})") { Kind = LossKind.Strategy }),
    ];

    private static string? Fate(ServiceShape service, ResourceChange change) => change switch
    {
        _ when service.Rules.Contains(change.LogicalId) => Rule(service, change),
        _ when service.TargetGroups.Contains(change.LogicalId) => Group(service, change),
        _ => null,
    };

    private static string? Rule(ServiceShape service, ResourceChange change) => change switch
    {
        { Action: "Remove" } => $"would be removed, and {service.LogicalId} gets its traffic through it",
        { Replacement: "True" or "Conditional" } => $"would be replaced by one with the template's weights; ECS keeps the live ones of {service.LogicalId} in it",
        { Action: "Modify" } when change.Properties.Count == 0 || change.Properties.Any(p => p is { Attribute: "Properties", Name: null or "Actions" }) =>
            $"would have its Actions set again to the template's; ECS keeps the live weights of {service.LogicalId} there, and production traffic may go to a target group without tasks",
        { Action: "Dynamic" } => "may be set again; CloudFormation can not tell before",
        _ => null,
    };

    private static string? Group(ServiceShape service, ResourceChange change) => change switch
    {
        { Action: "Remove" } => $"would be removed; the tasks of {service.LogicalId} may be in it",
        { Replacement: "True" or "Conditional" } => $"would be replaced by an empty one; the tasks of {service.LogicalId} may be in it",
        _ => null,
    };

    private static bool ChangesWhatRuns(ResourceChange change) => change.Type == TaskDefinition && (change.Properties.Count == 0 || change.Properties.Any(p => p.Attribute == "Properties"));
}
