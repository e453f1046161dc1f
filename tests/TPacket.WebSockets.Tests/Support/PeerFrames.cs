using System.Buffers.Binary;

namespace TPacket.WebSockets.Tests;

/// <summary>Converts frames between unmasked frames of a server and masked frames of a client. The frames may be incomplete or invalid.</summary>
internal static class PeerFrames
{
    private const int KeyLength = 4;

    /// <summary>Returns unmasked frames as the peer of a role sends them.</summary>
    public static byte[] To(Role role, byte[] plain) => role == Role.Server ? Mask(plain) : [.. plain];

    /// <inheritdoc cref="To(Role, byte[])"/>
    public static byte[] To(Role role, string plain) => To(role, Hex.Bytes(plain));

    /// <summary>Returns a message in unmasked frames; at least one frame.</summary>
    /// <param name="first">The first byte of the message in a single frame.</param>
    /// <param name="payload">The message.</param>
    /// <param name="frameLength">Maximum payload of a frame in bytes.</param>
    /// <param name="between">Bytes after every frame but the last.</param>
    public static byte[] Fragments(byte first, byte[] payload, int frameLength, byte[]? between = null)
    {
        using var frames = new MemoryStream();
        var at = 0;
        do
        {
            var length = Math.Min(frameLength, payload.Length - at);
            var opcode = at == 0 ? first & 0x7F : 0x00;
            var fin = at + length == payload.Length ? 0x80 : 0x00;
            frames.Write(ServerFrames.Frame((byte)(fin | opcode), payload[at..(at + length)]));
            if (fin == 0)
                frames.Write(between ?? []);
            at += length;
        }
        while (at < payload.Length);
        return frames.ToArray();
    }

    /// <summary>Masks frames, each with its own key.</summary>
    public static byte[] Mask(byte[] plain)
    {
        using var masked = new MemoryStream(plain.Length + 64);
        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        for (var at = 0; at < plain.Length; key[0]++)
        {
            var header = HeaderLength(plain, at, out var length);
            masked.WriteByte(plain[at]);
            if (plain.Length - at > 1)
                masked.WriteByte((byte)(plain[at + 1] | 0x80));
            at += 2;
            if (plain.Length - at < header - 2)
            {
                masked.Write(plain.AsSpan(Math.Min(at, plain.Length)));
                break;
            }

            masked.Write(plain.AsSpan(at, header - 2));
            masked.Write(key);
            at += header - 2;
            var payload = plain[at..(int)Math.Min(plain.Length, at + length)];
            Apply(key, payload);
            masked.Write(payload);
            at += payload.Length;
        }

        return masked.ToArray();
    }

    /// <summary>Removes the masks of frames.</summary>
    public static byte[] Unmask(byte[] masked)
    {
        using var plain = new MemoryStream(masked.Length);
        for (var at = 0; at < masked.Length;)
        {
            var header = Math.Min(HeaderLength(masked, at, out var length), masked.Length - at);
            plain.WriteByte(masked[at]);
            if (header > 1)
                plain.WriteByte((byte)(masked[at + 1] & 0x7F));
            if (header > 2)
                plain.Write(masked.AsSpan(at + 2, header - 2));
            at += header;
            if (masked.Length - at < KeyLength)
                break;
            var key = masked[at..(at += KeyLength)];
            var payload = masked[at..(int)Math.Min(masked.Length, at + length)];
            Apply(key, payload);
            plain.Write(payload);
            at += payload.Length;
        }

        return plain.ToArray();
    }

    /// <summary>Returns the lengths of a header without its key, and of the payload, as far as the bytes show; the payload's is limited to that of an array.</summary>
    private static int HeaderLength(byte[] frames, int at, out long payload)
    {
        payload = 0;
        if (frames.Length - at < 2)
            return 2;
        var header = (frames[at + 1] & 0x7F) switch
        {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        if (frames.Length - at >= header)
        {
            payload = header switch
            {
                4 => BinaryPrimitives.ReadUInt16BigEndian(frames.AsSpan(at + 2)),
                10 => (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(frames.AsSpan(at + 2)), int.MaxValue),
                _ => frames[at + 1] & 0x7F,
            };
        }

        return header;
    }

    private static void Apply(byte[] key, byte[] payload)
    {
        for (var i = 0; i < payload.Length; i++)
            payload[i] ^= key[i % KeyLength];
    }
}
