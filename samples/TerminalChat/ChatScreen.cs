using TPacket.Client;

namespace TPacket.TerminalChat;

/// <summary>What there is to see, without a terminal. Thread-safe: the client's events and the keyboard write to it, and it is read to be drawn.</summary>
internal sealed class ChatScreen
{
    private const int MaxLines = 2_000;

    private readonly Lock _gate = new();
    private readonly List<ChatLine> _lines = [];
    private Action<ChatLine>? _follower;
    private int _scrolled;
    private long _version;
    private long _nextAttempt;

    /// <summary>Grows with each change.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>How many seconds there are until the lost connection is sought again.</summary>
    public int SecondsToAttempt => (int)Math.Clamp(Math.Ceiling((Volatile.Read(ref _nextAttempt) - Environment.TickCount64) / 1000.0), 0, int.MaxValue);

    /// <summary>Adds a line; who has scrolled back stays where they are.</summary>
    public void Add(ChatLine line)
    {
        line = line with { Text = TerminalText.Clean(line.Text), Speaker = line.Speaker is null ? null : TerminalText.Clean(line.Speaker) };
        lock (_gate)
        {
            _lines.Add(line);
            _follower?.Invoke(line);
            if (_scrolled > 0)
                _scrolled = Math.Min(_scrolled + 1, _lines.Count);
            if (_lines.Count > MaxLines)
                _lines.RemoveAt(0);
        }

        Touch();
    }

    /// <summary>Adds what an event of the room's means to a person.</summary>
    public void Add(RoomEvent roomEvent, RoomUser? self)
    {
        switch (roomEvent)
        {
            case RoomEntered entered:
                Add(new ChatLine(ChatLineKind.Notice, entered.Again ? $"You are in {entered.Room} again." : $"You are in {entered.Room}."));
                break;
            case RoomMessage { Sender: null } logged:
                Add(new ChatLine(ChatLineKind.Logged, logged.Text));
                break;
            case RoomMessage said:
                Add(new ChatLine(said.Sender.Id == self?.Id ? ChatLineKind.SaidHere : ChatLineKind.Said, said.Text, said.Sender.Nick));
                break;
            case UserJoined joined:
                Add(new ChatLine(ChatLineKind.Notice, $"{joined.User.Nick} has come."));
                break;
            case UserLeft left:
                Add(new ChatLine(ChatLineKind.Notice, $"{left.User.Nick} has gone."));
                break;
            case SendRefused refused:
                Add(new ChatLine(ChatLineKind.Error, refused.Error.Text));
                break;
        }
    }

    /// <summary>Adds what has become of the connection, where that is news.</summary>
    public void Add(ClientState state)
    {
        Volatile.Write(ref _nextAttempt, Environment.TickCount64 + (long)state.Delay.TotalMilliseconds);
        if (state.Phase == ClientPhase.Reconnecting && state.Attempt == 1)
            Add(new ChatLine(ChatLineKind.Notice, $"The connection is lost: {state.Cause}"));
        else if (state is { Phase: ClientPhase.Closed, Cause: { } cause })
            Add(new ChatLine(ChatLineKind.Error, $"The chat has ended: {cause}"));
        Touch();
    }

    /// <summary>Tells the lines there are, and each that comes, in their order.</summary>
    public void Follow(Action<ChatLine> tell)
    {
        lock (_gate)
        {
            _lines.ForEach(tell);
            _follower = tell;
        }
    }

    /// <summary>Scrolls back by so many lines, or forward by as many below zero.</summary>
    public void Scroll(int lines)
    {
        lock (_gate)
            _scrolled = Math.Clamp(_scrolled + lines, 0, Math.Max(0, _lines.Count - 1));
        Touch();
    }

    /// <summary>Something that is shown beside the lines has changed.</summary>
    public void Touch() => Interlocked.Increment(ref _version);

    /// <summary>The newest lines that are to be seen, oldest first, and how many are below them.</summary>
    public (IReadOnlyList<ChatLine> Lines, int Below) Newest(int count)
    {
        lock (_gate)
        {
            var end = _lines.Count - _scrolled;
            var start = Math.Max(0, end - count);
            return (_lines.GetRange(start, end - start), _scrolled);
        }
    }
}
