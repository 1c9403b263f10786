using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Notifications;

namespace Pipeline.Preflight;

/// <summary>Every receiver of notifications has what it refers to. Nothing is sent: that is what <c>Notify</c> is for.</summary>
internal static class ReceiverChecks
{
    private const string Group = "notifications";

    /// <param name="aws">the environment's account; <c>null</c>: the embedded cloud does not run</param>
    public static IEnumerable<Inspection> Of(PipelineConfiguration configuration, AwsAccount? aws) =>
        from contacts in configuration.Environment.Notifications
        from receiver in contacts.Receivers
        let subject = $"{contacts.Name}/{receiver.Name}"
        select new Inspection(Group, subject, cancel => Look(configuration, aws, receiver, subject, cancel));

    private static async Task<Finding> Look(PipelineConfiguration configuration, AwsAccount? aws, Receiver receiver, string subject, CancellationToken cancel)
    {
        if (aws is null && receiver.Secrets.FirstOrDefault(s => s.Store != SecretStore.Variable) is { } elsewhere)
        {
            return Finding.Skip(subject, $"{elsewhere} is kept in the embedded cloud, which does not run");
        }

        var secrets = await ReceiverSecrets.Read([receiver], () => Task.FromResult(aws!), ReceiverSecrets.Process(), new HashSet<string>(), cancel).ConfigureAwait(false);
        return secrets.Missing(receiver) is not { } missing ? Finding.Ok(subject, receiver.Secrets.Count == 0 ? "needs no secret" : $"{string.Join(", ", receiver.Secrets)} can be read")
            // A variable of the machine that deploys need not be set on this one; and who may look need not be who may read.
            : missing.Source.Store == SecretStore.Variable ? Finding.Skip(subject, $"{missing.Why} here; it must be where the pipeline runs")
            : missing.IsUnknown ? Finding.Skip(subject, missing.Why)
            : Finding.Ng(subject, missing.Why, $"create it in account {configuration.Environment.Account}, or correct notifications in {configuration.File}");
    }
}
