using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Outcomes;

namespace Pipeline.Versions.Changelogs;

/// <summary>A changelog as it stands. Sections are put into it; what people wrote stays as it is, byte for byte.</summary>
internal sealed partial class ChangelogFile
{
    /// <summary>Each byte as one character: whatever the encoding is, it survives.</summary>
    private readonly string _text;

    private readonly IReadOnlyList<Heading> _headings;
    private readonly IReadOnlyList<Reference> _references;
    private readonly string _newLine;
    private readonly int _end;

    private ChangelogFile(string text)
    {
        _text = text;
        _newLine = text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var end && text[end - 1] == '\r' ? "\r\n" : "\n";
        var lines = MarkdownLines.Of(text);
        (_headings, _references) = Read(lines.All);
        _end = lines.End;
    }

    /// <param name="name">for messages</param>
    /// <exception cref="PipelineException">it is no text in an encoding like UTF-8</exception>
    public static ChangelogFile Parse(byte[] bytes, string name) => bytes.Contains((byte)0)
        ? throw new UsageException($"{name} is no text in UTF-8.", new Detail("next", $"iconv -f UTF-16 -t UTF-8 {name}, or another file as versions.changelog.file"))
        : new(Encoding.Latin1.GetString(bytes));

    /// <summary>The version's section is there.</summary>
    /// <param name="service"><c>null</c>: the repository</param>
    public bool Has(string? service, string version) => _headings.Any(h => IsOf(h, service, version));

    /// <summary>A version's section with its heading; empty: it has none.</summary>
    public string Section(string? service, string version) =>
        _headings.FirstOrDefault(h => IsOf(h, service, version)) is { } heading ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(_text[heading.Start..EndOf(heading)])).TrimEnd() : "";

    /// <summary>The file with a section before those of earlier versions; the same where the version has one.</summary>
    public byte[] With(ReleaseNotes notes, ChangelogWriter writer)
    {
        if (Has(notes.Step.Service, notes.Step.Next!.ToNormalizedString()))
        {
            return Encoding.Latin1.GetBytes(_text);
        }

        var edits = new Edits(_text, _newLine);
        var unreleased = _headings.FirstOrDefault(h => h.IsUnreleased);
        if (unreleased is not null && writer.TakesUnreleased && notes.Step.Service is null)
        {
            Take(edits, unreleased, notes, writer);
        }
        else
        {
            edits.Section(Beginning(unreleased), $"{writer.Heading(notes, ByReference)}\n\n{writer.Body(notes)}");
        }

        Link(edits, notes, writer);
        return Encoding.Latin1.GetBytes(edits.Apply());
    }

    /// <summary>The file that there is not yet, with its first section.</summary>
    public static byte[] New(ReleaseNotes notes, ChangelogWriter writer) => new ChangelogFile(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(writer.Beginning))).With(notes, writer);

    private bool ByReference => _references.Count > 0;

    /// <summary>Entries below <c>Unreleased</c> become the section's; other text there introduces what the commits say; comments and empty groups stay.</summary>
    private void Take(Edits edits, Heading unreleased, ReleaseNotes notes, ChangelogWriter writer)
    {
        var body = HandWritten.Of(_text[unreleased.End..EndOf(unreleased)]);
        var heading = writer.Heading(notes, ByReference);
        if (body.HasEntries)
        {
            var first = writer.First(notes, (change, text) => body.Mentions(change, text));
            edits.After(unreleased.End, first.Length == 0 ? heading : $"{heading}\n\n{first}");
        }
        else if (body.HasText)
        {
            edits.After(unreleased.End, heading);
            edits.Section(unreleased.End + body.Length, writer.Body(notes));
        }
        else
        {
            edits.Section(unreleased.End + body.Length, $"{heading}\n\n{writer.Body(notes)}");
        }
    }

    /// <summary>Where a section goes that takes nothing over.</summary>
    private int Beginning(Heading? unreleased) =>
        _headings.FirstOrDefault(h => h.IsVersion)?.Start
        ?? (unreleased is null ? _headings.FirstOrDefault(h => h.Level == 2)?.Start : EndOf(unreleased))
        ?? FirstReference ?? _end;

    private int EndOf(Heading heading) =>
        _headings.FirstOrDefault(h => h.Start > heading.Start && (h.Level <= heading.Level || h.IsVersion))?.Start
        ?? (FirstReference is { } reference && reference > heading.Start ? reference : _end);

    private int? FirstReference => _references.Count > 0 ? _references[0].Start : null;

    /// <summary>Where links are defined in lines of their own, the version's goes before the others', and that of <c>Unreleased</c> begins at the new tag.</summary>
    private void Link(Edits edits, ReleaseNotes notes, ChangelogWriter writer)
    {
        if (!writer.TakesUnreleased || !ByReference || notes.Link is not { } link)
        {
            return;
        }

        var unreleased = _references.FirstOrDefault(r => r.IsUnreleased);
        edits.Line(_references.FirstOrDefault(r => !r.IsUnreleased)?.Start ?? unreleased!.End, $"[{notes.Title}]: {link}");
        if (unreleased is not null && notes.Step.ReleasedTag is { } before && _text[unreleased.Start..unreleased.End].LastIndexOf($"{before}...", StringComparison.Ordinal) is var at and >= 0)
        {
            edits.Replace(unreleased.Start + at, before.Length, notes.Step.Tag!);
        }
    }

    private static (IReadOnlyList<Heading> Headings, IReadOnlyList<Reference> References) Read(IReadOnlyList<MarkdownLine> lines)
    {
        var (headings, references) = (new List<Heading>(), new List<Reference>());
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Kind != LineKind.Text)
            {
                continue;
            }

            if (HeadingLine().Match(lines[i].Text) is { Success: true } heading)
            {
                // Versionize and others put an anchor before a heading; it belongs to it.
                var start = i > 0 && Anchor().IsMatch(lines[i - 1].Text) ? lines[i - 1].Start : lines[i].Start;
                headings.Add(new Heading(start, lines[i].End, heading.Groups["marks"].Length, heading.Groups["text"].Value.Trim()));
            }
            else if (ReferenceLine().Match(lines[i].Text) is { Success: true } reference && Heading.Names(reference.Groups["label"].Value))
            {
                references.Add(new Reference(lines[i].Start, lines[i].End, Heading.NamesUnreleased(reference.Groups["label"].Value)));
            }
        }

        return (headings, references);
    }

    private static bool IsOf(Heading heading, string? service, string version) =>
        VersionName().Match(heading.Text) is { Success: true } match && match.Groups["version"].Value == version
        && (service is not null ? match.Groups["name"].Value.Equals(service, StringComparison.OrdinalIgnoreCase) : match.Groups["name"].Value.ToLowerInvariant() is "" or "version" or "release");

    [GeneratedRegex(@"^ {0,3}(?<marks>#{1,3})[ \t]+(?<text>.*?)[ \t]*#*[ \t\r]*$")]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"^ {0,3}\[(?<label>[^\]]+)\]:[ \t]*\S")]
    private static partial Regex ReferenceLine();

    [GeneratedRegex(@"^<a (name|id)=", RegexOptions.IgnoreCase)]
    private static partial Regex Anchor();

    /// <summary><c>[1.3.0](…)</c>, <c>v1.3.0 - 2026-11-23</c>, <c>api 1.3.0</c>, <c>api-v1.3.0</c>.</summary>
    [GeneratedRegex(@"^\[?(?:(?<name>[^\s\[\]]+?)[\s@/-]+)?v?(?<version>\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?:\+[0-9A-Za-z.-]+)?(?=$|[\s\]:(])")]
    private static partial Regex VersionName();

    private sealed record Heading(int Start, int End, int Level, string Text)
    {
        /// <summary>A third level is a version only where nothing else is in it: <c>### 1.2.4</c>, but not <c>### Node 24.1.0</c>.</summary>
        public bool IsVersion => VersionName().Match(Text) is { Success: true } match && (Level < 3 || !match.Groups["name"].Success);

        public bool IsUnreleased => Unreleased().IsMatch(Text);

        public static bool NamesUnreleased(string label) => Unreleased().IsMatch(label);

        public static bool Names(string label) => NamesUnreleased(label) || VersionName().IsMatch(label);
    }

    private sealed record Reference(int Start, int End, bool IsUnreleased);

    [GeneratedRegex(@"^\[?unreleased\]?(\(.*\))?$", RegexOptions.IgnoreCase)]
    private static partial Regex Unreleased();
}
