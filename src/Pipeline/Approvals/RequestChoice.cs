using Pipeline.Outcomes;

namespace Pipeline.Approvals;

/// <summary>Which request a person means.</summary>
public static class RequestChoice
{
    /// <summary>The one with that id, or the only one that waits.</summary>
    /// <param name="id">as typed; <c>null</c>: nothing was typed</param>
    /// <param name="environment">whose requests they are</param>
    /// <param name="target">for the next command: <c>Approve</c> or <c>Reject</c></param>
    /// <exception cref="PipelineException">there is none such, or more than one waits (3)</exception>
    public static async Task<DeploymentRequest> Of(RequestBook book, string? id, string environment, string target, CancellationToken cancel)
    {
        if (id is not null)
        {
            return await book.Find(id, cancel).ConfigureAwait(false)
                ?? throw Refused($"REFUSED: nobody asked for deployment '{id}' in {environment}.", await book.Waiting(cancel).ConfigureAwait(false));
        }

        return await book.Waiting(cancel).ConfigureAwait(false) switch
        {
            [var only] => only,
            [] => throw Refused($"REFUSED: no deployment waits for approval in {environment}.", []),
            var several => throw Refused($"REFUSED: {several.Count} deployments wait for approval in {environment}; say which one.", several),
        };

        PipelineException Refused(string what, IReadOnlyList<DeploymentRequest> waiting) => new(ExitCode.Refused, what,
        [
            .. waiting.Select(r => new Detail("waiting", $"{r.Id}   plan {r.Plan}   requested {r.RequestedAt:yyyy-MM-dd HH:mm} UTC by {r.Requester.Arn}   expires {r.Expires:HH:mm}")),
            new Detail(environment, "untouched"),
            new Detail("next", waiting.Count > 0 ? $"./build.sh --target={target} --deployment={waiting[0].Id}" : $"./build.sh --target=History --environment={environment}"),
        ]);
    }
}
