using System.Text;
using TPacket.Client;
using TPacket.Server;

namespace TPacket.Tool.Events;

/// <summary>A room's event for output, from a server or from a store.</summary>
/// <param name="Name">
/// The name: <c>message</c>, <c>announcement</c>, <c>joined</c>, <c>left</c>, <c>renamed</c>, <c>away</c>, <c>returned</c>, <c>deletion</c>, <c>deleted</c>, <c>packet</c>, <c>rules</c>,
/// <c>opened</c>, <c>entered</c>.
/// </param>
internal sealed record ToolEvent(string Name)
{
    /// <summary>The offset in the log; null if the event is not part of it.</summary>
    public long? Offset { get; init; }

    /// <summary>The time of the append; null if <see cref="Offset"/> is null.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The user's id.</summary>
    public int? User { get; init; }

    /// <summary>The user's nick.</summary>
    public string? Nick { get; init; }

    /// <summary>
    /// The text of a message; the room of <c>entered</c>; the old nick of <c>renamed</c>; the cause of <c>left</c>; name and version of <c>rules</c>; the
    /// downtime of <c>opened</c>.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>The offset of the event that a <c>deletion</c> deletes.</summary>
    public long? Target { get; init; }

    /// <summary>The command of a packet.</summary>
    public int? Command { get; init; }

    /// <summary>Parameter 1 of a packet.</summary>
    public int? P1 { get; init; }

    /// <summary>Parameter 2 of a packet.</summary>
    public int? P2 { get; init; }

    /// <summary>The data of a packet.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Converts an event of a client.</summary>
    public static ToolEvent Of(ClientEvent received)
    {
        var made = received switch
        {
            RoomEntered entered => new ToolEvent("entered") { Text = entered.Room },
            RoomMessage { Sender: { } sender } said => By("message", sender) with { Text = said.Text },
            RoomMessage said => new ToolEvent("announcement") { Text = said.Text },
            UserJoined joined => By("joined", joined.User),
            UserLeft left => By("left", left.User),
            UserAway away => By("away", away.User),
            UserReturned returned => By("returned", returned.User),
            MessageDeleted deletion => new ToolEvent("deletion") { Target = deletion.MessageOffset },
            PacketReceived { Packet: var packet } => new ToolEvent("packet") { Command = packet.Command, P1 = packet.P1, P2 = packet.P2, Data = packet.Data },
            _ => new ToolEvent(received.GetType().Name),
        };
        return made with { Offset = received.Offset, Time = received.Time };
    }

    /// <summary>Converts an event of a store.</summary>
    public static ToolEvent Of(in RoomEvent stored)
    {
        var data = stored.Data;
        var text = Encoding.UTF8.GetString(data.Span);
        var made = stored.Kind switch
        {
            RoomEventKind.Message => new ToolEvent("message") { Text = text },
            RoomEventKind.Announcement => new ToolEvent("announcement") { Text = text },
            RoomEventKind.Joined => new ToolEvent("joined"),
            RoomEventKind.Left => new ToolEvent("left") { Text = stored.Cause.ToString() },
            RoomEventKind.Renamed => new ToolEvent("renamed") { Text = text },
            RoomEventKind.Away => new ToolEvent("away"),
            RoomEventKind.Returned => new ToolEvent("returned"),
            RoomEventKind.Packet => new ToolEvent("packet") { Command = stored.Command, P1 = stored.P1, P2 = stored.P2, Data = data },
            RoomEventKind.Deletion => new ToolEvent("deletion") { Target = stored.DeletedOffset },
            RoomEventKind.Deleted => new ToolEvent("deleted"),
            RoomEventKind.Rules => new ToolEvent("rules") { Text = $"{stored.RulesName} {stored.P1}" },
            RoomEventKind.Opened => new ToolEvent("opened") { Text = $"{stored.Downtime.TotalSeconds:0.###}" },
            _ => new ToolEvent(stored.Kind.ToString()),
        };
        return made with { Offset = stored.Offset, Time = DateTimeOffset.FromUnixTimeMilliseconds(stored.Time), User = stored.Member?.Id, Nick = stored.Member?.Nick };
    }

    private static ToolEvent By(string name, RoomUser user) => new(name) { User = user.Id, Nick = user.Nick };
}
