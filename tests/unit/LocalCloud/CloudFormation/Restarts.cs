namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class Restarts
{
    private string _folder = "";

    [SetUp]
    public void Make_a_state_folder() => _folder = Directory.CreateTempSubdirectory("formation-").FullName;

    [TearDown]
    public void Remove_it() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_creation_that_was_under_way_is_rolled_back()
    {
        var room = new FakeRoom();
        await using (var cloud = new TestCloud(_folder, room))
        {
            await cloud.Create("""
                Resources:
                  A: {Type: Test::Thing, Properties: {}}
                  B: {Type: Test::Thing, DependsOn: A, Properties: {Wait: create}}
                """);
            await room.Reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await using var again = new TestCloud(_folder, room);
        Assert.That((await again.Stack())["StackStatus"]!.ToString(), Is.EqualTo("CREATE_IN_PROGRESS"));
        again.Resume();
        Assert.That(await again.Status(), Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(room.Living, Is.Empty);
        Assert.That(room.Log, Does.Contain("delete b-waiting"));
        Assert.That(await again.Reason("B", "CREATE_FAILED"), Does.StartWith("The embedded cloud was stopped"));
    }

    [Test]
    public async Task An_update_that_was_under_way_is_rolled_back()
    {
        var room = new FakeRoom();
        await using (var cloud = new TestCloud(_folder, room))
        {
            await cloud.Create("Resources: {A: {Type: Test::Thing, Properties: {Value: '1'}}}");
            await cloud.Status();
            await cloud.Update("Resources: {A: {Type: Test::Thing, Properties: {Value: '2', Wait: update}}}");
            await room.Reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await using var again = new TestCloud(_folder, room);
        again.Resume();
        Assert.That(await again.Status(), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(room.Living["a-1"], Does.Contain("\"Value\":\"1\""));
    }

    [Test]
    public async Task A_deletion_that_was_under_way_goes_on()
    {
        var room = new FakeRoom();
        string id;
        await using (var cloud = new TestCloud(_folder, room))
        {
            id = (await cloud.Create("Resources: {A: {Type: Test::Thing, Properties: {Wait: delete}}}"))["StackId"]!.ToString();
            await cloud.Status();
            await cloud.Call("DeleteStack", """{"StackName":"s"}""");
            await room.Reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        // The second attempt waits as well: what counts is that it was taken up.
        var second = new FakeRoom();
        await using var again = new TestCloud(_folder, second);
        again.Resume();
        await second.Reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That((await again.Stack(id))["StackStatus"]!.ToString(), Is.EqualTo("DELETE_IN_PROGRESS"));
    }

    [Test]
    public async Task A_settled_stack_is_as_it_was()
    {
        var room = new FakeRoom();
        await using (var cloud = new TestCloud(_folder, room))
        {
            await cloud.Create("Resources: {A: {Type: Test::Thing, Properties: {Value: '1'}}}");
            await cloud.Status();
        }

        await using var again = new TestCloud(_folder, room);
        again.Resume();
        Assert.That(await again.Status(), Is.EqualTo("CREATE_COMPLETE"));
        Assert.That(await again.Events(), Has.Count.EqualTo(5));
    }
}
