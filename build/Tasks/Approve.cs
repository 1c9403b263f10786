using Cake.Frosting;

namespace Build.Tasks;

[TaskName("Approve")]
[TaskDescription("Say yes to a deployment that waits: --deployment=ID, as whoever AWS_PROFILE names")]
public sealed class Approve : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Vote(approve: true);
}
