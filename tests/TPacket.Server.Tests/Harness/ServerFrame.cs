using System.Buffers.Binary;
using System.IO.Compression;

namespace TPacket.Server.Tests.Harness;

/// <summary>A frame that the server sent.</summary>
internal sealed record ServerFrame(bool Fin, int Opcode, byte[] Payload)
{
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>The status of a close frame; 1005 for one without.</summary>
    public int Status => Payload.Length == 0 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>Whether the message is compressed (RFC 7692).</summary>
    public bool IsCompressed { get; init; }

    public Packet Packet => Harness.Packet.Decode(IsCompressed ? Inflate() : Payload);

    private byte[] Inflate()
    {
        // RFC 7692, section 7.2.2: the sender leaves these four bytes out.
        using var inflating = new DeflateStream(new MemoryStream([.. Payload, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        inflating.CopyTo(inflated);
        return inflated.ToArray();
    }
}
