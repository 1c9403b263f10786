using Cake.Core;
using Cake.Frosting;
using Pipeline.Cake;

namespace Build;

/// <summary>On a runner that can fold its log, each task is a group of it.</summary>
public sealed class TaskLifetime : FrostingTaskLifetime<BuildContext>
{
    public override void Setup(BuildContext context, ITaskSetupContext info)
    {
        // The aggregate target has no lines of its own.
        if (info.Task.Name != Target.Default)
        {
            context.Tell(context.Runner.Language.GroupStart(info.Task.Name, DateTimeOffset.UtcNow));
        }
    }

    public override void Teardown(BuildContext context, ITaskTeardownContext info)
    {
        if (info.Task.Name != Target.Default)
        {
            context.Tell(context.Runner.Language.GroupEnd(info.Task.Name, DateTimeOffset.UtcNow));
        }
    }
}
