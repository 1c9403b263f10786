using System.Text.Json;

namespace Pipeline.Checks.Advisories;

/// <summary>Reads which NuGet packages a project has: <c>packages.lock.json</c>, or what a restore left in <c>obj</c>.</summary>
internal static class NuGetLocks
{
    public const string LockFile = "packages.lock.json";

    /// <summary>The project's lock file relative to the root, whether or not it is there.</summary>
    public static string LockOf(string project) => LockFiles.Beside(project, LockFile);

    /// <summary>What the last restore of the project resolved.</summary>
    public static string AssetsOf(string project) => LockFiles.Beside(project, "obj/project.assets.json");

    public static Inventory ReadLock(string file, byte[] bytes)
    {
        using var json = new LockJson(bytes);
        if (LockJson.Find(json.Root, "dependencies") is not { ValueKind: JsonValueKind.Object })
        {
            return Inventory.Unknown(Ecosystem.NuGet, file, "is no lock file of NuGet");
        }

        var (packages, gaps) = (new List<InstalledPackage>(), new List<Gap>());
        foreach (var framework in LockJson.Entries(json.Root, "dependencies"))
        {
            foreach (var package in LockJson.Entries(json.Root.GetProperty("dependencies"), framework.Name).Where(p => LockJson.Text(p.Value, "type") != "Project"))
            {
                var line = json.Line("dependencies", framework.Name, package.Name);
                if (LockJson.Text(package.Value, "resolved") is { } version)
                {
                    packages.Add(new(Ecosystem.NuGet, package.Name, version, file, line));
                }
                else
                {
                    gaps.Add(new(Ecosystem.NuGet, file, $"{package.Name} (line {line}) has no version"));
                }
            }
        }

        // A package stands there once for each target framework.
        return new([.. packages.DistinctBy(p => p.Identity)], gaps);
    }

    public static Inventory ReadAssets(string file, byte[] bytes)
    {
        using var json = new LockJson(bytes);
        if (LockJson.Find(json.Root, "libraries") is not { ValueKind: JsonValueKind.Object })
        {
            return Inventory.Unknown(Ecosystem.NuGet, file, "is no list of NuGet's packages");
        }

        var packages = LockJson.Entries(json.Root, "libraries").Where(l => LockJson.Text(l.Value, "type") == "package")
            .Select(l => (l.Name, Parts: l.Name.Split('/'))).Where(l => l.Parts.Length == 2)
            .Select(l => new InstalledPackage(Ecosystem.NuGet, l.Parts[0], l.Parts[1], file, json.Line("libraries", l.Name)));
        return new([.. packages], []);
    }
}
