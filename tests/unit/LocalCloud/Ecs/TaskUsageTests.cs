using System.Diagnostics;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Ecs;

namespace Pipeline.Tests.LocalCloud.Ecs;

public sealed class TaskUsageTests
{
    [TestCase("""{"cpu":"256","memory":"512"}""", 0.25, 512)]
    [TestCase("""{"cpu":".5 vCPU","memory":"1 GB"}""", 0.5, 1024)]
    [TestCase("""{"containerDefinitions":[{"cpu":512,"memory":256},{"cpu":512,"memoryReservation":128}]}""", 1, 384)]
    public void A_reservation_is_the_tasks_or_that_of_its_containers(string definition, double cpus, double mebibytes) =>
        Assert.That(Reservation.Of(JsonNode.Parse(definition)!.AsObject()), Is.EqualTo(new Reservation(cpus, mebibytes * 1024 * 1024)));

    [Test]
    public void A_task_that_reserves_nothing_has_no_percentage() => Assert.That(Reservation.Of([]), Is.Null);

    [Test, Platform("Linux")]
    public async Task A_process_is_measured_with_its_children()
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "while :; do :; done & read line"]) { RedirectStandardInput = true })!;
        try
        {
            await Poll.Until(() => Task.FromResult(ProcessTable.Read().Of(shell.Id) is { Bytes: > 0 } usage && usage.Cpu > TimeSpan.FromMilliseconds(100)), "its children have used some CPU");
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }

        await shell.WaitForExitAsync();
        Assert.That(ProcessTable.Read().Of(shell.Id), Is.Null);
    }
}
