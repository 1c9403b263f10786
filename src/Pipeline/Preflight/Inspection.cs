using System.Text.RegularExpressions;
using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Preflight;

/// <summary>One matter to look at, read-only.</summary>
/// <param name="Group">its name</param>
/// <param name="Subject">what is looked at, for when it cannot be</param>
/// <param name="Look">may throw: then it could not be looked at</param>
internal sealed record Inspection(string Group, string Subject, Func<CancellationToken, Task<IReadOnlyList<Finding>>> Look)
{
    /// <summary>One look with one finding.</summary>
    public Inspection(string group, string subject, Func<CancellationToken, Task<Finding>> look) : this(group, subject, async cancel => [await look(cancel).ConfigureAwait(false)])
    {
    }

    /// <summary>Looks at everything side by side. A look that fails or takes too long is skipped with its reason; only being cancelled is thrown.</summary>
    public static async Task<IReadOnlyList<FindingGroup>> All(IReadOnlyList<Inspection> inspections, TimeSpan deadline, CancellationToken cancel)
    {
        var looked = await Task.WhenAll(inspections.Select(async i => (i.Group, Findings: await i.Run(deadline, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        return [.. looked.GroupBy(l => l.Group).Select(g => new FindingGroup(g.Key, [.. g.SelectMany(l => l.Findings)])).Where(g => g.Findings.Count > 0)];
    }

    private async Task<IReadOnlyList<Finding>> Run(TimeSpan deadline, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(deadline);
        try
        {
            return await Task.Run(() => Look(patience.Token), patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return [Finding.Skip(Subject, $"no answer within {deadline.TotalSeconds:0} s")];
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return [Finding.Skip(Subject, Reason(e))];
        }
    }

    private static string Reason(Exception error) => error switch
    {
        AwsRefusedException { Code: "InvalidAction" or "UnknownOperationException" } => "this cloud does not offer it",
        AwsRefusedException refused when IsDenied(refused.Code) => Missing(refused) is { } action ? $"these credentials lack the permission {action}" : $"these credentials lack a permission: {refused.Message}",
        PipelineException known => known.Message,
        _ => $"it could not be looked at: {error.Message}",
    };

    private static bool IsDenied(string code) => code is "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "UnauthorizedAccess" or "AuthorizationError" or "Forbidden";

    private static string? Missing(AwsRefusedException refused) =>
        Regex.Match(refused.Message, @"not authorized to perform:? (?<action>[a-z0-9-]+:[A-Za-z]+)", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } match ? match.Groups["action"].Value : null;
}
