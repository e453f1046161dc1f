using System.Net;
using System.Security.Claims;
using TPacket.Protocol;
using TPacket.Server.Rooms;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>A user whose connection is lost, and who may come back.</summary>
/// <param name="session">Its session.</param>
/// <param name="member">How the others in its room see it.</param>
/// <param name="room">The room that is held for it; null where it is in none, or where its room has not been opened since the server's start.</param>
/// <param name="until">When its grace is over, in milliseconds of the heartbeat.</param>
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

    /// <summary>Its session.</summary>
    public UserSession Session => session;

    /// <summary>How the others see it. A change of nick may have been settled since the connection was lost.</summary>
    public RoomMember Member => member.Nick == session.Record.Nick ? member : member.WithNick(session.Record.Nick);

    /// <summary>Completes when it is known whether the nick that was asked for last is the user's.</summary>
    public Task Rename { get; init; } = Task.CompletedTask;

    public Room? HeldRoom => room;

    /// <summary>When its grace is over, in milliseconds of the heartbeat.</summary>
    public long Until => until;

    /// <summary>The calls of its last connection that the store has not answered.</summary>
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
