using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Docker.Internal;

/// <summary>Docker's client as a tool.</summary>
internal sealed class DockerRunner<TSettings>(ICakeContext context) : Tool<TSettings>(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools)
    where TSettings : AutoToolSettings
{
    public void Run(string command, TSettings settings, IEnumerable<string> words)
    {
        var arguments = new ProcessArgumentBuilder().Append(command);
        DockerOptions.AppendTo(arguments, settings);
        foreach (var word in words)
        {
            arguments.Append(word);
        }

        Run(settings, arguments);
    }

    protected override string GetToolName() => "Docker";

    protected override IEnumerable<string> GetToolExecutableNames() => ["docker", "docker.exe"];
}
