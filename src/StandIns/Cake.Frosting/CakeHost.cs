using System.Reflection;
using Cake.Cli;
using Cake.Core.Configuration;
using Cake.Frosting.Internal;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console.Cli;

namespace Cake.Frosting;

/// <summary>Runs Frosting tasks: configure it, then <see cref="Run"/>.</summary>
public sealed class CakeHost
{
    private readonly ServiceCollection _services = Defaults();
    private readonly List<Assembly> _assemblies = [];

    /// <summary>A host that knows the tasks of the entry assembly.</summary>
    public CakeHost()
    {
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            _assemblies.Add(entry);
        }
    }

    /// <summary>A host that knows the tasks of the entry assembly.</summary>
    public static CakeHost Create() => new();

    /// <summary>Adds the public task classes of an assembly.</summary>
    public CakeHost AddAssembly(Assembly assembly)
    {
        _assemblies.Add(assembly);
        return this;
    }

    /// <summary>Registers services; of two registrations the last one counts.</summary>
    public CakeHost ConfigureServices(Action<IServiceCollection> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services(_services);
        return this;
    }

    /// <summary>Runs the targets that the arguments name.</summary>
    /// <returns>0, or the code of the failure (1 unless a <c>CakeException</c> carries another).</returns>
    public int Run(IEnumerable<string> args)
    {
        foreach (var task in _assemblies.SelectMany(assembly => assembly.GetExportedTypes()).Where(IsTask))
        {
            _services.AddSingleton(typeof(IFrostingTask), task);
        }

        var registrar = new TypeRegistrar();
        registrar.RegisterInstance(typeof(IServiceCollection), _services);
        var app = new CommandApp<DefaultCommand>(registrar);
        app.Configure(config =>
        {
            config.AddExample("--verbosity", "quiet");
            config.AddExample("--tree");
            // A flag of Cake's that is given a value ("--version=1.2.3") is an argument for the build, not the flag.
            config.Settings.ConvertFlagsToRemainingArguments = true;
        });
        return app.Run(args);
    }

    private static bool IsTask(Type type) => type is { IsClass: true, IsAbstract: false } && typeof(IFrostingTask).IsAssignableFrom(type);

    private static ServiceCollection Defaults()
    {
        var services = new ServiceCollection();
        services.AddCakeDiagnostics();
        services.UseModule<Cake.Core.Modules.CoreModule>();
        services.UseModule<Cake.Common.Modules.CommonModule>();
        services.AddSingleton<ICakeConfiguration, FrostingConfiguration>();

        services.AddSingleton<BuildScriptHost<IFrostingContext>>();
        services.AddSingleton<DryRunScriptHost<IFrostingContext>>();
        services.AddSingleton<TreeScriptHost>();
        services.AddSingleton<DescriptionScriptHost>();
        services.AddSingleton<TaskRunner>();

        services.AddSingleton<IVersionResolver, VersionResolver>();
        services.AddSingleton<VersionFeature>();
        services.AddSingleton<InfoFeature>();
        services.AddSingleton<IToolInstaller, ToolInstaller>();

        services.AddSingleton<FrostingContext>();
        services.AddSingleton<IFrostingContext>(provider => provider.GetRequiredService<FrostingContext>());
        return services;
    }
}
