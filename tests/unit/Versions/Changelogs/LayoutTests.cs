using Pipeline.Configuration;
using Pipeline.Versions.Changelogs;

namespace Pipeline.Tests.Versions.Changelogs;

/// <summary>Whole sections, in both layouts.</summary>
public sealed class LayoutTests
{
    private static readonly string[] Messages =
    [
        "fix(web): keep the cart\n\nCloses: #4, #5",
        "feat(api): add login (#42)",
        "docs: say more",
        "feat: show prices",
        "feat(api)!: drop v1",
        "perf(db): read less\n\nBREAKING CHANGE: needs PostgreSQL 18,\nand a longer\n\ntext",
        "Revert \"feat(web): blink\"\n\nThis reverts commit 1111111111111111111111111111111111111111.",
        "security(web): escape names",
    ];

    [Test]
    public void Keep_a_Changelog() => Assert.That(Written(ChangelogLayout.Keep), Is.EqualTo("""
        ## [1.3.0](https://github.com/shop/store/compare/v1.2.3...v1.3.0) - 2026-11-23

        ### Breaking
        - **api:** drop v1 ([0000004](https://github.com/shop/store/commit/0000004000000000000000000000000000000000))
        - **db:** needs PostgreSQL 18, and a longer text ([0000005](https://github.com/shop/store/commit/0000005000000000000000000000000000000000))

        ### Added
        - show prices ([0000003](https://github.com/shop/store/commit/0000003000000000000000000000000000000000))
        - **api:** add login ([#42](https://github.com/shop/store/pull/42), [0000001](https://github.com/shop/store/commit/0000001000000000000000000000000000000000))

        ### Changed
        - Reverted: feat(web): blink ([0000006](https://github.com/shop/store/commit/0000006000000000000000000000000000000000))
        - **db:** read less ([0000005](https://github.com/shop/store/commit/0000005000000000000000000000000000000000))

        ### Fixed
        - **web:** keep the cart (closes [#4](https://github.com/shop/store/issues/4), [#5](https://github.com/shop/store/issues/5), [0000000](https://github.com/shop/store/commit/0000000000000000000000000000000000000000))

        ### Security
        - **web:** escape names ([0000007](https://github.com/shop/store/commit/0000007000000000000000000000000000000000))
        """));

    [Test]
    public void Conventional() => Assert.That(Written(ChangelogLayout.Conventional), Is.EqualTo("""
        ## [1.3.0](https://github.com/shop/store/compare/v1.2.3...v1.3.0) (2026-11-23)

        ### ⚠ BREAKING CHANGES

        * **api:** drop v1
        * **db:** needs PostgreSQL 18, and a longer text

        ### Features

        * show prices ([0000003](https://github.com/shop/store/commit/0000003000000000000000000000000000000000))
        * **api:** add login ([#42](https://github.com/shop/store/pull/42)) ([0000001](https://github.com/shop/store/commit/0000001000000000000000000000000000000000))
        * **api:** drop v1 ([0000004](https://github.com/shop/store/commit/0000004000000000000000000000000000000000))

        ### Bug Fixes

        * **web:** keep the cart ([0000000](https://github.com/shop/store/commit/0000000000000000000000000000000000000000)), closes [#4](https://github.com/shop/store/issues/4) [#5](https://github.com/shop/store/issues/5)

        ### Performance Improvements

        * **db:** read less ([0000005](https://github.com/shop/store/commit/0000005000000000000000000000000000000000))

        ### Reverts

        * feat(web): blink ([0000006](https://github.com/shop/store/commit/0000006000000000000000000000000000000000))

        ### Security

        * **web:** escape names ([0000007](https://github.com/shop/store/commit/0000007000000000000000000000000000000000))
        """));

    [Test]
    public void Without_a_known_host_nothing_is_linked()
    {
        var notes = Notes.Of("feat(api): add login (#42)", "fix: x\n\nFixes: #3") with { Links = null };

        Assert.That(Written(ChangelogLayout.Keep, notes), Is.EqualTo("## 1.3.0 - 2026-11-23\n\n### Added\n- **api:** add login (#42, 0000000)\n\n### Fixed\n- x (closes #3, 0000001)"));
        Assert.That(Written(ChangelogLayout.Conventional, notes), Is.EqualTo("## 1.3.0 (2026-11-23)\n\n### Features\n\n* **api:** add login (#42) (0000000)\n\n### Bug Fixes\n\n* x (0000001), closes #3"));
    }

    [Test]
    public void The_first_release_links_its_tag_and_services_are_named()
    {
        var notes = Notes.Of() with { Step = Notes.Step(null, null, "0.1.0", "feat: begin"), Services = [Notes.Step("api", "1.3.0", "1.4.0"), Notes.Step("web", null, "0.1.0")] };

        Assert.That(Written(ChangelogLayout.Keep, notes), Does.StartWith("## [0.1.0](https://github.com/shop/store/releases/tag/v0.1.0) - 2026-11-23\n\nServices: api 1.4.0, web 0.1.0\n\n### Added\n- begin"));
    }

    private static string Written(ChangelogLayout layout, ReleaseNotes? notes = null)
    {
        var writer = ChangelogWriter.Of(layout);
        return ChangelogWriter.Blocks(writer.Heading(notes ?? Notes.Of(Messages), byReference: false), writer.Body(notes ?? Notes.Of(Messages)));
    }
}
