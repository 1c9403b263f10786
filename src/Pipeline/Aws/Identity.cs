using Amazon.SecurityToken.Model;
using Pipeline.Outcomes;

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

    /// <summary>Refuses credentials of another account than the configured one. Asked before anything else in an account.</summary>
    /// <param name="environment">whose account it is to be</param>
    /// <exception cref="PipelineException">they belong to another account (3)</exception>
    /// <exception cref="AwsRefusedException">the credentials are not accepted</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<CallerIdentity> Demand(string environment, CancellationToken cancel)
    {
        var caller = await Caller(cancel).ConfigureAwait(false);
        return caller.Account == aws.Account ? caller : throw new PipelineException(
            ExitCode.Refused,
            $"REFUSED: {environment} belongs to account {aws.Account}, but these credentials belong to account {caller.Account}.",
            new Detail("why", $"{aws.Place} takes the caller for {caller.Arn}"),
            new Detail(environment, "untouched: nothing was asked but who is asking"),
            new Detail("next", $"AWS_PROFILE=<a profile of account {aws.Account}> and the same command again; or correct environments.{environment}.account in pipeline.yml"));
    }
}
