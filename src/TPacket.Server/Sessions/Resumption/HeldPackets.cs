namespace TPacket.Server.Sessions.Resumption;

/// <summary>
/// Holds the packets that the application sends to a user while its session is being resumed.
/// The client receives them after the reply to RESUME and the missed events. Thread-safe.
/// </summary>
/// <param name="session">The user's new connection.</param>
/// <param name="options">The limits, which are the limits of an outbound queue.</param>
internal sealed class HeldPackets(Session session, TPacketServerOptions options)
{
    private readonly Lock _gate = new();
    private readonly List<(int Command, int P1, int P2, byte[] Data)> _packets = [];
    private int _bytes;
    private bool _isReleased;

    /// <summary>Holds a packet, or sends it after <see cref="Release"/>.</summary>
    /// <returns>False if a limit is reached, or the connection is closing.</returns>
    public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            if (!_isReleased)
            {
                if (_packets.Count >= options.OutboundQueuePackets || data.Length > options.OutboundQueueBytes - _bytes)
                    return false;
                _bytes += data.Length;
                _packets.Add((command, p1, p2, data.ToArray()));
                return true;
            }
        }

        return session.SendUnasked(command, p1, p2, data);
    }

    /// <summary>Sends the held packets. Later packets are sent at once.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            foreach (var (command, p1, p2, data) in _packets)
                session.SendUnasked(command, p1, p2, data);
            _packets.Clear();
        }
    }
}
