using Storefront.Shared;

namespace Storefront.Tests.Shared;

public sealed class OrderRulesTests
{
    private static readonly Dictionary<string, Product> Products = new()
    {
        ["cup"] = new("cup", "Cup", "", 1250, 10),
        ["mug"] = new("mug", "Mug", "", 1490, 0),
    };

    [Test]
    public void A_complete_order_has_no_problems() =>
        Assert.That(OrderRules.Problems(new("Ada", [new("cup", 2), new("mug", 1)]), Products), Is.Empty);

    [Test]
    public void All_problems_are_named_at_once_by_field()
    {
        var problems = OrderRules.Problems(new(" ", [new("cup", 0), new("spoon", 101), new("cup", 1), new(null!, 1), null!]), Products);

        Assert.That(problems, Is.EqualTo(new Dictionary<string, string[]>
        {
            ["customer"] = ["A customer's name is required."],
            ["lines[0]"] = ["A quantity is 1 to 100, not 0."],
            ["lines[1]"] = ["There is no product 'spoon'.", "A quantity is 1 to 100, not 101."],
            ["lines[2]"] = ["Product 'cup' is named twice; add up the quantities."],
            ["lines[3]"] = ["A line needs a productId."],
            ["lines[4]"] = ["A line needs a productId."],
        }));
    }

    [Test]
    public void A_name_that_does_not_fit_is_refused() => Assert.That(
        OrderRules.Problems(new(new string('x', 101), [new("cup", 1)]), Products)["customer"],
        Is.EqualTo(new[] { "A customer's name has at most 100 characters; this one has 101." }));

    [TestCase(0)]
    [TestCase(21)]
    public void An_order_without_lines_or_with_too_many_is_refused(int lines) => Assert.That(
        OrderRules.Problems(new("Ada", [.. Enumerable.Repeat(new OrderLine("cup", 1), lines)]), Products)["lines"],
        Is.EqualTo(new[] { $"An order has 1 to 20 lines; this one has {lines}." }));

    [Test]
    public void An_order_whose_lines_are_missing_is_refused() =>
        Assert.That(OrderRules.Problems(new("Ada", null), Products), Contains.Key("lines"));

    [Test]
    public void The_total_is_price_times_quantity_of_every_line() =>
        Assert.That(OrderRules.Total([new("cup", 2), new("mug", 3)], Products), Is.EqualTo(2 * 1250 + 3 * 1490));
}
