using System.Diagnostics;
using System.Diagnostics.Metrics;
using TPacket.Protocol;
using TPacket.Server.Sessions.SignIn;
using TPacket.WebSockets;

namespace TPacket.Server.Diagnostics;

/// <summary>The meter <c>TPacket.Server</c>. Tags have few values; they never contain a nick, a room or an address.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "TPacket.Server";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _activeConnections;
    private readonly UpDownCounter<long> _activeUsers;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _suspensions;
    private readonly Counter<long> _packets;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _badPackets;
    private readonly Counter<long> _refusedPackets;
    private readonly Counter<long> _violations;
    private readonly UpDownCounter<long> _awayUsers;
    private readonly Counter<long> _resumes;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _wakes;
    private readonly Histogram<double> _duration;

    public ServerMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _activeConnections = _meter.CreateUpDownCounter<long>("tpacket.server.active_connections", "{connection}", "Connections that are open.");
        _activeUsers = _meter.CreateUpDownCounter<long>("tpacket.server.active_users", "{user}", "Users that are signed in.");
        _awayUsers = _meter.CreateUpDownCounter<long>("tpacket.server.away_users", "{user}", "Users whose connection has dropped and who can still resume their session; they count as signed in, too.");
        _resumes = _meter.CreateCounter<long>("tpacket.server.resumes", "{request}", "Requests to resume a session, by outcome.");
        _refused = _meter.CreateCounter<long>("tpacket.server.refused_connections", "{connection}", "Connections that were refused by a limit or for their PROXY header.");
        _suspensions = _meter.CreateCounter<long>("tpacket.server.accept_suspensions", "{suspension}", "Times that accepting was suspended because file descriptors or memory were short.");
        _packets = _meter.CreateCounter<long>("tpacket.server.packets", "{packet}", "Packets that were handled.");
        _deliveries = _meter.CreateCounter<long>("tpacket.server.deliveries", "{packet}", "Packets that rooms have enqueued for their members.");
        _badPackets = _meter.CreateCounter<long>("tpacket.server.bad_packets", "{packet}", "Malformed packets.");
        _refusedPackets = _meter.CreateCounter<long>("tpacket.server.refused_packets", "{packet}", "Packets that were refused by a rate limit of a client or a room.");
        _violations = _meter.CreateCounter<long>("tpacket.server.protocol_violations", "{client}", "Clients that were disconnected for a violation of the protocol or a missed deadline.");
        _decisions = _meter.CreateCounter<long>("tpacket.server.rules.decisions", "{command}", "Commands that rules have decided, by outcome.");
        _conflicts = _meter.CreateCounter<long>("tpacket.server.rules.conflicts", "{decision}", "Decisions of rules that were repeated because another event was appended first.");
        _wakes = _meter.CreateCounter<long>("tpacket.server.rules.wakes", "{wake}", "Wake-ups of rules that appended events.");
        _duration = _meter.CreateHistogram<double>("tpacket.server.connection.duration", "s", "Duration of connections, by the cause of their end.");
    }

    /// <summary>The totals since the start.</summary>
    public ServerTotals Totals { get; } = new();

    public void ConnectionOpened() => _activeConnections.Add(1);

    public void ConnectionClosed(TimeSpan duration, EndCause cause)
    {
        _activeConnections.Add(-1);
        if (cause == EndCause.SlowConsumer)
            Totals.SlowConsumersEnded.Add(1);
        if (_duration.Enabled)
            _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("tpacket.end", cause.ToString()));
    }

    public void ConnectionRefused(string setting)
    {
        Totals.ConnectionsRefused.Add(1);
        _refused.Add(1, new KeyValuePair<string, object?>("tpacket.limit", setting));
    }

    public void AcceptingSuspended() => _suspensions.Add(1);

    public void UserSignedIn() => _activeUsers.Add(1);

    public void UserSignedOut() => _activeUsers.Add(-1);

    public void UserAway() => _awayUsers.Add(1);

    /// <summary>Counts a user that is no longer away: it has returned or left.</summary>
    public void UserReturned() => _awayUsers.Add(-1);

    public void Resumed(string outcome) => _resumes.Add(1, new KeyValuePair<string, object?>("tpacket.outcome", outcome));

    public void PacketHandled(int command)
    {
        Totals.PacketsHandled.Add(1);
        if (_packets.Enabled)
            _packets.Add(1, new TagList { { "tpacket.command", CommandName(command) } });
    }

    public void PacketMalformed(PacketReadStatus status) => _badPackets.Add(1, new KeyValuePair<string, object?>("tpacket.status", status.ToString()));

    public void PacketRefused(string setting)
    {
        Totals.PacketsRefused.Add(1);
        if (_refusedPackets.Enabled)
            _refusedPackets.Add(1, new KeyValuePair<string, object?>("tpacket.limit", setting));
    }

    public void ProtocolViolated(ProtocolViolation violation) => _violations.Add(1, new KeyValuePair<string, object?>("tpacket.violation", violation.ToString()));

    public void RulesDecided(string outcome)
    {
        if (_decisions.Enabled)
            _decisions.Add(1, new KeyValuePair<string, object?>("tpacket.outcome", outcome));
    }

    public void RulesConflicted() => _conflicts.Add(1);

    public void RulesWoken() => _wakes.Add(1);

    public void Delivered(int members)
    {
        Totals.PacketsDelivered.Add(members);
        if (_deliveries.Enabled)
            _deliveries.Add(members);
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Returns the name of a command in tags: one of few names, so that clients cannot create tag values.</summary>
    public static string CommandName(int command) =>
        Enum.GetName((PacketCommand)command) ?? (CommandRange.IsApplication(command) ? "Application" : CommandRange.IsGame(command) ? "Game" : "Unknown");
}
