using TPacket.Protocol;

namespace TPacket.Client.Requests;

/// <summary>
/// The packets of a user that wait for their receipts, and those that wait for a place among them. One loop sends them, so that their uids rise on the wire. A user with a session keeps them while it has no
/// connection, and sends them again on the next one. Thread-safe.
/// </summary>
/// <remarks>
/// RESP_ERROR -8 says that a packet was perhaps appended; until the same packet has been sent again, the server answers later ones with -8, too. So from there the loop sends one packet at a time, the oldest
/// first, and waits for its answer, until it has an answer to each that was sent before the last -8. RESP_ERROR -40 for a packet in doubt refuses only the repetition: the packet is sent again after a pause, which
/// doubles with each -40, and later packets keep waiting.
/// </remarks>
/// <param name="queueCapacity">Most packets that wait for a place.</param>
/// <param name="timeout">Time for an answer to a packet that is sent again.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="nextUid">Gives a uid.</param>
/// <param name="received">Is called for an answer that is neither a receipt nor RESP_OK, before whoever waits for it continues.</param>
internal sealed class Appends(
    int queueCapacity, TimeSpan timeout, TimeProvider timeProvider, Func<int> nextUid, Action<Packet> received)
{
    /// <summary>Most packets that wait for their receipts (docs/protocol.md, Receipts).</summary>
    public const int Capacity = 128;

    // Before a packet is sent again whose answer was -8 both times; the server has waited for its store by then.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    // How often the pause doubles after -40: up to 8 s. A server closes a client that it refuses for 10 s without a break of 4 s.
    private const int Doublings = 4;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Append> _waiting = [];
    private readonly Queue<Append> _unsent = new();
    private readonly LinkedList<Append> _queue = new();
    private TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<ReadOnlyMemory<byte>, ValueTask<bool>>? _sendAsync;
    private ClientState? _end;
    private bool _isSending;
    private TimeSpan _nextPause;
    private int _limited;
    private int _lastSent;

    // The last uid that the server may have answered with -8; below any uid unless there was one.
    private int _inDoubtUntil;

    /// <summary>Completed while there is a connection; each connection has another task.</summary>
    public Task Attached
    {
        get
        {
            lock (_gate)
                return _attached.Task;
        }
    }

    /// <summary>Takes a connection, and sends what waits for a receipt again, the oldest first and before anything new.</summary>
    /// <param name="sendAsync">Queues a packet; false when the connection has ended.</param>
    public void Attach(Func<ReadOnlyMemory<byte>, ValueTask<bool>> sendAsync)
    {
        lock (_gate)
        {
            _sendAsync = sendAsync;
            (_lastSent, _inDoubtUntil, _limited, _nextPause) = (0, 0, 0, TimeSpan.Zero);
            _unsent.Clear();
            foreach (var append in _waiting.Values)
            {
                // No answer before the connection ended leaves it unknown.
                append.IsInDoubt |= append.WasSent;
                append.IsSent = false;
                _unsent.Enqueue(append);
            }

            _attached.TrySetResult();
        }

        Send();
    }

    /// <summary>The connection has ended: what waits is kept for the next one.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            _sendAsync = null;
            if (_attached.Task.IsCompleted)
                _attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var append in _waiting.Values)
                append.Answered?.TrySetResult();
        }
    }

    /// <summary>Adds a packet, and begins to send it.</summary>
    /// <returns>Null when too many wait.</returns>
    public Append? TryAdd(Packet packet)
    {
        var append = new Append(packet);
        lock (_gate)
        {
            if (_end is { } end)
                append.Fail(end);
            else if (_waiting.Count < Capacity)
                Register(append);
            else if (_queue.Count < queueCapacity)
                _queue.AddLast(append);
            else
                return null;
        }

        Send();
        return append;
    }

    /// <summary>Takes a packet back that has no place.</summary>
    /// <returns>False when it has one: it is sent, or will be.</returns>
    public bool TryRemove(Append append)
    {
        lock (_gate)
            return _queue.Remove(append);
    }

    /// <summary>Gives a packet its answer.</summary>
    /// <returns>False when no packet waits for it.</returns>
    public bool TryComplete(Packet reply)
    {
        Append? append;
        bool isFinal;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(reply.Uid, out append))
                return false;
            var isLimited = append.IsInDoubt && IsError(reply, PacketErrorCode.RateLimited);
            isFinal = !isLimited && !IsError(reply, PacketErrorCode.Unknown);
            if (!isFinal)
            {
                if (append == _waiting.First().Value)
                {
                    _nextPause = isLimited ? _pause * (1 << _limited) : _pause;
                    _limited = isLimited ? Math.Min(_limited + 1, Doublings) : 0;
                }

                append.IsInDoubt = true;
                _inDoubtUntil = Math.Max(_inDoubtUntil, _lastSent);
                append.Answered?.TrySetResult();
            }
            else
            {
                if (append == _waiting.First().Value)
                    (_nextPause, _limited) = (TimeSpan.Zero, 0);
                _waiting.Remove(reply.Uid);
                if (_queue.First is { } next)
                {
                    _queue.RemoveFirst();
                    Register(next.Value);
                }
            }
        }

        if (isFinal)
        {
            if ((PacketCommand)reply.Command is not (PacketCommand.Receipt or PacketCommand.RespOk))
                received(reply);
            append.Complete(reply);
        }

        Send();
        return true;
    }

    /// <summary>No answer comes any more, to those that wait and to those to come.</summary>
    public void End(ClientState state)
    {
        lock (_gate)
        {
            _end = state;
            _sendAsync = null;
        }

        Lose(state);
    }

    /// <summary>No answer comes any more to those that wait.</summary>
    public void Lose(ClientState state)
    {
        Append[] lost;
        lock (_gate)
        {
            lost = [.. _waiting.Values, .. _queue];
            _waiting.Clear();
            _queue.Clear();
            _unsent.Clear();
        }

        foreach (var append in lost)
            append.Fail(state);
    }

    private static bool IsError(Packet reply, PacketErrorCode code) => reply.Command == (int)PacketCommand.RespError && reply.P1 == (int)code;

    private void Register(Append append)
    {
        append.Number(nextUid());
        _waiting.Add(append.Uid, append);
        _unsent.Enqueue(append);
    }

    /// <summary>Runs the loop, unless it runs already.</summary>
    private void Send()
    {
        lock (_gate)
        {
            if (_isSending)
                return;
            _isSending = true;
        }

        _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        while (Next(out var append, out var answered, out var pause) is { } sendAsync && append is not null)
        {
            if (answered is not null && pause > TimeSpan.Zero)
            {
                await answered.WaitAsync(pause, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // By a late answer to what was sent before, or by the end of the connection.
                if (answered.IsCompleted)
                    continue;
            }

            if (await sendAsync(append.Bytes).ConfigureAwait(false))
                append.OnQueued();
            if (answered is not null)
                await answered.WaitAsync(timeout, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes the packet to send next.</summary>
    /// <param name="append">The packet.</param>
    /// <param name="answered">Completes with its answer, which the loop waits for; null where it does not.</param>
    /// <param name="pause">How long the loop waits before it sends the packet.</param>
    /// <returns>What sends it; null where there is nothing to send now: the loop ends.</returns>
    private Func<ReadOnlyMemory<byte>, ValueTask<bool>>? Next(out Append? append, out Task? answered, out TimeSpan pause)
    {
        lock (_gate)
        {
            (append, answered, pause) = (null, null, _nextPause);
            _nextPause = TimeSpan.Zero;
            if (_sendAsync is null)
            {
                // Attach begins anew.
            }
            else if (_waiting.Count > 0 && _waiting.First().Value is var oldest && oldest.Uid <= _inDoubtUntil)
            {
                append = oldest;
                append.IsInDoubt = true;
                append.Answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                answered = append.Answered.Task;
            }
            else
            {
                while (append is null && _unsent.TryDequeue(out var unsent))
                    append = unsent.IsSent ? null : unsent;
            }

            if (append is null)
            {
                _isSending = false;
                return null;
            }

            append.IsSent = append.WasSent = true;
            _lastSent = Math.Max(_lastSent, append.Uid);
            return _sendAsync;
        }
    }
}
