using System.Text.Json;

namespace Pipeline.Checks.Advisories;

/// <summary>Reads <c>package-lock.json</c> and <c>npm-shrinkwrap.json</c>: version 1 (a tree of <c>dependencies</c>), 2 and 3 (<c>packages</c> by folder).</summary>
internal static class NpmLock
{
    private const string Modules = "node_modules/";
    private const string Alias = "npm:";

    public static Inventory Read(string file, byte[] bytes)
    {
        using var json = new LockJson(bytes);
        var found = new Found(file);
        if (LockJson.Find(json.Root, "packages") is { ValueKind: JsonValueKind.Object })
        {
            ReadFolders(json, found);
        }
        else if (LockJson.Find(json.Root, "lockfileVersion") is not null)
        {
            ReadTree(json, json.Root, [], found);
        }
        else
        {
            return Inventory.Unknown(Ecosystem.Npm, file, "is no lock file of npm");
        }

        return new(found.Packages, found.Gaps);
    }

    private static void ReadFolders(LockJson json, Found found)
    {
        // What lies outside node_modules, and a link to it, is the repository's own.
        foreach (var entry in LockJson.Entries(json.Root, "packages").Where(e => e.Name.Contains(Modules, StringComparison.Ordinal) && !LockJson.IsTrue(e.Value, "link")))
        {
            var name = LockJson.Text(entry.Value, "name") ?? entry.Name[(entry.Name.LastIndexOf(Modules, StringComparison.Ordinal) + Modules.Length)..];
            found.Add(name, LockJson.Text(entry.Value, "version"), entry.Name, json.Line("packages", entry.Name));
        }
    }

    private static void ReadTree(LockJson json, JsonElement parent, IReadOnlyList<string> path, Found found)
    {
        foreach (var entry in LockJson.Entries(parent, "dependencies"))
        {
            IReadOnlyList<string> here = [.. path, "dependencies", entry.Name];
            var folder = string.Concat(here.Where((_, i) => i % 2 == 1).Select((name, i) => $"{(i > 0 ? "/" : "")}{Modules}{name}"));
            var (name, version) = (entry.Name, LockJson.Text(entry.Value, "version"));
            if (version?.StartsWith(Alias, StringComparison.Ordinal) == true && version.LastIndexOf('@') is > 4 and var at)
            {
                (name, version) = (version[Alias.Length..at], version[(at + 1)..]);
            }

            if (version?.StartsWith("file:", StringComparison.Ordinal) != true)
            {
                found.Add(name, version, folder, json.Line(here));
            }

            ReadTree(json, entry.Value, here, found);
        }
    }

    private sealed record Found(string File)
    {
        public List<InstalledPackage> Packages { get; } = [];

        public List<Gap> Gaps { get; } = [];

        public void Add(string name, string? version, string folder, int? line)
        {
            // Of a git repository or an address the tree says only where it was from.
            if (version is not null && SemanticVersion.Parse(version) is not null)
            {
                Packages.Add(new(Ecosystem.Npm, name, version, File, line) { Folder = folder });
            }
            else
            {
                Gaps.Add(new(Ecosystem.Npm, File, $"{name} (line {line}) has no version"));
            }
        }
    }
}
