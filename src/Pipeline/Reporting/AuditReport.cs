using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>What is to be said of an audit log.</summary>
public static class AuditReport
{
    /// <summary>One line when the log is whole.</summary>
    /// <param name="environment">whose log it is</param>
    /// <exception cref="PipelineException">it is not (1); every finding is named</exception>
    public static string Demand(string environment, IReadOnlyList<AuditFinding> findings, AuditHead? head) => findings.Count == 0
        ? head is null ? $"The audit log of {environment} is empty." : $"The audit log of {environment} is whole: {head.Seq} {(head.Seq == 1 ? "entry" : "entries")}, the last has hash {head.Hash}."
        : throw new PipelineException(
            ExitCode.Failed,
            $"THE AUDIT LOG OF {environment.ToUpperInvariant()} WAS TAMPERED WITH, or is damaged: {findings[0]}.",
            [
                .. findings.Select(f => new Detail("found", f.ToString())),
                new Detail("next", "the bucket keeps versions: aws s3api list-object-versions shows who changed an entry and what it was; the logs of earlier runs name the newest entry of their time"),
            ]);
}
