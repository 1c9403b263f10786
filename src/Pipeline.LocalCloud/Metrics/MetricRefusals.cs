using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>CloudWatch's ways to say no; the older query wire has other names for some of them.</summary>
internal static class MetricRefusals
{
    public static AwsException Invalid(string message) => new("InvalidParameterValueException", message) { QueryCode = "InvalidParameterValue" };

    public static AwsException Missing(string member) => new("MissingRequiredParameterException", $"The parameter {member} is required.") { QueryCode = "MissingParameter" };

    public static AwsException Combination(string message) => new("InvalidParameterCombinationException", message) { QueryCode = "InvalidParameterCombination" };

    public static AwsException NoAlarm(string name) => new("ResourceNotFound", $"Alarm {name} does not exist", 404);

    public static AwsException NoDashboard(string name) => new("DashboardNotFoundError", $"Dashboard {name} does not exist", 404) { QueryCode = "ResourceNotFound" };
}
