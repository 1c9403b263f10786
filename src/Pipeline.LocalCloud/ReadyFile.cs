using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud;

/// <summary>Tells whoever started the program that it listens, and where.</summary>
internal static class ReadyFile
{
    public static void Write(string path, CloudServer server)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(draft, new JsonObject
        {
            ["pid"] = Environment.ProcessId,
            ["endpoint"] = server.Endpoint,
            ["started"] = server.Started.ToString("O"),
        }.ToJsonString());
        File.Move(draft, path, overwrite: true);
    }
}
