using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Certificates;

/// <param name="Names">the domain name, then the alternative ones</param>
internal sealed record Certificate(string Arn, IReadOnlyList<string> Names, string Validation, string KeyAlgorithm, string Serial, DateTimeOffset Issued)
{
    public string Transparency { get; init; } = "ENABLED";

    public string? IdempotencyToken { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>ACM: certificates by name, issued at once since nobody has to prove a domain to their own machine. They carry no key: listeners here speak HTTP.</summary>
internal sealed class CertificateRoom
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(395);
    private static readonly string[] Algorithms = ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];
    private readonly Table<Certificate> _certificates;
    private readonly TimeProvider _time;

    public CertificateRoom(Database database, TimeProvider time)
    {
        _certificates = database.Table<Certificate>("acm/certificates");
        _time = time;
        Service = new AwsService("acm", Wire.Json) { TargetPrefixes = ["CertificateManager"] }
            .On("RequestCertificate", request => new() { ["CertificateArn"] = Request(request.Body, request.Arn, Tags(request.Body.Objects("Tags"))).Arn })
            .On("DescribeCertificate", request => new() { ["Certificate"] = Describe(Get(request)) })
            .On("ListCertificates", List)
            .On("DeleteCertificate", request => { _certificates.Remove(Get(request).Arn); return []; })
            .On("ListTagsForCertificate", request => new() { ["Tags"] = new JsonArray([.. Get(request).Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]) })
            .On("AddTagsToCertificate", request => Tag(request, tags => tags.Concat(Tags(request.Body.Objects("Tags"))).GroupBy(tag => tag.Key).ToDictionary(group => group.Key, group => group.Last().Value)))
            .On("RemoveTagsFromCertificate", request => Tag(request, tags => tags.ExceptBy(request.Body.Objects("Tags").Select(tag => tag.Text("Key")), tag => tag.Key).ToDictionary()));
        ResourceTypes = [Type()];
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    private ResourceType Type() => new("AWS::CertificateManager::Certificate")
    {
        Properties = "DomainName! SubjectAlternativeNames! ValidationMethod! DomainValidationOptions!(DomainName HostedZoneId ValidationDomain) KeyAlgorithm! CertificateTransparencyLoggingPreference Tags(Key Value)",
        Required = "DomainName",
        Attributes = "Id",
        Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(Request(request.Properties, request.Arn, request.AllTags())))),
        Update = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(Put(Find(request.PhysicalId) with
        {
            Tags = request.AllTags(),
            Transparency = request.Properties.Text("CertificateTransparencyLoggingPreference") ?? "ENABLED",
        })))),
        Delete = request => Task.FromResult(_certificates.Remove(request.PhysicalId)),
    };

    private Certificate Request(JsonObject body, Func<string, string, string> arn, IReadOnlyDictionary<string, string> tags)
    {
        var domain = body.Text("DomainName") is { Length: > 0 and <= 253 } name ? name : throw new AwsException("ValidationException", "Value at 'domainName' failed to satisfy constraint: Member must not be null");
        var algorithm = body.Text("KeyAlgorithm") ?? "RSA_2048";
        var validation = body.Text("ValidationMethod") ?? "EMAIL";
        if (!Algorithms.Contains(algorithm) || validation is not ("DNS" or "EMAIL"))
        {
            throw new AwsException("ValidationException", $"KeyAlgorithm {algorithm} or ValidationMethod {validation} is not supported by the embedded cloud.");
        }

        if (body.Text("CertificateAuthorityArn") is not null || body.Text("ManagedBy") is not null)
        {
            throw new AwsException("InvalidParameterException", "CertificateAuthorityArn and ManagedBy are not supported by the embedded cloud.");
        }

        var token = body.Text("IdempotencyToken");
        return token is not null && _certificates.All.FirstOrDefault(known => known.IdempotencyToken == token && known.Names[0] == domain) is { } same ? same : Put(new Certificate(
            arn("acm", $"certificate/{Guid.NewGuid()}"),
            [.. body.Texts("SubjectAlternativeNames").Prepend(domain).Distinct()],
            validation,
            algorithm,
            string.Join(':', Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)).Chunk(2).Select(pair => new string(pair))),
            _time.GetUtcNow())
        {
            Transparency = body.Text("CertificateTransparencyLoggingPreference") ?? body.Object("Options")?.Text("CertificateTransparencyLoggingPreference") ?? "ENABLED",
            IdempotencyToken = token,
            Tags = tags,
        });
    }

    private Certificate Put(Certificate certificate)
    {
        _certificates.Put(certificate.Arn, certificate);
        return certificate;
    }

    private Certificate Find(string arn) => _certificates.Find(arn) ?? throw new AwsException("ResourceNotFoundException", $"Could not find certificate {arn}.");

    private Certificate Get(AwsRequest request) => Find(request.Required("CertificateArn"));

    private JsonObject List(AwsRequest request)
    {
        var statuses = request.Body.Texts("CertificateStatuses");
        var all = statuses.Count > 0 && !statuses.Contains("ISSUED") ? [] : _certificates.All.OrderBy(certificate => certificate.Issued).ToList();
        var start = int.TryParse(request.Text("NextToken"), NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        var size = request.Body.Int("MaxItems") ?? 1000;
        var answer = new JsonObject
        {
            ["CertificateSummaryList"] = new JsonArray([.. all.Skip(start).Take(size).Select(certificate => new JsonObject
            {
                ["CertificateArn"] = certificate.Arn,
                ["DomainName"] = certificate.Names[0],
                ["SubjectAlternativeNameSummaries"] = Texts(certificate.Names),
                ["HasAdditionalSubjectAlternativeNames"] = false,
                ["Status"] = "ISSUED",
                ["Type"] = "AMAZON_ISSUED",
                ["KeyAlgorithm"] = certificate.KeyAlgorithm,
                ["CreatedAt"] = Time.Epoch(certificate.Issued),
                ["IssuedAt"] = Time.Epoch(certificate.Issued),
                ["NotBefore"] = Time.Epoch(certificate.Issued),
                ["NotAfter"] = Time.Epoch(certificate.Issued + Validity),
            })]),
        };
        if (start + size < all.Count)
        {
            answer["NextToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private static JsonObject Describe(Certificate certificate) => new()
    {
        ["CertificateArn"] = certificate.Arn,
        ["DomainName"] = certificate.Names[0],
        ["SubjectAlternativeNames"] = Texts(certificate.Names),
        ["DomainValidationOptions"] = new JsonArray([.. certificate.Names.Select(name => new JsonObject
        {
            ["DomainName"] = name, ["ValidationDomain"] = name, ["ValidationStatus"] = "SUCCESS", ["ValidationMethod"] = certificate.Validation,
        })]),
        ["Serial"] = certificate.Serial,
        ["Subject"] = $"CN={certificate.Names[0]}",
        ["Issuer"] = "Amazon",
        ["CreatedAt"] = Time.Epoch(certificate.Issued),
        ["IssuedAt"] = Time.Epoch(certificate.Issued),
        ["Status"] = "ISSUED",
        ["NotBefore"] = Time.Epoch(certificate.Issued),
        ["NotAfter"] = Time.Epoch(certificate.Issued + Validity),
        ["KeyAlgorithm"] = certificate.KeyAlgorithm,
        ["InUseBy"] = new JsonArray(),
        ["Type"] = "AMAZON_ISSUED",
        ["RenewalEligibility"] = "INELIGIBLE",
        ["Options"] = new JsonObject { ["CertificateTransparencyLoggingPreference"] = certificate.Transparency },
    };

    private JsonObject Tag(AwsRequest request, Func<IReadOnlyDictionary<string, string>, Dictionary<string, string>> change)
    {
        var certificate = Get(request);
        Put(certificate with { Tags = change(certificate.Tags) });
        return [];
    }

    private static Dictionary<string, string> Tags(IReadOnlyList<JsonObject> tags) => tags.ToDictionary(tag => tag.Text("Key") ?? "", tag => tag.Text("Value") ?? "");

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static Resource Answer(Certificate certificate) => new(certificate.Arn, new Dictionary<string, string> { ["Id"] = certificate.Arn });
}
