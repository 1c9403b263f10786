using Pipeline.Images.Docker;
using Pipeline.Processes;

namespace Pipeline.Tests.Images;

/// <summary>The line of the Dockerfile, from what three generations of Docker print.</summary>
public sealed class BuildFailureTests
{
    private const string Dockerfile = "FROM base\nCOPY . /app\nRUN echo hi && \\\n    exit 3\n";

    [TestCase("Step 2/3 : COPY . /app\n ---> 1\nStep 3/3 : RUN echo hi &&     exit 3\n ---> Running in 8\nhi\nThe command '/bin/sh -c echo hi &&     exit 3' returned a non-zero code: 3", "worker/Dockerfile:3 RUN echo hi && \\", TestName = "The classic builder")]
    [TestCase("#6 [3/3] RUN echo hi &&     exit 3\n#6 0.3 hi\n------\n > [3/3] RUN echo hi &&     exit 3:\n------\nexecutor failed running [/bin/sh -c echo]: exit code: 3", "worker/Dockerfile:3 RUN echo hi && \\", TestName = "The BuildKit that 20.10 brings")]
    [TestCase(" > [runtime 2/3] COPY . /app:\n------\nDockerfile:2\n--------------------\n   1 |     FROM base\n   2 | >>> COPY . /app\nERROR: failed to solve: not found", "worker/Dockerfile:2 COPY . /app", TestName = "buildx")]
    [TestCase("Error response from daemon: dockerfile parse error line 2: unknown instruction: COPPY", "worker/Dockerfile:2 COPY . /app", TestName = "An instruction that there is not")]
    [TestCase("ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction", "worker/Dockerfile:3 RUN echo hi && \\", TestName = "The same from buildx")]
    public void Is_named(string said, string line)
    {
        var failure = BuildFailure.Of("worker", "worker/Dockerfile", Dockerfile, new CommandResult(1, "", said, TimeSpan.Zero, false));

        Assert.That(failure.Details.Single(d => d.Label == "line").Text, Is.EqualTo(line));
        Assert.That(failure.Details.Single(d => d.Label == "log").Text, Does.EndWith(said.Split('\n')[^1]));
    }

    [Test]
    public void Is_left_out_where_nothing_says_it_and_the_last_lines_are_there()
    {
        var said = string.Join('\n', Enumerable.Range(1, 100).Select(n => $"line {n}"));

        var failure = BuildFailure.Of("worker", "worker/Dockerfile", Dockerfile, new CommandResult(1, said, "::error::cannot \u001b[31mconnect", TimeSpan.Zero, false));

        Assert.That(failure.Details.Select(d => d.Label), Is.EqualTo(new[] { "log" }));
        Assert.That(failure.Details[0].Text.Split('\n'), Has.Length.EqualTo(12));
        Assert.That(failure.Details[0].Text, Does.Contain("line 100").And.Contain("cannot connect").And.Not.Contain("::error::").And.Not.Contain("\u001b"));
    }
}
