using System.Text.RegularExpressions;

namespace Pipeline.Checks.Dockerfiles;

/// <summary>What makes an image another one tomorrow, or dangerous. Few rules, each of which is worth stopping for.</summary>
internal static partial class DockerfileRules
{
    /// <summary>The findings of one file; a comment <c># pipeline:allow-RULE reason</c> directly above an instruction allows what it does.</summary>
    public static IReadOnlyList<Finding> Judge(string file, string text)
    {
        var instructions = Dockerfile.Read(text);
        var found = instructions.SelectMany(i => Bases(i, instructions).Concat(Downloads(i)).Concat(Secrets(i)).Concat(Packages(i)).Select(f => (Instruction: i, Finding: f))).Concat(User(instructions));
        return [.. found.Where(f => !IsAllowed(f.Instruction, f.Finding.Rule)).Select(f => f.Finding with { File = file, Line = f.Instruction.Line }).OrderBy(f => f.Line)];
    }

    private static bool IsAllowed(Instruction instruction, string rule) =>
        instruction.Comments.Any(c => Allow().Match(c) is { Success: true } allow && allow.Groups["rule"].Value == rule);

    /// <summary>A stage of the same file and <c>scratch</c> need no digest; what only a build argument names is the caller's to pin.</summary>
    private static IEnumerable<Finding> Bases(Instruction from, IReadOnlyList<Instruction> all)
    {
        if (from.Name != "FROM" || from.Words is not [var written, ..])
        {
            yield break;
        }

        var image = Resolved(written, all);
        if (image is null || image == "scratch" || image.Contains("@sha256:", StringComparison.Ordinal) || Stages(all.TakeWhile(i => i != from)).Contains(image, StringComparer.OrdinalIgnoreCase))
        {
            yield break;
        }

        var tag = image[(image.LastIndexOf('/') + 1)..].Split(':');
        var moves = tag.Length == 1 ? "has no tag, so it is 'latest'" : tag[1] == "latest" ? "is whatever 'latest' is" : $"can be another image tomorrow: the tag '{tag[1]}' can move";
        yield return new Finding("unpinned", $"the base image {image} {moves}", Fix: $"FROM {image}@sha256:… (docker buildx imagetools inspect {image} shows the digest)");
    }

    private static string? Resolved(string image, IReadOnlyList<Instruction> all)
    {
        if (Variable().Match(image) is not { Success: true } variable)
        {
            return image;
        }

        var name = variable.Groups["name"].Value;
        var given = all.TakeWhile(i => i.Name != "FROM").Where(i => i.Name == "ARG").SelectMany(i => i.Words).FirstOrDefault(w => w.StartsWith(name + '=', StringComparison.Ordinal))?[(name.Length + 1)..].Trim('"', '\'')
            ?? (variable.Groups["default"] is { Success: true } otherwise ? otherwise.Value : null);
        return string.IsNullOrEmpty(given) ? null : Resolved(image.Replace(variable.Value, given, StringComparison.Ordinal), [.. all.Where(i => !i.Words.Any(w => w.StartsWith(name + '=', StringComparison.Ordinal)))]);
    }

    private static IEnumerable<string> Stages(IEnumerable<Instruction> before) =>
        before.Where(i => i.Name == "FROM" && i.Words is [_, var alias, _, ..] && alias.Equals("AS", StringComparison.OrdinalIgnoreCase)).Select(i => i.Words[2]);

    private static IEnumerable<Finding> Downloads(Instruction add)
    {
        if (add.Name == "ADD" && !add.Text.Contains("--checksum=", StringComparison.Ordinal) && add.Words.FirstOrDefault(w => Url().IsMatch(w)) is { } url)
        {
            yield return new Finding("add-url", $"ADD takes {WithoutPassword(url)} whatever it answers", Fix: "ADD --checksum=sha256:… (or RUN with curl and a checksum)");
        }
    }

    private static IEnumerable<Finding> Secrets(Instruction instruction)
    {
        if (instruction.Name is not ("ENV" or "ARG"))
        {
            yield break;
        }

        foreach (var name in Names(instruction).Where(n => SecretName().IsMatch(n) && !NoSecret().IsMatch(n)))
        {
            yield return new Finding("secret-in-image", $"{instruction.Name} {name}: whoever has the image can read it", Fix: instruction.Name == "ENV"
                ? "give it to the container when it runs, from Secrets Manager or SSM ('Secrets' of the task definition)"
                : "RUN --mount=type=secret,id=… (and services.SERVICE.docker.secrets)");
        }
    }

    /// <summary>Variables that get a value in the image; a build argument's value is in the history even where it is given from outside.</summary>
    private static IEnumerable<string> Names(Instruction instruction)
    {
        if (instruction.Name == "ARG")
        {
            return instruction.Words.Select(w => w.Split('=')[0]);
        }

        return instruction.Words is [var name, _, ..] && !name.Contains('=', StringComparison.Ordinal)
            ? [name]
            : Assignment().Matches(instruction.Text).Where(m => m.Groups["value"].Value.Trim('"', '\'').Length > 0).Select(m => m.Groups["name"].Value);
    }

    private static IEnumerable<Finding> Packages(Instruction run)
    {
        if (run.Name != "RUN" || !Install().IsMatch(run.Text))
        {
            yield break;
        }

        if (!run.Text.Contains("--no-install-recommends", StringComparison.Ordinal) && !run.Text.Contains("APT::Install-Recommends", StringComparison.OrdinalIgnoreCase))
        {
            yield return new Finding("apt-recommends", "apt-get installs what nobody asked for", Fix: "apt-get install --no-install-recommends …");
        }

        if (!Update().IsMatch(run.Text))
        {
            yield return new Finding("apt-update", "apt-get install without an update in the same RUN takes an old list of packages from the cache", Fix: "RUN apt-get update && apt-get install …");
        }
    }

    /// <summary>Of the last stage, which is the image; a stage that is made from another has its user.</summary>
    private static IEnumerable<(Instruction Instruction, Finding Finding)> User(IReadOnlyList<Instruction> all)
    {
        if (all.LastOrDefault(i => i.Name == "FROM") is not { } last)
        {
            yield break;
        }

        var user = UserOf(last, all);
        var isNamedSo = last.Words is [var image, ..] && Resolved(image, all) is { } resolved && resolved.Contains("nonroot", StringComparison.Ordinal);
        if (user is null ? !isNamedSo : user.Words is [] or ["root" or "0" or "root:root" or "0:0" or "root:0" or "0:root", ..])
        {
            yield return (user ?? last, new Finding("root-user", user is null ? "no USER: the container runs as root" : "the container runs as root", Fix: "USER 10001 (after the last instruction that needs root)"));
        }
    }

    private static Instruction? UserOf(Instruction from, IReadOnlyList<Instruction> all)
    {
        if (all.SkipWhile(i => i != from).Skip(1).TakeWhile(i => i.Name != "FROM").LastOrDefault(i => i.Name == "USER") is { } user)
        {
            return user;
        }

        var parent = all.TakeWhile(i => i != from).LastOrDefault(i => i.Name == "FROM" && i.Words is [_, _, var alias, ..] && from.Words is [var image, ..] && alias.Equals(image, StringComparison.OrdinalIgnoreCase));
        return parent is null ? null : UserOf(parent, all);
    }

    private static string WithoutPassword(string url) => UserInfo().Replace(url, "//***@");

    [GeneratedRegex(@"^#\s*pipeline:allow-(?<rule>[a-z-]+)\s+\S")]
    private static partial Regex Allow();

    [GeneratedRegex(@"\$(\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}|(?<name>[A-Za-z_][A-Za-z0-9_]*))")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[""\[]*https?://", RegexOptions.IgnoreCase)]
    private static partial Regex Url();

    [GeneratedRegex(@"//[^/@\s]+@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>""(?:\\.|[^""])*""|'[^']*'|\S*)")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(^|_)(PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_|$)|(PASSWORD|SECRET|TOKEN|APIKEY)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^(OLD)?PWD$|_(FILE|PATH|DIR|URL|URI|NAME|ARN|ID|TTL|LENGTH|EXPIRY|TIMEOUT)$", RegexOptions.IgnoreCase)]
    private static partial Regex NoSecret();

    [GeneratedRegex(@"\bapt(-get)?\s+(-\S+\s+)*install\b")]
    private static partial Regex Install();

    [GeneratedRegex(@"\bapt(-get)?\s+(-\S+\s+)*update\b")]
    private static partial Regex Update();
}
