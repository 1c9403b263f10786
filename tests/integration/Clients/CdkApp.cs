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
        await Ok(["synth", "--quiet", "--app", "node --stack-trace-limit=0 app.js", "--output", assembly, .. options]);
        return assembly;
    }

    public Task<CommandResult> Run(params string[] arguments) =>
        cloud.Run(Requires.Program("node", "node"), [Path.Combine(_sample, "node_modules", "aws-cdk", "bin", "cdk"), .. arguments, "--no-notices", "--no-color"], _sample);

    /// <summary>What a command that must work has said.</summary>
    public async Task<string> Ok(params string[] arguments)
    {
        var result = await Run(arguments);
        Assert.That(result.ExitCode, Is.Zero, $"cdk {string.Join(' ', arguments)}: {result.Output} {result.Error}");
        return result.Output + result.Error;
    }

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
