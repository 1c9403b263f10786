using System.Diagnostics;

namespace Build;

/// <summary>How long this process has been running: what the user waited.</summary>
internal static class Clock
{
    public static TimeSpan Elapsed => DateTime.Now - Process.GetCurrentProcess().StartTime;
}
