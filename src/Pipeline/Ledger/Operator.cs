namespace Pipeline.Ledger;

/// <summary>Who runs this process, as far as the machine knows.</summary>
public static class Operator
{
    /// <summary><c>user@host</c>.</summary>
    public static string UserAtHost => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>
    /// Where process ids mean the same processes: this machine since it was started, and in it this process's own view (containers
    /// may share a name and number their processes each for itself).
    /// </summary>
    public static string Machine { get; } = Hashing.Of(Environment.MachineName, Read("/proc/sys/kernel/random/boot_id"), new FileInfo("/proc/self/ns/pid").LinkTarget ?? "");

    private static string Read(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
