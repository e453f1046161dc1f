using TPacket.Client;

namespace TPacket.TerminalChat;

/// <summary>The content of the screen, independent of a terminal. Thread-safe: the client's events and the keyboard change it while it is drawn.</summary>
internal sealed class ChatScreen
{
    private const int MaxLines = 2_000;

    private readonly Lock _gate = new();
    private readonly History _history = new(MaxLines);
    private Action<ChatLine>? _follower;
    private bool _wasReady;
    private bool _isBack;
    private int _missed;
    private int _pending;
    private long _version;
    private long _nextAttempt;

    /// <summary>The number of changes.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>The seconds until the next attempt to reconnect.</summary>
    public int SecondsToAttempt => (int)Math.Clamp(Math.Ceiling((Volatile.Read(ref _nextAttempt) - Environment.TickCount64) / 1000.0), 0, int.MaxValue);

    /// <summary>The number of pending lines. A message is pending until the room's log has it.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Executes a line. The line is pending until then.</summary>
    public async Task<bool> WhilePendingAsync(Func<Task<bool>> enterAsync)
    {
        Interlocked.Increment(ref _pending);
        Touch();
        try
        {
            return await enterAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
            Touch();
        }
    }

    /// <summary>Adds a line. A view that is scrolled back keeps its place.</summary>
    public void Add(ChatLine line)
    {
        line = line with { Text = TerminalText.Clean(line.Text), Speaker = line.Speaker is null ? null : TerminalText.Clean(line.Speaker) };
        lock (_gate)
        {
            _history.Add(line);
            _follower?.Invoke(line);
        }

        Touch();
    }

    /// <summary>Adds a description of a room's event.</summary>
    public void Add(ClientEvent clientEvent, RoomUser? self)
    {
        switch (clientEvent)
        {
            case RoomEntered entered:
                Add(new ChatLine(ChatLineKind.Notice, entered.IsReentry ? $"You are in {entered.Room} again." : $"You are in {entered.Room}."));
                break;
            case RoomMessage { Sender: null } logged:
                Add(new ChatLine(ChatLineKind.Logged, logged.Text) { Time = logged.Time });
                break;
            case RoomMessage said:
                if (!_wasReady && said.Sender.Id != self?.Id)
                    _missed++;
                Add(new ChatLine(said.Sender.Id == self?.Id ? ChatLineKind.SaidHere : ChatLineKind.Said, said.Text, said.Sender.Nick) { Time = said.Time });
                break;
            case UserJoined joined:
                Add(new ChatLine(ChatLineKind.Notice, $"{joined.User.Nick} has joined."));
                break;
            case UserLeft left:
                Add(new ChatLine(ChatLineKind.Notice, $"{left.User.Nick} has left."));
                break;
            case SendRefused refused:
                Add(new ChatLine(ChatLineKind.Error, Chat.Explain(refused.Error)));
                break;
        }
    }

    /// <summary>Adds a description of a change of the connection, if the user needs it. Called by the client for each state in order.</summary>
    public void Add(ClientState state)
    {
        Volatile.Write(ref _nextAttempt, Environment.TickCount64 + (long)state.Delay.TotalMilliseconds);
        // Shown once for each lost connection. Failed attempts only change the number in the status line.
        if (state.Phase == ClientPhase.Reconnecting && _wasReady)
        {
            Add(new ChatLine(ChatLineKind.Notice, $"Reconnecting: {state.Cause}"));
            (_isBack, _missed) = (true, 0);
        }
        else if (state is { Phase: ClientPhase.Ready, Continuity: SessionContinuity.Resumed } && _isBack)
        {
            Add(new ChatLine(ChatLineKind.Notice, _missed switch
            {
                0 => "You are back.",
                1 => "You are back. 1 new message arrived while you were away.",
                _ => $"You are back. {_missed} new messages arrived while you were away.",
            }));
        }
        else if (state is { Phase: ClientPhase.Closed, Cause: { } cause })
            Add(new ChatLine(ChatLineKind.Error, $"The chat has ended: {cause}"));
        _isBack &= state.Phase != ClientPhase.Ready;
        _wasReady = state.Phase == ClientPhase.Ready || (_wasReady && state.Phase == ClientPhase.Joining);
        Touch();
    }

    /// <summary>Passes all lines, present and future, in order.</summary>
    public void Follow(Action<ChatLine> write)
    {
        lock (_gate)
        {
            foreach (var line in _history.Lines)
                write(line);
            _follower = write;
        }
    }

    /// <inheritdoc cref="History.Scroll"/>
    public void Scroll(int pages)
    {
        lock (_gate)
            _history.Scroll(pages);
        Touch();
    }

    /// <summary>Reports a change outside of the lines.</summary>
    public void Touch() => Interlocked.Increment(ref _version);

    /// <inheritdoc cref="History.Show"/>
    public (IReadOnlyList<HistoryRow> Rows, int Below) Show(int width, int height)
    {
        lock (_gate)
            return _history.Show(width, height);
    }
}
