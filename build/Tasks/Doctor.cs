using Cake.Frosting;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Doctor")]
[TaskDescription("Whether a deployment could work: machine, account, stacks, images, roles, secrets; changes nothing")]
public sealed class Doctor : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var aws = await Connection.Reach(context.Settings, context.Cloud, context.Cancel);
        var groups = await context.Output.While("Doctor", _ => Pipeline.Preflight.Doctor.Examine(context.Settings, aws, context.Cloud, context.Cancel));
        PreflightReport.Tree(context.Output, groups);
        PreflightReport.Demand(groups, context.Settings.Environment.Name);
    }
}
