using System.Text.RegularExpressions;
using Pipeline.Aws;

namespace Pipeline.Approvals;

/// <summary>One entry of <c>gates.approval.approvers</c>: a person.</summary>
/// <param name="Entry">as configured: the name of an IAM user, the ARN of a user or of a role's session, or <c>github:LOGIN</c></param>
/// <param name="Account">the environment's; names are users of it</param>
internal sealed partial record Approver(string Entry, string Account)
{
    private const string GitHub = "github:";

    public bool IsOnGitHub => Entry.StartsWith(GitHub, StringComparison.OrdinalIgnoreCase);

    /// <summary>Only a name: an IAM user of the account.</summary>
    public static bool IsName(string entry) => Name().IsMatch(entry);

    public bool IsLogin(string? login) => login is { Length: > 0 } && IsOnGitHub && string.Equals(Entry[GitHub.Length..], login, StringComparison.OrdinalIgnoreCase);

    /// <summary>The entry means the writer of a vote.</summary>
    public bool Is(Principal voter)
    {
        if (IsName(Entry))
        {
            return User().Match(voter.Arn) is { Success: true } user && user.Groups["account"].Value == Account && user.Groups["name"].Value == Entry;
        }

        // Its session is part of its id, its role's path is not part of its ARN.
        return Session().Match(Entry) is { Success: true } session
            ? Role().Match(voter.Arn) is { Success: true } role && Same("partition") && Same("account") && Same("role") && voter.UserId.Split(':', 2) is [_, var name] && name == session.Groups["session"].Value
            : Entry == voter.Arn && voter.Arn.Contains(":user/", StringComparison.Ordinal);

        bool Same(string part) => Role().Match(voter.Arn).Groups[part].Value == session.Groups[part].Value;
    }

    /// <summary>The entry means whoever has these credentials.</summary>
    public bool Is(CallerIdentity caller) => Session().IsMatch(Entry) ? Entry == caller.Arn : Is(new Principal(caller.Arn, caller.UserId));

    [GeneratedRegex(@"^[\w+=,.@-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^arn:aws[a-z-]*:iam::(?<account>\d{12}):user/(?:[^/]+/)*(?<name>[^/]+)\z")]
    private static partial Regex User();

    [GeneratedRegex(@"^arn:(?<partition>aws[a-z-]*):iam::(?<account>\d{12}):role/(?:[^/]+/)*(?<role>[^/]+)\z")]
    private static partial Regex Role();

    [GeneratedRegex(@"^arn:(?<partition>aws[a-z-]*):sts::(?<account>\d{12}):assumed-role/(?<role>[^/]+)/(?<session>[^/]+)\z")]
    private static partial Regex Session();
}
