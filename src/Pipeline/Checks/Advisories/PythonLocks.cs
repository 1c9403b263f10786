using System.Text;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Pipeline.Checks.Advisories;

/// <summary>Reads what Poetry, uv, PDM and Pipenv have locked.</summary>
internal static class PythonLocks
{
    /// <summary><c>poetry.lock</c>, <c>uv.lock</c> and <c>pdm.lock</c>: TOML, one <c>[[package]]</c> each.</summary>
    public static Inventory ReadToml(string file, byte[] bytes)
    {
        var document = SyntaxParser.Parse(Encoding.UTF8.GetString(bytes), file, validate: true);
        var tables = document.Tables.ToList();
        // Poetry ends its file with [metadata], PDM begins with it, uv with its version: without, the file is cut off or somebody else's.
        var isWhole = Path.GetFileName(file) == "uv.lock" ? document.KeyValues.Any(k => Key(k.Key) == "version") : tables.Exists(t => t is TableSyntax && Key(t.Name) == "metadata");
        if (document.HasErrors || !isWhole)
        {
            return Inventory.Unknown(Ecosystem.PyPI, file, "cannot be read");
        }

        var own = tables.Where(t => t is TableSyntax && Key(t.Name) == "package.source" && Text(t.Items, "type") == "directory").ToHashSet();
        var (packages, gaps) = (new List<InstalledPackage>(), new List<Gap>());
        for (var i = 0; i < tables.Count; i++)
        {
            if (tables[i] is not TableArraySyntax table || Key(table.Name) != "package" || IsOwn(table, tables.Skip(i + 1).TakeWhile(t => t is TableSyntax), own))
            {
                continue;
            }

            var line = table.Span.Start.Line + 1;
            if (Text(table.Items, "name") is { } name && Text(table.Items, "version") is { } version)
            {
                packages.Add(new(Ecosystem.PyPI, name, version, file, line));
            }
            else
            {
                gaps.Add(new(Ecosystem.PyPI, file, $"{Text(table.Items, "name") ?? "a package"} (line {line}) has no version"));
            }
        }

        return new([.. packages.DistinctBy(p => p.Identity)], gaps);
    }

    /// <summary><c>Pipfile.lock</c>: JSON, a section for each group of packages.</summary>
    public static Inventory ReadPipfile(string file, byte[] bytes)
    {
        using var json = new LockJson(bytes);
        if (LockJson.Find(json.Root, "_meta") is null)
        {
            return Inventory.Unknown(Ecosystem.PyPI, file, "is no lock file of Pipenv");
        }

        var (packages, gaps) = (new List<InstalledPackage>(), new List<Gap>());
        foreach (var group in json.Root.EnumerateObject().Where(g => g.Name != "_meta"))
        {
            foreach (var package in LockJson.Entries(json.Root, group.Name))
            {
                var line = json.Line(group.Name, package.Name);
                if (LockJson.Text(package.Value, "version") is { } version && version.StartsWith("==", StringComparison.Ordinal))
                {
                    packages.Add(new(Ecosystem.PyPI, package.Name, version.TrimStart('='), file, line) { Marker = LockJson.Text(package.Value, "markers") });
                }
                else
                {
                    gaps.Add(new(Ecosystem.PyPI, file, $"{package.Name} (line {line}) has no version"));
                }
            }
        }

        return new([.. packages.DistinctBy(p => p.Identity)], gaps);
    }

    /// <summary>The repository's own code: no index has it, and what it needs is locked beside it.</summary>
    private static bool IsOwn(TableArraySyntax package, IEnumerable<TableSyntaxBase> below, HashSet<TableSyntaxBase> own) =>
        below.Any(own.Contains)
        || package.Items.FirstOrDefault(k => Key(k.Key) == "source")?.Value is InlineTableSyntax source
            && source.Items.Any(i => Key(i.KeyValue?.Key) is "editable" or "virtual" or "directory");

    private static string? Text(IEnumerable<KeyValueSyntax> items, string key) => (items.FirstOrDefault(k => Key(k.Key) == key)?.Value as StringValueSyntax)?.Value;

    private static string Key(KeySyntax? key) => key?.ToString().Trim() ?? "";
}
