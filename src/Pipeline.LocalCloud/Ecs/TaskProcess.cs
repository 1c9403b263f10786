using System.Diagnostics;
using System.Text;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>How a container is run as a process of this machine; the environment is complete: nothing of the cloud's own is passed on.</summary>
internal sealed record ProcessPlan(string Program, IReadOnlyList<string> Arguments, string WorkingFolder, IReadOnlyDictionary<string, string> Environment) : IContainerPlan
{
    public string? Remark { get; init; }

    public Task<ITaskProcess> Start(Action<string> onLine, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Task.FromResult<ITaskProcess>(TaskProcess.Start(this, onLine));
    }
}

/// <summary>
/// A process under a small supervisor, which holds the read end of a pipe whose write end only the cloud has. When the cloud ends, however it ends,
/// the pipe closes and the supervisor kills the process with everything it started. Signals are sent as lines through the same pipe, so they never
/// hit a process that took over the number.
/// </summary>
internal sealed class TaskProcess : ITaskProcess
{
    // dash has no job control without a terminal, so the process gets its group by setsid; where that is missing (macOS) sh has job control.
    private const string Supervisor = """
        exec 3<&0 4>&2 </dev/null
        if command -v setsid >/dev/null 2>&1; then setsid "$@" 2>&4 3<&- 4>&- &
        else set -m; "$@" 2>&4 3<&- 4>&- & fi
        task=$!
        exec 2>/dev/null 4>&-
        # Until setsid has made the group, only the process itself can be hit.
        hit() { kill -s "$1" -- "-$task" || kill -s "$1" "$task"; }
        { while read -r signal; do hit "$signal"; done; hit KILL; } <&3 >/dev/null &
        watch=$!
        exec 3<&-
        wait "$task"; code=$?
        kill -s KILL -- "-$task" "$watch"
        exit "$code"
        """;

    private readonly ProcessPlan _plan;
    private readonly Process _process;
    private readonly Lock _lock = new();

    private TaskProcess(ProcessPlan plan, Process process, Action<string> onLine)
    {
        (_plan, _process) = (plan, process);
        Id = process.Id;
        Exited = Follow(onLine);
    }

    /// <summary>Of the supervisor, below which everything else is.</summary>
    public int? Id { get; }

    public string? RuntimeId => null;

    public Task<int> Exited { get; }

    public static TaskProcess Start(ProcessPlan plan, Action<string> onLine)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Supervisor, "task", plan.Program, .. plan.Arguments])
        {
            WorkingDirectory = plan.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (var (name, value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new TaskProcess(plan, Process.Start(start)!, onLine);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new TaskStartFailure($"CannotStartContainerError: cannot run tasks on this machine: {e.Message}");
        }
    }

    public void Terminate() => Send("TERM");

    public void Kill() => Send("KILL");

    public async Task<int> RunBeside(IReadOnlyList<string> words, CancellationToken cancel)
    {
        var process = Start(_plan with { Program = words[0], Arguments = [.. words.Skip(1)] }, _ => { });
        try
        {
            return await process.Exited.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private void Send(string signal)
    {
        lock (_lock)
        {
            try
            {
                _process.StandardInput.Write($"{signal}\n");
                _process.StandardInput.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It has ended already.
            }
        }
    }

    private async Task<int> Follow(Action<string> onLine)
    {
        await Task.WhenAll(Read(_process.StandardOutput, onLine), Read(_process.StandardError, onLine));
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        lock (_lock)
        {
            _process.Dispose();
        }

        return code;
    }

    private static async Task Read(StreamReader reader, Action<string> onLine)
    {
        var buffer = new char[4096];
        var lines = new LineSplitter(onLine);
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lines.Append(buffer.AsSpan(0, count));
        }

        lines.End();
    }
}
