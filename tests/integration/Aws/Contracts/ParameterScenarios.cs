using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class ParameterScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("ssm", "parameters", "PutParameter GetParameter GetParameters GetParametersByPath DescribeParameters DeleteParameter DeleteParameters", Parameters),
        new("ssm", "tags", "PutParameter AddTagsToResource ListTagsForResource RemoveTagsFromResource", Tags),
    ];

    private static async Task Parameters(ContractClients on)
    {
        var (one, two) = ($"/{on.Name}/one", $"/{on.Name}/two");
        var made = await Put(on, one, "1", ParameterType.SecureString);
        await Put(on, two, "2", ParameterType.String);
        Assert.ThrowsAsync<ParameterAlreadyExistsException>(() => Put(on, two, "3", ParameterType.String));
        var again = await on.Parameters.PutParameterAsync(new PutParameterRequest { Name = two, Value = "3", Type = ParameterType.String, Overwrite = true });
        var secret = (await on.Parameters.GetParameterAsync(new GetParameterRequest { Name = one, WithDecryption = true })).Parameter;
        var some = await on.Parameters.GetParametersAsync(new GetParametersRequest { Names = [two, $"/{on.Name}/three"] });
        var path = (await on.Parameters.GetParametersByPathAsync(new GetParametersByPathRequest { Path = $"/{on.Name}", Recursive = true })).Parameters;
        var described = (await on.Parameters.DescribeParametersAsync(new DescribeParametersRequest { ParameterFilters = [new ParameterStringFilter { Key = "Name", Option = "Equals", Values = [one] }] })).Parameters;
        await on.Parameters.DeleteParameterAsync(new DeleteParameterRequest { Name = one });
        var deleted = await on.Parameters.DeleteParametersAsync(new DeleteParametersRequest { Names = [two, one] });

        Assert.Multiple(() =>
        {
            Assert.That((made.Version, again.Version), Is.EqualTo(((long?)1, (long?)2)));
            Assert.That((secret.Value, secret.Type, secret.ARN), Is.EqualTo(("1", ParameterType.SecureString, $"arn:aws:ssm:{Moto.Region}:123456789012:parameter{one}")));
            Assert.That((some.Parameters.Single().Value, some.InvalidParameters.Single()), Is.EqualTo(("3", $"/{on.Name}/three")));
            Assert.That(path.Select(p => p.Name), Is.EquivalentTo(new[] { one, two }));
            Assert.That(described.Single().Name, Is.EqualTo(one));
            Assert.That((deleted.DeletedParameters.Single(), deleted.InvalidParameters.Single()), Is.EqualTo((two, one)));
        });
        Assert.ThrowsAsync<ParameterNotFoundException>(() => on.Parameters.GetParameterAsync(new GetParameterRequest { Name = one }));
    }

    private static async Task Tags(ContractClients on)
    {
        await Put(on, on.Name, "1", ParameterType.String);
        await on.Parameters.AddTagsToResourceAsync(new AddTagsToResourceRequest { ResourceType = ResourceTypeForTagging.Parameter, ResourceId = on.Name, Tags = [new Tag { Key = "owner", Value = "shop" }, new Tag { Key = "a", Value = "1" }] });
        await on.Parameters.RemoveTagsFromResourceAsync(new RemoveTagsFromResourceRequest { ResourceType = ResourceTypeForTagging.Parameter, ResourceId = on.Name, TagKeys = ["a"] });

        var tags = (await on.Parameters.ListTagsForResourceAsync(new ListTagsForResourceRequest { ResourceType = ResourceTypeForTagging.Parameter, ResourceId = on.Name })).TagList;
        Assert.That(tags.Select(t => (t.Key, t.Value)), Is.EqualTo(new[] { ("owner", "shop") }));
    }

    private static Task<PutParameterResponse> Put(ContractClients on, string name, string value, ParameterType type) =>
        on.Parameters.PutParameterAsync(new PutParameterRequest { Name = name, Value = value, Type = type });
}
