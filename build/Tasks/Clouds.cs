using Cake.Frosting;

namespace Build.Tasks;

[TaskName("StartCloud")]
[TaskDescription("Start the embedded cloud; what was deployed to it comes back")]
public sealed class StartCloud : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var cloud = await context.Cloud.FindOrStart(context.Cancel);
        context.Output.Say($"The embedded cloud answers at {cloud.Endpoint} (process {cloud.Pid}). It stays until ./build.sh --target=StopCloud.");
        var people = await Connection.People(context.Settings, context.Cloud, cloud, context.Cancel);
        context.Output.Say($"  people: AWS_PROFILE={string.Join('|', people.Names)} ./build.sh …; for the AWS CLI also AWS_SHARED_CREDENTIALS_FILE={people.File}");
        context.Output.Say($"  AWS_ENDPOINT_URL={cloud.Endpoint} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION={context.Settings.Environment.Region} aws ecs list-clusters");
    }
}

[TaskName("StopCloud")]
[TaskDescription("Stop the embedded cloud and every task on it; its state stays")]
public sealed class StopCloud : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context) =>
        context.Output.Say(await context.Cloud.Stop(context.Cancel) ? "The embedded cloud has stopped; ./build.sh --target=StartCloud brings everything back." : "The embedded cloud was not running.");
}

[TaskName("ResetCloud")]
[TaskDescription("Stop the embedded cloud and forget everything deployed to it")]
public sealed class ResetCloud : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        await context.Cloud.Reset(context.Cancel);
        context.Output.Say("The embedded cloud is empty.");
    }
}
