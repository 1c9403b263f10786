using Storefront.Shared;

namespace Storefront.Tests.Shared;

public sealed class MoneyTests
{
    [TestCase(0, "0.00 EUR")]
    [TestCase(5, "0.05 EUR")]
    [TestCase(1250, "12.50 EUR")]
    [TestCase(123456789, "1,234,567.89 EUR")]
    [TestCase(-1250, "-12.50 EUR")]
    [TestCase(long.MinValue, "-92,233,720,368,547,758.08 EUR")]
    public void Cents_become_an_amount_with_its_currency(long cents, string expected) =>
        Assert.That(Money.Format(cents), Is.EqualTo(expected));
}
