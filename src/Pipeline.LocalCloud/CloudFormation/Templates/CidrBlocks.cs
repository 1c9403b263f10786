using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary><c>Fn::Cidr</c>: the first blocks of equal size within an IPv4 block.</summary>
internal static class CidrBlocks
{
    public static JsonArray Split(JsonArray arguments)
    {
        if (arguments.Count is not (2 or 3)
            || !IPNetwork.TryParse(arguments[0]!.ToString(), out var block) || block.BaseAddress.AddressFamily is not System.Net.Sockets.AddressFamily.InterNetwork
            || !int.TryParse(arguments[1]!.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 256
            || !int.TryParse(arguments.Count == 3 ? arguments[2]!.ToString() : "8", NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits is < 1 or > 32)
        {
            throw Refusals.Invalid("Template error: Fn::Cidr takes an IPv4 block, a count of 1 to 256 and a number of host bits.");
        }

        var start = BinaryPrimitives.ReadUInt32BigEndian(block.BaseAddress.GetAddressBytes());
        if ((ulong)count << bits > 1UL << (32 - block.PrefixLength))
        {
            throw Refusals.Invalid($"Template error: {block} has no room for {count} blocks of {bits} bits.");
        }

        var address = new byte[4];
        return new JsonArray([.. Enumerable.Range(0, count).Select(i =>
        {
            BinaryPrimitives.WriteUInt32BigEndian(address, start + ((uint)i << bits));
            return JsonValue.Create($"{new IPAddress(address)}/{32 - bits}");
        })]);
    }
}
