namespace Pipeline.Tests.Configuration;

/// <summary>A temporary root with a small system: one service, two stacks, one suite.</summary>
internal sealed class Sandbox : IDisposable
{
    public const string Valid = """
        system: shop
        owner: team
        costCentre: retail
        services:
          api:
            path: api
            project: api/Api.csproj
            stack: api
        stacks:
          network:
            template: infra/network.yaml
          api:
            template: infra/api.yaml
            dependsOn: [network]
        account: "123456789012"
        region: eu-central-1
        parameters:
          TaskCount: 1
          MultiAz: false
        environments:
          dev:
          prod:
            cloud: aws
            account: "210987654321"
            parameters:
              TaskCount: 3
            deadlines:
              stack: 1h

        """;

    public Sandbox(string? file = Valid)
    {
        foreach (var path in (string[])["api/Api.csproj", "infra/network.yaml", "infra/api.yaml"])
        {
            var full = Path.Combine(Root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, "");
        }

        if (file is not null)
        {
            File.WriteAllText(Path.Combine(Root, "pipeline.yml"), file);
        }
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("pipeline-configuration-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
