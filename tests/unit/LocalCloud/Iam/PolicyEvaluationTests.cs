using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Iam;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.Iam;

public sealed class PolicyEvaluationTests
{
    private const string Secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf";

    [TestCase("""{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}""", "allowed")]
    [TestCase("""{"Effect":"Allow","Action":"SecretsManager:getsecret*","Resource":"arn:aws:secretsmanager:*:*:secret:shop-??????"}""", "allowed", Description = "actions regard no case")]
    [TestCase("""{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:*:*:secret:SHOP-*"}""", "implicitDeny", Description = "resources do")]
    [TestCase("""{"Effect":"Allow","Action":["ssm:*","secretsmanager:Describe*"],"Resource":"*"}""", "implicitDeny")]
    [TestCase("""{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}""", "allowed")]
    [TestCase("""{"Effect":"Allow","NotAction":"secretsmanager:*","Resource":"*"}""", "implicitDeny")]
    [TestCase("""{"Effect":"Allow","Action":"*","NotResource":"arn:aws:secretsmanager:*:*:secret:shop-*"}""", "implicitDeny")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"secretsmanager:*","Resource":"*"}""", "explicitDeny", Description = "a deny wins")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/system":"shop"}}}""", "allowed")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/system":["other","mall"]}}}""", "implicitDeny")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/owner":"me"}}}""", "implicitDeny", Description = "a missing key equals nothing")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:ResourceTag/owner":"me"}}}""", "allowed")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceTag/owner":"me"}}}""", "allowed", Description = "a missing key differs from everything")]
    [TestCase("""{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Action":"*","Resource":"*"}""", "allowed")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:ResourceTag/owner":"true"}}}""", "allowed")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["sys*"]}}}""", "implicitDeny")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:TagKeys":["sys*"]}}}""", "allowed")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"arn:aws:secretsmanager:*:*:secret:${aws:ResourceTag/system}-*"}""", "allowed", Description = "a variable")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}""", "allowed")]
    [TestCase("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/system":"shop"},"NumericLessThan":{"aws:MultiFactorAuthAge":"5"}}}""", "implicitDeny", Description = "every operator must hold")]
    public void Statements_decide_as_IAM_s(string statements, string decision)
    {
        var context = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:resourcetag/system"] = ["shop"],
            ["aws:SecureTransport"] = ["true"],
            ["aws:TagKeys"] = ["system", "owner"],
            ["aws:MultiFactorAuthAge"] = ["60"],
        };

        var answer = PolicyEvaluation.Evaluate([Policy($"[{statements}]")], new AccessQuestion("secretsmanager:GetSecretValue", Secret, context));

        Assert.That(answer.Decision, Is.EqualTo(decision));
    }

    [Test]
    public void What_decided_and_what_was_missing_is_told()
    {
        var answer = PolicyEvaluation.Evaluate(
            [Policy("""{"Effect":"Allow","Action":"s3:*","Resource":"*"}""", "storage"), Policy("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}}""", "team")],
            new AccessQuestion("s3:GetObject", "arn:aws:s3:::b/k", new Dictionary<string, IReadOnlyList<string>>()));

        Assert.Multiple(() =>
        {
            Assert.That(answer.Matched.Select(p => p.Id), Is.EqualTo(new[] { "storage" }));
            Assert.That(answer.Missing, Is.EqualTo(new[] { "aws:PrincipalTag/team" }));
        });
    }

    [Test]
    public void An_operator_that_nobody_implemented_is_refused_by_name() =>
        Assert.That(() => PolicyEvaluation.Evaluate([Policy("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}""")], new AccessQuestion("a:b", "*", new Dictionary<string, IReadOnlyList<string>>())),
            Throws.TypeOf<AwsException>().With.Message.Contains("'IpAddress'"));

    private static AttachedPolicy Policy(string statements, string id = "p") => new(id, JsonNode.Parse($$"""{"Version":"2012-10-17","Statement":{{statements}}}""")!.AsObject());
}
