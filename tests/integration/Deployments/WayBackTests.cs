using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>Before anything is changed it is proven that a failed release could go back.</summary>
public sealed class WayBackTests : Rehearsed
{
    [Test]
    public async Task A_release_is_refused_when_the_image_of_the_version_before_is_gone()
    {
        await Demo.Forget("aaaaaaa");

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(string.Join('\n', refusal.Details.Select(d => d.Text)), Does.Contain("could not go back").And.Contain("--without-way-back").And.Contain("untouched"));
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task A_person_may_go_on_all_the_same()
    {
        await Demo.Forget("aaaaaaa");

        await Demo.Deploy("bbbbbbb", withoutWayBack: true);

        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }
}
