using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Assemblies;

/// <summary>What an environment can take of a cloud assembly; everything else is refused by name before anything is deployed.</summary>
public static class AssemblyRules
{
    /// <summary>Refuses an assembly that is not there, is meant for another place, or needs assets published.</summary>
    /// <param name="assembly">as it was read; <c>null</c>: there is none, though the environment names one</param>
    /// <exception cref="UsageException">all that is wrong at once</exception>
    public static void Check(EnvironmentSettings environment, CloudAssembly? assembly)
    {
        if (environment.Assembly is not { } folder)
        {
            return;
        }

        if (assembly is null)
        {
            throw new UsageException($"There is no cloud assembly in '{folder}', which {environment.Name} is deployed from.", new Detail("next", $"npx cdk synth --output {folder}, then the same command again"));
        }

        var mistakes = assembly.Stacks.SelectMany(stack => Mistakes(environment, stack)).ToList();
        if (mistakes.Count > 0)
        {
            throw new UsageException($"{string.Join('\n', mistakes.Select(m => $"{folder}: {m}"))}\n{Reporting.Words.Count(mistakes.Count, "error")}. Nothing was deployed.");
        }
    }

    private static IEnumerable<string> Mistakes(EnvironmentSettings environment, StackArtifact stack)
    {
        if (stack.Account is { } account && account != environment.Account)
        {
            yield return $"stack '{stack.Id}' was synthesised for account {account}, and {environment.Name} is account {environment.Account}; synthesise it for that account, or without an environment";
        }

        if (stack.Region is { } region && region != environment.Region)
        {
            yield return $"stack '{stack.Id}' was synthesised for region {region}, and {environment.Name} is in {environment.Region}; synthesise it for that region, or without an environment";
        }

        foreach (var asset in stack.Assets)
        {
            yield return asset.IsImage
                ? $"stack '{stack.Id}' needs docker image '{asset.Name}'; make it a service in pipeline.yml with 'stack: {stack.Id}', and take it in the app from a CfnParameter 'ImageUri'"
                : $"stack '{stack.Id}' needs file '{asset.Name}' published; this pipeline publishes templates only: put the file into a bucket and name it there, or deploy this stack with the CDK CLI";
        }
    }
}
