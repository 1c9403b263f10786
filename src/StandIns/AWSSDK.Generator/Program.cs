using StandIns.Generator;

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: AWSSDK.Generator MODELS OPERATIONS OUTPUT   (MODELS: a folder with SERVICE/VERSION/service-2.json[.gz], OUTPUT: src/StandIns/AWSSDK/Generated)");
    return 2;
}

foreach (var (path, text) in Generation.Files(models: args[0], operations: args[1]))
{
    var file = Path.Combine(args[2], path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllText(file, text);
    Console.WriteLine(path);
}

return 0;
