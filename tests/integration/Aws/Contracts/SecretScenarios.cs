using Amazon.SecretsManager.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class SecretScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("secretsmanager", "a secret", "CreateSecret GetSecretValue PutSecretValue UpdateSecret DescribeSecret ListSecrets ListSecretVersionIds DeleteSecret", Secret),
        new("secretsmanager", "a random password", "GetRandomPassword", Password),
    ];

    private static async Task Secret(ContractClients on)
    {
        var made = await on.Secrets.CreateSecretAsync(new CreateSecretRequest { Name = on.Name, SecretString = "one", Tags = [new Tag { Key = "owner", Value = "shop" }] });
        var second = await on.Secrets.PutSecretValueAsync(new PutSecretValueRequest { SecretId = on.Name, SecretString = "two" });
        var previous = await on.Secrets.GetSecretValueAsync(new GetSecretValueRequest { SecretId = on.Name, VersionStage = "AWSPREVIOUS" });
        var versions = (await on.Secrets.ListSecretVersionIdsAsync(new ListSecretVersionIdsRequest { SecretId = on.Name, IncludeDeprecated = true })).Versions;
        await on.Secrets.UpdateSecretAsync(new UpdateSecretRequest { SecretId = on.Name, SecretString = "three", Description = "text" });
        var current = await on.Secrets.GetSecretValueAsync(new GetSecretValueRequest { SecretId = made.ARN });
        var described = await on.Secrets.DescribeSecretAsync(new DescribeSecretRequest { SecretId = on.Name });
        var listed = new List<SecretListEntry>();
        await foreach (var entry in on.Secrets.Paginators.ListSecrets(new ListSecretsRequest { MaxResults = 2 }).SecretList)
        {
            listed.Add(entry);
        }

        await on.Secrets.DeleteSecretAsync(new DeleteSecretRequest { SecretId = on.Name, ForceDeleteWithoutRecovery = true });

        Assert.Multiple(() =>
        {
            Assert.That(made.ARN, Does.StartWith($"arn:aws:secretsmanager:{Moto.Region}:123456789012:secret:{on.Name}-"));
            Assert.That((previous.SecretString, current.SecretString), Is.EqualTo(("one", "three")));
            Assert.That(versions.Single(v => v.VersionStages.Contains("AWSCURRENT")).VersionId, Is.EqualTo(second.VersionId));
            Assert.That((described.ARN, described.Description), Is.EqualTo((made.ARN, "text")));
            Assert.That(described.Tags.Select(t => (t.Key, t.Value)), Is.EqualTo(new[] { ("owner", "shop") }));
            Assert.That(listed.Select(s => s.Name), Does.Contain(on.Name));
        });
        Assert.ThrowsAsync<ResourceNotFoundException>(() => on.Secrets.GetSecretValueAsync(new GetSecretValueRequest { SecretId = on.Name }));
    }

    private static async Task Password(ContractClients on) =>
        Assert.That((await on.Secrets.GetRandomPasswordAsync(new GetRandomPasswordRequest { PasswordLength = 40, ExcludePunctuation = true })).RandomPassword, Does.Match("^[A-Za-z0-9]{40}$"));
}
