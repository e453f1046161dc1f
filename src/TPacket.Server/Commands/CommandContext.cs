using System.Text.Unicode;
using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>
/// A packet that a handler or filter is called for, and the ways to answer it. Valid until the handler's task is complete; the same object then serves the connection's
/// next packet. Not for use by several threads at a time.
/// </summary>
public abstract class CommandContext
{
    /// <summary>Who sent the packet.</summary>
    public abstract IUser User { get; }

    /// <summary>The room that the user is in, or null.</summary>
    public abstract IRoom? Room { get; }

    /// <summary>The packet's header.</summary>
    public abstract PacketHeader Header { get; }

    /// <summary>The packet's data. Valid until the handler's task is complete.</summary>
    public abstract ReadOnlyMemory<byte> Data { get; }

    /// <summary>The command.</summary>
    public int Command => Header.Command;

    /// <summary>Parameter 1.</summary>
    public int P1 => Header.P1;

    /// <summary>Parameter 2.</summary>
    public int P2 => Header.P2;

    /// <summary>Answers with a packet that carries the request's uid.</summary>
    /// <param name="command">RESP_OK, RESP_ERROR or a command of 10 or more; the latter only in answer to such a command, or to a client that accepts it.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied.</param>
    /// <returns>False when the client does not accept the command or its connection is ending.</returns>
    public abstract bool Reply(int command, int p1 = 0, int p2 = 0, ReadOnlySpan<byte> data = default);

    /// <summary>Answers RESP_OK.</summary>
    public bool ReplyOk() => Reply((int)PacketCommand.RespOk);

    /// <summary>Answers RESP_ERROR.</summary>
    /// <param name="code">Negative; an application's own are -1000 and below.</param>
    /// <param name="text">A short English sentence for people; cut at 255 bytes of UTF-8.</param>
    public bool ReplyError(PacketErrorCode code, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        Span<byte> utf8 = stackalloc byte[255];
        Utf8.FromUtf16(text, utf8, out _, out var length);
        return Reply((int)PacketCommand.RespError, (int)code, 0, utf8[..length]);
    }
}
