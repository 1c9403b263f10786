using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>
/// Where credentials for AWS come from: variables, a web identity, a profile, the container. The EC2 metadata service is asked only
/// where AWS_EC2_METADATA_DISABLED says <c>false</c>: elsewhere the question costs seconds and never has an answer.
/// </summary>
internal static class AwsCredentialChain
{
    public static AWSCredentials Find()
    {
        if (IsSet("AWS_ACCESS_KEY_ID") && IsSet("AWS_SECRET_ACCESS_KEY"))
        {
            return new EnvironmentVariablesAWSCredentials();
        }

        if (IsSet("AWS_WEB_IDENTITY_TOKEN_FILE") && IsSet("AWS_ROLE_ARN"))
        {
            return AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables();
        }

        var profile = Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } named ? named : "default";
        if (new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var fromProfile))
        {
            return fromProfile;
        }

        if (IsSet("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || IsSet("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
        {
            return new GenericContainerCredentials();
        }

        return string.Equals(Environment.GetEnvironmentVariable("AWS_EC2_METADATA_DISABLED"), "false", StringComparison.OrdinalIgnoreCase)
            ? new InstanceProfileAWSCredentials()
            : throw Missing($"no access key in the environment, no profile '{profile}', no role of a container");
    }

    public static PipelineException Missing(string why) => new(
        ExitCode.Failed,
        "No AWS credentials were found.",
        new Detail("why", why),
        new Detail("next", "eval \"$(aws configure export-credentials --format env)\", or set AWS_PROFILE; on EC2 set AWS_EC2_METADATA_DISABLED=false"));

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
