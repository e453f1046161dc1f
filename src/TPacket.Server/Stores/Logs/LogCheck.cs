using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TPacket.Server.Stores.Logs;

/// <summary>
/// Computes the checks of a log: a keyed hash over the previous check and the event.
/// Clients do not receive the key, so that they cannot verify guesses of hidden events between two checks.
/// </summary>
internal readonly struct LogCheck
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <summary>Creates the computation with an existing key.</summary>
    public LogCheck(ulong key0, ulong key1) => (_key0, _key1) = (key0, key1);

    /// <summary>The key, for a store that keeps it with the log.</summary>
    public (ulong First, ulong Second) Key => (_key0, _key1);

    /// <summary>Generates a random key, and the epoch of the log.</summary>
    public static LogCheck Create(out ulong epoch)
    {
        Span<ulong> random = stackalloc ulong[3];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(random));
        epoch = random[2];
        return new LogCheck(random[0], random[1]);
    }

    /// <summary>Returns the check of a log without events.</summary>
    public ulong First(ulong epoch)
    {
        var hash = new SipHash(_key0, _key1);
        hash.Add(epoch);
        return hash.Finish();
    }

    /// <summary>Returns the check after an event, which has its offset and time.</summary>
    public ulong Next(ulong previous, in RoomEvent roomEvent)
    {
        var hash = new SipHash(_key0, _key1);
        hash.Add(previous);
        hash.Add((ulong)roomEvent.Offset);
        hash.Add((ulong)roomEvent.Time);
        if (roomEvent.Member is { } member)
        {
            hash.Add((uint)member.Generation);
            hash.AddWithLength(member.NickUtf8);
        }

        AddDecided(ref hash, roomEvent);
        return hash.Finish();
    }

    /// <summary>
    /// Returns a hash over the part of a request that its author determines, by which a repeated request is recognized.
    /// The author may have another nick and connection when it repeats the request.
    /// </summary>
    public ulong Digest(in RoomAppend append)
    {
        var hash = new SipHash(_key0, _key1);
        if (!append.Content.IsEmpty)
        {
            hash.AddWithLength(append.Content.Span);
            return hash.Finish();
        }

        for (var i = 0; i < append.Count; i++)
        {
            if (append[i] is { ChangesRoster: true, Member: { } member })
                hash.AddWithLength(member.NickUtf8);
            AddDecided(ref hash, append[i]);
        }

        return hash.Finish();
    }

    private static void AddDecided(ref SipHash hash, in RoomEvent roomEvent)
    {
        hash.Add((uint)roomEvent.Kind | ((ulong)roomEvent.Stream << 8) | ((ulong)roomEvent.Cause << 16) | ((ulong)(uint)roomEvent.Command << 32));
        hash.Add((uint)roomEvent.P1 | ((ulong)(uint)roomEvent.P2 << 32));
        if (roomEvent.Member is { } member)
        {
            hash.Add((uint)member.Id);
            hash.Add((ulong)member.Session);
        }

        hash.AddWithLength(roomEvent.Data.Span);
    }
}
