using System.Diagnostics;
using System.Text;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>How a container is run as a process of this machine; the environment is complete: nothing of the cloud's own is passed on.</summary>
internal sealed record ProcessPlan(string Program, IReadOnlyList<string> Arguments, string WorkingFolder, IReadOnlyDictionary<string, string> Environment);

/// <summary>
/// A process under a small supervisor, which holds the read end of a pipe whose write end only the cloud has. When the cloud ends, however it ends,
/// the pipe closes and the supervisor kills the process with everything it started. Signals are sent as lines through the same pipe, so they never
/// hit a process that took over the number.
/// </summary>
internal sealed class TaskProcess
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

    private const int LongestLine = 64 * 1024;
    private readonly Process _process;
    private readonly Lock _lock = new();

    private TaskProcess(Process process, Action<string> onLine)
    {
        _process = process;
        Id = process.Id;
        Exited = Follow(onLine);
    }

    /// <summary>Of the supervisor, below which everything else is.</summary>
    public int Id { get; }

    /// <summary>The exit code, 128 + n after signal n, once all output is read.</summary>
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
            return new TaskProcess(Process.Start(start)!, onLine);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new TaskStartFailure($"CannotStartContainerError: cannot run tasks on this machine: {e.Message}");
        }
    }

    public void Terminate() => Send("TERM");

    public void Kill() => Send("KILL");

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
        var line = new StringBuilder();
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            foreach (var c in buffer.AsMemory(0, count).ToArray())
            {
                if (c == '\n' || line.Length == LongestLine)
                {
                    onLine(line.ToString().TrimEnd('\r'));
                    line.Clear();
                }

                if (c != '\n')
                {
                    line.Append(c);
                }
            }
        }

        if (line.Length > 0)
        {
            onLine(line.ToString());
        }
    }
}
