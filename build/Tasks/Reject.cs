using Cake.Frosting;

namespace Build.Tasks;

[TaskName("Reject")]
[TaskDescription("Say no to a deployment that waits: --deployment=ID --reason=…")]
public sealed class Reject : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Vote(approve: false);
}
