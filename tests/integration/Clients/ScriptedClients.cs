using System.Text.Json;
using System.Text.Json.Nodes;

using Pipeline.Processes;

namespace Pipeline.Tests.Clients;

/// <summary>One script works against a cloud and tells what it saw as JSON: group → name → what.</summary>
internal abstract class ScriptedClients
{
    private ClientCloud? _cloud;
    private JsonObject _seen = null!;

    [OneTimeSetUp]
    public async Task Run_the_script()
    {
        _cloud = await ClientCloud.Start();
        var result = await Script(_cloud);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        _seen = JsonNode.Parse(result.Output)!.AsObject();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }
    }

    protected abstract Task<CommandResult> Script(ClientCloud cloud);

    protected void Says(string path, string json) => Assert.That(Seen(path).ToJsonString(), Is.EqualTo(json), path);

    protected JsonNode Seen(string path)
    {
        var group = _seen[path.Split('.')[0]]!;
        Assert.That(group["broken"]?.ToString(), Is.Null, path);
        return group[path.Split('.')[1]] ?? throw new JsonException($"The script did not tell {path}.");
    }
}
