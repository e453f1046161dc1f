using System.Text;
using TPacket.Client.Connection;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Rooms;

/// <summary>What a client sees of its room, put together from what the server tells. Called by the client's loop only.</summary>
internal sealed class RoomView(int maxUsers, ClientEvents events)
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The roster while it arrives; then whether what is logged is history.
    private SortedDictionary<int, RoomUser>? _arriving;
    private bool _inHistory;
    private bool _again;

    /// <summary>Who is in the room.</summary>
    public Roster Roster { get; } = new(events.Raise);

    /// <summary>The own nick, by which the client finds itself.</summary>
    public string Nick { get; set; } = "";

    /// <summary>The room; null for none.</summary>
    public string? Room { get; set; }

    /// <summary>The server has let the client in: its members and its history follow.</summary>
    public void Enter(string room, bool again)
    {
        Room = room;
        _arriving = [];
        _inHistory = true;
        _again = again;
    }

    /// <summary>Members and history have come.</summary>
    public void Complete()
    {
        EndRoster();
        _inHistory = false;
    }

    /// <summary>The connection has ended: what has not come will not.</summary>
    public void Interrupt() => _arriving = null;

    /// <summary>The client is in no room.</summary>
    public void Leave()
    {
        Interrupt();
        Roster.Replace([], selfId: 0);
    }

    /// <summary>Takes a packet that is no reply.</summary>
    /// <exception cref="SessionEndedException">The server should not have sent it.</exception>
    public void Receive(Packet packet)
    {
        switch ((PacketCommand)packet.Command)
        {
            case PacketCommand.Nop:
                return;
            case PacketCommand.RespError:
                events.Tell(new SendRefused(new RequestRefusedException(packet, events.State)));
                return;
            case PacketCommand.NewUser:
                Add(new RoomUser(packet.P1, Decode(packet)));
                return;
        }

        // The roster is complete when something else comes, or the fence behind it.
        EndRoster();
        switch ((PacketCommand)packet.Command)
        {
            case PacketCommand.NewMsg:
                events.Tell(new RoomMessage(Roster.Find(packet.P1) ?? new RoomUser(packet.P1, ""), Decode(packet), IsHistory: false));
                break;
            case PacketCommand.LoggedMsg:
                events.Tell(new RoomMessage(Sender: null, Decode(packet), _inHistory));
                break;
            case PacketCommand.DelUser:
                if (Roster.Remove(packet.P1) is { } user)
                    events.Tell(new UserLeft(user));
                break;
            case PacketCommand.MemberCount:
                Roster.TellCount(packet.P1);
                break;
            default:
                events.Tell(new PacketReceived(packet));
                break;
        }
    }

    private static string Decode(Packet packet)
    {
        try
        {
            return _utf8.GetString(packet.Data.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new SessionEndedException(DisconnectCauses.Violation(CloseStatus.InvalidPayloadData, "text that is no UTF-8"));
        }
    }

    private void Add(RoomUser user)
    {
        // A large room tells of the client itself once more.
        if ((_arriving is null ? Roster.Find(user.Id) : _arriving.GetValueOrDefault(user.Id)) == user)
            return;
        if ((_arriving?.Count ?? Roster.Users.Count) >= maxUsers)
            throw new SessionEndedException(DisconnectCauses.Violation(CloseStatus.PolicyViolation, "too many users"));
        if (_arriving is not null)
        {
            _arriving[user.Id] = user;
            return;
        }

        Roster.Add(user);
        // The server lets users change their nicks, and the own has.
        if (Roster.Self == user)
            Nick = user.Nick;
        events.Tell(new UserJoined(user));
    }

    private void EndRoster()
    {
        if (_arriving is not { } users)
            return;
        _arriving = null;
        Roster.Replace(users, users.Values.FirstOrDefault(user => user.Nick == Nick)?.Id ?? 0);
        events.Tell(new RoomEntered(Room!, _again));
    }
}
