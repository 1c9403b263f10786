using Storefront.Api.Orders;

namespace Storefront.Tests.Api;

[NonParallelizable]
public sealed class MigrationTests
{
    [Test]
    public async Task Without_a_database_there_is_nothing_to_prepare()
    {
        var said = new StringWriter();
        var console = Console.Out;
        Console.SetOut(said);
        try
        {
            await Migration.RunAsync(["--DATABASE_HOST="]);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.That(said.ToString(), Does.Contain("DATABASE_HOST is not set"));
    }
}
