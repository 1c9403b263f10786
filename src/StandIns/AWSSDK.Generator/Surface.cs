namespace StandIns.Generator;

/// <summary>One class of a service's Model namespace.</summary>
/// <param name="Base">the class it extends, if any</param>
internal sealed record ModelClass(string Name, string? Base, IReadOnlyList<Member> Members);

/// <summary>Exactly what the listed operations of a service reach, and the C# types of it.</summary>
internal sealed class Surface
{
    private readonly Dictionary<string, Shape> _reached = new(StringComparer.Ordinal);

    public Surface(Service service, ServiceModel model)
    {
        Service = service;
        Model = model;
        Operations = [.. service.Operations.Select(model.Operation)];
        foreach (var member in Operations.SelectMany(o => new[] { o.Input, o.Output }).OfType<string>().SelectMany(root => model.Shape(root).Members))
        {
            Reach(member.Shape);
        }

        Requests = [.. Operations.Select(o => new ModelClass(o.Name + "Request", $"Amazon{service.Type}Request", MembersOf(o.Input)))];
        Responses = [.. Operations.Select(o => new ModelClass(o.Name + "Response", "AmazonWebServiceResponse", MembersOf(o.Output)))];
        Structures = [.. _reached.Values.Where(s => s.Kind == "structure").Select(s => new ModelClass(Naming.Property(s.Name), null, s.Members)).OrderBy(c => c.Name, StringComparer.Ordinal)];
        Enumerations = [.. _reached.Values.Where(s => s.IsEnumeration).OrderBy(s => s.Name, StringComparer.Ordinal)];
        Errors = [.. Operations.SelectMany(o => o.Errors).Distinct().Order(StringComparer.Ordinal).Select(model.Shape)];
        var members = Requests.Concat(Responses).Concat(Structures).SelectMany(c => c.Members).ToList();
        LowerCaseWire = members.Count(m => char.IsLower(m.Name[0])) > members.Count / 2;
    }

    public Service Service { get; }

    public ServiceModel Model { get; }

    public IReadOnlyList<ModelOperation> Operations { get; }

    public IReadOnlyList<ModelClass> Requests { get; }

    public IReadOnlyList<ModelClass> Responses { get; }

    public IReadOnlyList<ModelClass> Structures { get; }

    public IReadOnlyList<Shape> Enumerations { get; }

    public IReadOnlyList<Shape> Errors { get; }

    /// <summary>The wire's names start in lower case.</summary>
    public bool LowerCaseWire { get; }

    public string TypeOf(string shapeName)
    {
        var shape = Model.Shape(shapeName);
        return shape.Kind switch
        {
            "structure" => Naming.Property(shape.Name),
            "list" => $"List<{ElementOf(shape.Element!)}>",
            "map" => $"Dictionary<{ElementOf(shape.Key!)}, {ElementOf(shape.Element!)}>",
            "string" when shape.IsEnumeration => Naming.Property(shape.Name),
            "string" or "character" => "string",
            "integer" => "int?",
            "long" => "long?",
            "boolean" => "bool?",
            "float" => "float?",
            "double" => "double?",
            "timestamp" => "DateTime?",
            "blob" => "MemoryStream",
            _ => throw new NotSupportedException($"{Service.Name}: shape '{shape.Name}' is a {shape.Kind}, which the kernel cannot carry."),
        };
    }

    /// <summary>Inside a collection the official packages hold an enumeration as its text, and a number without the question mark.</summary>
    private string ElementOf(string shapeName) => Model.Shape(shapeName).IsEnumeration ? "string" : TypeOf(shapeName).TrimEnd('?');

    private IReadOnlyList<Member> MembersOf(string? shape) => shape is null ? [] : Model.Shape(shape).Members;

    private void Reach(string name)
    {
        var shape = Model.Shape(name);
        if (!_reached.TryAdd(name, shape))
        {
            return;
        }

        foreach (var next in shape.Members.Select(m => m.Shape).Concat(new[] { shape.Key, shape.Element }.OfType<string>()))
        {
            Reach(next);
        }
    }
}
