using System.Security.Cryptography;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;

namespace TPacket.Client.Connection;

/// <summary>
/// The user as the server knows it, from one connection to the next: the tokens of its session, and the packets that wait for their receipts. A server without sessions forgets the user with the
/// connection; then there is no token (docs/protocol.md, Sessions). Used by the client's loop; <see cref="GivesReceipts"/> and <see cref="Appends"/> are safe from any thread.
/// </summary>
/// <param name="appends">The packets that wait for their receipts.</param>
internal sealed class UserSession(AppendQueue appends)
{
    private const int TokenSize = 32;

    private byte[]? _token;
    private byte[]? _next;
    private bool _givesReceipts;

    public AppendQueue Appends => appends;

    /// <summary>Whether the server may know the user's token: the client has sent one, and the server has not refused it.</summary>
    public bool IsResumable => _token is not null;

    /// <summary>Whether the server has answered SESSION, and thus has handled all earlier requests of the client.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Whether the server has accepted the command RECEIPT. A server may do so without knowing receipts.</summary>
    public bool AcceptsReceipts { get; set; }

    /// <summary>Whether the server sends a receipt for each packet that it appends: it has accepted RECEIPT, and a SNAPSHOT has shown that it knows the log.</summary>
    public bool GivesReceipts { get => Volatile.Read(ref _givesReceipts); set => Volatile.Write(ref _givesReceipts, value); }

    /// <summary>Draws a token.</summary>
    /// <returns>The SESSION with the token.</returns>
    public Packet Begin(TimeSpan grace)
    {
        _token = RandomNumberGenerator.GetBytes(TokenSize);
        return new Packet((int)PacketCommand.Session, (int)grace.TotalMilliseconds, data: _token);
    }

    /// <summary>Creates a RESUME. Until the server answers one, all of them carry the same two tokens: the server may have handled an earlier one.</summary>
    /// <param name="grace">How long the server keeps the user while there is no connection.</param>
    /// <param name="position">The last event that the client has; null for none.</param>
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
        // The earlier answers were lost. A server that knows the token has handled all requests before SESSION.
        IsConfirmed = true;
        AcceptsReceipts = follows;
    }

    /// <summary>Discards the tokens: the server does not know them.</summary>
    public void Forget() => (_token, _next) = (null, null);

    /// <summary>Copies the user without its packets, which have failed. For a client that was closed and connects again.</summary>
    public UserSession Renew(AppendQueue fresh) => new(fresh)
    {
        _token = _token,
        _next = _next,
        IsConfirmed = IsConfirmed,
        AcceptsReceipts = AcceptsReceipts,
        GivesReceipts = GivesReceipts,
    };
}
