using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TPacket.Server.Stores;

/// <summary>
/// Computes the checks of one log: a keyed hash over the previous check and the event. The key never leaves the log, so that a client that sees two checks cannot test a guess at a hidden
/// event between them.
/// </summary>
internal readonly struct LogCheck
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <summary>Computes the checks of a log that has a key already.</summary>
    public LogCheck(ulong key0, ulong key1) => (_key0, _key1) = (key0, key1);

    /// <summary>The key, for a store that keeps it with the log.</summary>
    public (ulong First, ulong Second) Key => (_key0, _key1);

    /// <summary>Draws a key, and the epoch of the log that it belongs to.</summary>
    public static LogCheck Create(out ulong epoch)
    {
        Span<ulong> random = stackalloc ulong[3];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(random));
        epoch = random[2];
        return new LogCheck(random[0], random[1]);
    }

    /// <summary>The check of a log without events.</summary>
    public ulong First(ulong epoch)
    {
        var hash = new SipHash(_key0, _key1);
        hash.Add(epoch);
        return hash.Finish();
    }

    /// <summary>The check behind an event that has its offset and time.</summary>
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

    /// <summary>A hash over the part of a request that its author decides, to tell a repeated request from another one. The author may have another nick and another connection by then.</summary>
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
