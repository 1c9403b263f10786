using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Cake;

/// <summary>A Cake host with strict arguments, our exit codes, quiet output and interrupts.</summary>
public static class PipelineHost
{
    /// <summary>
    /// Reads the command line, runs what it asks for and explains a failure on the error output.
    /// <see cref="Arguments"/>, <see cref="Interrupts"/> and <see cref="Outcome"/> are services that tasks and contexts can take.
    /// </summary>
    /// <param name="args">as the process got them</param>
    /// <param name="commandLine">what may be typed</param>
    /// <param name="configure">adds the context, lifetimes, tasks and services</param>
    /// <param name="redirect">words that replace the target, for a target that stands for another one; <c>null</c>: none do. Options that were typed go along</param>
    /// <returns>the process's exit code, see <see cref="ExitCode"/></returns>
    public static int Run(IReadOnlyList<string> args, CommandLine commandLine, Action<CakeHost> configure, Func<Arguments, IReadOnlyList<string>?>? redirect = null) =>
        Run(args, commandLine, configure, new Streams(Console.Out, Console.Error), redirect);

    internal static int Run(IReadOnlyList<string> args, CommandLine commandLine, Action<CakeHost> configure, Streams streams, Func<Arguments, IReadOnlyList<string>?>? redirect = null)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        ArgumentNullException.ThrowIfNull(configure);
        try
        {
            var arguments = commandLine.Parse(args);
            if (arguments.Asks(CakeOptions.Help))
            {
                streams.Output.WriteLine(commandLine.Help());
                return (int)ExitCode.Done;
            }

            return Run(redirect?.Invoke(arguments) is { } words ? commandLine.Parse(arguments.With(words)) : arguments, configure, streams.Error);
        }
        catch (PipelineException e)
        {
            return Explain(e, withStack: false, streams.Error);
        }
    }

    private static int Run(Arguments arguments, Action<CakeHost> configure, TextWriter error)
    {
        using var interrupts = new Interrupts();
        var outcome = new Outcome();
        QuietLog? log = null;
        var host = new CakeHost().ConfigureServices(services => services
            .AddSingleton(arguments)
            .AddSingleton(interrupts)
            .AddSingleton(outcome)
            .AddSingleton(provider => log = new QuietLog(provider.GetRequiredService<IConsole>()))
            .AddSingleton<ICakeLog>(provider => provider.GetRequiredService<QuietLog>())
            .AddSingleton<IVersionResolver, CakeVersion>()
            .AddSingleton<CakeEngine>()
            .AddSingleton<ICakeEngine, OutcomeEngine>()
            .AddSingleton<CakeSpectreReportPrinter>()
            .AddSingleton<ICakeReportPrinter, QuietReportPrinter>());
        configure(host);

        var code = host.Run(arguments.ForCake());
        if (outcome.Failure is { } failure)
        {
            return Explain(failure, log?.Verbosity == Verbosity.Diagnostic, error);
        }

        foreach (var line in log?.Held ?? [])
        {
            error.WriteLine(TerminalText.Inert(line));
        }

        return code == 0 ? (int)outcome.Success : (int)ExitCode.Failed;
    }

    private static int Explain(Exception failure, bool withStack, TextWriter error)
    {
        error.WriteLine(TerminalText.Inert(Failure.Explain(failure, withStack)));
        return (int)Outcome.ExitCodeOf(failure);
    }
}

/// <summary>Where a run speaks.</summary>
internal sealed record Streams(TextWriter Output, TextWriter Error);
