namespace Pipeline.LocalCloud.Rds;

/// <summary>PostgreSQL's own programs on this machine.</summary>
internal sealed record PostgresPrograms(string Folder)
{
    public string InitDb => Path.Combine(Folder, "initdb");

    public string Control => Path.Combine(Folder, "pg_ctl");

    public string Server => Path.Combine(Folder, "postgres");

    public string BaseBackup => Path.Combine(Folder, "pg_basebackup");

    private bool AreThere => ((string[])[InitDb, Control, Server, BaseBackup]).All(File.Exists);

    /// <summary>The newest that is installed: in the places of its packages, then on the PATH; <c>null</c> where there is none.</summary>
    public static PostgresPrograms? Find()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        const string packages = "/usr/lib/postgresql";
        var versions = Directory.Exists(packages)
            ? Directory.GetDirectories(packages).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .Where(folder => Path.IsPathRooted(folder))
            .Select(folder => new PostgresPrograms(folder))
            .FirstOrDefault(programs => programs.AreThere);
    }
}
