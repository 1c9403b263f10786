using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>CloudFormation's own way to say no: one code for nearly everything, the sentence tells.</summary>
internal static class Refusals
{
    public static AwsException Invalid(string message) => new("ValidationError", message);

    public static AwsException Format(string message) => Invalid($"Template format error: {message}");
}
