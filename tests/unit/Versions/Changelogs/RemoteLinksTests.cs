using Pipeline.Versions.Changelogs;

namespace Pipeline.Tests.Versions.Changelogs;

public sealed class RemoteLinksTests
{
    [TestCase("https://github.com/shop/store.git", "https://github.com/shop/store")]
    [TestCase("https://user:token-EXAMPLE@github.com/shop/store", "https://github.com/shop/store")]
    [TestCase("git@github.com:shop/store.git", "https://github.com/shop/store")]
    [TestCase("ssh://git@github.com:22/shop/store.git/", "https://github.com/shop/store")]
    [TestCase("https://github.example.com:8443/shop/store", "https://github.example.com:8443/shop/store")]
    [TestCase("git@gitlab.com:group/sub/store.git", "https://gitlab.com/group/sub/store")]
    [TestCase("https://oauth2:EXAMPLE@gitlab.example.com/group/store.git", "https://gitlab.example.com/group/store")]
    [TestCase("https://shop@dev.azure.com/shop/My%20Project/_git/store", "https://dev.azure.com/shop/My%20Project/_git/store")]
    [TestCase("git@ssh.dev.azure.com:v3/shop/My Project/store", "https://dev.azure.com/shop/My%20Project/_git/store")]
    [TestCase("https://shop.visualstudio.com/DefaultCollection/web/_git/store", "https://shop.visualstudio.com/DefaultCollection/web/_git/store")]
    public void Of_known_hosts_the_page_is_known_without_a_login(string remote, string page) => Assert.That(RemoteLinks.Of(remote)?.Repository, Is.EqualTo(page));

    [TestCase("/srv/git/store.git")]
    [TestCase("file:///srv/git/store.git")]
    [TestCase(@"C:\git\store")]
    [TestCase("https://example.com/shop/store")]
    [TestCase("https://notgithub.com/shop/store")]
    [TestCase("https://github.com/store")]
    [TestCase("")]
    public void Of_others_there_are_no_links(string remote) => Assert.That(RemoteLinks.Of(remote), Is.Null);

    [Test]
    public void Each_host_has_its_own_addresses()
    {
        var all = new[] { "https://github.com/a/b", "https://gitlab.com/a/b", "https://dev.azure.com/a/p/_git/b" }.Select(r => RemoteLinks.Of(r)!)
            .SelectMany(l => new[] { l.Commit("abc"), l.PullRequest(7), l.Issue(8), l.Compare("api-v1.2.3", "rel/1.3.0+x"), l.Tag("v1.0.0") });

        Assert.That(all, Is.EqualTo(new[]
        {
            "https://github.com/a/b/commit/abc",
            "https://github.com/a/b/pull/7",
            "https://github.com/a/b/issues/8",
            "https://github.com/a/b/compare/api-v1.2.3...rel/1.3.0%2Bx",
            "https://github.com/a/b/releases/tag/v1.0.0",
            "https://gitlab.com/a/b/-/commit/abc",
            "https://gitlab.com/a/b/-/merge_requests/7",
            "https://gitlab.com/a/b/-/issues/8",
            "https://gitlab.com/a/b/-/compare/api-v1.2.3...rel/1.3.0%2Bx",
            "https://gitlab.com/a/b/-/tags/v1.0.0",
            "https://dev.azure.com/a/p/_git/b/commit/abc",
            "https://dev.azure.com/a/p/_git/b/pullrequest/7",
            "https://dev.azure.com/a/p/_workitems/edit/8",
            "https://dev.azure.com/a/p/_git/b/branchCompare?baseVersion=GTapi-v1.2.3&targetVersion=GTrel%2F1.3.0%2Bx",
            "https://dev.azure.com/a/p/_git/b?version=GTv1.0.0",
        }));
    }
}
