using System.Runtime.ExceptionServices;
using Pipeline.Cake;
using Pipeline.Ci;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Build;

/// <summary>The CI runner that this process runs on, or a desk: its event, the event's route, its language.</summary>
/// <param name="variable">the environment's variables</param>
public sealed class Runner(Func<string, string?> variable)
{
    private const string Target = "CI";

    /// <summary>Variables that hold secrets on any runner.</summary>
    private static readonly string[] Secretive = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GITHUB_TOKEN"];

    private readonly Lazy<CiEvent> _event = new(() => CiEvent.Current(variable));
    private readonly Lazy<CiLanguage> _language = new(() => CiLanguage.Of(CiProviders.Current(variable), variable, Path.Combine(Repository.Root, "artifacts")));

    private ExceptionDispatchInfo? _refusal;

    /// <summary>What made the run start.</summary>
    public CiEvent Event => _event.Value;

    /// <summary>The target that was named is <c>CI</c>.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Where <c>CI</c> led; <c>null</c>: another target was named, or there is no route.</summary>
    public CiRoute? Route { get; private set; }

    /// <summary>How it is told something beside the log.</summary>
    public CiLanguage Language => _language.Value;

    /// <summary>For <c>CI</c>: the words of its route.</summary>
    /// <returns><c>null</c>: what was typed holds. Also where nothing is to do, and where there is no route: see <see cref="Demand"/></returns>
    public IReadOnlyList<string>? Redirect(Arguments typed)
    {
        if (!typed.Targets.Contains(Target))
        {
            return null;
        }

        if (typed.Targets.Count > 1)
        {
            throw new UsageException("CI chooses the target by the runner's event; it goes with no other.", new Detail("next", "./build.sh --target=CI, or the targets without CI"));
        }

        IsAsked = true;
        try
        {
            Route = Choose(typed);
        }
        catch (PipelineException e)
        {
            _refusal = ExceptionDispatchInfo.Capture(e);
            return null;
        }

        return Route.Target is null ? null : [$"--target={Route.Target}", $"--environment={EnvironmentOf(typed, Route)}", .. Route.Options];
    }

    /// <summary>Says what <see cref="Redirect"/> kept to itself, now that <c>run.json</c> and the runner hear it.</summary>
    /// <exception cref="PipelineException">the event has no route, or what was typed contradicts it; a fork's pull request would deploy (3)</exception>
    public void Demand(Arguments typed)
    {
        _refusal?.Throw();
        CiRouter.Demand(Event, typed.Targets, local: typed[Options.Cloud] == "local");
    }

    /// <summary>Values that nothing which is published may show, as far as they are known.</summary>
    public SecretMask Secrets(PipelineConfiguration configuration) =>
        new(Secretive.Concat(configuration.Services.SelectMany(s => s.Docker?.Secrets.Values ?? [])).Concat(Receivers(configuration)).Select(variable).OfType<string>());

    private static IEnumerable<string> Receivers(PipelineConfiguration configuration) =>
        configuration.Environment.Notifications.SelectMany(g => g.Receivers).SelectMany(r => r.Secrets).Where(s => s.Store == SecretStore.Variable).Select(s => s.Name);

    private CiRoute Choose(Arguments typed)
    {
        var settings = ConfigurationLoader.LoadCi(Repository.Root, Repository.Configuration);
        var told = Event.Message is null && settings is not { SkipCi: [], SkipTests: [] } ? Event with { Message = HeadCommit.Message(Repository.Root, Event.Commit, CancellationToken.None).GetAwaiter().GetResult() } : Event;
        var route = CiRouter.Of(told, settings);
        if (route.Target is not null && typed[Options.Environment] is { } named && EnvironmentOf(typed, route) != named)
        {
            throw new UsageException($"--environment={named}: {CiRouter.Describe(Event)} goes to {route.Environment}.", new Detail("why", route.Reason), new Detail("next", "leave --environment out, or name the target yourself"));
        }

        return typed[Options.Cloud] is { } cloud && route.Options.FirstOrDefault(o => o.StartsWith($"--{Options.Cloud}=", StringComparison.Ordinal)) is { } its && its != $"--{Options.Cloud}={cloud}"
            ? throw new UsageException($"--cloud={cloud}: {CiRouter.Describe(Event)} gets {its} only.", new Detail("why", route.Reason), new Detail("next", "leave --cloud out"))
            : route;
    }

    private static string EnvironmentOf(Arguments typed, CiRoute route) => (route.AnyEnvironment ? typed[Options.Environment] : null) ?? route.Environment!;
}
