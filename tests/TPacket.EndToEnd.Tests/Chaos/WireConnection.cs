using System.Buffers.Binary;
using TPacket.Protocol;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The bytes that a server has sent on one connection, whether they have reached the client or not, and the RESUME of the client. One writer for each direction; read when there is none.</summary>
/// <param name="name">The connection's name in violations.</param>
internal sealed class WireConnection(string name)
{
    private readonly List<WirePacket> _sent = [];

    /// <summary>Creates the record of a connection that has ended.</summary>
    public WireConnection(string name, (long Offset, ulong Check)? resumed, IEnumerable<WirePacket> sent)
        : this(name) => (Resumed, _sent) = (resumed, [.. sent]);

    public string Name => name;

    /// <summary>The bytes that the server has sent.</summary>
    public IReadOnlyList<WirePacket> Sent => _sent;

    /// <summary>The position in the client's RESUME: offset and check; null without a RESUME.</summary>
    public (long Offset, ulong Check)? Resumed { get; private set; }

    public void OnSent(WirePacket packet) => _sent.Add(packet);

    public void OnReceived(WirePacket packet)
    {
        if (packet.Command == PacketCommand.Resume)
            Resumed = (BinaryPrimitives.ReadInt64LittleEndian(packet.Data.AsSpan(8)), BinaryPrimitives.ReadUInt64LittleEndian(packet.Data.AsSpan(16)));
    }
}
