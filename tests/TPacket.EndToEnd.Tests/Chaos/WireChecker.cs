using System.Text;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>
/// Compares the bytes that servers have sent with the logs: each EVENT has the offset, time, check and packets of an event in the log, and follows the one before it without a gap, from the position of the
/// client's RESUME or of a snapshot on.
/// </summary>
internal sealed class WireChecker(ChaosRecord record, List<string> findings)
{
    private readonly Dictionary<ulong, (RoomLog Log, LogEntry Entry)> _byCheck = [];

    // The state of the checked connection: the log, the next expected event, and whether a snapshot arrives.
    private RoomLog? _log;
    private long _due;
    private bool _isInSnapshot;

    public void Check()
    {
        foreach (var log in record.Logs.Values)
        {
            foreach (var entry in log.Entries)
                _byCheck.Add(entry.Check, (log, entry));
        }

        foreach (var connection in record.Connections)
        {
            if (Check(connection) is { } wrong)
                findings.Add($"{connection.Name}: {wrong}.");
        }
    }

    private string? Check(WireConnection connection)
    {
        (_log, _due, _isInSnapshot) = (null, 0, false);
        foreach (var packet in connection.Sent)
        {
            var wrong = packet.Command switch
            {
                PacketCommand.Resume when packet.P1 == 0 => Continue(connection.Resumed!.Value),
                PacketCommand.Snapshot => TakeSnapshot(packet),
                PacketCommand.Event => TakeEvent(packet),
                PacketCommand.Receipt => TakeReceipt(packet),
                PacketCommand.NewMsg or PacketCommand.LoggedMsg or PacketCommand.DelUser => "bare: " + packet,
                _ => null,
            };
            if (wrong is not null)
                return wrong;
        }

        return null;
    }

    private string? Continue((long Offset, ulong Check) position)
    {
        if (!_byCheck.TryGetValue(position.Check, out var known) || known.Entry.Offset != position.Offset)
            return $"a RESUME with the position {position} was continued";
        (_log, _due) = (known.Log, position.Offset + 1);
        return null;
    }

    private string? TakeSnapshot(WirePacket packet)
    {
        _isInSnapshot = packet.P1 == 1;
        if (!_isInSnapshot)
            return null;
        var position = RoomPosition.Read(packet.Data);
        var room = Encoding.UTF8.GetString(packet.Data.AsSpan(RoomPosition.Size));
        if (!_byCheck.TryGetValue(position.Check, out var known) || known.Entry.Offset != position.Offset || known.Log.Name != room)
            return $"a snapshot of {room} at {position}, which its log does not have";
        (_log, _due) = (known.Log, position.Offset + 1);
        return null;
    }

    private string? TakeEvent(WirePacket packet)
    {
        if (!_byCheck.TryGetValue(packet.Check, out var known) || known.Log != _log || (known.Entry.Offset, known.Entry.Time) != (packet.Offset, packet.Time))
            return $"no log has {packet}";
        var expected = Packets(known.Entry, _isInSnapshot);
        if (!packet.Inner().SequenceEqual(expected))
            return $"{packet} differs from {known.Entry}";
        if (_isInSnapshot)
            return packet.Offset < _due ? null : $"history that is newer than its snapshot: {packet}";
        if (packet.Offset != _due)
            return $"event {packet.Offset} of {known.Log.Name} arrives at the place of event {_due}";
        _due++;
        return null;
    }

    private string? TakeReceipt(WirePacket packet) =>
        _byCheck.TryGetValue(packet.Check, out var known) && (known.Entry.Offset, known.Entry.Time, known.Entry.Kind) == (packet.Offset, packet.Time, RoomEventKind.Message)
            ? known.Log == _log && packet.Offset >= _due ? $"the receipt {packet} comes before its event" : null
            : $"no log has the event of {packet}";

    private static WirePacket[] Packets(LogEntry entry, bool isHistory) => entry.Kind switch
    {
        RoomEventKind.Message when isHistory => [Packet(PacketCommand.LoggedMsg, entry.UserId, Encoding.UTF8.GetByteCount(entry.Nick), $"{entry.Nick}: {entry.Text}")],
        RoomEventKind.Message => [Packet(PacketCommand.NewMsg, entry.UserId, 0, entry.Text)],
        RoomEventKind.Joined => [Packet(PacketCommand.NewUser, entry.UserId, 0, entry.Nick)],
        RoomEventKind.Left => [Packet(PacketCommand.DelUser, entry.UserId, 0, entry.Nick)],
        RoomEventKind.Renamed => [Packet(PacketCommand.DelUser, entry.UserId, 0, entry.Text), Packet(PacketCommand.NewUser, entry.UserId, 0, entry.Nick)],
        RoomEventKind.Away => [Packet(PacketCommand.Presence, entry.UserId, 1, "")],
        RoomEventKind.Returned => [Packet(PacketCommand.Presence, entry.UserId, 0, "")],
        _ => [],
    };

    private static WirePacket Packet(PacketCommand command, int p1, int p2, string data) => new(command, -1, p1, p2, Encoding.UTF8.GetBytes(data));
}
