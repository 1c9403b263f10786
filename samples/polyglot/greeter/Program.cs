using Amazon.SQS;

namespace Polyglot.Greeter;

internal static class Program
{
    public static Task Main(string[] args) => Build(args).RunAsync();

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var (queue, version) = (builder.Configuration["QUEUE_URL"] ?? "", builder.Configuration["SERVICE_VERSION"] ?? "unknown");
        builder.Services.AddSingleton(_ => new AmazonSQSClient());

        var app = builder.Build();
        app.MapGet("/health", () => new { Status = "healthy" });
        app.MapGet("/version", () => new { Version = version });
        app.MapPost("/greetings", async (Greeting greeting, AmazonSQSClient sqs, CancellationToken cancel) =>
        {
            if (greeting.Problem is { } problem)
            {
                return Results.BadRequest(new { Problem = problem });
            }

            var sent = await sqs.SendMessageAsync(queue, greeting.Text, cancel);
            return Results.Accepted(value: new { Id = sent.MessageId });
        });
        return app;
    }
}
