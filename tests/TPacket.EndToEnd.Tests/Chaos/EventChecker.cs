namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>
/// Compares the reports of a client with the logs of its rooms. Between two snapshots the client has reported each event of the log once and in order. The messages of the history are the last ones before these events, and
/// the roster is the roster of the log at that position.
/// </summary>
internal sealed class EventChecker(IReadOnlyDictionary<string, RoomLog> logs, ClientRecord client, List<string> findings)
{
    private readonly List<Note> _history = [];
    private readonly List<Note> _live = [];
    private Note? _entered;

    public void Check()
    {
        foreach (var note in client.Notes)
        {
            switch (note.Kind)
            {
                case NoteKind.Entered:
                    End();
                    _entered = note;
                    break;
                case NoteKind.Ready when note.Room is null:
                    End();
                    break;
                case NoteKind.History:
                    _history.Add(note);
                    break;
                case NoteKind.Message or NoteKind.Joined or NoteKind.Left or NoteKind.Away or NoteKind.Returned:
                    _live.Add(note);
                    break;
            }
        }

        End();
    }

    /// <summary>Checks the reports since the client entered the room.</summary>
    private void End()
    {
        if (_entered is { } entered && logs.TryGetValue(entered.Room!, out var log))
        {
            if (_history.Concat(_live).FirstOrDefault(note => note.Offset < 0 || note.Offset >= log.Entries.Count) is { } beyond)
                Find(log, $"{beyond} is not in the log");
            else
                CheckSegment(log, entered);
        }
        else if (_history.Count + _live.Count > 0 || _entered is not null)
        {
            findings.Add($"{client.Name}: events of a room that it has not entered, or that has no log: {_entered} {_live.FirstOrDefault()}.");
        }

        _history.Clear();
        _live.Clear();
        _entered = null;
    }

    private void CheckSegment(RoomLog log, Note entered)
    {
        CheckRoster(log, entered);
        CheckMessages(log);
        if (_live.Count == 0)
            return;
        var (from, to) = (_live[0].Offset, _live[^1].Offset);
        var at = 0;
        for (var offset = from; offset <= to; offset++)
        {
            foreach (var expected in log.NotesOf(offset, entered.UserId))
            {
                if (at == _live.Count || _live[at] != expected)
                {
                    Find(log, $"{(at < _live.Count ? _live[at] : "nothing")} is at the place of {expected}");
                    return;
                }

                at++;
            }
        }

        if (at < _live.Count)
            Find(log, $"{_live[at]} is not in the log, or is earlier in the log");
    }

    private void CheckMessages(RoomLog log)
    {
        foreach (var note in _history)
        {
            if (log.NotesOf(note.Offset, member: 0).FirstOrDefault() is not { Kind: NoteKind.Message } expected || note with { Kind = NoteKind.Message } != expected)
                Find(log, $"{note} differs from the event {log.Entries[(int)note.Offset]}");
        }

        var offsets = _history.Concat(_live.Where(static note => note.Kind == NoteKind.Message)).Select(static note => note.Offset).ToArray();
        if (offsets.Length == 0)
            return;
        // A room that has a history shows at least its last message.
        var first = _history.Count > 0 ? IndexOf(log, offsets[0]) : 0;
        if (first < 0 || !log.Messages.Skip(first).Take(offsets.Length).SequenceEqual(offsets))
            Find(log, $"the messages from {offsets[0]} to {offsets[^1]} are not the messages of the log without a gap");
    }

    private static int IndexOf(RoomLog log, long offset)
    {
        for (var i = 0; i < log.Messages.Count; i++)
        {
            if (log.Messages[i] == offset)
                return i;
        }

        return -1;
    }

    /// <summary>Checks the received roster. It is the roster before the next event; without a next event, the roster at any position after the history.</summary>
    private void CheckRoster(RoomLog log, Note entered)
    {
        if (_live.Count > 0)
        {
            var before = log.RosterBefore(_live[0].Offset, entered.UserId);
            if (!before.SequenceEqual(entered.Roster))
                Find(log, $"the roster {string.Join(", ", entered.Roster)} differs from the roster before event {_live[0].Offset}, {string.Join(", ", before)}");
            return;
        }

        var from = _history.Count > 0 ? _history[^1].Offset + 1 : 0;
        for (var offset = from; offset <= log.Entries.Count; offset++)
        {
            if (log.RosterBefore(offset, entered.UserId).SequenceEqual(entered.Roster))
                return;
        }

        Find(log, $"the roster {string.Join(", ", entered.Roster)} differs from each roster of the log after event {from}");
    }

    private void Find(RoomLog log, string what) => findings.Add($"{client.Name} in {log.Name}: {what}.");
}
