using System.Text.Json.Nodes;
using Pipeline.Processes;

namespace Pipeline.Tests.Clients;

/// <summary>The CDK CLI with the sample app, in a folder of its own.</summary>
internal sealed class CdkApp(ClientCloud cloud) : IDisposable
{
    private readonly string _sample = Repository.CdkSample;
    private readonly string _folder = Directory.CreateTempSubdirectory("cdk-").FullName;

    /// <summary>A copy of the assembly that is committed.</summary>
    public string Committed() => Copy(Path.Combine(_sample, "cdk.out"));

    /// <summary>A copy of an assembly with one property of one template changed.</summary>
    public string Changed(string assembly, string stack, string resourceType, string property, JsonNode value)
    {
        var copy = Copy(assembly);
        var file = Path.Combine(copy, $"{stack}.template.json");
        var template = JsonNode.Parse(File.ReadAllText(file))!;
        var resource = template["Resources"]!.AsObject().First(r => r.Value!["Type"]!.ToString() == resourceType && r.Value["Properties"]![property] is not null).Value!;
        resource["Properties"]![property] = value;
        File.WriteAllText(file, template.ToJsonString());
        return copy;
    }

    /// <summary>Runs the app; answers the folder of its assembly.</summary>
    public async Task<string> Synthesise(params string[] options)
    {
        var assembly = Path.Combine(_folder, $"{Guid.NewGuid():N}");
        var result = await Run(["synth", "--quiet", "--app", "node --stack-trace-limit=0 app.js", "--output", assembly, .. options], _sample);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
        return assembly;
    }

    /// <summary>Runs a command outside the sample's folder, where it would write a new assembly over the committed one.</summary>
    public Task<CommandResult> Run(params string[] arguments) => Run(arguments, _folder);

    /// <summary>What a command that must work has said.</summary>
    public async Task<string> Ok(params string[] arguments)
    {
        var result = await Run(arguments);
        var said = result.Output + result.Error;
        Assert.That(result.ExitCode, Is.Zero, $"cdk {string.Join(' ', arguments)}: {said[^Math.Min(said.Length, 3000)..]}");
        return said;
    }

    private Task<CommandResult> Run(IEnumerable<string> arguments, string folder) =>
        cloud.Run(Requires.Program("node", "node"), [Path.Combine(_sample, "node_modules", "aws-cdk", "bin", "cdk"), .. arguments, "--no-notices", "--no-color"], folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Copy(string assembly)
    {
        var copy = Directory.CreateDirectory(Path.Combine(_folder, $"{Guid.NewGuid():N}")).FullName;
        foreach (var file in Directory.GetFiles(assembly))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }
}
