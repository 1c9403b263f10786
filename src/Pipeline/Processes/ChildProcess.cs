using System.Diagnostics;
using System.Text;
using Pipeline.Outcomes;

namespace Pipeline.Processes;

/// <summary>A child process to run.</summary>
/// <param name="File">a program's path, or its name on PATH</param>
/// <param name="Arguments">one item an argument: never joined, never quoted</param>
/// <param name="WorkingDirectory">where it runs</param>
public sealed record Command(string File, IReadOnlyList<string> Arguments, string WorkingDirectory)
{
    /// <summary>Variables added to the child's environment; <c>null</c> removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Called with each line of output and error output as it comes.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>After this long the whole process tree is ended; <c>null</c>: only the token ends it.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>What a child process did.</summary>
/// <param name="TimedOut">it was ended at its <see cref="Command.Timeout"/></param>
public sealed record CommandResult(int ExitCode, string Output, string Error, TimeSpan Duration, bool TimedOut);

/// <summary>Runs child processes: argument lists, both streams read, the whole tree ended on cancellation.</summary>
public static class ChildProcess
{
    /// <summary>Runs to the end and answers whatever the exit code.</summary>
    /// <exception cref="PipelineException">the program cannot be started</exception>
    /// <exception cref="OperationCanceledException">the token was cancelled; the process tree is gone</exception>
    public static async Task<CommandResult> Run(Command command, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(command.File, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        var watch = Stopwatch.StartNew();
        using var process = Start(start);
        process.StandardInput.Close();
        var output = Read(process.StandardOutput, command.OnLine);
        var error = Read(process.StandardError, command.OnLine);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (command.Timeout is { } limit)
        {
            timeout.CancelAfter(limit);
        }

        var timedOut = false;
        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            timedOut = true;
        }

        return new CommandResult(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false), watch.Elapsed, timedOut);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PipelineException(ExitCode.Failed, $"Cannot start '{start.FileName}': {e.Message}", new Detail("next", $"install '{start.FileName}', or put it on PATH"));
        }
    }

    private static async Task<string> Read(StreamReader reader, Action<string>? onLine)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            text.Append(line).Append('\n');
            onLine?.Invoke(line);
        }

        return text.ToString();
    }
}
