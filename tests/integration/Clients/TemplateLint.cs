using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Processes;

namespace Pipeline.Tests.Clients;

/// <summary>AWS's own linter over every template of the repository.</summary>
[TestFixture]
internal sealed class TemplateLint
{
    [Test]
    public async Task Finds_nothing_in_any_template_of_the_repository()
    {
        var program = Requires.Program("cfn-lint", "cfn-lint");
        var templates = await Templates();
        Assert.That(templates, Has.Some.EndsWith("samples/storefront/infra/network.yaml").And.Some.EndsWith("samples/cdk/cdk.out/shop-service.template.json"));

        var result = await ChildProcess.Run(new Command(program, ["--format", "parseable", .. templates], Repository.Root) { Timeout = TimeSpan.FromMinutes(3) }, CancellationToken.None);

        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    /// <summary>What git knows or would add and looks like a template.</summary>
    private static async Task<List<string>> Templates()
    {
        var git = await ChildProcess.Run(new Command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.yaml", "*.yml", "*.json"], Repository.Root), CancellationToken.None);
        Assert.That(git.ExitCode, Is.Zero, git.Error);
        return [.. git.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(file => Path.Combine(Repository.Root, file)).Where(file => File.Exists(file) && IsTemplate(file)).Order(StringComparer.Ordinal)];
    }

    private static bool IsTemplate(string file)
    {
        var text = File.ReadAllText(file);
        if (!file.EndsWith(".json", StringComparison.Ordinal))
        {
            return text.Split('\n').Any(line => line.StartsWith("AWSTemplateFormatVersion:", StringComparison.Ordinal) || line.StartsWith("Resources:", StringComparison.Ordinal));
        }

        try
        {
            return JsonNode.Parse(text) is JsonObject root && (root.ContainsKey("AWSTemplateFormatVersion") || root["Resources"] is JsonObject);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
