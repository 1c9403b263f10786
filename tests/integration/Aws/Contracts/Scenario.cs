namespace Pipeline.Tests.Aws.Contracts;

/// <summary>Some calls of one service and what they must answer, the same on every cloud.</summary>
/// <param name="Service">its signing name</param>
/// <param name="Operations">all that it calls with success, as in the public model, separated by spaces</param>
internal sealed record Scenario(string Service, string Name, string Operations, Func<ContractClients, Task> Run)
{
    /// <summary>What is missing or known to be wrong there; <c>null</c>: it runs there too.</summary>
    public string? NotOnMoto { get; init; }

    public IReadOnlyList<string> Calls { get; } = Operations.Split(' ');
}

internal static class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. EcsScenarios.All, .. StackScenarios.All, .. LoadBalancingScenarios.All, .. DatabaseScenarios.All, .. RegistryScenarios.All, .. MetricScenarios.All,
        .. SecretScenarios.All, .. LogScenarios.All, .. StorageScenarios.All, .. QueueScenarios.All, .. ParameterScenarios.All, .. IdentityScenarios.All,
    ];
}
