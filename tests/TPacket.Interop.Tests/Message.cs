using System.Security.Cryptography;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests;

/// <summary>A message that both sides of a test create from its type and length, as node/messages.mjs does.</summary>
public sealed class Message(MessageType type, int length)
{
    private static readonly byte[][] _characters = ["a"u8.ToArray(), "ß"u8.ToArray(), "€"u8.ToArray(), "😀"u8.ToArray()];

    public static Message Text(int length) => new(MessageType.Text, length);

    public static Message Binary(int length) => new(MessageType.Binary, length);

    public MessageType Type => type;

    public int Length => length;

    /// <summary>Text that compresses well, of characters of one to four bytes, or bytes that do not compress.</summary>
    public byte[] Payload => field ??= Type == MessageType.Text ? TextOf(Length) : BytesOf(Length);

    /// <summary>The line that makes a steered peer send this message.</summary>
    public string Words => $"{Name(Type)} {Length}";

    /// <summary>The line of a peer that has received this message.</summary>
    public override string ToString() => Describe(Type, Payload);

    /// <summary>Returns the line for a received message.</summary>
    public static string Describe(MessageType type, ReadOnlySpan<byte> payload) =>
        $"{Name(type)} {payload.Length} {Convert.ToHexStringLower(SHA256.HashData(payload).AsSpan(0, 8))}";

    private static string Name(MessageType type) => type == MessageType.Text ? "text" : "binary";

    private static byte[] TextOf(int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)'z');
        var state = Next((uint)length);
        for (var at = 0; ; state = Next(state))
        {
            var character = _characters[state >> 30];
            if (at + character.Length > length)
                return bytes;
            character.CopyTo(bytes.AsSpan(at));
            at += character.Length;
        }
    }

    private static byte[] BytesOf(int length)
    {
        var bytes = new byte[length];
        var state = Next((uint)length);
        foreach (ref var value in bytes.AsSpan())
        {
            value = (byte)(state >> 24);
            state = Next(state);
        }

        return bytes;
    }

    // A linear congruential generator, whose high bits are good enough.
    private static uint Next(uint state) => unchecked((state * 1664525) + 1013904223);
}
