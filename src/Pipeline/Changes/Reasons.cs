using Pipeline.Configuration;

namespace Pipeline.Changes;

/// <summary>Says why a service is due, in a few lines.</summary>
internal sealed class Reasons(Ownership now, IReadOnlyList<PathFilter> recorded)
{
    private const int FilesShown = 5;

    public IReadOnlyList<string> For(HashedService service, RunningService running, TreeDiff diff)
    {
        var (current, before) = (service.Inputs.Parts, running.Inputs.Parts);
        var changed = current.Keys.Union(before.Keys).Where(name => current.GetValueOrDefault(name) != before.GetValueOrDefault(name)).ToHashSet();
        var lines = new List<string>();
        lines.AddRange(service.Uncertain.Where(_ => changed.Contains(Part.Everything)).Select(u => $"uncertain, so every file counts: {u}"));
        lines.AddRange(changed.Select(name => Alone(name, before.GetValueOrDefault(name), current.GetValueOrDefault(name))).OfType<string>());

        var explained = new HashSet<string>();
        if (diff.Files is { } files)
        {
            var filters = Filters(service, changed);
            var found = files.Select(f => (File: f, Part: PartOf(f, filters, changed))).Where(f => f.Part is not null).ToList();
            explained.UnionWith(found.Select(f => f.Part!));
            lines.AddRange(found.Take(FilesShown).Select(f => Line(f.File, f.Part!)));
            if (found.Count > FilesShown)
            {
                lines.Add($"+ {found.Count - FilesShown} more");
            }
        }

        var rest = changed.Where(n => !explained.Contains(n) && Alone(n, "", "") is null).Select(Subject).Distinct().ToList();
        if (rest.Count > 0 && explained.Count == 0)
        {
            lines.Add($"{string.Join(", ", rest.Take(FilesShown))}{(rest.Count > FilesShown ? $" + {rest.Count - FilesShown} more" : "")} changed{(diff.Files is null ? $"; {diff.Remark}" : "")}");
        }

        if (diff is { Files: not null, Remark: { } remark })
        {
            lines.Add(remark);
        }

        return lines.Count > 0 ? lines : [$"inputs {service.Inputs.Hash[..8]} differ from the recorded {Short(running.Inputs.Hash)}"];
    }

    /// <summary>Changes that need no list of files.</summary>
    private static string? Alone(string name, string? before, string? now) => Part.Subject(name).Kind switch
    {
        Part.BaseImage => $"base image {Image(before)} → {Image(now)}",
        Part.Settings => "its builder, project or repository changed in pipeline.yml",
        Part.Format => $"the pipeline makes its image another way (format {before ?? "none"} → {now ?? "none"})",
        Part.Project when before is null => $"now references project {Name(name)}",
        Part.Project when now is null => $"no longer references project {Name(name)}",
        _ => null,
    };

    private List<(string Name, PathFilter Filter)> Filters(HashedService service, HashSet<string> changed)
    {
        var filters = service.Parts.Where(p => p.Filter is not null && changed.Contains(p.Name)).Select(p => (p.Name, p.Filter!)).ToList();
        filters.AddRange(changed.Except(service.Parts.Select(p => p.Name)).Select(n => (n, Part.FilterOf(n, now.Ignored))).Where(f => f.Item2 is not null)!);
        return filters;
    }

    private string? PartOf(ChangedFile file, List<(string Name, PathFilter Filter)> filters, HashSet<string> changed)
    {
        foreach (var (name, filter) in filters)
        {
            if (filter.Covers(file.Path))
            {
                return name;
            }
        }

        return changed.Contains(Part.Unowned) && now.IsUnowned(file.Path, recorded) ? Part.Unowned
            : changed.Contains(Part.Everything) ? Part.Everything
            : null;
    }

    private static string Line(ChangedFile file, string part)
    {
        var path = file.Note is null ? file.Path : $"{file.Path} ({file.Note})";
        return Part.Subject(part) switch
        {
            (Part.Project, _) => $"{path}, through project {Name(part)}",
            (Part.File, _) => $"{path}, which its projects read",
            (Part.Files, var glob) => $"{path}, through {glob}, which its projects include",
            (Part.Inputs, var glob) => $"{path}, through inputs {glob}",
            (Part.Unowned, _) => $"{path}, which belongs to no service (if so, add it to 'ignore' in {ConfigurationLoader.FileName})",
            _ => path,
        };
    }

    private static string Subject(string name) => Part.Subject(name) switch
    {
        (Part.Folder or Part.File, var path) => path,
        (Part.Project, _) => $"project {Name(name)}",
        _ => name,
    };

    private static string Name(string part) => Path.GetFileNameWithoutExtension(Part.Subject(part).Of);

    private static string Image(string? reference) => reference is null or "" ? "none" : reference[..Math.Min(reference.Length, reference.IndexOf("sha256:", StringComparison.Ordinal) is var at and >= 0 ? at + 15 : reference.Length)];

    private static string Short(string hash) => hash[..Math.Min(8, hash.Length)];
}
