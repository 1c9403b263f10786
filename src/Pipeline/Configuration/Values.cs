using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.Configuration;

/// <summary>The kinds of single values.</summary>
internal static partial class Values
{
    public const string DayFormat = "yyyy-MM-dd";

    private const string AccountPattern = "^[0-9]{12}$";
    private const string RegionPattern = "^[a-z]{2}(-[a-z]+)+-[0-9]$";
    private const string WrittenDuration = "[1-9][0-9]*(ms|s|m|h|d)";
    private const string DurationPattern = $"^{WrittenDuration}$";
    private const string NamePattern = "^[a-z][a-z0-9-]{0,30}$";
    private const string StackPattern = "^[A-Za-z][A-Za-z0-9-]{0,99}$";
    private const string ParameterPattern = "^[A-Za-z][A-Za-z0-9]*$";
    private const string RepositoryPattern = "^[a-z0-9]+([._/-][a-z0-9]+)*$";
    private const string BucketPattern = "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$";
    private const string ImagePattern = "^[^@ ]+@sha256:[0-9a-f]{64}$";
    private const string GitHubRepositoryPattern = "^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$";
    private const string UrlPathPattern = "^/[^ ]*$";
    private const string VersionPattern = @"^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})$";
    private const string TagPattern = @"^([A-Za-z0-9]([A-Za-z0-9._/@-]*))?\{version\}$";
    private const string ServiceTagPattern = @"^([A-Za-z0-9][A-Za-z0-9._/@-]*)?\{service\}[A-Za-z0-9._/@-]+\{version\}$";
    private const string AuthorPattern = @"^[^<>\s][^<>\r\n]* <[^<>@\s]+@[^<>@\s]+>$";
    private const string IdentifierPattern = "^[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*$";
    private const string HostPattern = @"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]+$";
    private const string TopicPattern = "^arn:aws(-cn)?:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$";

    public static readonly Form Name = new(NamePattern, s => NameExpression().IsMatch(s), "must be lower-case letters, digits and hyphens, beginning with a letter, at most 31");
    public static readonly Form StackName = new(StackPattern, s => StackExpression().IsMatch(s), "must be letters, digits and hyphens, beginning with a letter, at most 100");
    public static readonly Form ParameterName = new(ParameterPattern, s => ParameterExpression().IsMatch(s), "must be letters and digits, as CloudFormation parameters are named");

    public static readonly Value Text = new("text", (s, _) => s.Trim().Length == 0 ? "must not be empty" : null, () => new JsonObject { ["type"] = "string", ["minLength"] = 1 });
    public static readonly Value Any = new("text, number or flag", (_, _) => null, () => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") });
    public static readonly Value Flag = new("flag", (s, _) => s is "true" or "false" ? null : $"must be true or false, is '{s}'", () => new JsonObject { ["type"] = "boolean" });
    public static readonly Value SystemName = Formed("name", Name);
    public static readonly Value Account = Formed("account number", new(AccountPattern, s => AccountExpression().IsMatch(s), "must be twelve digits"));
    public static readonly Value Region = Formed("region", new(RegionPattern, s => RegionExpression().IsMatch(s), "must be an AWS region, e.g. eu-central-1"));
    public static readonly Value Repository = Formed("repository name", new(RepositoryPattern, s => RepositoryExpression().IsMatch(s), "must be lower-case letters and digits, separated by one of . _ - /"));
    public static readonly Value Bucket = Formed("bucket name", new(BucketPattern, s => BucketExpression().IsMatch(s), "must be 3 to 63 lower-case letters, digits, dots and hyphens"));
    public static readonly Value Image = Formed("image by digest", new(ImagePattern, s => ImageExpression().IsMatch(s), "must name an image by digest: registry/name@sha256:… (64 digits)"));
    public static readonly Value GitHubRepository = Formed("GitHub repository", new(GitHubRepositoryPattern, s => GitHubRepositoryExpression().IsMatch(s), "must be owner/name, without wildcards"));
    public static readonly Value UrlPath = Formed("URL path", new(UrlPathPattern, s => UrlPathExpression().IsMatch(s), "must begin with / and hold no space"));
    public static readonly Value Host = Formed("host name", new(HostPattern, s => HostExpression().IsMatch(s), "must be a host's name or address, without a scheme or port"));
    public static readonly Value Topic = Formed("ARN of an SNS topic", new(TopicPattern, s => TopicExpression().IsMatch(s), "must be the ARN of a topic that is no FIFO topic: arn:aws:sns:REGION:ACCOUNT:NAME"));
    public static readonly Value MailAddress = new("mail address", (s, _) => System.Net.Mail.MailAddress.TryCreate(s, out var _) ? null : $"must be a mail address, is '{s}'", () => new JsonObject { ["type"] = "string" });

    /// <summary>What is written instead of it may be the secret itself: the sentence does not repeat it.</summary>
    public static readonly Value Secret = new(
        "reference to a secret",
        (s, _) => SecretSource.Parse(s) is not null ? null : "must say where the value is kept, never be it (this file is in git): env:VARIABLE, secretsmanager:NAME, secretsmanager:NAME:JSON_KEY or ssm:/NAME",
        () => new JsonObject { ["type"] = "string", ["pattern"] = SecretSource.Pattern });

    public static readonly Value Duration = Formed("duration", new(DurationPattern, s => DurationExpression().IsMatch(s) && ToDuration(s) is not null, "must be a duration: a whole number and ms, s, m, h or d, e.g. 30s or 5m"));
    public static readonly Value Moment = new("day, time of day or both", (s, _) => IsMoment(s) ? null : $"must be a day (2026-12-20), a time of day (18:00) or both (2026-12-20 18:00), is '{s}'", () => new JsonObject { ["type"] = "string" });
    public static readonly Value Day = new("day", (s, _) => DateOnly.TryParseExact(s, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var _) ? null : $"must be a day (2026-12-20), is '{s}'", () => new JsonObject { ["type"] = "string" });
    public static readonly Value TimeZone = new("time zone", (s, _) => TimeZoneInfo.TryFindSystemTimeZoneById(s, out var _) ? null : $"this machine knows no time zone '{s}'; names are like UTC or Europe/Berlin", () => new JsonObject { ["type"] = "string" });
    public static readonly Value DurationOrNone = new("duration or `none`", (s, around) => s == "none" ? null : Duration!.Check(s, around), () => new JsonObject { ["type"] = "string", ["pattern"] = $"^(none|{WrittenDuration})$" });
    public static readonly Value Version = Formed("version", new(VersionPattern, s => VersionExpression().IsMatch(s), "must be a version of three numbers, e.g. 0.1.0"));
    public static readonly Value Tag = Formed("tag", new(TagPattern, s => TagExpression().IsMatch(s), "must end with {version}, and hold nothing else but letters, digits and . _ - / @"));
    public static readonly Value ServiceTag = Formed("tag", new(ServiceTagPattern, s => ServiceTagExpression().IsMatch(s), "must hold {service}, then something that parts it from {version} at the end, and nothing else but letters, digits and . _ - / @"));
    public static readonly Value Identifier = Formed("identifier", new(IdentifierPattern, s => IdentifierExpression().IsMatch(s), "must be letters, digits and hyphens, not digits alone"));
    public static readonly Value Author = Formed("author", new(AuthorPattern, s => AuthorExpression().IsMatch(s), "must be a name and an address, as git has them: Release Bot <bot@example.com>"));

    /// <summary>A file that need not be there yet.</summary>
    public static readonly Value NewFile = Path("file", "", path => !Directory.Exists(path), Directory.Exists);
    public static readonly Value Glob = new("glob", CheckGlob, () => new JsonObject { ["type"] = "string", ["minLength"] = 1 });
    public static readonly Value Folder = Path("folder", "", Directory.Exists, File.Exists);

    public static readonly Value Existing = Path("folder or file", "", System.IO.Path.Exists, _ => false);

    /// <summary>A folder that a build makes: it need not be there yet.</summary>
    public static readonly Value GeneratedFolder = Path("generated folder", "", path => !File.Exists(path), File.Exists);

    /// <summary>What somebody brings to the machine: it need not be there yet.</summary>
    public static readonly Value Fetched = Path("folder or file", "", _ => true, _ => false);

    public static Value FileOf(string type, string extensions) => Path(type, extensions, File.Exists, Directory.Exists);

    public static Value Choice(params string[] choices) => new(
        string.Join(" or ", choices.Select(c => $"`{c}`")),
        (s, _) => choices.Contains(s) ? null : $"must be {string.Join(" or ", choices.Select(c => $"'{c}'"))}, is '{s}'{NearestName.Hint(s, choices)}",
        () => new JsonObject { ["enum"] = new JsonArray([.. choices.Select(c => JsonValue.Create(c))]) });

    public static Value Reference(string to, string what) => new(
        $"name of a {what}",
        (s, around) => around.Names(to) is not { } known || known.Contains(s) ? null : $"there is no {what} '{s}'{NearestName.Hint(s, known)}",
        () => new JsonObject { ["type"] = "string" });

    public static Value Whole(int minimum, int maximum) => new(
        $"whole number {minimum} to {maximum}",
        (s, _) => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= minimum && n <= maximum ? null : $"must be a whole number from {minimum} to {maximum}, is '{s}'",
        () => new JsonObject { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum });

    public static readonly Value Percent = new(
        "percent 0 to 100",
        (s, _) => decimal.TryParse(s, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n is >= 0 and <= 100 ? null : $"must be a number from 0 to 100, is '{s}'",
        () => new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 100 });

    /// <summary><c>null</c>: too long to be meant.</summary>
    public static TimeSpan? ToDuration(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (!int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var n))
        {
            return null;
        }

        var duration = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(n),
            "s" => TimeSpan.FromSeconds(n),
            "m" => TimeSpan.FromMinutes(n),
            "h" => TimeSpan.FromHours(n),
            _ => TimeSpan.FromDays(Math.Min(n, 10_000)),
        };
        return duration <= TimeSpan.FromDays(3650) ? duration : null;
    }

    private static bool IsMoment(string text) => text == "24:00"
        || TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        || DateTime.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static Value Formed(string type, Form form) => new(
        type,
        (s, _) => form.Holds(s) ? null : $"{form.Sentence}, is '{s}'",
        () => new JsonObject { ["type"] = "string", ["pattern"] = form.Pattern });

    private static Value Path(string type, string extensions, Func<string, bool> exists, Func<string, bool> other) => new(
        type,
        (s, around) =>
        {
            if (System.IO.Path.IsPathRooted(s) || s.Contains('\\') || s.Split('/').Any(p => p is "" or "." or ".."))
            {
                return $"'{s}' must be a path below the root, written with /, without . and ..";
            }

            var full = System.IO.Path.Combine(around.Root, s);
            return exists(full) ? CheckExtension(s, extensions)
                : other(full) ? $"'{s}' is {(type.EndsWith("folder", StringComparison.Ordinal) ? "a file, not a folder" : "a folder, not a file")}"
                : $"'{s}' does not exist{Neighbour(full, s)}";
        },
        () => new JsonObject { ["type"] = "string", ["minLength"] = 1 });

    private static string? CheckExtension(string path, string extensions) =>
        extensions.Length == 0 || extensions.Split(' ').Any(path.EndsWith) ? null : $"'{path}' must end with {extensions.Replace(" ", " or ", StringComparison.Ordinal)}";

    /// <summary>The typing mistake is mostly in the last part: look beside it.</summary>
    private static string Neighbour(string full, string path)
    {
        var folder = System.IO.Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
        {
            return "";
        }

        var nearest = NearestName.Of(System.IO.Path.GetFileName(full), Directory.EnumerateFileSystemEntries(folder).Select(e => System.IO.Path.GetFileName(e)!));
        return nearest is null ? "" : $"; did you mean '{path[..(path.LastIndexOf('/') + 1)]}{nearest}'?";
    }

    private static string? CheckGlob(string s, Surroundings _) =>
        s.Trim().Length == 0 ? "must not be empty"
        : s.StartsWith('/') || s.Contains('\\') || s.Split('/').Any(p => p is "." or "..") ? $"'{s}' must be a glob below the root, written with /, without . and .."
        : null;

    [GeneratedRegex(AccountPattern)]
    private static partial Regex AccountExpression();

    [GeneratedRegex(RegionPattern)]
    private static partial Regex RegionExpression();

    [GeneratedRegex(DurationPattern)]
    private static partial Regex DurationExpression();

    [GeneratedRegex(NamePattern)]
    private static partial Regex NameExpression();

    [GeneratedRegex(StackPattern)]
    private static partial Regex StackExpression();

    [GeneratedRegex(ParameterPattern)]
    private static partial Regex ParameterExpression();

    [GeneratedRegex(RepositoryPattern)]
    private static partial Regex RepositoryExpression();

    [GeneratedRegex(BucketPattern)]
    private static partial Regex BucketExpression();

    [GeneratedRegex(ImagePattern)]
    private static partial Regex ImageExpression();

    [GeneratedRegex(GitHubRepositoryPattern)]
    private static partial Regex GitHubRepositoryExpression();

    [GeneratedRegex(HostPattern)]
    private static partial Regex HostExpression();

    [GeneratedRegex(TopicPattern)]
    private static partial Regex TopicExpression();

    [GeneratedRegex(UrlPathPattern)]
    private static partial Regex UrlPathExpression();

    [GeneratedRegex(VersionPattern)]
    private static partial Regex VersionExpression();

    [GeneratedRegex(TagPattern)]
    private static partial Regex TagExpression();

    [GeneratedRegex(ServiceTagPattern)]
    private static partial Regex ServiceTagExpression();

    [GeneratedRegex(AuthorPattern)]
    private static partial Regex AuthorExpression();

    [GeneratedRegex(IdentifierPattern)]
    private static partial Regex IdentifierExpression();
}
