namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>
/// Lists violations in the record of a run. Each client's events are the log's, every receipt has its event once, no user that resumed in time has lost its id or nick, and no user is left in a
/// room.
/// </summary>
internal static class RecordChecker
{
    /// <summary>Checks a record.</summary>
    /// <returns>The violations.</returns>
    public static IReadOnlyList<string> Check(ChaosRecord record)
    {
        var findings = new List<string>();
        foreach (var log in record.Logs.Values)
            CheckLog(log, findings);
        // The checks below look events up by their offsets.
        if (findings.Count > 0)
            return findings;
        foreach (var client in record.Clients)
        {
            new EventChecker(record.Logs, client, findings).Check();
            new IdentityChecker(record.Logs, client, findings).Check();
            foreach (var end in client.Notes.Where(static note => note.Kind == NoteKind.GaveUp))
                findings.Add($"{client.Name} does not reconnect: {end.Text}.");
        }

        new SpeechChecker(record, findings).Check();
        new WireChecker(record, findings).Check();
        CheckQuiet(record, findings);
        return findings;
    }

    private static void CheckLog(RoomLog log, List<string> findings)
    {
        var roster = new Dictionary<int, Present>();
        for (var i = 0; i < log.Entries.Count; i++)
        {
            var entry = log.Entries[i];
            if (entry.Offset != i)
            {
                findings.Add($"{log.Name}: event {entry.Offset} is at the place of event {i}.");
                return;
            }

            if (i > 0 && entry.Time < log.Entries[i - 1].Time)
                findings.Add($"{log.Name}: event {i} is older than the event before it.");
            if (RoomLog.Apply(roster, entry) is { } wrong)
                findings.Add($"{log.Name}: {wrong}: {entry}.");
        }

        foreach (var ghost in roster.Values)
            findings.Add($"{log.Name}: {ghost} is left.");
    }

    /// <summary>Checks the rooms after all clients have reconnected: each room has exactly its clients as members, and no member is away.</summary>
    private static void CheckQuiet(ChaosRecord record, List<string> findings)
    {
        var quiet = record.Clients.SelectMany(static client => client.Notes.Where(static note => note.Kind == NoteKind.Quiet).Select(note => (Client: client, Note: note))).ToArray();
        foreach (var room in quiet.GroupBy(static of => of.Note.Room))
        {
            var living = room.Select(static of => new Present(of.Note.UserId, of.Note.Nick, IsAway: false)).OrderBy(static present => present.Id).ToArray();
            foreach (var (client, note) in room.Where(of => !of.Note.Roster.SequenceEqual(living)))
                findings.Add($"{client.Name}: the roster of {room.Key} is {string.Join(", ", note.Roster)} instead of {string.Join(", ", living)}.");
        }
    }
}
