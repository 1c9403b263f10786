using Pipeline.Configuration;

namespace Pipeline.Approvals;

/// <summary>The approvers that are plain names: users that the embedded cloud can make.</summary>
public static class ApproverNames
{
    /// <summary>Those of a configuration.</summary>
    public static IReadOnlyList<string> In(ApprovalSettings rules) => [.. rules.Approvers.Where(Approver.IsName).Distinct(StringComparer.Ordinal)];
}
