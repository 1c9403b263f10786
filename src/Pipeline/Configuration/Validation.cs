namespace Pipeline.Configuration;

/// <summary>Compares the file with the described keys.</summary>
internal sealed class Validation(Mistakes mistakes, Surroundings around)
{
    public void Check(Node node, Shape shape, string path)
    {
        switch (shape, node)
        {
            case (Section section, MapNode map):
                Check(map, section, path);
                break;
            case (Section section, ScalarNode { IsNull: true }) when !section.Keys.Any(k => k.Required):
                break;
            case (MapOf of, MapNode map):
                Check(map, of, path);
                break;
            case (ListOf of, ListNode list):
                foreach (var (item, i) in list.Items.Select((item, i) => (item, i)))
                {
                    Check(item, of.Item, $"{path}[{i}]");
                }

                break;
            case (Value value, ScalarNode { IsNull: false } scalar):
                if (value.Check(scalar.Text, around) is { } sentence)
                {
                    mistakes.Add(node.Line, path, sentence);
                }

                break;
            case (_, ScalarNode { IsNull: true }):
                mistakes.Add(node.Line, path, $"has no value; give it one ({Kind(shape)}), or remove the key");
                break;
            default:
                mistakes.Add(node.Line, path, $"must be {Kind(shape)}, is {Kind(node)}");
                break;
        }
    }

    private void Check(MapNode map, Section section, string path)
    {
        foreach (var entry in map.Entries)
        {
            var here = Paths.Join(path, entry.Key);
            if (section.Keys.FirstOrDefault(k => k.Name == entry.Key) is { } key)
            {
                Check(entry.Value, key.Shape, here);
            }
            else
            {
                mistakes.Add(entry.Line, here, $"unknown key{Suggest(entry.Key, section)}");
            }
        }

        foreach (var key in section.Keys.Where(k => k.Required && map[k.Name] is null))
        {
            mistakes.Add(map.Line, Paths.Join(path, key.Name), $"is missing ({Kind(key.Shape)}, e.g. {key.Example})");
        }
    }

    private void Check(MapNode map, MapOf of, string path)
    {
        if (map.Entries.Count == 0 && of.Value is Section)
        {
            mistakes.Add(map.Line, path, $"must hold at least one {of.What.ToLowerInvariant()}");
        }

        foreach (var entry in map.Entries)
        {
            if (of.Name is { } name && !name.Holds(entry.Key))
            {
                mistakes.Add(entry.Line, Paths.Join(path, entry.Key), $"the name {name.Sentence}");
            }

            Check(entry.Value, of.Value, Paths.Join(path, entry.Key));
        }
    }

    private static string Suggest(string name, Section section) =>
        NearestName.Hint(name, section.Keys.Select(k => k.Name)) is { Length: > 0 } hint ? hint : $"; known: {string.Join(", ", section.Keys.Select(k => k.Name))}";

    private static string Kind(Shape shape) => shape switch
    {
        Section => "a section of keys",
        MapOf of => $"a map of names to {(of.Value is Section ? "sections" : "values")}",
        ListOf => "a list",
        _ => $"one value: {shape.Type}",
    };

    private static string Kind(Node node) => node switch
    {
        MapNode => "a map",
        ListNode => "a list",
        _ => "a single value",
    };
}
