using Cake.Frosting;
using Pipeline.Bootstrap;
using Pipeline.Ledger;

namespace Build.Tasks;

[TaskName("Bootstrap")]
[TaskDescription("Once for each account and environment: the ledger's bucket, image repositories and the pipeline's roles")]
public sealed class Bootstrap : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var aws = await context.Aws();
        var caller = await aws.Identity.Caller(context.Cancel);
        var roles = await new Bootstrapper(context.Settings, aws, context.Output).Run(context.Cancel);
        // Only now there is a bucket to write to.
        await (await context.Trail()).Note(new AuditEvent("bootstrap", "done", caller.Arn, $"roles {string.Join(", ", roles.Values)}"));
        foreach (var (name, arn) in roles)
        {
            context.Output.Say($"  {name,-13} {arn}");
        }
    }
}
