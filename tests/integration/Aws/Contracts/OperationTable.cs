using System.Text;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Storage;

namespace Pipeline.Tests.Aws.Contracts;

/// <summary>docs/aws-operations.md: every operation that the product's clients have, and where its answers are checked.</summary>
internal static partial class OperationTable
{
    private static readonly (string Service, string Folder, string Title)[] Generated =
    [
        ("ecs", "ecs", "ECS"), ("cloudformation", "cloudformation", "CloudFormation"), ("elasticloadbalancing", "elbv2", "Elastic Load Balancing v2"), ("rds", "rds", "RDS"), ("ecr", "ecr", "ECR"),
        ("monitoring", "cloudwatch", "CloudWatch"), ("secretsmanager", "secretsmanager", "Secrets Manager"), ("logs", "logs", "CloudWatch Logs"),
    ];

    private static readonly (string Service, string Title)[] Official = [("s3", "S3"), ("sqs", "SQS"), ("ssm", "Systems Manager parameters"), ("sts", "STS")];

    /// <summary>Neither moto nor the embedded cloud has them.</summary>
    private static readonly string[] NowhereYet =
    [
        "ecr BatchCheckLayerAvailability", "ecr InitiateLayerUpload", "ecr UploadLayerPart", "ecr CompleteLayerUpload", "ecr GetDownloadUrlForLayer",
    ];

    public static string Root { get; } = Find();

    public static string Text()
    {
        var text = new StringBuilder("""
            # Operations and where they are checked

            Kept by a test (`OperationContract`); do not edit. Each row is an operation that the product's AWS clients have. *checked*: a scenario in
            `tests/integration/Aws/Contracts` calls it with those clients and holds its answer against what AWS answers: the same code against
            [moto](https://github.com/getmoto/moto), an emulator that is not ours, and against the embedded cloud. Whatever the embedded cloud answers,
            in any test, is held against the public service model as well.


            """);
        var clients = GeneratedOperations();
        foreach (var (service, folder, title) in Generated)
        {
            Section(text, service, title, clients[folder]);
        }

        foreach (var (service, title) in Official)
        {
            Section(text, service, title, service == StorageOperations.Service ? StorageOperations.Names : SharedCloud.Server.Cloud.Services.Where(s => s.SigningName == service).SelectMany(s => s.Operations.Keys));
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static void Section(StringBuilder text, string service, string title, IEnumerable<string> operations)
    {
        text.Append($"## {title}\n\n| operation | moto | embedded cloud |\n|---|---|---|\n");
        foreach (var operation in operations.Distinct().Order(StringComparer.Ordinal))
        {
            var scenarios = Scenarios.All.Where(s => s.Service == service && s.Calls.Contains(operation)).ToList();
            text.Append($"| {operation} | {OnMoto(service, operation, scenarios)} | {Embedded(service, operation, scenarios)} |\n");
        }

        text.Append('\n');
    }

    private static string OnMoto(string service, string operation, List<Scenario> scenarios) =>
        scenarios.Any(s => s.NotOnMoto is null) ? "checked"
        : scenarios.Count > 0 ? $"no: {scenarios[0].NotOnMoto}"
        : NowhereYet.Contains($"{service} {operation}") ? "not supported"
        : "not checked";

    private static string Embedded(string service, string operation, List<Scenario> scenarios) =>
        !AnyClouds.Embeds(service, operation) ? "not supported"
        : scenarios.Any(s => s.Calls.All(call => AnyClouds.Embeds(service, call))) ? "checked"
        : "not checked";

    /// <summary>What the generator of the clients is told.</summary>
    private static Dictionary<string, List<string>> GeneratedOperations()
    {
        var all = new Dictionary<string, List<string>>();
        List<string>? current = null;
        foreach (var line in File.ReadLines(Path.Combine(Root, "src", "StandIns", "AWSSDK.Generator", "operations.txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var words = Words().Matches(line).Select(match => match.Value);
            if (line[0] == ' ')
            {
                current!.AddRange(words);
            }
            else
            {
                all[words.First()] = current = [];
            }
        }

        return all;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }

    [GeneratedRegex(@"[\w-]+")]
    private static partial Regex Words();
}
