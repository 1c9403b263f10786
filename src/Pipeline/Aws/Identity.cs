using Amazon.SecurityToken.Model;

namespace Pipeline.Aws;

/// <summary>Who the credentials belong to.</summary>
/// <param name="Account">twelve digits</param>
/// <param name="Arn">of the user or the role session</param>
/// <param name="UserId">AWS's own id of it</param>
public sealed record CallerIdentity(string Account, string Arn, string UserId);

/// <summary>STS: who asks.</summary>
public sealed class Identity(AwsConnection aws)
{
    /// <summary>Whom AWS takes us for.</summary>
    /// <exception cref="AwsRefusedException">the credentials are not accepted</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<CallerIdentity> Caller(CancellationToken cancel)
    {
        var answer = await aws.Ask("find out who the credentials belong to", () => aws.Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancel), cancel).ConfigureAwait(false);
        return new CallerIdentity(answer.Account, answer.Arn, answer.UserId);
    }
}
