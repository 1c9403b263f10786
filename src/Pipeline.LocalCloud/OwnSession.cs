using System.Runtime.InteropServices;

namespace Pipeline.LocalCloud;

/// <summary>Leaves the terminal's process group, so that a Ctrl-C meant for the program that started the cloud does not end the cloud.</summary>
internal static class OwnSession
{
    public static void Enter()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Fails for the leader of a group: then a shell runs the cloud itself, and Ctrl-C is meant for it.
            _ = setsid();
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setsid();
}
