using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.Contracts;

/// <summary>An embedded cloud in this process whose every answer is held against the public models, where the machine has them: the call that gets a deviating answer fails.</summary>
internal static class CheckedCloud
{
    public static Task<CloudServer> Start(string? stateFolder = null) => Start(new CloudOptions(0, stateFolder));

    /// <param name="observe">sees the answers too</param>
    public static Task<CloudServer> Start(CloudOptions options, Action<Answered>? observe = null) => CloudServer.Start(options with { Observe = Check + observe }, CancellationToken.None);

    public static void Check(Answered answered)
    {
        if (ServiceModel.Available && AnswerCheck.Deviations(answered) is { Count: > 0 } deviations)
        {
            throw new InvalidOperationException($"The answer is not what the public model says: {string.Join("; ", deviations)}");
        }
    }
}
