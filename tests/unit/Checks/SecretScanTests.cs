using Pipeline.Checks;

namespace Pipeline.Tests.Checks;

/// <summary>The samples are put together at run time, so that this file holds no secret itself.</summary>
internal sealed class SecretScanTests
{
    private const string Random40 = "q7Zr2Lk9Vx4Tn8Bc1Wd6Yf3Hg5Jm0PsQeRuAoIiK"; // pipeline:allow-secret made up for these tests

    private static IEnumerable<TestCaseData> Secrets()
    {
        yield return Case("aws-access-key", "id: " + "AKIA" + "QYLPMN5HHHFPZAM2");
        yield return Case("aws-secret-key", "aws_secret_access_key = " + Random40);
        yield return Case("private-key", "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIEowIBAAKCAQEAvXk3mB2n8Qw=\n");
        yield return Case("github-token", "url = x" + "\n ghp" + "_" + Random40[..36]);
        yield return Case("gitlab-token", "glpat" + "-" + Random40[..20]);
        yield return Case("slack-token", "xoxb" + "-123456789012-" + Random40[..24]);
        yield return Case("stripe-key", "sk_live" + "_" + Random40[..24]);
        yield return Case("npm-token", "//registry/:_authToken=npm" + "_" + Random40[..36]);
        yield return Case("nuget-key", "oy2" + Random40.ToLowerInvariant()[..40] + "abc");
        yield return Case("jwt", "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + Random40);
        yield return Case("connection-string", "\"Server=db;Database=orders;User Id=app;" + "Password=Sommer2026!\"");
        yield return Case("url-password", "postgres://app:" + "tiger4711@db.internal/orders");
        yield return Case("assigned-secret", "const string apiKey = \"" + Random40[..24] + "\";");
        yield return Case("assigned-secret", "'client_secret': '" + Random40[..24] + "'", "settings.py");
        yield return Case("assigned-secret", "DB_PASSWORD=" + Random40[..24], ".env");

        static TestCaseData Case(string rule, string text, string file = "a.cs") => new TestCaseData(file, text, rule).SetArgDisplayNames(rule, file);
    }

    [TestCaseSource(nameof(Secrets))]
    public void A_secret_is_found_and_not_repeated(string file, string text, string rule)
    {
        var found = SecretScan.Scan(file, "first line\n" + text).ToList();

        Assert.That(found.Select(f => f.Rule), Is.EqualTo(new[] { rule }));
        Assert.That(found[0].Line, Is.GreaterThan(1));
        Assert.That(found[0].Message, Does.Not.Contain(Random40[..20]).And.Not.Contain("Sommer2026").And.Not.Contain("tiger4711"));
        Assert.That(found[0].Fix, Does.StartWith("revoke it"));
    }

    [TestCase("aws_access_key_id = AKIAIOSFODNN7EXAMPLE", "a.ini")]
    [TestCase("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a.ini")]
    [TestCase("password: ${DB_PASSWORD}", "a.yml")]
    [TestCase("password = \"changeme-12345678\"", "a.cs")]
    [TestCase("var token = await source.GetTokenAsync(cancellationToken2);", "a.cs")]
    [TestCase("CancellationToken = CreateLinkedTokenSource01234567,", "a.cs")]
    [TestCase("MasterUserPassword: '{{resolve:secretsmanager:storefront-db:SecretString:password}}'", "a.yaml")]
    [TestCase("\"SecretArn\": \"arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-Ab12Cd\"", "a.json")]
    [TestCase("const string passwordLabel = \"Enter your password please\";", "a.cs")]
    [TestCase("new UpdateStackRequest { ClientRequestToken = \"Console-UpdateStack-7\" }", "a.cs")]
    [TestCase("new GetSecretValueCommand({ SecretId: 'javascript/1' })", "a.js")]
    [TestCase("https://user:${PASSWORD}@host/path", "a.sh")]
    [TestCase("-----BEGIN PUBLIC KEY-----\nMIIEowIBAAKCAQEAvXk3mB2n8Qw=", "a.pem")]
    public void What_only_looks_like_one_is_left_alone(string text, string file) =>
        Assert.That(SecretScan.Scan(file, text), Is.Empty);

    [Test]
    public void A_comment_with_a_reason_allows_a_line()
    {
        var secret = "AKIA" + "QYLPMN5HHHFPZAM2";

        Assert.That(SecretScan.Scan("a.cs", $"x = \"{secret}\"; // pipeline:allow-secret revoked in 2019\n"), Is.Empty);
        Assert.That(SecretScan.Scan("a.cs", $"x = \"{secret}\"; // pipeline:allow-secret\n").Count(), Is.EqualTo(1), "no reason");
        Assert.That(SecretScan.Scan("a.cs", $"// pipeline:allow-secret another line\nx = \"{secret}\";\n").Count(), Is.EqualTo(1), "the line before");
    }
}
