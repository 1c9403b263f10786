namespace StandIns.Generator;

/// <summary>A service to generate.</summary>
/// <param name="Folder">its folder among the public models</param>
/// <param name="Name">as in <c>Amazon.NAME.AmazonNAMEClient</c></param>
internal sealed record Service(string Folder, string Name, IReadOnlyList<string> Operations)
{
    /// <summary>Reads the list of services and operations; <c>#</c> starts a comment line.</summary>
    public static IReadOnlyList<Service> ReadList(string file)
    {
        var services = new List<(string Folder, string Name, List<string> Operations)>();
        foreach (var line in File.ReadLines(file).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] == ' ')
            {
                services[^1].Operations.AddRange(words);
            }
            else
            {
                services.Add((words[0], words[1], []));
            }
        }

        return [.. services.Select(s => new Service(s.Folder, s.Name, s.Operations))];
    }
}
