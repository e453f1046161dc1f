using System.Net;
using System.Security.Claims;
using TPacket.Protocol;
using TPacket.Server.Rooms;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>A user without a connection that may resume its session.</summary>
/// <param name="session">The session.</param>
/// <param name="member">The user as other members see it.</param>
/// <param name="room">
/// The room that is held open for the user; null if the user is in no room, or its room has not been opened since the start of the server.
/// </param>
/// <param name="until">The end of the grace, in milliseconds of the heartbeat.</param>
/// <param name="end">Ends the session.</param>
internal sealed class AwayUser(UserSession session, RoomMember member, Room? room, long until, SessionEnd end) : IUser
{
    public int Id => member.Id;

    public string Nick => session.Record.Nick;

    public IRoom? Room => room;

    public EndPoint? RemoteEndPoint => null;

    public ClaimsPrincipal? Principal => null;

    public ItemCollection Items => session.Items;

    public bool IsAway => true;

    public CancellationToken Disconnected => new(canceled: true);

    /// <summary>The session.</summary>
    public UserSession Session => session;

    /// <summary>
    /// The user as other members see it. Its nick is the nick in the session's record,
    /// because a pending change of nick may have succeeded since the connection was lost.
    /// </summary>
    public RoomMember Member => member.Nick == session.Record.Nick ? member : member.WithNick(session.Record.Nick);

    /// <summary>Completes when the outcome of the user's last change of nick is known.</summary>
    public Task Rename { get; init; } = Task.CompletedTask;

    /// <summary>The room that is held open for the user; null for none.</summary>
    public Room? HeldRoom => room;

    /// <summary>The end of the grace, in milliseconds of the heartbeat.</summary>
    public long Until => until;

    /// <summary>The pending calls of the user's last connection.</summary>
    public CarriedCalls Carried { get; init; } = CarriedCalls.None;

    public bool Accepts(int command)
    {
        if (CommandRange.IsOriginal(command))
            return true;
        foreach (var (first, last) in session.Record.AcceptedCommands)
        {
            if (command >= first && command <= last)
                return true;
        }

        return false;
    }

    public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) => false;

    public ValueTask EnterRoomAsync(string name) => throw new InvalidOperationException("The user is away.");

    public void Disconnect(string reason) => end.End(session, reason);
}
