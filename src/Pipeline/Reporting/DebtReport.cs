using System.Globalization;
using Pipeline.Ledger;

namespace Pipeline.Reporting;

/// <summary>Open debts in a few words.</summary>
public static class DebtReport
{
    /// <summary><c>1 (emergency 18 Nov: soak skipped, due 25 Nov)</c>.</summary>
    /// <param name="open">oldest first</param>
    /// <param name="now">what is due before is overdue</param>
    public static string Cell(IReadOnlyList<Debt> open, DateTimeOffset now) => open.Count == 0
        ? StatusTable.Nothing
        : $"{open.Count} ({string.Join("; ", open.GroupBy(d => (d.Release, d.Due)).Select(same => $"emergency {Day(same.First().OpenedAt)}: {string.Join(", ", same.Select(d => d.Skipped))} skipped, {(same.Key.Due < now ? "OVERDUE since" : "due")} {Day(same.Key.Due)}"))})";

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture);
}
