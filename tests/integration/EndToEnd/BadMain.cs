namespace Pipeline.Tests.EndToEnd;

/// <summary>The api's entry point, broken in ways that only show where it is deployed: unit tests pass.</summary>
internal static class BadMain
{
    private const string Good = """
            public static async Task Main(string[] args) =>
                await (args is ["migrate", .. var rest] ? Migration.RunAsync(rest) : (await BuildAsync(args)).RunAsync());
        """;

    public static string File => "samples/storefront/api/Program.cs";

    public static string Original => Good;

    public static string CrashesAtStart => Deployed("throw new InvalidOperationException(\"connection string 'Orders' is missing\");");

    public static string Hangs => Deployed("await Task.Delay(Timeout.Infinite);");

    public static string ListensOnAnotherPort => Deployed("args = [\"--urls=http://127.0.0.1:0\"];");

    public static string IsUnhealthy => Deployed("args = [\"--Sick=true\"];");

    /// <summary>Goes with <see cref="IsUnhealthy"/>.</summary>
    public static (string Old, string New) SickHealth =>
        ("        app.UseServiceDefaults();\n", """
                app.UseServiceDefaults();
                if (app.Configuration["Sick"] is not null)
                {
                    app.Use((HttpContext http, RequestDelegate next) =>
                    {
                        http.Response.StatusCode = http.Request.Path == "/health" ? 500 : 404;
                        return Task.CompletedTask;
                    });
                }

        """ + "\n");

    private static string Deployed(string statement) => $$"""
            public static async Task Main(string[] args)
            {
                if (Environment.GetEnvironmentVariable("ENVIRONMENT_NAME") is not null)
                {
                    {{statement}}
                }

                await (args is ["migrate", .. var rest] ? Migration.RunAsync(rest) : (await BuildAsync(args)).RunAsync());
            }
        """;
}
