using Amazon.ECR;
using Amazon.ECR.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class RegistryScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("ecr", "repositories", "CreateRepository DescribeRepositories PutImageTagMutability DeleteRepository", Repositories),
        new("ecr", "images that are not there", "CreateRepository DescribeImages ListImages BatchGetImage BatchDeleteImage", NoImages),
        new("ecr", "images", "CreateRepository PutImage DescribeImages", Images),
        new("ecr", "a login", "GetAuthorizationToken", Login),
        new("ecr", "a lifecycle policy", "CreateRepository PutLifecyclePolicy", Lifecycle),
    ];

    private static async Task Repositories(ContractClients on)
    {
        var made = await Make(on);
        var described = (await on.Registry.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = [on.Name] })).Repositories.Single();
        var changed = await on.Registry.PutImageTagMutabilityAsync(new PutImageTagMutabilityRequest { RepositoryName = on.Name, ImageTagMutability = ImageTagMutability.MUTABLE });
        Assert.ThrowsAsync<RepositoryAlreadyExistsException>(() => on.Registry.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = on.Name }));
        await on.Registry.DeleteRepositoryAsync(new DeleteRepositoryRequest { RepositoryName = on.Name, Force = true });

        Assert.Multiple(() =>
        {
            Assert.That(made.RepositoryArn, Is.EqualTo($"arn:aws:ecr:{Moto.Region}:123456789012:repository/{on.Name}"));
            Assert.That((described.RepositoryArn, described.RepositoryUri, described.ImageTagMutability), Is.EqualTo((made.RepositoryArn, made.RepositoryUri, ImageTagMutability.IMMUTABLE)));
            Assert.That(changed.ImageTagMutability, Is.EqualTo(ImageTagMutability.MUTABLE));
        });
        Assert.ThrowsAsync<RepositoryNotFoundException>(() => on.Registry.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = [on.Name] }));
    }

    private static async Task NoImages(ContractClients on)
    {
        await Make(on);
        List<ImageIdentifier> none = [new() { ImageTag = "none" }];
        var got = await on.Registry.BatchGetImageAsync(new BatchGetImageRequest { RepositoryName = on.Name, ImageIds = none });
        var deleted = await on.Registry.BatchDeleteImageAsync(new BatchDeleteImageRequest { RepositoryName = on.Name, ImageIds = none });

        Assert.Multiple(async () =>
        {
            Assert.That((await on.Registry.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = on.Name })).ImageDetails ?? [], Is.Empty);
            Assert.That((await on.Registry.ListImagesAsync(new ListImagesRequest { RepositoryName = on.Name })).ImageIds ?? [], Is.Empty);
            Assert.That(got.Failures.Single().FailureCode, Is.EqualTo(ImageFailureCode.ImageNotFound));
            Assert.That(deleted.Failures.Single().FailureCode, Is.EqualTo(ImageFailureCode.ImageNotFound));
        });
        Assert.ThrowsAsync<ImageNotFoundException>(() => on.Registry.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = on.Name, ImageIds = none }));
    }

    private static async Task Images(ContractClients on)
    {
        await Make(on);
        const string Manifest = """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}""";
        await on.Registry.PutImageAsync(new PutImageRequest { RepositoryName = on.Name, ImageManifest = Manifest, ImageTag = "v1" });

        Assert.That((await on.Registry.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = on.Name })).ImageDetails.Single().ImageTags, Is.EqualTo(new[] { "v1" }));
    }

    private static async Task Login(ContractClients on)
    {
        var login = (await on.Registry.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest())).AuthorizationData.Single();

        Assert.That(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(login.AuthorizationToken)), Does.StartWith("AWS:"));
        // On moto it ended in 2015.
        Assert.That(login.ExpiresAt, Is.Not.Null);
    }

    private static async Task Lifecycle(ContractClients on)
    {
        await Make(on);
        const string Policy = """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}""";

        Assert.That((await on.Registry.PutLifecyclePolicyAsync(new PutLifecyclePolicyRequest { RepositoryName = on.Name, LifecyclePolicyText = Policy })).RepositoryName, Is.EqualTo(on.Name));
    }

    private static async Task<Repository> Make(ContractClients on) =>
        (await on.Registry.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = on.Name, ImageTagMutability = ImageTagMutability.IMMUTABLE })).Repository;
}
