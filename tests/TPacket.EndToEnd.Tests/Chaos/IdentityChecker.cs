using TPacket.Client;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Checks that a client that always reconnects within its grace keeps its id and its nick, and that no client receives its leave.</summary>
internal sealed class IdentityChecker(IReadOnlyDictionary<string, RoomLog> logs, ClientRecord client, List<string> findings)
{
    public void Check()
    {
        if (!client.IsKept)
            return;
        CheckId();
        CheckNick();
        CheckLeaves();
    }

    private void CheckId()
    {
        var ids = client.Ids.ToArray();
        if (ids.Length > 1)
            findings.Add($"{client.Name} has several ids: {string.Join(", ", ids)}.");
        var isLost = false;
        foreach (var note in client.Notes)
        {
            isLost |= note.Kind == NoteKind.Lost;
            if (note is { Kind: NoteKind.Ready, Continuity: SessionContinuity.SignedIn } && isLost)
            {
                findings.Add($"{client.Name} has signed in again after a lost connection.");
                return;
            }
        }
    }

    private void CheckNick()
    {
        var nicks = new HashSet<string> { client.Nick };
        var asked = client.Nick;
        foreach (var note in client.Notes)
        {
            switch (note.Kind)
            {
                case NoteKind.NickAsked:
                    asked = note.Nick;
                    nicks.Add(asked);
                    break;
                case NoteKind.NickGiven:
                    nicks = [asked];
                    break;
                case NoteKind.NickRefused:
                    nicks.Remove(asked);
                    break;
                case NoteKind.Ready or NoteKind.Entered or NoteKind.Quiet when note.UserId > 0 && !nicks.Contains(note.Nick):
                    findings.Add($"{client.Name} has the nick {note.Nick} instead of {string.Join(" or ", nicks)}.");
                    return;
            }
        }
    }

    private void CheckLeaves()
    {
        var isClosed = client.Notes.Any(static note => note.Kind == NoteKind.Closed);
        var asked = client.Notes.Count(static note => note.Kind == NoteKind.RoomAsked);
        var lost = client.Notes.Count(static note => note.Kind == NoteKind.RoomLost);
        foreach (var id in client.Ids)
        {
            var leaves = logs.Values.SelectMany(static log => log.Entries).Where(entry => entry.UserId == id && entry.Kind == RoomEventKind.Left).ToArray();
            foreach (var leave in leaves)
            {
                var isAllowed = leave.Cause switch
                {
                    // Once, at its close; at the end of its grace if the close frame was dropped.
                    LeaveCause.Disconnected or LeaveCause.Expired => isClosed && leaves.Count(static other => other.Cause is LeaveCause.Disconnected or LeaveCause.Expired) == 1,
                    LeaveCause.Moved => leaves.Count(static other => other.Cause == LeaveCause.Moved) <= asked,
                    // A server that was killed while the client changed its room.
                    LeaveCause.NodeLost => leaves.Count(static other => other.Cause == LeaveCause.NodeLost) <= lost,
                    _ => false,
                };
                if (!isAllowed)
                    findings.Add($"{client.Name} resumed in time, and the log has its leave: {leave}.");
            }
        }
    }
}
