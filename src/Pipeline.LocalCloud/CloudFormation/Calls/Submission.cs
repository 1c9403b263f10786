using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>What a client hands in, checked as a whole before anything is kept.</summary>
internal sealed class Submission(ResourceTypes types, OutsideValues outside)
{
    /// <summary>The template of a request, as text.</summary>
    /// <param name="previous">for <c>UsePreviousTemplate</c>; <c>null</c> where there is none</param>
    public async Task<string> Body(AwsRequest request, string? previous)
    {
        if (request.Body.Flag("UsePreviousTemplate") == true)
        {
            return previous ?? throw Refusals.Invalid("UsePreviousTemplate cannot be used: the stack has no template yet.");
        }

        if (request.Text("TemplateBody") is { } body)
        {
            return Encoding.UTF8.GetByteCount(body) <= TemplateParser.BodyLimit
                ? body
                : throw Refusals.Invalid($"1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {TemplateParser.BodyLimit}");
        }

        if (request.Text("TemplateURL") is not { } url)
        {
            throw Refusals.Invalid("Either Template URL or Template Body must be specified.");
        }

        var text = Uri.TryCreate(url, UriKind.Absolute, out var address) ? await outside.Template(address) : null;
        return text is null ? throw Refusals.Invalid($"S3 error: The specified key does not exist. ({url})")
            : Encoding.UTF8.GetByteCount(text) <= TemplateParser.UrlLimit ? text
            : throw Refusals.Invalid($"Template may not exceed {TemplateParser.UrlLimit} bytes in size.");
    }

    /// <summary>A checked template with checked parameters, tags and capabilities.</summary>
    public async Task<(Template Template, StackInput Input)> Read(AwsRequest request, StackInput? previous)
    {
        RefuseWhatIsNotThere(request);
        var body = await Body(request, previous?.Body);
        var template = TemplateParser.Parse(body);
        TemplateCheck.Run(template, types);
        var capabilities = request.Body.Texts("Capabilities");
        RequireCapabilities(template, capabilities);
        var parameters = ParameterValues.Complete(template, Given(request, previous));
        var input = new StackInput(body, parameters, Tags(request) ?? previous?.Tags ?? new Dictionary<string, string>())
        {
            Capabilities = capabilities,
            RoleArn = request.Text("RoleARN") ?? previous?.RoleArn,
            Rollback = Rollback(request) ?? previous?.Rollback ?? new RollbackConfiguration([], 0),
            NotificationArns = request.Body["NotificationARNs"] is null ? previous?.NotificationArns ?? [] : request.Body.Texts("NotificationARNs"),
        };
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        var values = await ParameterValues.Evaluate(template, parameters, async name => stored[name] = await Stored(name));
        var scope = new Scope(template, values, new StackIdentity(request.Text("StackName") ?? "", "", request.Caller.AccountId, request.Region, input.Tags));
        Rules.Check(template, scope);
        TemplateCheck.RequireTypes(template, types, scope);
        return (template, input with { Stored = stored });
    }

    /// <summary>A stack policy as text; <c>null</c> when the request has none.</summary>
    /// <param name="member">the member's name without <c>Body</c> and <c>URL</c></param>
    public async Task<string?> Policy(AwsRequest request, string member, Template template)
    {
        var (body, url) = (request.Text($"{member}Body"), request.Text($"{member}URL"));
        if (body is not null && url is not null)
        {
            throw Refusals.Invalid($"You cannot specify both {member}URL and {member}Body");
        }

        if (url is not null)
        {
            body = Uri.TryCreate(url, UriKind.Absolute, out var address) && await outside.Template(address) is { } text ? text : throw Refusals.Invalid($"S3 error: The specified key does not exist. ({url})");
        }

        if (body is null)
        {
            return null;
        }

        if (body.Length > StackPolicy.BodyLimit)
        {
            throw Refusals.Invalid($"1 validation error detected: Value at '{char.ToLowerInvariant(member[0])}{member[1..]}Body' failed to satisfy constraint: Member must have length less than or equal to {StackPolicy.BodyLimit}");
        }

        StackPolicy.Parse(body).RequireKnown(template);
        return body;
    }

    public static bool DisableRollback(AwsRequest request) =>
        request.Body.Flag("DisableRollback") ?? (request.Body["DeploymentConfig"] as JsonObject)?.Flag("DisableRollback") ?? false;

    public static int? Timeout(AwsRequest request) => request.Body.Int("TimeoutInMinutes") switch
    {
        < 1 => throw Refusals.Invalid("1 validation error detected: Value at 'timeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 1"),
        var minutes => minutes,
    };

    private async Task<string> Stored(string name)
    {
        try
        {
            return await outside.Parameter(name);
        }
        catch (Exception missing) when (missing is ResourceFailure or AwsException)
        {
            throw Refusals.Invalid($"Unable to fetch parameters [{name}] from parameter store for this account.");
        }
    }

    private static RollbackConfiguration? Rollback(AwsRequest request)
    {
        if (request.Body["RollbackConfiguration"] is not JsonObject configuration)
        {
            return null;
        }

        var triggers = configuration.Objects("RollbackTriggers").Select(trigger => new RollbackTrigger(trigger.Text("Arn") ?? "", trigger.Text("Type") ?? "")).ToList();
        var minutes = configuration.Int("MonitoringTimeInMinutes") ?? 0;
        if (triggers.Count > 5 || minutes is < 0 or > 180)
        {
            throw Refusals.Invalid("1 validation error detected: RollbackConfiguration takes at most 5 RollbackTriggers and a MonitoringTimeInMinutes of 0 to 180.");
        }

        foreach (var trigger in triggers)
        {
            if (trigger.Type != "AWS::CloudWatch::Alarm")
            {
                throw Refusals.Invalid($"The rollback trigger type '{trigger.Type}' is not supported by the embedded cloud: AWS::CloudWatch::Alarm is.");
            }
        }

        return new RollbackConfiguration(triggers, minutes);
    }

    /// <summary>A stack or change set name as AWS allows it.</summary>
    public static string Name(AwsRequest request, string member)
    {
        var name = Member(request, member);
        return name.Length <= 128 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? name
            : throw Refusals.Invalid($"1 validation error detected: Value '{name}' at '{char.ToLowerInvariant(member[0])}{member[1..]}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
    }

    public static string Member(AwsRequest request, string member) => request.Text(member) is { Length: > 0 } text
        ? text
        : throw Refusals.Invalid($"1 validation error detected: Value null at '{char.ToLowerInvariant(member[0])}{member[1..]}' failed to satisfy constraint: Member must not be null");

    private static void RequireCapabilities(Template template, IReadOnlyList<string> given)
    {
        var missing = TemplateCheck.Capabilities(template).Where(needed => !given.Contains(needed) && !given.Contains("CAPABILITY_NAMED_IAM")).ToList();
        if (missing.Count > 0)
        {
            throw new AwsException("InsufficientCapabilitiesException", $"Requires capabilities : [{string.Join(", ", missing)}]");
        }
    }

    private static Dictionary<string, string> Given(AwsRequest request, StackInput? previous)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in request.Body.Objects("Parameters"))
        {
            var key = parameter.Text("ParameterKey") ?? throw Refusals.Invalid("Parameters must have a ParameterKey.");
            if (parameter.Flag("UsePreviousValue") == true)
            {
                given[key] = previous?.Parameters.GetValueOrDefault(key) ?? throw Refusals.Invalid($"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template");
            }
            else
            {
                given[key] = parameter.Text("ParameterValue") ?? throw Refusals.Invalid($"Parameter {key} must have a value.");
            }
        }

        return given;
    }

    private static Dictionary<string, string>? Tags(AwsRequest request)
    {
        var tags = request.Body.Objects("Tags");
        return tags.Count == 0 ? null
            : tags.GroupBy(tag => tag.Text("Key") ?? "", StringComparer.Ordinal).ToDictionary(
                group => group.Key is { Length: > 0 and <= 128 } key && !key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) ? key : throw Refusals.Invalid($"The tag key '{group.Key}' is not allowed."),
                group => group.Last().Text("Value") ?? "",
                StringComparer.Ordinal);
    }

    private static void RefuseWhatIsNotThere(AwsRequest request)
    {
        foreach (var member in new[] { "ResourcesToImport", "ResourceTypes" })
        {
            if (request.Body.List(member).Count > 0)
            {
                throw Refusals.Invalid($"{member} is not supported by the embedded cloud.");
            }
        }

        // ImportExistingResources changes nothing as long as no named resource is there already; one that is refuses its creation by name.
        if ((request.Text("DeploymentMode") ?? (request.Body["DeploymentConfig"] as JsonObject)?.Text("Mode")) is { } mode and not "STANDARD")
        {
            throw Refusals.Invalid($"The deployment mode {mode} is not supported by the embedded cloud.");
        }
    }
}
