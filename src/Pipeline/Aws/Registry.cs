using System.Text;
using Amazon.ECR.Model;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>How to reach an image registry. Prints without its password.</summary>
/// <param name="Endpoint">scheme and host: <c>https</c> on AWS, <c>http</c> on the embedded cloud</param>
/// <param name="User">for basic authentication</param>
/// <param name="Password">for basic authentication</param>
/// <param name="Expires">the password ends then</param>
public sealed record RegistryLogin(Uri Endpoint, string User, string Password, DateTimeOffset? Expires)
{
    /// <summary>As image references start: <c>127.0.0.1:4510</c>.</summary>
    public string Host => Endpoint.Authority;

    /// <inheritdoc/>
    public override string ToString() => $"{User}@{Host} (password hidden)";
}

/// <summary>ECR: image repositories and the login to them. Pushing speaks the registry's own protocol.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class Registry(AwsConnection aws)
{
    /// <summary>Makes sure of a repository; one that exists stays as it is. On AWS the bootstrap stack makes them.</summary>
    /// <param name="name">e.g. <c>storefront/api</c></param>
    /// <param name="immutable">a tag, once pushed, keeps its image</param>
    /// <returns>its address: <c>HOST/NAME</c></returns>
    /// <exception cref="PipelineException">AWS has no such repository (3)</exception>
    public async Task<string> EnsureRepository(string name, bool immutable, CancellationToken cancel)
    {
        if (await Find(name, cancel).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        if (aws.Endpoint is null)
        {
            throw new PipelineException(
                ExitCode.Refused,
                $"REFUSED: account {aws.Account} has no image repository '{name}' in {aws.Region}.",
                new Detail("why", "its tags must be immutable and its images scanned, so the bootstrap stack makes it, not a deployment"),
                new Detail("next", "./build.sh --target=Bootstrap for this environment; it adds the repositories of new services"));
        }

        try
        {
            var made = await aws.Ask(
                $"create image repository '{name}'",
                () => aws.Ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = name, ImageTagMutability = immutable ? "IMMUTABLE" : "MUTABLE" }, cancel),
                cancel).ConfigureAwait(false);
            return made.Repository.RepositoryUri;
        }
        catch (AwsRefusedException e) when (e.Code == "RepositoryAlreadyExistsException")
        {
            // Another run was quicker.
            return (await Find(name, cancel).ConfigureAwait(false))!;
        }
    }

    /// <summary>The registry's address and a password for it.</summary>
    public async Task<RegistryLogin> Login(CancellationToken cancel)
    {
        var answer = await aws.Ask("log in to the image registry", () => aws.Ecr.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest(), cancel), cancel).ConfigureAwait(false);
        var data = answer.AuthorizationData[0];
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(data.AuthorizationToken)).Split(':', 2);
        return new RegistryLogin(new Uri(data.ProxyEndpoint), pair[0], pair[1], AwsTime.Optional(data.ExpiresAt));
    }

    /// <summary>The digest behind a tag; <c>null</c>: no such image, or no such repository.</summary>
    /// <param name="repository">its name, without the registry's host</param>
    /// <param name="tag">exactly</param>
    /// <returns><c>sha256:…</c></returns>
    public async Task<string?> Digest(string repository, string tag, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask(
                $"look for image '{repository}:{tag}'",
                () => aws.Ecr.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = repository, ImageIds = [new ImageIdentifier { ImageTag = tag }] }, cancel),
                cancel).ConfigureAwait(false);
            return answer.ImageDetails?.FirstOrDefault()?.ImageDigest;
        }
        catch (AwsRefusedException e) when (e.Code is "ImageNotFoundException" or "RepositoryNotFoundException")
        {
            return null;
        }
    }

    /// <summary>Whether a repository has an image of a digest; <c>null</c>: there is no such repository.</summary>
    /// <param name="repository">its name, without the registry's host</param>
    /// <param name="digest"><c>sha256:…</c></param>
    public async Task<bool?> Has(string repository, string digest, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask(
                $"look for image '{repository}@{digest}'",
                () => aws.Ecr.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = repository, ImageIds = [new ImageIdentifier { ImageDigest = digest }] }, cancel),
                cancel).ConfigureAwait(false);
            return answer.ImageDetails is { Count: > 0 };
        }
        catch (AwsRefusedException e) when (e.Code == "ImageNotFoundException")
        {
            return false;
        }
        catch (AwsRefusedException e) when (e.Code == "RepositoryNotFoundException")
        {
            return null;
        }
    }

    /// <summary>Whether there is a repository.</summary>
    /// <param name="name">without the registry's host</param>
    public async Task<bool> Exists(string name, CancellationToken cancel) => await Find(name, cancel).ConfigureAwait(false) is not null;

    private async Task<string?> Find(string name, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask($"look for image repository '{name}'", () => aws.Ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = [name] }, cancel), cancel).ConfigureAwait(false);
            return answer.Repositories?.FirstOrDefault()?.RepositoryUri;
        }
        catch (AwsRefusedException e) when (e.Code == "RepositoryNotFoundException")
        {
            return null;
        }
    }
}
