using System.Buffers.Binary;

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

    public Packet Packet => Harness.Packet.Decode(Payload);
}
