namespace Pipeline.Configuration;

/// <summary>A stack runs one service: its image and version are the stack's parameters.</summary>
internal static class SharedStacks
{
    public static void Check(MapNode? services, Mistakes mistakes)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var service in services?.Entries ?? [])
        {
            if (service.Value is MapNode map && map["stack"] is ScalarNode { IsNull: false } stack && !owners.TryAdd(stack.Text, service.Key))
            {
                mistakes.Add(stack.Line, $"services.{service.Key}.stack", $"'{stack.Text}' runs service '{owners[stack.Text]}' already; a stack runs one service");
            }
        }
    }
}
