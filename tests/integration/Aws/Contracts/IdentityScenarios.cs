using Amazon.IdentityManagement.Model;
using Amazon.SecurityToken.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class IdentityScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("sts", "who calls", "GetCallerIdentity AssumeRole", Caller),
        new("iam", "a user and its keys", "CreateUser GetUser ListUsers CreateAccessKey ListAccessKeys DeleteAccessKey DeleteUser", Users),
    ];

    private static async Task Users(ContractClients on)
    {
        var iam = on.People;
        var user = (await iam.CreateUserAsync(new CreateUserRequest { UserName = on.Name })).User;
        var again = Assert.ThrowsAsync<EntityAlreadyExistsException>(() => iam.CreateUserAsync(new CreateUserRequest { UserName = on.Name }))!;
        var first = (await iam.CreateAccessKeyAsync(new CreateAccessKeyRequest { UserName = on.Name })).AccessKey;
        var second = (await iam.CreateAccessKeyAsync(new CreateAccessKeyRequest { UserName = on.Name })).AccessKey;

        Assert.That(user.Arn, Is.EqualTo($"arn:aws:iam::123456789012:user/{on.Name}"));
        Assert.That(again.ErrorCode, Is.EqualTo("EntityAlreadyExists"));
        Assert.That((await iam.GetUserAsync(new GetUserRequest { UserName = on.Name })).User.UserId, Is.EqualTo(user.UserId));
        Assert.That((await iam.ListUsersAsync(new ListUsersRequest())).Users.Select(u => u.UserName), Does.Contain(on.Name));
        Assert.That(first.SecretAccessKey, Is.Not.Empty.And.Not.EqualTo(second.SecretAccessKey));
        Assert.ThrowsAsync<LimitExceededException>(() => iam.CreateAccessKeyAsync(new CreateAccessKeyRequest { UserName = on.Name }));
        Assert.That((await iam.ListAccessKeysAsync(new ListAccessKeysRequest { UserName = on.Name })).AccessKeyMetadata.Select(k => k.AccessKeyId), Is.EquivalentTo(new[] { first.AccessKeyId, second.AccessKeyId }));

        await iam.DeleteAccessKeyAsync(new DeleteAccessKeyRequest { UserName = on.Name, AccessKeyId = first.AccessKeyId });
        await iam.DeleteAccessKeyAsync(new DeleteAccessKeyRequest { UserName = on.Name, AccessKeyId = second.AccessKeyId });
        await iam.DeleteUserAsync(new DeleteUserRequest { UserName = on.Name });

        Assert.ThrowsAsync<NoSuchEntityException>(() => iam.GetUserAsync(new GetUserRequest { UserName = on.Name }));
    }

    private static async Task Caller(ContractClients on)
    {
        var role = await on.Tokens.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = $"arn:aws:iam::123456789012:role/{on.Name}", RoleSessionName = "contract" });

        Assert.That((await on.Tokens.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Account, Is.EqualTo("123456789012"));
        Assert.That(role.AssumedRoleUser.Arn, Is.EqualTo($"arn:aws:sts::123456789012:assumed-role/{on.Name}/contract"));
        Assert.That(role.Credentials.Expiration, Is.GreaterThan(DateTime.UtcNow));
    }
}
