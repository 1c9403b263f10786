namespace StandIns.Generator;

/// <summary>A service to generate.</summary>
/// <param name="Folder">its folder among the public models</param>
/// <param name="Name">of its namespace: <c>Amazon.NAME</c></param>
/// <param name="Type">of its classes, nearly always the same: <c>AmazonTYPEClient</c></param>
internal sealed record Service(string Folder, string Name, string Type, IReadOnlyList<string> Operations)
{
    /// <summary>Reads the list of services and operations; <c>#</c> starts a comment line.</summary>
    public static IReadOnlyList<Service> ReadList(string file)
    {
        var services = new List<(string Folder, string Name, string Type, List<string> Operations)>();
        foreach (var line in File.ReadLines(file).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] == ' ')
            {
                services[^1].Operations.AddRange(words);
            }
            else
            {
                services.Add((words[0], words[1], words[^1], []));
            }
        }

        return [.. services.Select(s => new Service(s.Folder, s.Name, s.Type, s.Operations))];
    }
}
