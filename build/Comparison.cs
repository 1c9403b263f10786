using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Parity;
using Pipeline.Reporting;

namespace Build;

/// <summary>Two environments compared, each read through its own connection.</summary>
internal static class Comparison
{
    public static async Task Compare(this BuildContext context, string pair)
    {
        if (pair.Split(',', StringSplitOptions.TrimEntries) is not [var left, var right] || left == right)
        {
            throw new UsageException($"--diff={pair}: it compares two environments.", new Detail("next", $"--diff={string.Join(',', context.Settings.EnvironmentNames.TakeLast(2))}"));
        }

        var report = await context.Output.While("Status", _ => Report(context, left, right));
        if (context.Typed[Options.Format] == "json")
        {
            context.Output.Json(ParityText.ToJson(report));
        }
        else
        {
            ParityText.Print(context.Output, report);
        }

        ParityText.Demand(report);
    }

    /// <summary>What a plan warns of: the environment that is promoted from and the one that it goes to differ, and pipeline.yml does not say so.</summary>
    public static async Task Warn(this BuildContext context)
    {
        var (ledger, environment) = (await context.Ledger(), context.Settings.Environment);
        if (environment.Gates.Promotion is { From: var from } && (await ledger.State(context.Cancel)).Services.Count > 0)
        {
            ParityText.Warn(context.Output, await Report(context, from, environment.Name));
        }
    }

    private static async Task<ParityReport> Report(BuildContext context, string left, string right)
    {
        PipelineConfiguration[] both = [.. new[] { left, right }.Select(name => ConfigurationLoader.Load(Repository.Root, name, Options.CloudOf(context.Typed), Repository.Configuration))];
        var pictures = await Task.WhenAll(both.Select(c => EnvironmentPicture.Read(c, Connect, context.Cancel)));
        return ParityComparison.Of(pictures[0], pictures[1]);
    }

    /// <summary>Whoever only looks starts no cloud.</summary>
    private static async Task<AwsAccount> Connect(PipelineConfiguration configuration, CancellationToken cancel)
    {
        var cloud = new EmbeddedCloud(configuration.Root, configuration.LocalCloudPort);
        return configuration.Environment.Cloud == CloudKind.Local && await cloud.Find(cancel) is null
            ? throw new PipelineException(ExitCode.Unknown, "the embedded cloud does not run", new Detail("next", "./build.sh --target=StartCloud"))
            : await Connection.To(configuration, cancel);
    }
}
