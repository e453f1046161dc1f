using TPacket.Protocol;

namespace TPacket.Client.Requests;

/// <summary>
/// The packets of a user that wait for receipts, and the queue of further packets. One loop sends the packets, so that their uids rise on the wire.
/// With a session, the queue keeps the packets while there is no connection, and sends them again on the next one. Thread-safe.
/// </summary>
/// <remarks>
/// RESP_ERROR -8 says that the server does not know whether it has appended a packet. Until the client repeats this packet,
/// the server answers later packets with -8 too. The loop therefore sends one packet at a time from then on, the oldest first, and waits for its answer,
/// until every packet that was sent before the last -8 has an answer. RESP_ERROR -40 for a repeated packet refuses the repetition only:
/// the loop sends the packet again after a pause, which doubles with each -40, and later packets wait.
/// </remarks>
/// <param name="queueCapacity">The maximum number of packets in the queue.</param>
/// <param name="timeout">The longest wait for the answer to a repeated packet.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="nextUid">Returns the next uid.</param>
/// <param name="received">Called for an answer that is neither a receipt nor RESP_OK, before the sender's task completes.</param>
internal sealed class AppendQueue(
    int queueCapacity, TimeSpan timeout, TimeProvider timeProvider, Func<int> nextUid, Action<Packet> received)
{
    /// <summary>The maximum number of packets that wait for receipts (docs/protocol.md, Receipts).</summary>
    public const int Capacity = 128;

    // The pause before the loop repeats the oldest packet after -8. It can be short, because the server has waited for its store before it answered.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    // The pause doubles up to 8 s after -40. A server closes a client that exceeds its rate for 10 s without a break of 4 s.
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

    // The exponent of the pause after the next -40: the number of -40 in a row for the oldest packet, at most Doublings.
    private int _limited;

    // The largest uid that was sent on this connection.
    private int _lastSent;

    // The last uid that the server may have answered with -8; 0 if there was none.
    private int _inDoubtUntil;

    /// <summary>A task that is complete while there is a connection. Each connection has a task of its own.</summary>
    public Task Attached
    {
        get
        {
            lock (_gate)
                return _attached.Task;
        }
    }

    /// <summary>Uses a new connection, and sends all packets without a receipt again, the oldest first and before new ones.</summary>
    /// <param name="sendAsync">Enqueues a packet; returns false if the connection has ended.</param>
    public void Attach(Func<ReadOnlyMemory<byte>, ValueTask<bool>> sendAsync)
    {
        lock (_gate)
        {
            _sendAsync = sendAsync;
            (_lastSent, _inDoubtUntil, _limited, _nextPause) = (0, 0, 0, TimeSpan.Zero);
            _unsent.Clear();
            foreach (var append in _waiting.Values)
            {
                // The connection ended before the answer, so the outcome is unknown.
                append.IsInDoubt |= append.WasSent;
                append.IsSent = false;
                _unsent.Enqueue(append);
            }

            _attached.TrySetResult();
        }

        Send();
    }

    /// <summary>Handles the end of a connection. Keeps the packets for the next one.</summary>
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

    /// <summary>Adds a packet, and starts to send it.</summary>
    /// <returns>Null if the queue is full.</returns>
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

    /// <summary>Removes a packet from the queue.</summary>
    /// <returns>False if the packet has left the queue: the loop has sent it, or will send it.</returns>
    public bool TryRemove(Append append)
    {
        lock (_gate)
            return _queue.Remove(append);
    }

    /// <summary>Handles an answer.</summary>
    /// <returns>False if no packet waits for it.</returns>
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

    /// <summary>Fails all packets, and every packet that is added later.</summary>
    public void End(ClientState state)
    {
        lock (_gate)
        {
            _end = state;
            _sendAsync = null;
        }

        FailAll(state);
    }

    /// <summary>Fails all packets.</summary>
    public void FailAll(ClientState state)
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

    /// <summary>Starts the loop, unless it is running.</summary>
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
                // A late answer to an earlier packet came, or the connection ended.
                if (answered.IsCompleted)
                    continue;
            }

            if (await sendAsync(append.Bytes).ConfigureAwait(false))
                append.OnQueued();
            if (answered is not null)
                await answered.WaitAsync(timeout, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns the next packet to send.</summary>
    /// <param name="append">The packet.</param>
    /// <param name="answered">Completes with the answer, if the loop must wait for it; otherwise null.</param>
    /// <param name="pause">The pause before the packet is sent.</param>
    /// <returns>The function that sends the packet; null if there is nothing to send, and the loop ends.</returns>
    private Func<ReadOnlyMemory<byte>, ValueTask<bool>>? Next(out Append? append, out Task? answered, out TimeSpan pause)
    {
        lock (_gate)
        {
            (append, answered, pause) = (null, null, _nextPause);
            _nextPause = TimeSpan.Zero;
            if (_sendAsync is null)
            {
                // Attach starts the loop again.
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
