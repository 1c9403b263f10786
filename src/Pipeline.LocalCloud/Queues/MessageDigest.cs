using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Queues;

/// <summary>The digests by which a client sees that its message arrived as it was sent.</summary>
[SuppressMessage("Security", "CA5351", Justification = "The wire says MD5; nothing is protected by it.")]
internal static class MessageDigest
{
    public static string OfBody(string body) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body)));

    /// <summary>Each attribute by name: name, type, one byte for the kind of value, value; each with its length before it.</summary>
    public static string OfAttributes(JsonObject attributes)
    {
        using var bytes = new MemoryStream();
        foreach (var (name, node) in attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            var attribute = node as JsonObject ?? throw new AwsException("InvalidParameterValue", $"The message attribute '{name}' must be a structure.");
            Append(Encoding.UTF8.GetBytes(name));
            Append(Encoding.UTF8.GetBytes(attribute.Text("DataType") ?? throw new AwsException("InvalidParameterValue", $"The message attribute '{name}' must contain a DataType.")));
            if (attribute.Text("StringValue") is { } text)
            {
                bytes.WriteByte(1);
                Append(Encoding.UTF8.GetBytes(text));
            }
            else
            {
                bytes.WriteByte(2);
                Append(Convert.FromBase64String(attribute.Text("BinaryValue") ?? ""));
            }
        }

        return Convert.ToHexStringLower(MD5.HashData(bytes.ToArray()));

        void Append(byte[] part)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            bytes.Write(length);
            bytes.Write(part);
        }
    }
}
