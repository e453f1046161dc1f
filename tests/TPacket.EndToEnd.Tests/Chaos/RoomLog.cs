using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A room's log, the roster at each position, and the packets that members receive. Not thread-safe.</summary>
internal sealed class RoomLog(string name, IReadOnlyList<LogEntry> entries)
{
    private const int Stride = 256;

    // The roster before each 256th event.
    private readonly List<Dictionary<int, Present>> _rosters = [];
    private readonly List<Note[]> _told = [];

    public string Name => name;

    public IReadOnlyList<LogEntry> Entries => entries;

    /// <summary>The offsets of the messages, which rise.</summary>
    public IReadOnlyList<long> Messages { get; } = [.. entries.Where(static entry => entry.Kind == RoomEventKind.Message).Select(static entry => entry.Offset)];

    /// <summary>The packets that a member receives for an event; its own joins and absences are left out.</summary>
    public IEnumerable<Note> NotesOf(long offset, int member)
    {
        Replay();
        return _told[(int)offset].Where(note => note.UserId != member || note.Kind is NoteKind.Message || entries[(int)offset].Kind == RoomEventKind.Renamed);
    }

    /// <summary>The members of the room before an event, by their ids. A member does not see itself away.</summary>
    /// <param name="offset">The event; the number of events for now.</param>
    /// <param name="member">The member that receives the roster; 0 for none.</param>
    public IReadOnlyList<Present> RosterBefore(long offset, int member = 0)
    {
        Replay();
        var roster = new Dictionary<int, Present>(_rosters[(int)(offset / Stride)]);
        for (var i = offset / Stride * Stride; i < offset; i++)
            Apply(roster, entries[(int)i]);
        return [.. roster.Values.Select(present => present.Id == member ? present with { IsAway = false } : present).OrderBy(static present => present.Id)];
    }

    /// <summary>Changes a roster as an event does.</summary>
    /// <returns>A violation; null for none.</returns>
    public static string? Apply(Dictionary<int, Present> roster, LogEntry entry)
    {
        var isIn = roster.TryGetValue(entry.UserId, out var member);
        switch (entry.Kind)
        {
            case RoomEventKind.Joined:
                roster[entry.UserId] = new Present(entry.UserId, entry.Nick, IsAway: false);
                return isIn ? "a member joins" : null;
            case RoomEventKind.Left:
                roster.Remove(entry.UserId);
                break;
            case RoomEventKind.Renamed:
                roster[entry.UserId] = member with { Id = entry.UserId, Nick = entry.Nick };
                break;
            case RoomEventKind.Away:
                roster[entry.UserId] = new Present(entry.UserId, entry.Nick, IsAway: true);
                if (isIn && member.IsAway)
                    return "somebody away becomes away";
                break;
            case RoomEventKind.Returned:
                roster[entry.UserId] = new Present(entry.UserId, entry.Nick, IsAway: false);
                break;
        }

        return isIn ? null : "it is no member's";
    }

    private void Replay()
    {
        if (_rosters.Count > 0)
            return;
        var roster = new Dictionary<int, Present>();
        foreach (var entry in entries)
        {
            if (_told.Count % Stride == 0)
                _rosters.Add(new Dictionary<int, Present>(roster));
            var before = roster.GetValueOrDefault(entry.UserId);
            Apply(roster, entry);
            _told.Add(Tell(entry, before));
        }

        if (_told.Count % Stride == 0)
            _rosters.Add(roster);
    }

    private static Note[] Tell(LogEntry entry, Present before)
    {
        var note = new Note(NoteKind.Message) { Offset = entry.Offset, Time = entry.Time, UserId = entry.UserId, Nick = entry.Nick };
        return entry.Kind switch
        {
            RoomEventKind.Message => [note with { Text = entry.Text }],
            RoomEventKind.Joined => [note with { Kind = NoteKind.Joined }],
            RoomEventKind.Left => [note with { Kind = NoteKind.Left }],
            RoomEventKind.Renamed => [note with { Kind = NoteKind.Left, Nick = entry.Text }, note with { Kind = NoteKind.Joined }],
            RoomEventKind.Away => [note with { Kind = NoteKind.Away }],
            // A user that resumed while its old connection was open has never been away.
            RoomEventKind.Returned when before.IsAway => [note with { Kind = NoteKind.Returned }],
            RoomEventKind.Returned => [],
            _ => throw new InvalidOperationException($"Unexpected: {entry}."),
        };
    }
}
