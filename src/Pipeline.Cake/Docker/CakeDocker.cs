using Cake.Core;
using Cake.Docker;
using Pipeline.Images.Docker;

namespace Pipeline.Cake.Docker;

/// <summary>
/// Docker's command lines, written by Cake.Docker's aliases. They are written down, not run: Cake can neither cancel a tool nor end what it started,
/// and keeps no secret out of a log; the pipeline's own processes do.
/// </summary>
public static class CakeDocker
{
    /// <summary>Writes a call as words of a command line.</summary>
    public static IReadOnlyList<string> Words(DockerCall call)
    {
        var pad = new WritingPad();
        switch (call)
        {
            case DockerCall.Build build:
                pad.DockerBuild(Settings(build), build.Context);
                break;
            case DockerCall.Login login:
                pad.DockerLogin(new DockerRegistryLoginSettings { Username = login.User, PasswordStdin = true, ToolPath = WritingPad.Tool }, login.Server);
                break;
            case DockerCall.Push push:
                pad.DockerPush(new DockerImagePushSettings { ToolPath = WritingPad.Tool }, push.Reference);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(call));
        }

        return pad.Words;
    }

    private static DockerImageBuildSettings Settings(DockerCall.Build build) => new()
    {
        ToolPath = WritingPad.Tool,
        File = build.File,
        ForceRm = build.CleanUp,
        Tag = [build.Tag],
        Target = build.Target,
        Platform = build.Platform,
        BuildArg = Pairs(build.Arguments),
        Label = Pairs(build.Labels),
        // Cake.Docker's image build knows no secrets.
        ArgumentCustomization = arguments => build.Secrets.Aggregate(arguments, (all, secret) => all.Append("--secret").AppendQuoted($"id={secret.Key},env={secret.Value}")),
    };

    private static string[]? Pairs(IReadOnlyDictionary<string, string> values) =>
        values.Count == 0 ? null : [.. values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}")];
}
