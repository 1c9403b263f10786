using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;
using Pipeline.Outcomes;

namespace Pipeline.Processes;

/// <summary>Runs child processes: argument lists, both streams read in bounded memory, the whole tree ended on cancellation.</summary>
public static class ChildProcess
{
    /// <summary>How long the streams may stay open after the child has ended: something that it left running may hold them for ever.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <summary>How long the rest of a tree may report on what was ended first.</summary>
    private static readonly TimeSpan ReportTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs to the end and answers whatever the exit code.</summary>
    /// <exception cref="PipelineException">the program cannot be started</exception>
    /// <exception cref="OperationCanceledException">the token was cancelled; the process tree is gone</exception>
    public static async Task<CommandResult> Run(Command command, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var start = StartInfo(command);
        var mark = ProcessTree.Mark(start);
        var watch = Stopwatch.StartNew();
        using var process = Start(start);
        await Feed(process, command.Input).ConfigureAwait(false);
        var oneAtATime = new Lock();
        var output = new Capture(process.StandardOutput, command, oneAtATime);
        var error = new Capture(process.StandardError, command, oneAtATime);
        var timedOut = !await Exit(process, command, mark, cancel).ConfigureAwait(false);
        var drained = Task.WhenAll(output.Pump, error.Pump);
        var complete = await Task.WhenAny(drained, Task.Delay(DrainTime, CancellationToken.None)).ConfigureAwait(false) == drained;
        cancel.ThrowIfCancellationRequested();
        if ((output.Failure ?? error.Failure) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        var (outputText, outputDropped) = output.Read();
        var (errorText, errorDropped) = error.Read();
        return new CommandResult(process.ExitCode, outputText, errorText, watch.Elapsed, timedOut)
        {
            Dropped = outputDropped + errorDropped,
            StreamsLeftOpen = !complete,
        };
    }

    private static ProcessStartInfo StartInfo(Command command)
    {
        var start = new ProcessStartInfo(command.File, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Bytes that are no UTF-8 become U+FFFD.
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw Directory.Exists(start.WorkingDirectory)
                ? new PipelineException(ExitCode.Failed, $"Cannot start '{start.FileName}': {e.Message}", new Detail("next", $"install '{start.FileName}', or put it on PATH"))
                : new PipelineException(ExitCode.Failed, $"Cannot start '{start.FileName}': the folder '{start.WorkingDirectory}' does not exist");
        }
    }

    private static async Task Feed(Process process, Secret? input)
    {
        try
        {
            // Little enough for the pipe: nothing waits for a child that does not read.
            await process.StandardInput.WriteAsync(input?.Reveal()).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code says why.
        }
    }

    /// <returns>whether it ended by itself; otherwise its time was up or the token was cancelled, and its tree is gone</returns>
    private static async Task<bool> Exit(Process process, Command command, string mark, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (command.Timeout is { } after)
        {
            timeout.CancelAfter(after);
        }

        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            if (command.EndFirst is { } first && !cancel.IsCancellationRequested && ProcessTree.EndMarked(mark, first))
            {
                await Task.WhenAny(process.WaitForExitAsync(cancel), Task.Delay(ReportTime, cancel)).ConfigureAwait(false);
            }

            ProcessTree.End(process, mark);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            return false;
        }
    }

    private sealed class Capture
    {
        private readonly CappedText _text;
        private readonly LineEcho _echo;
        private readonly Command _command;

        public Capture(StreamReader reader, Command command, Lock oneAtATime)
        {
            _command = command;
            _text = new CappedText(command.KeepCharacters);
            _echo = new LineEcho(command, oneAtATime);
            Pump = Task.Run(() => ReadToEnd(reader));
        }

        public Task Pump { get; }

        public Exception? Failure => _echo.Failure;

        public (string Text, long Dropped) Read()
        {
            var (text, dropped) = _text.Read(_command.Secrets);
            return (_command.PlainText ? TerminalText.WithoutSequences(text) : text, dropped);
        }

        private async Task ReadToEnd(StreamReader reader)
        {
            var buffer = new char[16 * 1024];
            try
            {
                while (await reader.ReadAsync(buffer.AsMemory()).ConfigureAwait(false) is var count and > 0)
                {
                    _text.Append(buffer.AsSpan(0, count));
                    _echo.Append(buffer.AsSpan(0, count));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The pipe was given up at the deadline; what was read before is kept.
            }

            _echo.End();
        }
    }
}
