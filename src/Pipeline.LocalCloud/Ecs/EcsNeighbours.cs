namespace Pipeline.LocalCloud.Ecs;

/// <summary>What ECS asks of other services of the cloud; what is not there is refused by name.</summary>
internal sealed record EcsNeighbours
{
    /// <summary>A CloudWatch alarm's state by its name, <c>null</c> for an alarm that there is not.</summary>
    public Func<string, string?>? AlarmState { get; init; }

    /// <summary>Whether Cloud Map has a service of this ARN.</summary>
    public Func<string, bool>? RegistryExists { get; init; }
}
