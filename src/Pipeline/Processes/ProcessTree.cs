using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Pipeline.Processes;

/// <summary>
/// Ends a process with everything that it started. Where the system shows other processes' environments (Linux), also what has
/// lost its parent: such a process is known by a mark that every child inherits.
/// </summary>
internal static class ProcessTree
{
    private const string Variable = "PIPELINE_PROCESS_TREE";

    public static string Mark(ProcessStartInfo start)
    {
        var mark = Guid.NewGuid().ToString("N");
        start.Environment.TryGetValue(Variable, out var outer);
        start.Environment[Variable] = string.IsNullOrEmpty(outer) ? mark : $"{outer}:{mark}";
        return mark;
    }

    public static void End(Process root, string mark)
    {
        try
        {
            root.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime, or parts of the tree did.
        }

        // A process that forks while it is being ended appears in the next round.
        for (var round = 0; round < 5 && EndMarked(mark); round++)
        {
        }
    }

    /// <summary>Ends those of a tree whose command line holds the text.</summary>
    /// <returns>whether there were any; never where the system does not show other processes' environments</returns>
    public static bool EndMarked(string mark, string? commandLine = null)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var found = false;
        var wanted = Encoding.ASCII.GetBytes(mark);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && id != Environment.ProcessId && Holds(folder, "environ", wanted)
                && (commandLine is null || Holds(folder, "cmdline", Encoding.UTF8.GetBytes(commandLine))))
            {
                found |= End(id);
            }
        }

        return found;
    }

    private static bool Holds(string folder, string file, byte[] text)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, file)).AsSpan().IndexOf(text) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
