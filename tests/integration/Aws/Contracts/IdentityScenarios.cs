using Amazon.SecurityToken.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class IdentityScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("sts", "who calls", "GetCallerIdentity AssumeRole", Caller),
    ];

    private static async Task Caller(ContractClients on)
    {
        var role = await on.Tokens.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = $"arn:aws:iam::123456789012:role/{on.Name}", RoleSessionName = "contract" });

        Assert.That((await on.Tokens.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Account, Is.EqualTo("123456789012"));
        Assert.That(role.AssumedRoleUser.Arn, Is.EqualTo($"arn:aws:sts::123456789012:assumed-role/{on.Name}/contract"));
        Assert.That(role.Credentials.Expiration, Is.GreaterThan(DateTime.UtcNow));
    }
}
