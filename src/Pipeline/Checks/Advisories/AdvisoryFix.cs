namespace Pipeline.Checks.Advisories;

/// <summary>What to type against a vulnerability.</summary>
internal static class AdvisoryFix
{
    public static string Of(InstalledPackage package, string? fixedVersion)
    {
        if (fixedVersion is null)
        {
            return $"do without {package.Name}, or say in checks.security.ignore until when it is accepted";
        }

        var (name, folder) = (package.Name, Folder(package.File));
        return Path.GetFileName(package.File) switch
        {
            NuGetLocks.LockFile => $"dotnet add {folder} package {name} --version {fixedVersion}",
            "project.assets.json" => $"dotnet add {Folder(folder)} package {name} --version {fixedVersion}",
            "poetry.lock" => $"poetry --directory {folder} update {name}",
            "uv.lock" => $"uv lock --directory {folder} --upgrade-package {name}",
            "pdm.lock" => $"pdm update --project {folder} {name}",
            "Pipfile.lock" => $"cd {folder} && pipenv upgrade {name}",
            "package-lock.json" or "npm-shrinkwrap.json" => $"npm update {name} --prefix {folder}",
            _ when package.Ecosystem == Ecosystem.NuGet => $"dotnet add {package.File} package {name} --version {fixedVersion}",
            _ => $"write {name}=={fixedVersion} into {package.File}",
        };
    }

    private static string Folder(string path) => LockFiles.Beside(path, "").TrimEnd('/') is { Length: > 0 } folder ? folder : ".";
}
