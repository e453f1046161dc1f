using System.Globalization;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Harness;

/// <summary>Records states, events and changes of the roster of a client, in order and as lines of text.</summary>
internal sealed class ClientRecorder
{
    private readonly Recorder<string> _lines = new();
    private readonly Recorder<ClientEvent> _events = new();

    public ClientRecorder(TPacketClient client)
    {
        client.StateChanged += state => _lines.Add(Describe(state));
        client.EventReceived += clientEvent =>
        {
            _events.Add(clientEvent);
            _lines.Add(Describe(clientEvent));
        };
        client.Roster.Changed += change => _lines.Add(change.Kind == RosterChangeKind.Counted ? "counted" : $"{change.Kind} {change.User!.Nick}".ToLowerInvariant());
    }

    public string[] Lines => _lines.All;

    /// <summary>The recorded events.</summary>
    public ClientEvent[] Events => _events.All;

    /// <summary>The events, each with its position in the log: <c>9 9s a line</c>, or <c>- - a line</c> for none.</summary>
    public string[] Places => Array.ConvertAll(_events.All, Place);

    public static string Describe(ClientState state) => state switch
    {
        { Phase: ClientPhase.Reconnecting } => $"Reconnecting {state.Attempt} {state.Cause!.Kind}",
        { Cause: { } cause } => $"{state.Phase} {cause.Kind}",
        { Continuity: not SessionContinuity.SignedIn } => $"{state.Phase} {state.Room ?? "-"} {state.Continuity}",
        { Room: { } room } => $"{state.Phase} {room}",
        _ => $"{state.Phase}",
    };

    public static string Describe(ClientEvent clientEvent) => clientEvent switch
    {
        RoomEntered entered => $"entered {entered.Room}{(entered.IsReentry ? " again" : "")}",
        RoomMessage { IsHistory: true, Sender: { } sender } message => $"history {sender.Nick}: {message.Text}",
        RoomMessage { IsHistory: true } message => $"history {message.Text}",
        RoomMessage { Sender: null } message => $"announced {message.Text}",
        RoomMessage message => $"{message.Sender!.Nick}: {message.Text}",
        UserJoined joined => $"joined {joined.User.Nick}",
        UserLeft left => $"left {left.User.Nick}",
        UserAway away => $"away {away.User.Nick}",
        UserReturned returned => $"returned {returned.User.Nick}",
        SendRefused refused => $"refused {refused.Error.Code}",
        PacketReceived { Packet: var packet } => $"packet {packet.Command} {packet.P1} {packet.P2} {packet.Text}",
        _ => throw new InvalidOperationException(clientEvent.ToString()),
    };

    private static string Place(ClientEvent clientEvent) =>
        $"{clientEvent.Offset?.ToString(CultureInfo.InvariantCulture) ?? "-"} {(clientEvent.Time is { } time ? $"{time.ToUnixTimeSeconds()}s" : "-")} {Describe(clientEvent)}";

    /// <summary>Waits for a line, if it has not been recorded yet.</summary>
    public Task RecordsAsync(string line, int times = 1) => _lines.NthAsync(times, recorded => recorded == line);
}
