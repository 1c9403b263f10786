using Cake.Frosting;
using Pipeline.Reporting;
using Pipeline.Versions;

namespace Build.Tasks;

[TaskName("Doctor")]
[TaskDescription("Whether a deployment could work: machine, account, stacks, images, roles, secrets; changes nothing")]
public sealed class Doctor : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        if (context.Typed.Has(Options.InstallHook))
        {
            var hook = await (await CommitHook.Find(context.Settings.Root, context.Cancel)).Install(context.Cancel);
            context.Output.Say($"The commit-msg hook is installed: {hook.File}");
            return;
        }

        var aws = await Connection.Reach(context.Settings, context.Cloud, context.Cancel);
        var groups = await context.Output.While("Doctor", _ => Pipeline.Preflight.Doctor.Examine(context.Settings, aws, context.Cloud, context.Cancel));
        PreflightReport.Tree(context.Output, groups);
        PreflightReport.Demand(groups, context.Settings.Environment.Name);
    }
}
