using Pipeline.Notifications;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>Who was told, for people.</summary>
public static class NotificationReport
{
    /// <summary>At the end of a run: what was not delivered, or else how much was; nothing where nobody was to be told.</summary>
    public static void Print(Output output, IReadOnlyList<Delivery> deliveries)
    {
        var lost = deliveries.Where(d => !d.Delivered).ToList();
        if (lost.Count > 0)
        {
            output.Result("Notified", Verdict.NotEvaluable, string.Join('\n', lost.Select(d => $"NOT DELIVERED {Line(d)}")));
        }
        else if (deliveries.Count > 0)
        {
            output.Labelled("Notified", string.Join("   ", deliveries.GroupBy(d => d.Cause).Select(c => $"{c.Key}: {string.Join(", ", c.Select(d => $"{d.Group}/{d.Receiver}"))}")));
        }
    }

    /// <summary>A test: every receiver with its answer.</summary>
    /// <exception cref="PipelineException">one of them was not told (1)</exception>
    public static void Tested(Output output, IReadOnlyList<Delivery> deliveries, string environment)
    {
        foreach (var delivery in deliveries)
        {
            output.Result("Notify", delivery.Delivered ? Verdict.Passed : Verdict.Failed, $"{(delivery.Delivered ? "delivered    " : "NOT DELIVERED")} {Line(delivery)}");
        }

        var lost = deliveries.Count(d => !d.Delivered);
        if (lost > 0)
        {
            throw new PipelineException(ExitCode.Failed, $"{lost} of {Words.Count(deliveries.Count, "receiver")} could not be told.",
                new Detail("next", $"correct them, or the variables and secrets that they refer to; ./build.sh --target=Doctor --environment={environment} looks at the references alone (docs/notifications.md)"));
        }
    }

    private static string Line(Delivery delivery) =>
        $"{delivery.Group}/{delivery.Receiver}   {delivery.Cause}{(delivery.Attempts == 0 ? "" : $"   {Words.Count(delivery.Attempts, "attempt")}")}{(delivery.Error is { } why ? $"   {why}" : "")}";
}
