using Pipeline.Checks;
using Pipeline.Checks.Load;
using Pipeline.Checks.Tools;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks.Load;

/// <summary>A suite with <c>locust</c>, run by the real Locust.</summary>
public sealed class LocustTests
{
    private const string Suite = "services: [api], locust: { file: speed/locustfile.py, users: 10, duration: 3s }, targets: { mean: 20s, p95: 30s }";

    private const string Shopping = """
        from locust import HttpUser, constant, task


        class Shopper(HttpUser):
            wait_time = constant(0.02)

            @task
            def products(self):
                self.client.get("/products")

        """;

    [SetUp]
    public void Installed() => Requires.Program("locust", "locust");

    [Test]
    public async Task What_meets_its_targets_passes_with_locusts_own_figures()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);

        var part = await Run(ground, Shopping);

        Assert.Multiple(() =>
        {
            Assert.That(part.Verdict, Is.EqualTo(Verdict.Passed), part.Summary);
            Assert.That(part.Figures!.Requests, Is.InRange(LoadJudge.Fewest, ground.Seen.Count));
            Assert.That((part.Figures.Succeeded, part.Figures.Times!.Count), Is.EqualTo((part.Figures.Requests, part.Figures.Requests)));
            Assert.That(ground.Seen.First(), Is.EqualTo(("GET", "/products", "")));
            Assert.That(ground.Artifact("speed.md"), Does.Contain("GET /products"));
            Assert.That(ground.Artifact("speed.log"), Does.Contain("Aggregated"));
        });
    }

    [Test]
    public async Task Failed_requests_miss_the_target_with_what_locust_says_of_them()
    {
        await using var ground = await LoadGround.Start((http, number) =>
        {
            http.Response.StatusCode = number % 10 == 0 ? 500 : 200;
            return Task.CompletedTask;
        });

        var part = await Run(ground, Shopping);

        Assert.Multiple(() =>
        {
            Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed));
            Assert.That(part.Findings.Single().Rule, Is.EqualTo("success"));
            Assert.That(part.Findings.Single().Message, Does.Contain("500 Server Error").And.Contain("GET /products"));
        });
    }

    [Test]
    public async Task What_the_locustfile_raises_is_a_finding_with_its_place_and_without_commands_for_a_CI_host()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);

        var part = await Run(ground, Shopping + """

                @task
                def checkout(self):
                    raise ValueError("\x1b[31mno basket\n::error::mine")
            """);

        Assert.Multiple(() =>
        {
            Assert.That((part.Verdict, part.Findings.Single().Rule, part.Findings.Single().File, part.Findings.Single().Line), Is.EqualTo((Verdict.Failed, "exception", "speed/locustfile.py", 13)));
            Assert.That(part.Findings.Single().Message, Does.StartWith("no basket ").And.Not.Contain("::error::"));
            Assert.That(part.Summary, Does.StartWith("the locustfile raised 1 exception; "));
        });
    }

    [TestCase("import nothing_of_that_name\n", "No module named 'nothing_of_that_name'")]
    [TestCase("x = 1\n", "No User class found!")]
    [TestCase("import os\nprint('::error::mine')\nos.kill(os.getpid(), 9)\n", "exit code 137")]
    public async Task A_locustfile_that_does_not_run_is_a_failure_with_its_last_words(string file, string said)
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);

        var part = await Run(ground, file);

        Assert.That((part.Verdict, part.Figures), Is.EqualTo((Verdict.Failed, (LoadFigures?)null)));
        Assert.That(part.Summary, Does.StartWith("Locust ended with exit code ").And.Contain(said).And.Not.Contain("::error::"));
    }

    [Test]
    public async Task An_exit_code_that_the_locustfile_sets_is_its_own_verdict()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);

        var part = await Run(ground, Shopping + """

            from locust import events


            @events.quitting.add_listener
            def judge(environment, **_):
                environment.process_exit_code = 7
            """);

        Assert.That((part.Verdict, part.Summary.Split(':')[0]), Is.EqualTo((Verdict.Failed, "Locust ended with exit code 7")));
    }

    [Test]
    public async Task One_that_hangs_is_stopped_at_its_budget_with_what_it_started()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);
        var mark = $"{ground.Root}/still-there";

        var part = await Run(ground, $"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'while True: pass', '{mark}'])\nwhile True: pass\n", "budget: 4s, ");

        Assert.Multiple(() =>
        {
            Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.Failed, "stopped after its budget of 4.0 s; Locust had written no figures")));
            Assert.That(Directory.EnumerateDirectories("/proc").Any(p => CommandLine(p).Contains(mark, StringComparison.Ordinal)), Is.False);
        });
    }

    [Test]
    public async Task A_great_deal_of_output_and_bytes_that_are_no_text_do_no_harm()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);

        var part = await Run(ground, "import sys\nfor _ in range(300): sys.stdout.buffer.write(b'\\xff\\xfe' * 50000 + b'\\n')\n" + Shopping);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Passed), part.Summary);
    }

    [Test]
    public async Task Where_it_is_not_installed_nothing_was_measured_and_the_way_out_is_named()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);
        ground.Write("speed/locustfile.py", Shopping);
        var suite = ground.Configure(Suite).Checks.Suites.Single();
        var absent = new Locust(ground.Root, Path.Combine(ground.Root, "artifacts")) { Tool = new Tool("locust-of-nobody", LoadSuite.Gate, "pip install locust") };

        var (measured, wrong) = await absent.Run(suite, ground.Url, new Dictionary<string, string?>(), null, CancellationToken.None);

        Assert.That((measured, wrong!.Verdict, wrong.Summary, wrong.Gate), Is.EqualTo(((LoadMeasurement?)null, Verdict.NotEvaluable, "locust-of-nobody is not installed: pip install locust", "performance.unmeasured")));
    }

    private static async Task<CheckPart> Run(LoadGround ground, string file, string more = "")
    {
        ground.Write("speed/locustfile.py", file);
        return await ground.Run(more + Suite);
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
