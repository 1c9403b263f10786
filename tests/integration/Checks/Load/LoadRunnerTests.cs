using Microsoft.AspNetCore.Http;
using Pipeline.Checks.Load;
using Pipeline.Configuration;

namespace Pipeline.Tests.Checks.Load;

/// <summary>A load against a real server that answers, stalls, fails and refuses.</summary>
public sealed class LoadRunnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly LoadSettings Load = new("api", 100, 20, TimeSpan.FromSeconds(2), TimeSpan.Zero) { Requests = [new LoadRequest("/", "GET", null, 1, null)] };

    [Test]
    public async Task Each_request_is_made_as_often_as_its_weight_says_with_its_method_and_body_and_the_warm_up_is_not_measured()
    {
        await using var ground = await LoadGround.Start((http, _) => http.Response.WriteAsync("ok"));
        var load = Load with { WarmUp = TimeSpan.FromSeconds(1), Requests = [new LoadRequest("/products", "GET", null, 3, null), new LoadRequest("/orders", "POST", "{ \"quantity\": 1 }", 1, null)] };

        var measured = await Run(ground.Url, load);

        Assert.Multiple(() =>
        {
            Assert.That((measured.Requests, measured.Succeeded, measured.Times!.Count), Is.EqualTo((200L, 200L, 200L)));
            Assert.That(measured.Kinds.Select(k => (k.Name, k.Count)), Is.EqualTo(new[] { ("GET /products", 150L), ("POST /orders", 50L) }));
            Assert.That(ground.Seen.CountBy(s => s).ToDictionary(), Is.EquivalentTo(new Dictionary<(string, string, string), int> { [("GET", "/products", "")] = 225, [("POST", "/orders", "{ \"quantity\": 1 }")] = 75 }));
            Assert.That(measured.Rate, Is.LessThanOrEqualTo(100));
        });
    }

    [Test]
    public async Task A_stall_of_a_second_makes_every_request_late_that_was_due_meanwhile_and_not_only_those_in_flight()
    {
        var stall = new Lazy<Task>(() => Task.Delay(TimeSpan.FromSeconds(1)));
        await using var ground = await LoadGround.Start((http, number) => number >= 100 ? stall.Value : Task.CompletedTask);

        var measured = await Run(ground.Url, Load with { Duration = TimeSpan.FromSeconds(5), Users = 10 }, late: TimeSpan.FromMilliseconds(100));

        Assert.Multiple(() =>
        {
            Assert.That(measured.Succeeded, Is.EqualTo(500));
            Assert.That(measured.Times!.Count - measured.Within, Is.GreaterThanOrEqualTo(80), "due in the first 0.9 s of the stall; ten users alone would make it ten");
            Assert.That(measured.Times.Percentile95, Is.GreaterThan(500m));
            Assert.That(measured.Samples.Min(s => s.Rate), Is.LessThan(measured.Samples.Max(s => s.Rate) / 2), "it can be seen");
        });
    }

    [Test]
    public async Task Failed_requests_are_counted_by_kind()
    {
        await using var ground = await LoadGround.Start((http, number) =>
        {
            http.Response.StatusCode = number % 50 < 3 ? 503 : 200;
            return Task.CompletedTask;
        });

        var measured = await Run(ground.Url, Load);

        Assert.That((measured.Requests, measured.Succeeded, measured.Failures.Single()), Is.EqualTo((200L, 188L, new LoadFailure("status 503", 12, "GET /"))));
    }

    [Test]
    public async Task What_is_not_answered_is_given_up_and_what_could_never_be_begun_is_counted_as_well()
    {
        await using var ground = await LoadGround.Start((http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted));

        var measured = await Run(ground.Url, Load with { Users = 2 }, patience: TimeSpan.FromMilliseconds(500));

        var failures = measured.Failures.ToDictionary(f => f.Kind, f => f.Count);
        Assert.Multiple(() =>
        {
            Assert.That((measured.Requests, measured.Succeeded, failures.Values.Sum(), measured.Times!.Count), Is.EqualTo((200L, 0L, 200L, 200L)));
            Assert.That(failures.Keys, Is.EquivalentTo(new[] { LoadRecorder.Timeout, LoadRecorder.NeverBegun }));
            Assert.That(failures[LoadRecorder.Timeout], Is.InRange(2, 14), "two users for 2.5 s, half a second each, and those under way at the end");
            Assert.That(measured.Times.Mean, Is.GreaterThanOrEqualTo(500m));
            Assert.That(measured.Behind, Is.GreaterThan(TimeSpan.FromMilliseconds(400)));
        });
    }

    [Test]
    public async Task A_body_that_does_not_come_is_given_up_as_well()
    {
        await using var ground = await LoadGround.Start(async (http, _) =>
        {
            await http.Response.WriteAsync("the first words");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });

        var measured = await Run(ground.Url, Load with { Rate = 10 }, patience: TimeSpan.FromMilliseconds(300));

        Assert.That(measured.Failures.Single().Kind, Is.EqualTo(LoadRecorder.Timeout));
    }

    [Test]
    public async Task Nobody_there_is_a_failure_of_every_request_and_no_time()
    {
        var measured = await Run(new Uri($"http://127.0.0.1:{FreePort.Next()}"), Load);

        Assert.That((measured.Requests, measured.Succeeded, measured.Times, measured.Failures.Single().Kind), Is.EqualTo((200L, 0L, (ResponseTimes?)null, "connection")));
    }

    [Test]
    public async Task A_redirect_is_an_answer_and_not_followed()
    {
        await using var ground = await LoadGround.Start((http, _) =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        var measured = await Run(ground.Url, Load);

        Assert.That((measured.Succeeded, ground.Seen.Count), Is.EqualTo((200L, 200)));
    }

    [Test]
    public async Task Cancelled_it_ends_at_once()
    {
        using var cancel = new CancellationTokenSource();
        await using var ground = await LoadGround.Start((http, number) =>
        {
            if (number == 5)
            {
                cancel.Cancel();
            }

            return Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        var recorder = new LoadRecorder(Load, Patience);
        var run = new LoadRunner(ground.Url, Load with { Duration = TimeSpan.FromHours(1) }, TimeSpan.FromHours(1), recorder).Run(cancel.Token);

        Assert.That(async () => await run.WaitAsync(Patience), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(recorder.Measured, Is.Zero);
    }

    private static async Task<LoadMeasurement> Run(Uri url, LoadSettings load, TimeSpan? late = null, TimeSpan? patience = null)
    {
        var recorder = new LoadRecorder(load, late ?? TimeSpan.FromSeconds(5));
        await new LoadRunner(url, load, patience ?? Patience, recorder).Run(CancellationToken.None);
        return recorder.Read(0);
    }
}
