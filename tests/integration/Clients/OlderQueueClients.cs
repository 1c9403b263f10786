using Pipeline.Processes;

namespace Pipeline.Tests.Clients;

/// <summary>SQS as clients speak to it that are older than its JSON wire: Debian's boto3.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class OlderQueueClients : ScriptedClients
{
    protected override async Task<CommandResult> Script(ClientCloud cloud)
    {
        const string Python = "/usr/bin/python3";
        var older = File.Exists(Python) && (await cloud.Run(Python, ["-c", "import boto3, sys; sys.exit(tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28))"])).ExitCode == 0;
        Requires.That(older, "debian-boto3", $"{Python} has no boto3 before 1.28 (apt-get install python3-boto3)");
        return await cloud.Run(Python, [Path.Combine(Repository.Root, "tests", "integration", "Clients", "python", "older_queues.py")]);
    }

    [Test]
    public void Speak_the_older_wire() => Says("queues.wire", "\"query\"");

    [Test]
    public void Find_and_change_queues()
    {
        Says("queues.urls", "[true,2]");
        Says("queues.sources", "true");
        Says("queues.visibility", "\"20\"");
        Says("queues.tags", """[{"b":"2"},{"team":"shop"}]""");
        Says("queues.left", "1");
    }

    [Test]
    public void Send_receive_and_finish_messages()
    {
        Says("queues.batch", """["a","b"]""");
        Says("queues.bodies", """["one \u0026 \u003Ctwo\u003E","two","three"]""");
        Says("queues.attributes", """["order","1"]""");
        Says("queues.again", """["two"]""");
        Says("queues.deleted", """[["a"],["ReceiptHandleIsInvalid"]]""");
    }

    [Test]
    public void Are_refused_in_the_older_words() => Says("queues.missing", """["QueueDoesNotExist","AWS.SimpleQueueService.NonExistentQueue"]""");
}
