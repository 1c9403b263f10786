using System.Globalization;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks.Advisories;

/// <summary>Looks for known vulnerabilities of what the services have installed: in the folder of advisories, and with every tool that is there.</summary>
/// <param name="find">a program's path; <c>null</c>: it is not installed</param>
internal sealed class PackageAdvisories(PipelineConfiguration configuration, Func<string, string?> find)
{
    public const string Name = "package advisories";
    private readonly CheckSettings _checks = configuration.Checks;

    public PackageAdvisories(PipelineConfiguration configuration)
        : this(configuration, Programs.Find)
    {
    }

    /// <summary>In UTC.</summary>
    public DateOnly Today { get; init; } = DateOnly.FromDateTime(DateTime.UtcNow);

    public async Task<CheckPart> Run(IReadOnlyList<ServiceSettings> services, IProgress<string>? progress, CancellationToken cancel)
    {
        if (services.Count == 0)
        {
            return new CheckPart(Name, Verdict.Skipped, "no service is affected");
        }

        progress?.Report($"package advisories of {string.Join(", ", services.Select(s => s.Name))}");
        var answers = new List<Answer>();
        var closure = new ProjectClosure(configuration.Root);
        IReadOnlyList<string> projects = [.. services.Select(s => s.Project).OfType<string>().Select(closure.Normal).Distinct()];
        var unrestored = new List<Gap>();
        if (projects.Count > 0)
        {
            var nuget = await NuGetAudit.Ask(configuration.Root, projects, _checks.SecurityBudget, cancel).ConfigureAwait(false);
            answers.Add(nuget);
            unrestored.AddRange(nuget.Problem is null ? [] : await RestoreUnlocked(projects, cancel).ConfigureAwait(false));
        }

        var read = await Task.Run(() => new LockFiles(configuration, cancel).Read(services), cancel).ConfigureAwait(false);
        var inventory = read with { Gaps = [.. read.Gaps, .. unrestored] };
        var (offline, note) = await Task.Run(() => AskFolder(inventory, cancel), cancel).ConfigureAwait(false);
        answers.AddRange(offline);
        if (inventory.Packages.Where(p => p.Ecosystem == Ecosystem.PyPI).ToList() is { Count: > 0 } python)
        {
            answers.Add(await new PythonAudit(find, _checks.SecurityBudget).Ask(python, cancel).ConfigureAwait(false));
        }

        if (inventory.Packages.Where(p => p.Ecosystem == Ecosystem.Npm).ToList() is { Count: > 0 } npm)
        {
            answers.Add(await new NpmAudit(configuration.Root, find, _checks.SecurityBudget).Ask(npm, cancel).ConfigureAwait(false));
        }

        return new AdvisoryReport(_checks.IgnoredAdvisories, Today) { Note = note }.Judge(inventory, answers);
    }

    /// <summary>What a project without a lock file has is only known after a restore; an old one may be of another time.</summary>
    private async Task<IReadOnlyList<Gap>> RestoreUnlocked(IReadOnlyList<string> projects, CancellationToken cancel)
    {
        var gaps = new List<Gap>();
        foreach (var project in projects.Where(p => !File.Exists(Path.Combine(configuration.Root, NuGetLocks.LockOf(p)))))
        {
            if (await NuGetAudit.Restore(configuration.Root, project, _checks.SecurityBudget, cancel).ConfigureAwait(false) is { } why)
            {
                gaps.Add(new(Ecosystem.NuGet, project, why));
            }
        }

        return gaps;
    }

    private (IReadOnlyList<Answer> Answers, string? Note) AskFolder(Inventory inventory, CancellationToken cancel)
    {
        if (_checks.Advisories is not { } path)
        {
            return ([], null);
        }

        var source = $"the advisories in '{path}'";
        var used = inventory.Packages.Select(p => p.Ecosystem).Distinct().ToList();
        OsvContent content;
        try
        {
            content = OsvFolder.Read(Path.Combine(configuration.Root, path), inventory.Packages, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([.. used.Select(u => new Answer(source, u) { Problem = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such folder" : "cannot be read" })], null);
        }

        var note = content.Newest is { } newest ? string.Create(CultureInfo.InvariantCulture, $"{content.Count:N0} advisories in '{path}', the newest of {newest.UtcDateTime:yyyy-MM-dd}") : null;
        return ([.. used.Select(e => Answer(new Answer(source, e), content, inventory))], note);
    }

    private static Answer Answer(Answer answer, OsvContent content, Inventory inventory)
    {
        var relevant = content.Relevant.SelectMany(a => (a.Affected ?? []).Select(f => (Ecosystem: Ecosystems.Find(f.Package?.Ecosystem), f.Package?.Name, Advisory: a)))
            .Where(a => a.Ecosystem == answer.Ecosystem && a.Name is not null).ToLookup(a => answer.Ecosystem.Normal(a.Name!), a => a.Advisory);
        var judged =
            from package in inventory.Packages.Where(p => p.Ecosystem == answer.Ecosystem)
            from advisory in relevant[package.Identity.Name].Distinct()
            select (package, advisory, verdict: OsvRanges.Judge(advisory, package));
        var all = judged.ToList();
        var unclear = all.Find(j => j.verdict.Problem is not null);
        return answer with
        {
            Found = [.. all.Where(j => j.verdict.Affected).Select(j => new Vulnerability(j.package, [j.advisory.Id, .. j.advisory.Aliases ?? []], Severities.Of(j.advisory), j.verdict.Fixed))],
            Problem = content.Broken.Count > 0 ? content.Broken[0] + (content.Broken.Count > 1 ? $", and {content.Broken.Count - 1} more broken files" : "")
                : !content.Ecosystems.Contains(answer.Ecosystem) ? content.Count == 0 ? "there is none" : $"none is of {answer.Ecosystem.Name()}"
                : unclear.verdict is not null ? $"{unclear.advisory.Id} of {unclear.package.Name}: {unclear.verdict.Problem}"
                : null,
        };
    }
}
