using Cake.Core;
using Cake.Frosting;
using Pipeline;
using Pipeline.Aws;
using Pipeline.Cake;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Notifications;
using Pipeline.Reporting;

namespace Build;

/// <summary>What a task may see: what was typed, the release that flows through, where to speak. It is made for <c>--tree</c> too, so making it does nothing.</summary>
public sealed class BuildContext : FrostingContext
{
    private readonly Interrupts _interrupts;
    private readonly Lazy<PipelineConfiguration> _configuration;
    private readonly Lazy<Task<AwsAccount>> _aws;
    private readonly Lazy<Task<ObjectStore>> _store;
    private readonly Lazy<Notifier> _notifier;

    public BuildContext(ICakeContext context, Arguments typed, Interrupts interrupts, Outcome outcome, Runner runner) : base(context)
    {
        (Typed, _interrupts, Outcome, Runner) = (typed, interrupts, outcome, runner);
        _configuration = new(() => ConfigurationLoader.Load(Repository.Root, Options.IsAboutNoEnvironment(typed) ? null : Options.EnvironmentOf(typed), Options.CloudOf(typed), Repository.Configuration));
        _aws = new(() => Connection.To(Settings, Cancel));
        _store = new(async () => await (await Aws()).Store(Settings.LedgerBucket, Settings.Environment.Name, Cancel));
        _notifier = new(() => new Notifier(Settings, Aws, Store));
    }

    public Arguments Typed { get; }

    /// <summary>The CI runner, or a desk.</summary>
    public Runner Runner { get; }

    /// <summary>What the process ends with when nothing fails.</summary>
    public Outcome Outcome { get; }

    /// <summary>The release, growing from task to task.</summary>
    public Release Release { get; } = new();

    public Output Output { get; } = Output.Standard();

    /// <summary>Cancelled by Ctrl-C and SIGTERM.</summary>
    public CancellationToken Cancel => _interrupts.Token;

    /// <summary>Of the selected environment; read when first asked for.</summary>
    public PipelineConfiguration Settings => _configuration.Value;

    /// <summary>The configuration was read, and it is valid.</summary>
    public bool IsConfigured => _configuration.IsValueCreated;

    /// <summary>The embedded cloud, running or not.</summary>
    public EmbeddedCloud Cloud => new(Settings.Root, Settings.LocalCloudPort);

    /// <summary>Nothing was ever deployed: the environment is on the embedded cloud, which never ran here.</summary>
    public bool IsUntouched => Settings.Environment.Cloud == CloudKind.Local && !Cloud.HasState;

    /// <summary>The environment's cloud: started if it is the embedded one, proven to be the configured account if it is AWS.</summary>
    public Task<AwsAccount> Aws() => _aws.Value;

    /// <summary>The ledger's bucket.</summary>
    public Task<ObjectStore> Store() => _store.Value;

    /// <summary>Tells people what happens here.</summary>
    public Notifier Notifier => _notifier.Value;

    /// <summary>What became of everything that people were told; waits for what is under way.</summary>
    public async Task<IReadOnlyList<Delivery>> Notified() => _notifier.IsValueCreated ? await _notifier.Value.Ended() : [];

    public async Task<ReleaseLedger> Ledger() => new(await Store(), Settings.Environment.Name);

    /// <summary>The way to the environment's audit log.</summary>
    public async Task<AuditTrail> Trail() => new((await Ledger()).Audit, Settings.Root, Output.Warn);
}
