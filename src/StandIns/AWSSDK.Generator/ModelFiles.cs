namespace StandIns.Generator;

/// <summary>A service's requests, responses, structures, enumerations and paginators.</summary>
internal static class ModelFiles
{
    private const int ClassesPerFile = 60;

    public static IEnumerable<SourceFile> All(Surface surface) =>
        [Classes(surface, "Requests.cs", surface.Requests), Classes(surface, "Responses.cs", surface.Responses), .. Structures(surface), Enumerations(surface), Paginators(surface)];

    private static IEnumerable<SourceFile> Structures(Surface surface) =>
        surface.Structures.Chunk(ClassesPerFile).Select((chunk, i) => Classes(surface, surface.Structures.Count <= ClassesPerFile ? "Structures.cs" : $"Structures.{i + 1}.cs", chunk));

    private static SourceFile Classes(Surface surface, string name, IReadOnlyList<ModelClass> classes)
    {
        var file = new SourceFile(name, $"Amazon.{surface.Service.Name}.Model", "Amazon.Runtime", "StandIns.Aws");
        foreach (var type in classes)
        {
            file.Type($"public partial class {type.Name}{(type.Base is null ? "" : " : " + type.Base)}", type.Members.SelectMany(m => Property(surface, type, m)));
        }

        return file;
    }

    private static IEnumerable<string> Property(Surface surface, ModelClass type, Member member)
    {
        var inMilliseconds = Naming.IsTimeInMilliseconds(surface.Service.Name, type.Name, member.Name);
        var code = inMilliseconds ? "DateTime?" : surface.TypeOf(member.Shape);
        if (inMilliseconds)
        {
            yield return "[EpochMilliseconds]";
        }

        if (member.IdempotencyToken)
        {
            yield return "[IdempotencyToken]";
        }

        if (!surface.Model.SpeaksJson && surface.Model.Shape(member.Shape).ItemName is { } item && item != "member")
        {
            yield return $"[ListItem(\"{item}\")]";
        }

        var initial = code.StartsWith("List<", StringComparison.Ordinal) || code.StartsWith("Dictionary<", StringComparison.Ordinal) ? " = AWSConfigs.InitializeCollections ? [] : null;" : "";
        yield return $"public {code} {Naming.Property(member.Name)} {{ get; set; }}{initial}";
    }

    private static SourceFile Enumerations(Surface surface)
    {
        var file = new SourceFile("Enumerations.cs", $"Amazon.{surface.Service.Name}", "Amazon.Runtime");
        foreach (var shape in surface.Enumerations)
        {
            var type = Naming.Property(shape.Name);
            file.Type($"public partial class {type}(string value) : ConstantClass(value)",
            [
                .. shape.Values.DistinctBy(Naming.EnumerationField).Select(v => $"public static readonly {type} {Naming.EnumerationField(v)} = new(\"{v}\");"),
                "",
                $"public static {type} FindValue(string value) => FindValue<{type}>(value);",
                "",
                $"public static implicit operator {type}(string value) => FindValue(value);",
            ]);
        }

        return file;
    }

    private static SourceFile Paginators(Surface surface)
    {
        var name = surface.Service.Type;
        var file = new SourceFile("Paginators.cs", $"Amazon.{surface.Service.Name}.Model", "Amazon.Runtime", "StandIns.Aws");
        var paged = surface.Operations.Select(o => (Operation: o.Name, Pages: surface.Model.Pages(o.Name))).Where(o => o.Pages is not null).ToList();
        file.Type($"public partial interface I{name}PaginatorFactory", paged.Select(p => $"I{p.Operation}Paginator {p.Operation}({p.Operation}Request request);"));
        file.Type($"internal sealed class {name}PaginatorFactory(IAmazon{name} client) : I{name}PaginatorFactory",
            paged.Select(p => $"public I{p.Operation}Paginator {p.Operation}({p.Operation}Request request) => new {p.Operation}Paginator(client, request);"));
        foreach (var (operation, pages) in paged)
        {
            Paginator(file, surface, operation, pages!);
        }

        return file;
    }

    private static void Paginator(SourceFile file, Surface surface, string operation, Pagination pages)
    {
        var output = surface.Model.Shape(surface.Model.Operation(operation).Output!);
        var keys = pages.ResultKeys.Select(k => (Name: Naming.Property(k), Type: surface.TypeOf(output.Members.Single(m => m.Name == k).Shape)))
            .Where(k => k.Type.StartsWith("List<", StringComparison.Ordinal))
            .Select(k => k with { Type = k.Type[5..^1] })
            .ToList();
        file.Type($"public partial interface I{operation}Paginator",
        [
            $"IPaginatedEnumerable<{operation}Response> Responses {{ get; }}",
            .. keys.Select(k => $"IPaginatedEnumerable<{k.Type}> {k.Name} {{ get; }}"),
        ]);
        file.Type($"internal sealed class {operation}Paginator(IAmazon{surface.Service.Type} client, {operation}Request request) : Paginator<{operation}Response>, I{operation}Paginator",
        [
            $"public IPaginatedEnumerable<{operation}Response> Responses => new PaginatedResponse<{operation}Response>(this);",
            .. keys.SelectMany(k => new[] { "", $"public IPaginatedEnumerable<{k.Type}> {k.Name} => new PaginatedResultKeyResponse<{operation}Response, {k.Type}>(this, r => r.{k.Name} ?? []);" }),
            "",
            $"protected override string Next({operation}Response response) => response.{Naming.Property(pages.OutputToken)};",
            "",
            $"protected override Task<{operation}Response> Page(string token, CancellationToken cancel)",
            "{",
            $"    request.{Naming.Property(pages.InputToken)} = token ?? request.{Naming.Property(pages.InputToken)};",
            $"    return client.{operation}Async(request, cancel);",
            "}",
        ]);
    }
}
