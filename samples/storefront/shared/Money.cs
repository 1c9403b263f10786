using System.Globalization;

namespace Storefront.Shared;

/// <summary>Amounts are whole cents, so that sums are exact.</summary>
public static class Money
{
    public const string Currency = "EUR";

    public static string Format(long cents)
    {
        var sign = cents < 0 ? "-" : "";
        var amount = Math.Abs((decimal)cents) / 100;
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{amount:#,##0.00} {Currency}");
    }
}
