using System.Text.RegularExpressions;

namespace Pipeline.Checks;

/// <summary>One form that a secret has.</summary>
/// <param name="Name">as the finding calls it</param>
/// <param name="What">for a sentence: "an AWS access key"</param>
/// <param name="Keywords">text without which the pattern cannot match, in any case; makes the search fast</param>
/// <param name="Pattern">with a group <c>secret</c></param>
/// <param name="Random">the secret must look random to count, as the form alone says little</param>
/// <param name="NotInCode">in a programming language the form is an ordinary assignment</param>
internal sealed record SecretRule(string Name, string What, IReadOnlyList<string> Keywords, Regex Pattern, bool Random = false, bool NotInCode = false)
{
    private static readonly string[] Code = [".cs", ".fs", ".vb", ".js", ".mjs", ".ts", ".tsx", ".jsx", ".py", ".java", ".kt", ".go", ".rs", ".rb", ".c", ".h", ".cpp", ".swift", ".php"];

    public bool AppliesTo(string file) => !NotInCode || !Code.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);
}

/// <summary>The forms of secrets that are looked for.</summary>
internal static partial class SecretRules
{
    private static readonly string[] SecretNames = ["password", "passwd", "pwd", "secret", "token", "apikey", "api_key", "api-key", "access_key", "accesskey", "private_key", "credential"];

    // A page's or a request's token opens nothing, and where a secret is kept is none.
    private const string Named = @"(?i:(?:password|passwd|pwd|secret|(?<!(?:client|request|next|continuation|page|idempotency)[_\-]?)token|api[_\-]?key|access[_\-]?key|private[_\-]?key|credential)(?!_?(?:id|arn|name)s?\b)[A-Za-z0-9_]{0,20})"; // pipeline:allow-secret a pattern

    public static readonly IReadOnlyList<SecretRule> All =
    [
        new("aws-access-key", "an AWS access key id", ["AKIA", "ASIA"], AwsAccessKey()),
        new("aws-secret-key", "an AWS secret access key", ["secret"], AwsSecretKey(), Random: true),
        new("private-key", "a private key", ["PRIVATE KEY"], PrivateKey()),
        new("github-token", "a GitHub token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"], GitHubToken()),
        new("gitlab-token", "a GitLab token", ["glpat-"], GitLabToken()),
        new("slack-token", "a Slack token", ["xox", "hooks.slack.com"], SlackToken()),
        new("stripe-key", "a Stripe key", ["sk_live_", "rk_live_"], StripeKey()),
        new("npm-token", "an npm token", ["npm_"], NpmToken()),
        new("nuget-key", "a NuGet API key", ["oy2"], NuGetKey()),
        new("jwt", "a signed token", ["eyJ"], Jwt(), Random: true),
        new("connection-string", "a connection string with a password", ["password", "pwd"], ConnectionString()),
        new("url-password", "a URL with a password", ["://"], UrlPassword()),
        new("assigned-secret", "a literal secret", SecretNames, Assignment(), Random: true),
        new("assigned-secret", "a literal secret", SecretNames, PlainAssignment(), Random: true, NotInCode: true),
    ];

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?<secret>(AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9])")]
    private static partial Regex AwsAccessKey();

    [GeneratedRegex(@"(?i:aws)?_?(?i:secret_?(access_?)?key)[""'\s]{0,3}[:=]>?\s{0,3}[""']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])")]
    private static partial Regex AwsSecretKey();

    [GeneratedRegex(@"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s)*(?<secret>[A-Za-z0-9+/=:,\- ]{16,})")]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(?<secret>gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})")]
    private static partial Regex GitHubToken();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(?<secret>glpat-[A-Za-z0-9_\-]{20,})")]
    private static partial Regex GitLabToken();

    [GeneratedRegex(@"(?<secret>xox[abeoprs]-[A-Za-z0-9\-]{20,}|hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,})")]
    private static partial Regex SlackToken();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(?<secret>[sr]k_live_[A-Za-z0-9]{20,})")]
    private static partial Regex StripeKey();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(?<secret>npm_[A-Za-z0-9]{36})(?![A-Za-z0-9])")]
    private static partial Regex NpmToken();

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?<secret>oy2[a-z0-9]{43})(?![A-Za-z0-9])")]
    private static partial Regex NuGetKey();

    [GeneratedRegex(@"(?<![A-Za-z0-9_\-])(?<secret>eyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{20,})")]
    private static partial Regex Jwt();

    [GeneratedRegex(@"(?i:(?:server|host|data source|datasource|user id|username|uid|database|initial catalog)\s*=[^;""'\r\n]{1,200};[^""'\r\n]{0,300}?(?:password|pwd)\s*=\s*)(?<secret>[^;""'\s\r\n]{4,200})")]
    private static partial Regex ConnectionString();

    [GeneratedRegex(@"[a-zA-Z][a-zA-Z0-9+.\-]{1,20}://[^\s:/@""'<>{}$]{1,100}:(?<secret>[^\s:/@""'<>]{4,200})@[A-Za-z0-9\[]")]
    private static partial Regex UrlPassword();

    [GeneratedRegex(Named + @"[""'\]]{0,2}\s{0,5}(?:=|:|=>|:=)\s{0,5}(?:@?""(?<secret>[^""\r\n]{8,200})""|'(?<secret>[^'\r\n]{8,200})')")]
    private static partial Regex Assignment();

    [GeneratedRegex(Named + @"[ \t]{0,5}[=:][ \t]{0,5}(?<secret>[A-Za-z0-9+/_\-]{20,200}={0,2})[ \t]*(?:\r?\n|$)")]
    private static partial Regex PlainAssignment();
}
