using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Parameters;

/// <param name="Type">String, StringList or SecureString</param>
internal sealed record Parameter(
    string Name, string Type, string Value, int Version, DateTimeOffset Modified, string ModifiedBy, string Region, string? Description, string? AllowedPattern, IReadOnlyDictionary<string, string> Tags)
{
    public string Arn => $"arn:aws:ssm:{Region}:{Account.Id}:parameter/{Name.TrimStart('/')}";
}

/// <summary>Parameters by name; only the newest version of each is kept.</summary>
internal sealed partial class ParameterStore(Database database, TimeProvider time)
{
    private static readonly string[] Types = ["String", "StringList", "SecureString"];
    private readonly Table<Parameter> _parameters = database.Table<Parameter>("ssm/parameters");
    private readonly Lock _lock = new();

    public IEnumerable<Parameter> All => _parameters.All.OrderBy(p => p.Name, StringComparer.Ordinal);

    /// <summary>By name or ARN, maybe with <c>:version</c>; <c>null</c> where there is none.</summary>
    /// <exception cref="AwsException">ParameterVersionNotFound</exception>
    public Parameter? Find(string nameOrArn)
    {
        var name = nameOrArn;
        if (nameOrArn.StartsWith("arn:", StringComparison.Ordinal))
        {
            var path = nameOrArn.Split(':', 6).ElementAtOrDefault(5) ?? "";
            name = path.StartsWith("parameter/", StringComparison.Ordinal) ? path["parameter".Length..] : path;
        }

        var selector = name.LastIndexOf(':');
        var (bare, version) = selector < 0 ? (name, null) : (name[..selector], name[(selector + 1)..]);
        // An ARN does not tell whether the name began with a slash.
        var found = _parameters.Find(bare) ?? (name == nameOrArn ? null : _parameters.Find(bare.TrimStart('/')));
        return found is null || version is null || version == found.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)
            ? found
            : throw new AwsException("ParameterVersionNotFound", $"Systems Manager could not find version {version} of {bare}. The embedded cloud keeps the newest only.");
    }

    /// <exception cref="AwsException">ParameterNotFound</exception>
    public Parameter Get(string nameOrArn) => Find(nameOrArn) ?? throw new AwsException("ParameterNotFound", $"Parameter {nameOrArn} not found.");

    /// <summary>A parameter's value, decrypted, as a container definition or a dynamic reference names it.</summary>
    /// <exception cref="AwsException">ParameterNotFound</exception>
    public string Resolve(string nameOrArn) => Get(nameOrArn).Value;

    /// <param name="draft">its version and time are set here</param>
    public Parameter Put(Parameter draft, bool overwrite)
    {
        if (!ParameterName().IsMatch(draft.Name))
        {
            throw new AwsException("ValidationException", $"Parameter name: can't be '{draft.Name}'. It must have letters, digits and .-_/ only.");
        }

        if (draft.AllowedPattern is { } pattern && !Regex.IsMatch(draft.Value, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            throw new AwsException("ParameterPatternMismatchException", $"Parameter value, cannot be validated against allowedPattern: {pattern}");
        }

        lock (_lock)
        {
            var known = _parameters.Find(draft.Name);
            if (known is not null && !overwrite)
            {
                throw new AwsException("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
            }

            var type = draft.Type.Length > 0 ? draft.Type : known?.Type ?? throw new AwsException("ValidationException", "A parameter type is required when you create a parameter.");
            if (!Types.Contains(type))
            {
                throw new AwsException("UnsupportedParameterType", $"The parameter type '{type}' is not supported.");
            }

            var written = draft with { Type = type, Version = (known?.Version ?? 0) + 1, Modified = time.GetUtcNow(), Tags = known?.Tags ?? draft.Tags, Description = draft.Description ?? known?.Description };
            _parameters.Put(draft.Name, written);
            return written;
        }
    }

    public void Tag(string name, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        lock (_lock)
        {
            var known = Get(name);
            _parameters.Put(known.Name, known with { Tags = change(known.Tags) });
        }
    }

    public bool Delete(string name) => _parameters.Remove(name);

    [GeneratedRegex(@"^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\z")]
    private static partial Regex ParameterName();
}
