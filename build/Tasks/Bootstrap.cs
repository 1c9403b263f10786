using Cake.Frosting;
using Pipeline.Bootstrap;

namespace Build.Tasks;

[TaskName("Bootstrap")]
[TaskDescription("Once for each account and environment: the ledger's bucket, image repositories and the pipeline's roles")]
public sealed class Bootstrap : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var roles = await new Bootstrapper(context.Settings, await context.Aws(), context.Output).Run(context.Cancel);
        foreach (var (name, arn) in roles)
        {
            context.Output.Say($"  {name,-13} {arn}");
        }
    }
}
