using System.Text.RegularExpressions;
using Pipeline.Aws;

namespace Pipeline.Approvals;

/// <summary>Who somebody is to a bucket's policy.</summary>
/// <param name="Arn"><c>aws:PrincipalArn</c>: of the user, or of the role with its path, whatever the session</param>
/// <param name="UserId"><c>aws:userid</c>: <c>AIDA…</c>, or <c>AROA…:session</c></param>
public sealed partial record Principal(string Arn, string UserId)
{
    /// <summary>Where votes lie in the ledger's bucket.</summary>
    public const string Votes = "approvals/";

    /// <summary>Where its vote on a deployment lies: nobody else can write there.</summary>
    public string Key(string deployment) => $"{Votes}{Arn}/{UserId}/{deployment}.json";

    /// <summary>The principal behind credentials.</summary>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public static async Task<Principal> Of(CallerIdentity caller, AwsAccount aws, CancellationToken cancel)
    {
        if (Session().Match(caller.Arn) is not { Success: true } session)
        {
            return new Principal(caller.Arn, caller.UserId);
        }

        var role = session.Groups["role"].Value;
        return new Principal(await RoleArn(role, aws, cancel).ConfigureAwait(false) ?? $"arn:{session.Groups["partition"].Value}:iam::{caller.Account}:role/{role}", caller.UserId);
    }

    /// <summary>
    /// Who wrote a vote, read from its key alone. The first part that looks like a user id ends the ARN: whatever somebody puts behind his
    /// own prefix, the key stays his or is nobody's.
    /// </summary>
    /// <returns><c>null</c>: it is no vote's key</returns>
    public static (Principal Voter, string Deployment)? InKey(string key) => VoteKey().Match(key) is { Success: true } match
        ? (new Principal(match.Groups["arn"].Value, match.Groups["id"].Value), match.Groups["deployment"].Value)
        : null;

    /// <summary>STS tells a session's role without its path, and a bucket's policy knows it only with it.</summary>
    private static async Task<string?> RoleArn(string role, AwsAccount aws, CancellationToken cancel)
    {
        try
        {
            return (await aws.Roles.Find(role, cancel).ConfigureAwait(false))?.Arn;
        }
        catch (AwsRefusedException)
        {
            // Most roles have no path; where this one has, S3 refuses the vote and says so.
            return null;
        }
    }

    [GeneratedRegex(@"^arn:(?<partition>aws[a-z-]*):sts::\d{12}:assumed-role/(?<role>[^/]+)/[^/]+\z")]
    private static partial Regex Session();

    // No part of the ARN may look like a user id: there is one way to read a key.
    [GeneratedRegex(@"^approvals/(?<arn>arn:aws[a-z-]*:iam::\d{12}:(?:user|role)(?:/(?!AIDA[A-Z0-9]{8,}/|AROA[A-Z0-9]{8,}:)[^/]+)+)/(?<id>AIDA[A-Z0-9]{8,}|AROA[A-Z0-9]{8,}:[\w+=,.@-]{2,64})/(?<deployment>[A-Za-z0-9._-]+)\.json\z")]
    private static partial Regex VoteKey();
}
