namespace Storefront.Shared;

public static class OrderRules
{
    public const int LongestName = 100;
    public const int MostLines = 20;
    public const int LargestQuantity = 100;

    /// <summary>What is wrong with the order, by field; empty when it can be placed.</summary>
    public static IDictionary<string, string[]> Problems(NewOrder order, IReadOnlyDictionary<string, Product> products)
    {
        var problems = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(order.Customer))
        {
            problems["customer"] = ["A customer's name is required."];
        }
        else if (order.Customer.Length > LongestName)
        {
            problems["customer"] = [$"A customer's name has at most {LongestName} characters; this one has {order.Customer.Length}."];
        }

        var lines = order.Lines ?? [];
        if (lines.Count is 0 or > MostLines)
        {
            problems["lines"] = [$"An order has 1 to {MostLines} lines; this one has {lines.Count}."];
            return problems;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            if (LineProblems(lines[i], products, seen).ToArray() is { Length: > 0 } found)
            {
                problems[$"lines[{i}]"] = found;
            }
        }

        return problems;
    }

    public static long Total(IEnumerable<OrderLine> lines, IReadOnlyDictionary<string, Product> products) =>
        lines.Sum(line => products[line.ProductId].PriceInCents * line.Quantity);

    private static IEnumerable<string> LineProblems(OrderLine? line, IReadOnlyDictionary<string, Product> products, HashSet<string> seen)
    {
        if (line?.ProductId is not { Length: > 0 } product)
        {
            yield return "A line needs a productId.";
            yield break;
        }

        if (!products.ContainsKey(product))
        {
            yield return $"There is no product '{product}'.";
        }

        if (!seen.Add(product))
        {
            yield return $"Product '{product}' is named twice; add up the quantities.";
        }

        if (line.Quantity is < 1 or > LargestQuantity)
        {
            yield return $"A quantity is 1 to {LargestQuantity}, not {line.Quantity}.";
        }
    }
}
