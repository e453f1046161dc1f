using System.Runtime.CompilerServices;
using TPacket.Server.Rooms;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions.Limits;

/// <summary>
/// The state of a client in the packet limits, in 24 bytes. A client's packets arrive one at a time, so the state needs no lock. A field that is never copied.
/// </summary>
internal struct PacketAllowance
{
    private TokenBucket _bucket;
    private uint _excessSince;
    private uint _lastRefused;

    // Tokens that were taken from the bucket and are not used yet, and the beat in which they were taken.
    // The first packet of a later beat returns them to the bucket, so they never add to a burst.
    private ushort _prepaid;
    private ushort _beat;

    // The number of packets that the room has taken from the client in the current window, and the window.
    private ushort _taken;
    private ushort _window;

    /// <summary>Takes the client's next packet from its limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PacketVerdict Take(PacketLimit limit)
    {
        if (_prepaid == 0 || _beat != limit.Beat)
            return TakeSlow(limit);
        _prepaid--;
        return PacketVerdict.Accepted;
    }

    /// <summary>
    /// Takes one packet from the limit of the client's room. A member from which the room has taken n packets in the current window must leave n tokens
    /// to the others. So a member that sends many packets reaches the limit before a member that sends few, and one member gets at most half of a burst.
    /// </summary>
    /// <param name="limit">The limit of the room.</param>
    /// <param name="room">The tokens of the room.</param>
    /// <returns>False if the packet exceeds the limit.</returns>
    public bool TryTake(RoomLimit limit, ref TokenBucket room)
    {
        var now = limit.Now;
        var window = limit.WindowOf(now);
        if (_window != window)
            (_window, _taken) = (window, 0);
        if (!room.TryTakeShared(limit.Rate, now, leave: _taken))
            return false;
        if (_taken < ushort.MaxValue)
            _taken++;
        return true;
    }

    /// <summary>Reads the clock, and takes tokens for several packets, so that the next packets need no reading of the clock.</summary>
    private PacketVerdict TakeSlow(PacketLimit limit)
    {
        var now = limit.Now;
        _bucket.Return(limit.Rate, _prepaid);
        var taken = _bucket.Take(limit.Rate, now, limit.Chunk);
        _prepaid = (ushort)Math.Max(0, taken - 1);
        _beat = limit.Beat;
        if (taken > 0)
            return PacketVerdict.Accepted;

        var step = limit.StepOf(now);
        if (_lastRefused == 0 || step - _lastRefused >= limit.Break)
            _excessSince = step;
        _lastRefused = step;
        return step - _excessSince < limit.Timeout ? PacketVerdict.Refused : PacketVerdict.RefusedForTooLong;
    }
}
