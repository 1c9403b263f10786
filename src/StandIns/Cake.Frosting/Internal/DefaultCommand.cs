using Cake.Cli;
using Cake.Cli.Infrastructure;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Packaging;
using Cake.Core.Scripting;
using Cake.DotNetTool.Module;
using Cake.NuGet;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console.Cli;

namespace Cake.Frosting.Internal;

internal sealed class DefaultCommand(IServiceCollection services) : Command<DefaultCommandSettings>
{
    public override int Execute(CommandContext context, DefaultCommandSettings settings, CancellationToken cancellationToken)
    {
        services.AddSingleton<ICakeArguments>(context.Remaining.ToCakeArguments(settings.NoReport, settings.Targets));
        services.AddSingleton(context.Remaining);
        AddInstallers();
        using var provider = services.BuildServiceProvider();
        try
        {
            if (settings.Version)
            {
                provider.GetRequiredService<VersionFeature>().Run(provider.GetRequiredService<IConsole>());
            }
            else if (settings.Info)
            {
                provider.GetRequiredService<InfoFeature>().Run(provider.GetRequiredService<IConsole>());
            }
            else
            {
                Run(provider, settings);
            }

            return 0;
        }
        catch (Exception e)
        {
            return provider.GetRequiredService<ICakeLog>().LogException(e);
        }
    }

    private static void Run(ServiceProvider provider, DefaultCommandSettings settings)
    {
        var log = provider.GetRequiredService<ICakeLog>();
        log.Verbosity = settings.Verbosity ?? Verbosity.Normal;
        EnterWorkingDirectory(provider, settings);

        // Cake's configuration file is looked for in the working directory, so only now can it say how much is said.
        log.Verbosity = provider.GetRequiredService<ICakeConfiguration>().GetVerbosity(settings.Verbosity);

        var host = ScriptHost(provider, settings);
        var runner = provider.GetRequiredService<TaskRunner>();
        InstallTools(provider, log);
        if (settings.Exclusive)
        {
            host.Settings.UseExclusiveTarget();
        }

        runner.Run(host, settings.Targets);
    }

    private static IScriptHost ScriptHost(ServiceProvider provider, DefaultCommandSettings settings) => settings switch
    {
        { DryRun: true } => provider.GetRequiredService<DryRunScriptHost<IFrostingContext>>(),
        { Tree: true } => provider.GetRequiredService<TreeScriptHost>(),
        { Description: true } => provider.GetRequiredService<DescriptionScriptHost>(),
        _ => provider.GetRequiredService<BuildScriptHost<IFrostingContext>>(),
    };

    private static void EnterWorkingDirectory(ServiceProvider provider, DefaultCommandSettings settings)
    {
        var environment = provider.GetRequiredService<ICakeEnvironment>();
        var wanted = settings.WorkingDirectory ?? provider.GetService<WorkingDirectory>()?.Path;
        var directory = wanted?.MakeAbsolute(environment) ?? environment.WorkingDirectory;
        if (!provider.GetRequiredService<IFileSystem>().Exist(directory))
        {
            throw new FrostingException($"The working directory '{directory.FullPath}' does not exist.");
        }

        environment.WorkingDirectory = directory;
    }

    private static void InstallTools(ServiceProvider provider, ICakeLog log)
    {
        var tools = provider.GetServices<PackageReference>().ToList();
        if (tools.Count == 0)
        {
            return;
        }

        log.Verbose("Installing tools...");
        var installer = provider.GetRequiredService<IToolInstaller>();
        tools.ForEach(installer.Install);
    }

    /// <summary>The installers' assemblies are loaded only by a build that installs something: most do not, and all would wait for them.</summary>
    private void AddInstallers()
    {
        if (services.Any(service => service.ServiceType == typeof(PackageReference)))
        {
            services.UseModule<NuGetModule>();
            services.UseModule<DotNetToolModule>();
        }
    }
}
