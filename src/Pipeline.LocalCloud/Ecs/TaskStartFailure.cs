namespace Pipeline.LocalCloud.Ecs;

/// <summary>A task cannot be started; the message is its stopped reason in ECS's wording.</summary>
internal sealed class TaskStartFailure(string reason) : Exception(reason);
