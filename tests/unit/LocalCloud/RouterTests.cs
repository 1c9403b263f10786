using Microsoft.AspNetCore.Http;
using Pipeline.LocalCloud.LoadBalancing;

namespace Pipeline.Tests.LocalCloud;

public sealed class RouterTests
{
    private static readonly ListenerRecord Listener = new("arn:aws:elasticloadbalancing:x:y:listener/app/front/0123456789abcdef/0123456789abcdef", "balancer", 80, new ActionRecord { Forward = [new("emptied", 100)] });

    [Test]
    public async Task A_request_that_met_an_emptied_group_asks_the_rule_again()
    {
        var shifted = Listener with { Default = new ActionRecord { Fixed = new FixedResponse(200, "text/plain", "from the other side") } };
        var answers = new Queue<ListenerRecord>([Listener, shifted, shifted]);

        Assert.That(await Ask(answers.Dequeue), Is.EqualTo((200, "from the other side")));
    }

    [Test]
    public async Task A_rule_that_still_says_the_same_has_nobody_to_answer() =>
        Assert.That((await Ask(() => Listener)).Status, Is.EqualTo(503));

    private static async Task<(int Status, string Body)> Ask(Func<ListenerRecord> listener)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext();
        http.Response.Body = body;
        var router = new Router(null!, null!, listener, () => [], _ => null);
        await router.Answer(http);
        return (http.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
