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
internal sealed class UserSession(Appends appends)
{
    private const int TokenSize = 32;

    private byte[]? _token;
    private byte[]? _next;
    private bool _givesReceipts;

    public Appends Appends => appends;

    /// <summary>Whether the server may know the user by a token: it was sent one, and has not refused it.</summary>
    public bool IsResumable => _token is not null;

    /// <summary>Whether the server has answered SESSION, and so has handled what the client asked for before it.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Whether the server has accepted that the client asks for receipts, which it may do without knowing them.</summary>
    public bool AcceptsReceipts { get; set; }

    /// <summary>Whether the server sends a receipt for each packet that it appends: it was asked for them, and a snapshot of a room has shown that it knows them.</summary>
    public bool GivesReceipts { get => Volatile.Read(ref _givesReceipts); set => Volatile.Write(ref _givesReceipts, value); }

    /// <summary>Draws a token.</summary>
    /// <returns>The SESSION that gives it to the server.</returns>
    public Packet Begin(TimeSpan grace)
    {
        _token = RandomNumberGenerator.GetBytes(TokenSize);
        return new Packet((int)PacketCommand.Session, (int)grace.TotalMilliseconds, data: _token);
    }

    /// <summary>The RESUME of a user that is back. Until it is answered, each one has the same two tokens: the server may have handled an earlier one.</summary>
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

    /// <summary>The server has answered RESUME, and knows the next token: the client goes on with it.</summary>
    /// <param name="follows">Whether the client asks for receipts.</param>
    public void OnResumed(bool follows)
    {
        (_token, _next) = (_next, null);
        if (IsConfirmed)
            return;
        // The answers were lost. A server that knows the token has handled what the client asked for before it.
        IsConfirmed = true;
        AcceptsReceipts = follows;
    }

    /// <summary>The server knows no token.</summary>
    public void Forget() => (_token, _next) = (null, null);

    /// <summary>The same user without the packets that wait, which have failed: for a client that was closed and connects again.</summary>
    public UserSession Renew(Appends fresh) => new(fresh)
    {
        _token = _token,
        _next = _next,
        IsConfirmed = IsConfirmed,
        AcceptsReceipts = AcceptsReceipts,
        GivesReceipts = GivesReceipts,
    };
}
