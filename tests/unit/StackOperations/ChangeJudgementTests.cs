using Pipeline.Aws;
using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

public sealed class ChangeJudgementTests
{
    [Test]
    public void A_replaced_database_is_a_loss_and_its_cause_is_shown_with_both_values() =>
        Assert.That(
            Sentences(Change("Modify", "AWS::RDS::DBInstance", "True", new PropertyChange("Properties", "DBInstanceIdentifier", "Always", null, "shop", "shop-2"))),
            Is.EqualTo(new[] { "AWS::RDS::DBInstance Thing would be replaced by an empty one: DBInstanceIdentifier from \"shop\" to \"shop-2\"" }));

    [Test]
    public void What_may_be_replaced_counts_as_replaced() =>
        Assert.That(
            Sentences(Change("Modify", "AWS::DynamoDB::Table", "Conditional", new PropertyChange("Properties", "TableName", "Conditionally", "Name", null, "b"))),
            Is.EqualTo(new[] { "AWS::DynamoDB::Table Thing may be replaced by an empty one: TableName from nothing to \"b\" (through Name)" }));

    [Test]
    public void What_is_only_modified_is_no_loss() => Assert.That(Sentences(Change("Modify", "AWS::RDS::DBInstance", "False")), Is.Empty);

    [Test]
    public void A_removed_queue_is_a_loss() => Assert.That(Sentences(Change("Remove", "AWS::SQS::Queue", null) with { PolicyAction = "Delete" }), Is.EqualTo(new[] { "AWS::SQS::Queue Thing would be removed" }));

    [Test]
    public void A_removal_whose_policy_nobody_says_is_a_loss() => Assert.That(Sentences(Change("Remove", "AWS::S3::Bucket", null)), Has.Count.EqualTo(1));

    [Test]
    public void A_resource_that_is_retained_when_it_leaves_the_stack_is_not_lost() => Assert.That(Sentences(Change("Remove", "AWS::S3::Bucket", null) with { PolicyAction = "Retain" }), Is.Empty);

    [Test]
    public void Of_a_removed_database_a_snapshot_is_not_enough() =>
        Assert.That(Sentences(Change("Remove", "AWS::RDS::DBInstance", null) with { PolicyAction = "Snapshot" }), Is.EqualTo(new[] { "AWS::RDS::DBInstance Thing would be removed; only a snapshot stays" }));

    [Test]
    public void A_replacement_that_retains_the_old_one_is_a_loss_to_whoever_reads_the_new_one() =>
        Assert.That(Sentences(Change("Modify", "AWS::S3::Bucket", "True") with { PolicyAction = "ReplaceAndRetain" }), Is.EqualTo(new[] { "AWS::S3::Bucket Thing would be replaced by an empty one (the old one stays, outside the stack)" }));

    [Test]
    public void A_nested_stack_that_goes_takes_everything_with_it() => Assert.That(Sentences(Change("Remove", "AWS::CloudFormation::Stack", null)), Has.Count.EqualTo(1));

    [Test]
    public void What_holds_nothing_may_come_and_go() => Assert.That(Sentences(Change("Modify", "AWS::ECS::TaskDefinition", "True"), Change("Remove", "AWS::Logs::LogGroup", null), Change("Add", "AWS::S3::Bucket", null)), Is.Empty);

    [Test]
    public void Values_made_of_a_secret_are_not_shown()
    {
        const string Template = "Parameters: {User: {Type: String, NoEcho: true}, Id: {Type: String}}\nResources: {Thing: {Type: AWS::RDS::DBInstance, Properties: {MasterUsername: !Sub 'x-${User}', DBInstanceIdentifier: !Ref Id}}}";
        var change = Change("Modify", "AWS::RDS::DBInstance", "True", new PropertyChange("Properties", "MasterUsername", "Always", "User", "x-root", "x-admin"), new PropertyChange("Properties", "DBInstanceIdentifier", "Always", "Id", "a", "b"));

        Assert.That(ChangeJudgement.Losses("db", "shop-db", [change], SecretProperties.Of(Template)).Single().Sentence,
            Does.EndWith(": MasterUsername (its values may not be shown) (through User); DBInstanceIdentifier from \"a\" to \"b\" (through Id)"));
    }

    [TestCase("Thing", true)]
    [TestCase("db.Thing", true)]
    [TestCase("queues.Thing", false)]
    [TestCase("thing", false)]
    public void A_permission_names_a_resource_or_one_of_a_stack(string id, bool covers) => Assert.That(Allowance.Of($" other , {id}").Covers("db", "Thing"), Is.EqualTo(covers));

    [Test]
    public void A_permission_reaches_into_nested_stacks() =>
        Assert.That(new[] { "db.Inner.Thing", "Inner.Thing", "Thing" }.All(id => Allowance.Of(id).Covers("db", "Inner.Thing")), Is.True);

    private static IReadOnlyList<string> Sentences(params ResourceChange[] changes) => [.. ChangeJudgement.Losses("db", "shop-db", changes, new HashSet<string>()).Select(l => l.Sentence)];

    private static ResourceChange Change(string action, string type, string? replacement, params PropertyChange[] properties) => new(action, "Thing", "physical", type, replacement, properties);
}
