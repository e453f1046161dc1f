using System.Security.Cryptography;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;

namespace TPacket.Client.Connection;

/// <summary>
/// The client's user across connections: the tokens of its session, and the packets that wait for receipts.
/// On a server without sessions, the user ends with the connection and has no token (docs/protocol.md, Sessions).
/// Only the client's loop uses it, except for <see cref="GivesReceipts"/> and <see cref="Appends"/>, which are thread-safe.
/// </summary>
/// <param name="appends">The packets that wait for receipts.</param>
internal sealed class UserSession(AppendQueue appends)
{
    private const int TokenSize = 32;

    private byte[]? _token;
    private byte[]? _next;
    private bool _givesReceipts;

    public AppendQueue Appends => appends;

    /// <summary>Whether the server may know the user's token: the client has sent a token, and the server has not refused it.</summary>
    public bool IsResumable => _token is not null;

    /// <summary>Whether the server has answered SESSION, and thus has handled all earlier requests of the client.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Whether the server has accepted the command RECEIPT. A server without receipts may accept the command, too.</summary>
    public bool AcceptsReceipts { get; set; }

    /// <summary>
    /// Whether the server sends a receipt for each packet that it appends: it has accepted the command RECEIPT, and has sent a SNAPSHOT, so it knows the log.
    /// </summary>
    public bool GivesReceipts { get => Volatile.Read(ref _givesReceipts); set => Volatile.Write(ref _givesReceipts, value); }

    /// <summary>Draws a token.</summary>
    /// <param name="grace">The requested grace; zero for the server's default.</param>
    /// <returns>The packet SESSION with the token.</returns>
    public Packet Begin(TimeSpan grace)
    {
        _token = RandomNumberGenerator.GetBytes(TokenSize);
        return new Packet((int)PacketCommand.Session, (int)grace.TotalMilliseconds, data: _token);
    }

    /// <summary>
    /// Creates a RESUME. Until the server answers a RESUME, each RESUME carries the same two tokens, because the server may have handled an earlier one.
    /// </summary>
    /// <param name="grace">The requested grace; zero for the server's default.</param>
    /// <param name="position">The position of the last received event; null for none.</param>
    public Packet Resume(TimeSpan grace, LogPosition? position)
    {
        _next ??= RandomNumberGenerator.GetBytes(TokenSize);
        var data = new byte[LogPosition.Size + (2 * TokenSize)];
        (position ?? LogPosition.None).Write(data);
        _token!.CopyTo(data, LogPosition.Size);
        _next.CopyTo(data, LogPosition.Size + TokenSize);
        return new Packet((int)PacketCommand.Resume, (int)grace.TotalMilliseconds, data: data);
    }

    /// <summary>Handles the answer to RESUME: the server knows the next token, which becomes the current one.</summary>
    /// <param name="follows">Whether the client asks for receipts.</param>
    public void OnResumed(bool follows)
    {
        (_token, _next) = (_next, null);
        if (IsConfirmed)
            return;
        // The answer to SESSION was lost. A server that knows the token has handled SESSION and all requests before it, among them ACCEPT_COMMANDS.
        IsConfirmed = true;
        AcceptsReceipts = follows;
    }

    /// <summary>Discards the tokens: the server does not know them.</summary>
    public void Forget() => (_token, _next) = (null, null);

    /// <summary>Copies the session for a client that was closed and connects again. The packets of the previous run have failed.</summary>
    /// <param name="fresh">The empty queue of the next run.</param>
    public UserSession Renew(AppendQueue fresh) => new(fresh)
    {
        _token = _token,
        _next = _next,
        IsConfirmed = IsConfirmed,
        AcceptsReceipts = AcceptsReceipts,
        GivesReceipts = GivesReceipts,
    };
}
