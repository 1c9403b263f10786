using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>What goes wrong with a call.</summary>
internal enum FaultKind
{
    /// <summary>Nothing is executed; the answer is AWS's throttling error of that wire.</summary>
    Throttle,

    /// <summary>It is executed; then the connection is cut without an answer.</summary>
    Lose,

    /// <summary>Nothing is executed; the answer is the fault's own error.</summary>
    Refuse,

    /// <summary>Nothing is executed and nothing answered until the client gives up.</summary>
    Hang,
}

/// <summary>What is to go wrong with calls of one operation.</summary>
/// <param name="Service">the service's signing name, such as <c>cloudformation</c> or <c>s3</c></param>
/// <param name="Operation">as in the public service model; <see cref="Any"/> means every operation of the service</param>
internal sealed record Fault(string Service, string Operation, FaultKind Kind)
{
    public const string Any = "*";
    private static readonly string[] OfRefusal = ["code", "message", "status"];
    private static readonly string[] Members = ["service", "operation", "call", "times", "fault", .. OfRefusal];

    /// <summary>The first call that it happens to, counted from the moment the fault was set; 1 is the next.</summary>
    public int Call { get; init; } = 1;

    /// <summary>How many calls in a row it happens to.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The error of <see cref="FaultKind.Refuse"/>.</summary>
    public AwsException? Refusal { get; init; }

    /// <exception cref="AwsException">ValidationException or SerializationException that names the member</exception>
    public static Fault Read(JsonObject body)
    {
        if (body.Select(member => member.Key).FirstOrDefault(name => !Members.Contains(name)) is { } unknown)
        {
            throw Invalid(unknown, $"is not known; a fault has {string.Join(", ", Members)}");
        }

        var kind = KindOf(Required(body, "fault"));
        if (kind != FaultKind.Refuse && OfRefusal.FirstOrDefault(body.ContainsKey) is { } stray)
        {
            throw Invalid(stray, "belongs to \"fault\":\"refuse\" only");
        }

        return new Fault(Required(body, "service"), Required(body, "operation"), kind)
        {
            Call = Within(body, "call", 1, int.MaxValue) ?? 1,
            Times = Within(body, "times", 1, int.MaxValue) ?? 1,
            Refusal = kind == FaultKind.Refuse
                ? new AwsException(Required(body, "code"), body.Text("message") ?? "Refused because a fault was set.", Within(body, "status", 400, 599) ?? 400)
                : null,
        };
    }

    public static AwsException Invalid(string member, string why) => new("ValidationException", $"{member} {why}.");

    public JsonObject Shown(int hits)
    {
        var shown = new JsonObject { ["service"] = Service, ["operation"] = Operation, ["call"] = Call, ["times"] = Times, ["fault"] = NameOf(Kind) };
        if (Refusal is not null)
        {
            shown["code"] = Refusal.Code;
            shown["message"] = Refusal.Message;
            shown["status"] = Refusal.Status;
        }

        shown["hits"] = hits;
        return shown;
    }

    private static string Required(JsonObject body, string name) => body.Text(name) is { Length: > 0 } text ? text : throw Invalid(name, "is missing");

    private static int? Within(JsonObject body, string name, int least, int most) => body.Int(name) is not { } number || (number >= least && number <= most)
        ? body.Int(name)
        : throw Invalid(name, most == int.MaxValue ? $"must be {least} or more, not {number}" : $"must be from {least} to {most}, not {number}");

    private static FaultKind KindOf(string name) => Enum.GetValues<FaultKind>().Cast<FaultKind?>().FirstOrDefault(kind => NameOf(kind!.Value) == name)
        ?? throw Invalid("fault", $"must be one of {string.Join(", ", Enum.GetValues<FaultKind>().Select(NameOf))}, not '{name}'");

    private static string NameOf(FaultKind kind) => kind.ToString().ToLowerInvariant();
}
