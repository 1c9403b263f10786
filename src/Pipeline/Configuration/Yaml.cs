using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pipeline.Configuration;

/// <summary>A value in the file and the line it stands on.</summary>
internal abstract record Node(int Line);

internal sealed record ScalarNode(string Text, bool IsNull, int Line) : Node(Line);

internal sealed record ListNode(IReadOnlyList<Node> Items, int Line) : Node(Line);

internal sealed record MapNode(IReadOnlyList<Entry> Entries, int Line) : Node(Line)
{
    public Node? this[string key] => Entries.FirstOrDefault(e => e.Key == key)?.Value;

    /// <summary>Maps merge by key; scalars and lists replace.</summary>
    public MapNode With(MapNode overlay)
    {
        var merged = Entries.ToList();
        foreach (var entry in overlay.Entries)
        {
            var at = merged.FindIndex(e => e.Key == entry.Key);
            if (at < 0)
            {
                merged.Add(entry);
            }
            else
            {
                merged[at] = merged[at].Value is MapNode below && entry.Value is MapNode above ? entry with { Value = below.With(above) } : entry;
            }
        }

        return new MapNode(merged, overlay.Line);
    }
}

internal sealed record Entry(string Key, int Line, Node Value);

/// <summary>
/// Builds the nodes from the parser's events: the library's own document model stops at the first duplicate key, and we report all mistakes at once.
/// </summary>
internal sealed class Yaml(Mistakes mistakes)
{
    private readonly Dictionary<AnchorName, Node> anchors = [];

    /// <summary>The document's root, or <c>null</c> when the file holds none or is no YAML (which is among the mistakes then).</summary>
    public Node? Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return null;
            }

            var root = Read(parser, "");
            parser.Consume<DocumentEnd>();
            if (parser.Current is DocumentStart second)
            {
                mistakes.Add((int)second.Start.Line, "", "a second document begins here; the file must hold one");
            }

            return root;
        }
        catch (YamlException e)
        {
            mistakes.Add((int)e.Start.Line, "", $"is no YAML: {Sentence(e)}");
            return null;
        }
    }

    private Node Read(IParser parser, string path)
    {
        var line = (int)parser.Current!.Start.Line;
        var anchor = parser.Current is NodeEvent node ? node.Anchor : AnchorName.Empty;
        var value = parser switch
        {
            _ when parser.TryConsume<Scalar>(out var scalar) => Read(scalar, line),
            _ when parser.TryConsume<SequenceStart>(out _) => ReadList(parser, path, line),
            _ when parser.TryConsume<MappingStart>(out _) => ReadMap(parser, path, line),
            _ => ReadAlias(parser.Consume<AnchorAlias>(), path, line),
        };
        if (!anchor.IsEmpty)
        {
            anchors[anchor] = value;
        }

        return value;
    }

    private static ScalarNode Read(Scalar scalar, int line) =>
        new(scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null", line);

    private ListNode ReadList(IParser parser, string path, int line)
    {
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Read(parser, $"{path}[{items.Count}]"));
        }

        return new ListNode(items, line);
    }

    private MapNode ReadMap(IParser parser, string path, int line)
    {
        var entries = new List<Entry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var at = (int)parser.Current!.Start.Line;
            if (Read(parser, path) is not ScalarNode key)
            {
                mistakes.Add(at, path, "a key must be a text");
                Read(parser, path);
                continue;
            }

            var here = Paths.Join(path, key.Text);
            var value = Read(parser, here);
            if (entries.Find(e => e.Key == key.Text) is { } first)
            {
                mistakes.Add(at, here, $"duplicate key; it stands on line {first.Line} already");
            }
            else
            {
                entries.Add(new Entry(key.Text, at, value));
            }
        }

        return new MapNode(entries, line);
    }

    private Node ReadAlias(AnchorAlias alias, string path, int line)
    {
        if (anchors.TryGetValue(alias.Value, out var node))
        {
            return node;
        }

        mistakes.Add(line, path, $"unknown anchor '{alias.Value}'");
        return new ScalarNode("", true, line);
    }

    private static string Sentence(YamlException e)
    {
        var inner = e.InnerException?.Message ?? e.Message;
        return inner.TrimEnd('.', ' ') is { Length: > 0 } text ? char.ToLowerInvariant(text[0]) + text[1..] : "unreadable";
    }
}
