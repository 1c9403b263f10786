using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.Contracts;

/// <summary>Holds an answer of the embedded cloud against the public model of its service.</summary>
internal static class AnswerCheck
{
    /// <summary>What any operation may answer, whether or not its model says so.</summary>
    private static readonly HashSet<string> CommonErrors =
    [
        "AccessDenied", "AccessDeniedException", "InternalFailure", "InvalidAction", "InvalidParameterCombination", "InvalidParameterValue", "MalformedQueryString", "MissingParameter",
        "SerializationException", "ThrottlingException", "Throttling", "UnknownOperationException", "ValidationError", "ValidationException",
    ];

    /// <summary>Every way in which the answer is not what the model says, a line each.</summary>
    public static IReadOnlyList<string> Deviations(Answered answered)
    {
        if (!IsDescribed(answered.Service))
        {
            return [];
        }

        var model = ServiceModel.Of(answered.Service);
        if (model.Operation(answered.Operation) is not { } operation)
        {
            return [$"{answered.Service.SigningName} has no operation {answered.Operation}"];
        }

        var found = new List<string>();
        if (answered.Refusal is { } refusal)
        {
            Refusal(model, operation, answered.Service, refusal, found);
        }
        else if (answered.Service.Wire == Wire.Json)
        {
            new JsonShapes(model, found).Check(operation["output"], JsonNode.Parse(answered.Body!)!);
        }
        else
        {
            new XmlShapes(model, found).Check(answered.Operation, operation["output"], XElement.Parse(answered.Body!));
        }

        return [.. found.Select(what => $"{answered.Service.SigningName} {answered.Operation}: {what}")];
    }

    /// <summary>Today's model of SQS knows its JSON wire only; what older clients see is <see cref="Clients.OlderQueueClients"/>.</summary>
    public static bool IsDescribed(AwsService service) => !service.FlatLists;

    /// <summary>EC2's model lists no errors.</summary>
    private static void Refusal(ServiceModel model, JsonObject operation, AwsService service, AwsException refusal, List<string> found)
    {
        if (model.Protocol == "ec2" || CommonErrors.Contains(refusal.Code))
        {
            return;
        }

        var onQuery = service.Wire == Wire.Query;
        var error = model.Errors(operation).FirstOrDefault(e => (onQuery ? Code(e) : e.Name) == refusal.Code);
        if (error.Shape is null)
        {
            found.Add($"the error {refusal.Code} ('{refusal.Message}') is none of {string.Join(", ", model.Errors(operation).Select(e => onQuery ? Code(e) : e.Name))}");
        }
        else if (model.QueryCompatible && error.Shape["error"] is not null && refusal.QueryCode != Code(error))
        {
            found.Add($"the error {refusal.Code} is {Code(error)} on the query wire, not {refusal.QueryCode}");
        }
        else if ((onQuery || model.QueryCompatible) && Status(error.Shape) is { } status && status != refusal.Status)
        {
            found.Add($"the error {refusal.Code} has status {status.ToString(CultureInfo.InvariantCulture)}, not {refusal.Status}");
        }
    }

    private static string Code((string Name, JsonObject Shape) error) => (string?)error.Shape["error"]?["code"] ?? error.Name;

    private static int? Status(JsonObject shape) => (int?)shape["error"]?["httpStatusCode"];
}
