namespace Pipeline.Tests.Changes;

/// <summary>What a service is built from beyond its own folder.</summary>
public sealed class ProjectGraphTests
{
    private Shop shop = null!;

    [SetUp]
    public void Create() => shop = new Shop();

    [TearDown]
    public void Remove() => shop.Dispose();

    [TestCase("<Project><Import Project=\"../build/common.props\" /></Project>", "build/common.props")]
    [TestCase("<Project><Import Project=\"$(MSBuildThisFileDirectory)..\\build\\common.props\" Condition=\"Exists('x')\" /></Project>", "build/common.props")]
    [TestCase("<Project><Import Project=\"$([MSBuild]::GetPathOfFileAbove('common.props', '$(MSBuildThisFileDirectory)../build/'))\" /></Project>", "build/common.props")]
    [TestCase("<Project><ItemGroup><Protobuf Include=\"../build/*.props\" /></ItemGroup></Project>", "build/common.props")]
    [TestCase("<Project><ItemGroup><Compile Include=\"../build/common.props\" Link=\"x.cs\" /></ItemGroup></Project>", "build/common.props")]
    [TestCase("<Project><ItemGroup><Reference Include=\"x\"><HintPath>../build/common.props</HintPath></Reference></ItemGroup></Project>", "build/common.props")]
    [TestCase("<Project><PropertyGroup><AssemblyOriginatorKeyFile>../build/common.props</AssemblyOriginatorKeyFile></PropertyGroup></Project>", "build/common.props")]
    [TestCase("<Project><ItemGroup><ProjectReference Include=\"../libraries/**/*.csproj\" /></ItemGroup></Project>", "libraries/one/Code.cs")]
    [TestCase("<Project><ItemGroup><EmbeddedResource Include=\"Help.md\" /></ItemGroup></Project>", "api/Help.md")]
    [TestCase("<Project />", "api/wwwroot/page.md")]
    public async Task A_file_that_a_project_names_is_an_input(string project, string path)
    {
        shop.Ignored.AddRange(["build/**", "libraries/**"]);
        shop.Write("build/common.props", "<Project />");
        shop.Write("libraries/one/One.csproj", Shop.Project());
        shop.Write("api/Api.csproj", project);
        shop.Write(path, "<Project/>");
        shop.Commit();
        await shop.Deploy();
        shop.Write(path, "<Project>changed</Project>");
        shop.Commit();

        Assert.That(await shop.Due(), Is.EqualTo("api"));
    }

    [Test]
    public async Task A_reference_in_a_file_found_by_position_is_one_of_the_projects()
    {
        shop.Write("Directory.Build.props", "<Project><ItemGroup><ProjectReference Include=\"$(MSBuildThisFileDirectory)pages/Pages.csproj\" /></ItemGroup></Project>");
        shop.Commit();
        await shop.Deploy();
        shop.Write("pages/Layout.cs", "class Other;\n");
        shop.Commit();

        Assert.That(await shop.Due(), Is.EqualTo("api web"));
    }

    [Test]
    public async Task Only_the_nearest_file_found_by_position_counts_unless_it_imports_the_next()
    {
        shop.Ignored.Add("Directory.Build.props");
        shop.Write("api/Directory.Build.props", "<Project />");
        shop.Write("web/Directory.Build.props", "<Project><Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))\" /></Project>");
        shop.Write("shared/Directory.Build.props", "<Project />");
        shop.Write("pages/Directory.Build.props", "<Project />");
        shop.Commit();
        await shop.Deploy();
        shop.Write("Directory.Build.props", "<Project><!-- changed --></Project>");
        shop.Commit();

        Assert.That(await shop.Due(), Is.EqualTo("web"));
    }

    [TestCase("<Project><ItemGroup><ProjectReference Include=\"$(Secret)/X.csproj\" /></ItemGroup></Project>", "api/Api.csproj references '$(Secret)/X.csproj', which only MSBuild can resolve")]
    [TestCase("<Project><ItemGroup><ProjectReference Include=\"../gone/Gone.csproj\" /></ItemGroup></Project>", "api/Api.csproj references '../gone/Gone.csproj', which is not in the repository")]
    [TestCase("<Project><Import Project=\"$(Secret).props\" /></Project>", "api/Api.csproj imports '$(Secret).props', which only MSBuild can resolve")]
    [TestCase("<Project>", "api/Api.csproj: line 1 is no XML")]
    public async Task What_only_msbuild_could_tell_makes_every_file_an_input(string project, string reason)
    {
        shop.Write("api/Api.csproj", project);
        shop.Commit();
        await shop.Deploy();
        var unchanged = await shop.Due();
        shop.Write("README.md", "changed\n");
        shop.Commit();

        Assert.That(unchanged, Is.Empty);
        Assert.That((await shop.Detect()).Due.Single().Reasons, Is.EqualTo(new[] { $"uncertain, so every file counts: {reason}", "README.md" }));
    }

    [Test]
    public async Task A_circle_of_references_ends()
    {
        shop.Write("shared/Shared.csproj", Shop.Project("../pages/Pages.csproj"));
        shop.Write("pages/Pages.csproj", Shop.Project("../shared/Shared.csproj"));
        shop.Commit();
        await shop.Deploy();
        shop.Write("pages/Layout.cs", "class Other;\n");

        Assert.That(await shop.Due(), Is.EqualTo("api web"));
    }

    [Test]
    public async Task A_checkout_with_other_line_ends_is_the_same_content()
    {
        await shop.Deploy();
        shop.Git("config", "core.autocrlf", "true");
        shop.Git("rm", "-rq", "--cached", ".");
        shop.Git("reset", "-q", "--hard");

        Assert.That(File.ReadAllText(Path.Combine(shop.Root, "api/Program.cs")), Does.EndWith("\r\n"));
        Assert.That(await shop.Due(), Is.Empty);
    }

    [Test]
    public async Task A_located_ignore_can_not_take_away_what_a_service_is_built_from()
    {
        shop.Ignored.AddRange(["shared/**", "api/**"]);
        await shop.Deploy();
        shop.Write("shared/Product.cs", "class Other;\n");
        shop.Commit();

        Assert.That(await shop.Due(), Is.EqualTo("api web"));
    }
}
