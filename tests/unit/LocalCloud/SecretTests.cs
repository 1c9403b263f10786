using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Secrets;
using Pipeline.LocalCloud.State;

namespace Pipeline.Tests.LocalCloud;

public sealed class SecretTests
{
    private static readonly StackIdentity Stack = new("storefront-dev-database", "id", "123456789012", "eu-central-1", new Dictionary<string, string>());
    private Database _database = null!;
    private SecretRoom _room = null!;

    [SetUp]
    public void Open()
    {
        _database = new Database(null);
        _room = new SecretRoom(_database, TimeProvider.System, id => id == "orders" ? new JsonObject { ["engine"] = "postgres", ["host"] = "127.0.0.1", ["port"] = 5432 } : null);
    }

    [TearDown]
    public void Close() => _database.Dispose();

    [Test]
    public async Task A_template_gets_a_generated_password()
    {
        var made = await Create("""{"GenerateSecretString":{"SecretStringTemplate":"{\"username\":\"app\"}","GenerateStringKey":"password","PasswordLength":24,"ExcludeCharacters":"\"@/\\"}}""");

        Assert.That(made.PhysicalId, Does.Match("^arn:aws:secretsmanager:eu-central-1:123456789012:secret:storefront-dev-database-Secret-[0-9A-F]{12}-[A-Z0-9]{6}$"));
        Assert.That(_room.Store.Resolve($"{made.PhysicalId}:username::"), Is.EqualTo("app"));
        Assert.That(_room.Store.Resolve($"{made.PhysicalId}:password:AWSCURRENT:"), Has.Length.EqualTo(24).And.Not.Contains("@"));
    }

    [Test]
    public async Task An_unchanged_recipe_keeps_the_password()
    {
        const string recipe = """{"Description":"one","GenerateSecretString":{"PasswordLength":20}}""";
        var made = await Create(recipe);
        var before = _room.Store.Resolve(made.PhysicalId);

        await Type("AWS::SecretsManager::Secret").Update!(Request(recipe.Replace("one", "two", StringComparison.Ordinal), made.PhysicalId, recipe));

        Assert.That(_room.Store.Resolve(made.PhysicalId), Is.EqualTo(before));
        Assert.That(_room.Store.Get(made.PhysicalId).Description, Is.EqualTo("two"));
    }

    [Test]
    public async Task An_attachment_adds_where_the_database_is_and_takes_it_away()
    {
        var secret = await Create("""{"SecretString":"{\"password\":\"x\"}"}""");
        var type = Type("AWS::SecretsManager::SecretTargetAttachment");
        var properties = $$"""{"SecretId":"{{secret.PhysicalId}}","TargetId":"orders","TargetType":"AWS::RDS::DBInstance"}""";

        var attached = await type.Create(Request(properties));
        Assert.That(_room.Store.Resolve($"{secret.PhysicalId}:host::"), Is.EqualTo("127.0.0.1"));

        await type.Delete(Request(properties, attached.PhysicalId));
        Assert.That(_room.Store.Resolve(secret.PhysicalId), Is.EqualTo("""{"password":"x"}"""));
    }

    [Test]
    public async Task An_attachment_to_no_database_fails()
    {
        var secret = await Create("""{"SecretString":"{}"}""");

        Assert.That(() => Type("AWS::SecretsManager::SecretTargetAttachment").Create(Request($$"""{"SecretId":"{{secret.PhysicalId}}","TargetId":"none","TargetType":"AWS::RDS::DBInstance"}""")),
            Throws.TypeOf<ResourceFailure>().With.Message.Contains("'none'"));
    }

    [Test]
    public void A_new_value_leaves_the_old_one_as_the_previous()
    {
        _room.Store.Create("key", "eu-central-1", null, new Dictionary<string, string>(), _room.Store.NewVersion(null, "one", null));
        _room.Store.Put("key", _room.Store.NewVersion(null, "two", null));
        _room.Store.Put("key", _room.Store.NewVersion(null, "three", null));

        Assert.That(_room.Store.Value("key", null, null, null), Is.EqualTo("three"));
        Assert.That(_room.Store.Value("key", null, SecretVersion.Previous, null), Is.EqualTo("two"));
    }

    [Test]
    public void What_is_not_there_is_said()
    {
        Assert.That(() => _room.Store.Resolve("arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-ABCDEF"), Throws.TypeOf<AwsException>().With.Property("Code").EqualTo("ResourceNotFoundException"));
        Assert.That(() => PasswordRecipe.Make(new JsonObject { ["PasswordLength"] = 2 }), Throws.TypeOf<AwsException>());
    }

    private Task<Resource> Create(string properties) => Type("AWS::SecretsManager::Secret").Create(Request(properties));

    private ResourceType Type(string name) => _room.ResourceTypes.Single(t => t.Name == name);

    private static ResourceRequest Request(string properties, string physicalId = "", string? previous = null) =>
        new(Stack, "Secret", physicalId, JsonNode.Parse(properties)!.AsObject(), previous is null ? null : JsonNode.Parse(previous)!.AsObject(), CancellationToken.None);
}
