using Pipeline.Aws;
using Pipeline.Deployments;

namespace Pipeline.Tests.Deployments;

public sealed class CrashLoopTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_retry_that_fails_the_same_way_is_a_loop() =>
        Assert.That(CrashLoop.Find([Crashed("1", 0, 5), Crashed("2", 6, 11)], At(20)), Does.Contain("2 tasks").And.Contain("container web exit code 7"));

    [Test]
    public void Tasks_of_the_first_wave_that_fail_together_are_none() =>
        Assert.That(CrashLoop.Find([Crashed("1", 0, 5), Crashed("2", 0, 6), Crashed("3", 1, 6)], At(20)), Is.Null);

    [Test]
    public void A_retry_that_fails_another_way_is_none() =>
        Assert.That(CrashLoop.Find([Crashed("1", 0, 5), Crashed("2", 6, 11, exitCode: 1)], At(20)), Is.Null);

    [Test]
    public void Ids_and_addresses_in_the_reason_make_no_difference() =>
        Assert.That(
            CrashLoop.Find(
            [
                Crashed("1", 0, 5) with { StoppedReason = "Task failed ELB health checks in (target 10.0.0.7:8080) 4981323903114019953e785c03c29c1f" },
                Crashed("2", 6, 11) with { StoppedReason = "Task failed ELB health checks in (target 10.0.1.9:8080) 85d285a731ea4c14a744dd90d5371198" },
            ],
            At(20)),
            Is.Not.Null);

    [Test]
    public void A_task_that_lives_longer_than_the_others_did_is_hope() =>
        Assert.That(CrashLoop.Find([Crashed("1", 0, 5), Crashed("2", 6, 11), Task("3", 12) with { Status = "RUNNING" }], At(30)), Is.Null);

    [Test]
    public void A_task_that_has_only_just_started_is_not() =>
        Assert.That(CrashLoop.Find([Crashed("1", 0, 5), Crashed("2", 6, 11), Task("3", 12) with { Status = "RUNNING" }], At(13)), Is.Not.Null);

    [TestCase("Scaling activity initiated by (deployment ecs-svc/1)")]
    public void What_ECS_tidies_up_is_no_failure(string reason) =>
        Assert.That(CrashLoop.Find([Crashed("1", 0, 5) with { StoppedReason = reason }, Crashed("2", 6, 11) with { StoppedReason = reason }], At(20)), Is.Null);

    [Test]
    public void What_a_person_stops_is_no_failure() =>
        Assert.That(CrashLoop.Find([Crashed("1", 0, 5) with { StopCode = "UserInitiated" }, Crashed("2", 6, 11) with { StopCode = "UserInitiated" }], At(20)), Is.Null);

    [Test]
    public void An_image_that_can_not_be_pulled_is_a_loop_though_no_task_ever_started() =>
        Assert.That(CrashLoop.Find([Unpulled("1", 0, 5), Unpulled("2", 6, 11)], At(20)), Does.Contain("CannotPullContainerError"));

    private static DateTimeOffset At(int second) => Start.AddSeconds(second);

    private static TaskState Crashed(string id, int from, int to, int exitCode = 7) => Task(id, from) with
    {
        Stopping = At(to),
        Stopped = At(to + 1),
        StopCode = "EssentialContainerExited",
        StoppedReason = "Essential container in task exited",
        Containers = [new ContainerState("web", "STOPPED", "image", null, exitCode, null) { Log = null }],
    };

    private static TaskState Unpulled(string id, int from, int to) => Crashed(id, from, to) with
    {
        Started = null,
        StopCode = "TaskFailedToStart",
        StoppedReason = "CannotPullContainerError: not found",
        Containers = [new ContainerState("web", "STOPPED", "image", null, null, "CannotPullContainerError: not found") { Log = null }],
    };

    private static TaskState Task(string id, int from) => new($"arn:aws:ecs:eu-central-1:123456789012:task/main/{id}", "web:2", "STOPPED", "UNKNOWN")
    {
        StartedBy = "ecs-svc/2",
        Created = At(from),
        Started = At(from + 1),
        Stopping = null,
        Stopped = null,
        StopCode = null,
        StoppedReason = null,
        Containers = [],
    };
}
