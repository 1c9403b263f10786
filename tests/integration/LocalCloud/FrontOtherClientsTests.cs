using Pipeline.LocalCloud;
using Pipeline.Processes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

/// <summary>Clients that are not ours and not .NET, where the machine has them.</summary>
public sealed class FrontOtherClientsTests
{
    private CloudServer _cloud = null!;
    private string _folder = "";

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("clients-").FullName;
        _cloud = await CheckedCloud.Start();
    }

    [TearDown]
    public async Task Stop()
    {
        await _cloud.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task The_aws_command_line()
    {
        var aws = Requires.Program("aws", "aws");
        await File.WriteAllTextAsync(Path.Combine(_folder, "file.txt"), "hello");

        await Aws("s3", "mb", "s3://ledger");
        await Aws("s3", "cp", "file.txt", "s3://ledger/folder/file.txt");
        Assert.That(await Aws("s3", "ls", "s3://ledger/"), Does.Contain("PRE folder/"));
        Assert.That(await Aws("s3", "cp", "s3://ledger/folder/file.txt", "-"), Does.StartWith("hello"));
        Assert.That(await Aws("sts", "get-caller-identity", "--query", "Arn", "--output", "text"), Does.Contain("user/developer"));
        await Aws("ssm", "put-parameter", "--name", "/a", "--value", "1", "--type", "String");
        Assert.That(await Aws("ssm", "get-parameter", "--name", "/a", "--query", "Parameter.Value", "--output", "text"), Does.StartWith("1"));
        var url = (await Aws("sqs", "create-queue", "--queue-name", "orders", "--query", "QueueUrl", "--output", "text")).Trim();
        await Aws("sqs", "send-message", "--queue-url", url, "--message-body", "one");
        Assert.That(await Aws("sqs", "receive-message", "--queue-url", url, "--query", "Messages[0].Body", "--output", "text"), Does.StartWith("one"));

        async Task<string> Aws(params string[] arguments)
        {
            var result = await Run(aws, ["--endpoint-url", _cloud.Endpoint, .. arguments]);
            return result.ExitCode == 0 ? result.Output : throw new AssertionException($"aws {string.Join(' ', arguments)}: {result.Error}");
        }
    }

    [Test]
    public async Task Boto3()
    {
        var python = Requires.Program("boto3", "python3");
        Requires.That((await Run(python, ["-c", "import boto3"])).ExitCode == 0, "boto3", "python3 has no module boto3");

        var result = await Run(python, ["-c", """
            import boto3, io, os, sys
            e = sys.argv[1]
            s3 = boto3.client('s3', endpoint_url=e)
            s3.create_bucket(Bucket='ledger', CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
            s3.put_object(Bucket='ledger', Key='a b+ü', Body=b'x', ChecksumAlgorithm='SHA256')
            assert s3.get_object(Bucket='ledger', Key='a b+ü', ChecksumMode='ENABLED')['Body'].read() == b'x'
            try:
                s3.put_object(Bucket='ledger', Key='a b+ü', Body=b'y', IfNoneMatch='*')
                raise SystemExit('the second writer won')
            except s3.exceptions.ClientError as error:
                assert error.response['Error']['Code'] == 'PreconditionFailed', error
            large = os.urandom(9 << 20)
            s3.upload_fileobj(io.BytesIO(large), 'ledger', 'large')
            assert s3.get_object(Bucket='ledger', Key='large')['Body'].read() == large
            secrets = boto3.client('secretsmanager', endpoint_url=e)
            arn = secrets.create_secret(Name='db', SecretString='{"password":"x"}')['ARN']
            secrets.put_secret_value(SecretId=arn, SecretString='two')
            assert secrets.get_secret_value(SecretId='db')['SecretString'] == 'two'
            assert secrets.get_secret_value(SecretId='db', VersionStage='AWSPREVIOUS')['SecretString'] == '{"password":"x"}'
            try:
                secrets.get_secret_value(SecretId='none')
                raise SystemExit('found a secret that is not there')
            except secrets.exceptions.ResourceNotFoundException:
                pass
            """, _cloud.Endpoint]);

        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    private async Task<CommandResult> Run(string program, IReadOnlyList<string> arguments)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return await ChildProcess.Run(new Command(program, arguments, _folder)
        {
            Environment = new Dictionary<string, string?>
            {
                ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test", ["AWS_REGION"] = "eu-central-1", ["AWS_DEFAULT_REGION"] = "eu-central-1",
                ["AWS_PROFILE"] = null, ["AWS_SESSION_TOKEN"] = null, ["AWS_ENDPOINT_URL"] = null, ["AWS_CONFIG_FILE"] = Path.Combine(_folder, "config"),
            },
        }, deadline.Token);
    }
}
