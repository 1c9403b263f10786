using System.Text;

namespace Pipeline.Configuration;

/// <summary>The two files made from the described keys: <c>pipeline.schema.json</c> and <c>docs/configuration.md</c>.</summary>
public static class ConfigurationDocs
{
    private const string Introduction = """
        # pipeline.yml

        One file in the repository's top folder says what is deployed, where, and what guards it. It is read whole and strictly: unknown
        keys, wrong values, references and paths that lead nowhere are refused, all at once, each with its line, before anything runs.
        Editors complete and check it with `pipeline.schema.json`, by this first line:

        ```yaml
        # yaml-language-server: $schema=./pipeline.schema.json
        ```

        **Environments.** `cloud`, `account`, `region`, `parameters`, `gates`, `notifications`, `deadlines`, `brokenStacks`,
        `terminationProtection` and `assembly` stand at the top for all environments, and below `environments.NAME` for one. Maps merge by key; single values and lists replace. `--environment` selects.

        ```yaml
        parameters: { TaskCount: 1 }
        gates:
          coverage: { minimum: 80 }
        environments:
          dev:
          prod:
            parameters: { TaskCount: 3 }      # the other parameters stay
        ```

        **Stacks from the AWS CDK.** `assembly` names what `npx cdk synth --output FOLDER` wrote, for all environments or for one (a stage's
        own folder, `cdk.out/assembly-Prod`, is an assembly too). Each of its stacks is deployed under the name that the app gives it, with
        the app's parameters and tags below those of this file, behind those it depends on. `stacks.ARTIFACT_ID` may add `parameters`,
        `dependsOn` and `policy`; a service runs on one by `stack: ARTIFACT_ID` and gives it `ImageUri` and `Version` where the app declares
        such parameters. Templates are all that is published: an app with docker or file assets (nested stacks are files too) is refused, by
        the asset's name; the app's deployment roles are not used. A stack that was synthesised for another account or region is refused.
        The CDK's check that the account is bootstrapped is left out, since nothing of a bootstrapped account is used.

        **Tags.** Every stack has `system`, `environment`, `owner`, `cost-centre`, `service` and `version`. A stack that runs no service has its
        own name as `service` and a short hash of what its template says as `version`, so a release of something else changes nothing about it.

        **Who owns a changed file.** A service is built from its folder, the folders of the projects it references (directly or not), the
        files that MSBuild and NuGet find for them by position (`Directory.Build.props`, `Directory.Packages.props`, `global.json`,
        `NuGet.config`, `.editorconfig`, …), its `inputs`, and the settings here that shape its image. Templates belong to their stacks:
        they make no service due. A file that nobody owns and that `ignore` does not name makes every service due, by name. Inside a
        service's or project's folder only globs that begin with `**/` ignore something.

        This file is made from the code that reads `pipeline.yml`; a test compares the two. To write it again:
        `PIPELINE_UPDATE_SNAPSHOTS=1 dotnet test tests/unit --filter ConfigurationDocs`.

        """;

    /// <summary>What the files must hold: path relative to the root → content.</summary>
    public static IReadOnlyDictionary<string, string> Files() => new Dictionary<string, string>
    {
        ["pipeline.schema.json"] = ConfigurationSchema.Text(),
        ["docs/configuration.md"] = Document(),
    };

    /// <summary>Writes both files.</summary>
    /// <param name="root">the repository's folder</param>
    public static void Write(string root)
    {
        foreach (var (path, content) in Files())
        {
            var full = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, content);
        }
    }

    private static string Document()
    {
        var text = new StringBuilder(Introduction);
        Describe(text, "", ConfigurationKeys.File);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, string path, Section section)
    {
        text.Append($"\n## {(path.Length == 0 ? "Top level" : $"`{path}`")}\n\n| key | type | default | meaning | example |\n|---|---|---|---|---|\n");
        foreach (var key in section.Keys)
        {
            text.Append($"| `{key.Name}` | {key.Shape.Type} | {Default(key)} | {key.Description} | `{key.Example}` |\n");
        }

        foreach (var key in section.Keys)
        {
            // The same keys stand at the top and below an environment; once is enough.
            if (path.Length > 0 || ConfigurationKeys.Environment.Keys.All(k => k.Name != key.Name))
            {
                Describe(text, Paths.Join(path, key.Name), key.Shape);
            }
        }
    }

    private static void Describe(StringBuilder text, string path, Shape shape)
    {
        switch (shape)
        {
            case Section section:
                Describe(text, path, section);
                break;
            case MapOf { Value: Section section } of:
                Describe(text, $"{path}.{of.What}", section);
                break;
            case ListOf { Item: Section section }:
                Describe(text, $"{path}[]", section);
                break;
        }
    }

    private static string Default(Key key) => key switch
    {
        { Required: true } => "required",
        { DefaultInWords: { } words } => words,
        { Default: { } value } => $"`{value}`",
        _ => "none",
    };
}
