namespace Pipeline.Tests.Aws.Contracts;

/// <summary>The same calls against an emulator that is not ours and against the embedded cloud; which are checked where stands in docs/aws-operations.md.</summary>
internal sealed class OperationContract
{
    private static IEnumerable<TestCaseData> Cases =>
        from cloud in Enum.GetValues<AnyCloud>()
        from scenario in Scenarios.All
        where cloud == AnyCloud.Embedded || scenario.NotOnMoto is null
        select new TestCaseData(cloud, scenario).SetArgDisplayNames($"{cloud}", scenario.Service, scenario.Name);

    [TestCaseSource(nameof(Cases))]
    public async Task Holds(AnyCloud cloud, Scenario scenario)
    {
        foreach (var operation in scenario.Calls)
        {
            cloud.Needs(scenario.Service, operation);
        }

        using var clients = new ContractClients(cloud);
        var answered = SuccessfulCalls.Record();
        await scenario.Run(clients);

        // What other services had to do for it is not what it checks.
        var own = answered.Where(call => call.StartsWith($"{scenario.Service} ", StringComparison.Ordinal)).Select(call => call.Split(' ')[1]);
        Assert.That(own, Is.EquivalentTo(scenario.Calls), "the scenario names what it checks");
    }

    [Test]
    public void The_table_of_operations_is_what_the_scenarios_say()
    {
        var path = Path.Combine(OperationTable.Root, "docs", "aws-operations.md");
        var text = OperationTable.Text();
        if (Environment.GetEnvironmentVariable("PIPELINE_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.That(text, Does.Not.Contain("not checked |"), "every operation that a cloud has is in a scenario");
        Assert.That(File.Exists(path) ? File.ReadAllText(path) : "", Is.EqualTo(text), "docs/aws-operations.md is out of date. Write it again with:\n  PIPELINE_UPDATE_SNAPSHOTS=1 dotnet test tests/integration --filter OperationContract");
    }
}
