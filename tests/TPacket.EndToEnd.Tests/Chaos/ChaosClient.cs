namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A client of either kind. It executes the steps of the run, and records its events. The run calls it from one thread; other threads report events.</summary>
internal abstract class ChaosClient(ClientRecord record, Clock clock, Changes changes) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Present> _roster = [];
    private readonly HashSet<string> _seen = [];
    private int _pending;

    public ClientRecord Record => record;

    /// <summary>Whether the client is ready, by its last report.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The room that the client is in; null for none.</summary>
    public string? Room { get; private set; }

    /// <summary>Whether a request for another room or nick waits for its reply.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>The number of texts without a receipt or a refusal.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>The members of the room, as the client has reported them.</summary>
    public IReadOnlyList<Present> Roster
    {
        get
        {
            lock (_gate)
                return [.. _roster.Values];
        }
    }

    /// <summary>Connects, once.</summary>
    /// <returns>Whether the client is ready; false if it has failed.</returns>
    public abstract Task<bool> TryConnectAsync(string nick, string room);

    /// <summary>Reads the client's current room, own user and roster.</summary>
    public abstract Task<Note> ReadRosterAsync();

    /// <summary>Whether the client has received a text.</summary>
    public bool HasSeen(string text)
    {
        lock (_gate)
            return _seen.Contains(text);
    }

    /// <summary>Sends a text, and waits for its outcome.</summary>
    public async Task<Speech> SayAsync(string text)
    {
        Interlocked.Increment(ref _pending);
        var speech = record.Say(clock.Next, number => $"{record.Name}:{number}:{text}");
        var said = await SendAsync(speech.Text);
        if (said.Outcome == SpeechOutcome.Receipted)
            (speech.Offset, speech.Time, speech.Answered) = (said.Offset, said.Time, clock.Next());
        speech.Outcome = said.Outcome;
        Interlocked.Decrement(ref _pending);
        changes.Signal();
        return speech;
    }

    /// <summary>Changes the nick.</summary>
    public Task RenameAsync(string nick) => ChangeAsync(NoteKind.NickAsked, new Note(NoteKind.NickGiven) { Nick = nick }, NoteKind.NickRefused, NoteKind.NickLost, () => AskForNickAsync(nick));

    /// <summary>Changes the room.</summary>
    public Task MoveAsync(string room) => ChangeAsync(NoteKind.RoomAsked, null, null, NoteKind.RoomLost, () => AskForRoomAsync(room));

    /// <summary>Closes the client with 1000.</summary>
    public async Task CloseAsync()
    {
        record.Add(new Note(NoteKind.Closed));
        await ShutAsync();
    }

    public async ValueTask DisposeAsync() => await ShutAsync();

    /// <summary>Sends a text.</summary>
    protected abstract Task<(SpeechOutcome Outcome, long Offset, long Time)> SendAsync(string text);

    /// <summary>Requests another nick.</summary>
    /// <returns>Whether the server has granted it; null without a reply.</returns>
    protected abstract Task<bool?> AskForNickAsync(string nick);

    /// <summary>Requests another room.</summary>
    /// <returns>Whether the server has granted it; null without a reply.</returns>
    protected abstract Task<bool?> AskForRoomAsync(string room);

    /// <summary>Closes the client with 1000.</summary>
    protected abstract Task ShutAsync();

    /// <summary>Handles a report of the client.</summary>
    protected void On(Note note)
    {
        record.Add(note);
        lock (_gate)
        {
            switch (note.Kind)
            {
                case NoteKind.Ready:
                    (IsReady, Room) = (true, note.Room);
                    break;
                case NoteKind.Lost or NoteKind.GaveUp:
                    IsReady = false;
                    break;
                case NoteKind.Entered:
                    _roster.Clear();
                    foreach (var present in note.Roster)
                        _roster[present.Id] = present;
                    break;
                case NoteKind.History or NoteKind.Message:
                    _seen.Add(note.Text);
                    break;
                case NoteKind.Left:
                    _roster.Remove(note.UserId);
                    break;
                case NoteKind.Joined or NoteKind.Away or NoteKind.Returned:
                    _roster[note.UserId] = new Present(note.UserId, note.Nick, note.Kind == NoteKind.Away);
                    break;
            }
        }

        changes.Signal();
    }

    /// <summary>Handles the end of a connection, after which the client is not ready.</summary>
    protected void OnClosed()
    {
        lock (_gate)
            IsReady = false;
        changes.Signal();
    }

    private async Task ChangeAsync(NoteKind asked, Note? given, NoteKind? refused, NoteKind lost, Func<Task<bool?>> askAsync)
    {
        IsBusy = true;
        record.Add(new Note(asked) { Nick = given?.Nick ?? "" });
        var isGranted = await askAsync();
        if (isGranted is null)
            record.Add(new Note(lost));
        else if (isGranted == true && given is not null)
            record.Add(given);
        else if (isGranted == false && refused is { } kind)
            record.Add(new Note(kind));
        IsBusy = false;
        changes.Signal();
    }
}
