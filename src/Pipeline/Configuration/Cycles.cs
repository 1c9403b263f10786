namespace Pipeline.Configuration;

/// <summary>Finds <c>dependsOn</c> circles.</summary>
internal static class Cycles
{
    public static void Check(MapNode? entries, string path, Mistakes mistakes)
    {
        if (entries is null)
        {
            return;
        }

        var reported = new HashSet<string>();
        foreach (var entry in entries.Entries)
        {
            if (!reported.Contains(entry.Key) && Find(entry.Key, [entry.Key], entries) is { } circle)
            {
                reported.UnionWith(circle);
                mistakes.Add(entry.Line, Paths.Join(path, entry.Key) + ".dependsOn", $"runs in a circle: {string.Join(" → ", circle)}");
            }
        }
    }

    private static List<string>? Find(string start, List<string> way, MapNode entries)
    {
        foreach (var next in DependenciesOf(way[^1], entries))
        {
            if (next == start)
            {
                return [.. way, start];
            }

            if (!way.Contains(next) && Find(start, [.. way, next], entries) is { } circle)
            {
                return circle;
            }
        }

        return null;
    }

    private static IEnumerable<string> DependenciesOf(string name, MapNode entries) =>
        entries[name] is MapNode map && map["dependsOn"] is ListNode list ? list.Items.OfType<ScalarNode>().Select(s => s.Text) : [];
}
