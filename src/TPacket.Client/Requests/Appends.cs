using TPacket.Protocol;

namespace TPacket.Client.Requests;

/// <summary>
/// The packets of a user that wait for their receipts, and those that wait for a place among them. One loop sends them, so that their uids rise on the wire. A user with a session keeps them while it has no
/// connection, and sends them again on the next one. Thread-safe.
/// </summary>
/// <remarks>
/// RESP_ERROR -8 says that a packet was perhaps appended; until the same packet has been sent again, the server answers later ones with -8, too. So from there the loop sends one packet at a time, the oldest
/// first, and waits for its answer, until it has an answer to each that was sent before the last -8.
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

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Append> _waiting = [];
    private readonly Queue<Append> _unsent = new();
    private readonly LinkedList<Append> _queue = new();
    private TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _detached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<ReadOnlyMemory<byte>, ValueTask<bool>>? _sendAsync;
    private ClientState? _end;
    private bool _isSending;
    private bool _pauses;
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
            (_lastSent, _inDoubtUntil, _pauses) = (0, 0, false);
            _unsent.Clear();
            foreach (var append in _waiting.Values)
            {
                append.IsSent = false;
                _unsent.Enqueue(append);
            }

            _detached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
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
            _detached.TrySetResult();
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
        var isUnknown = reply is { Command: (int)PacketCommand.RespError, P1: (int)PacketErrorCode.Unknown };
        lock (_gate)
        {
            if (!_waiting.TryGetValue(reply.Uid, out append))
                return false;
            if (isUnknown)
            {
                _pauses |= append == _waiting.First().Value;
                _inDoubtUntil = Math.Max(_inDoubtUntil, _lastSent);
                append.Answered?.TrySetResult();
            }
            else
            {
                _waiting.Remove(reply.Uid);
                if (_queue.First is { } next)
                {
                    _queue.RemoveFirst();
                    Register(next.Value);
                }
            }
        }

        if (!isUnknown)
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
            _detached.TrySetResult();
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
        while (Next(out var append, out var answered) is { } sendAsync && append is not null)
        {
            if (answered is not null && TakePause() is { } detached)
                await detached.WaitAsync(_pause, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await sendAsync(append.Bytes).ConfigureAwait(false))
                append.OnQueued();
            if (answered is not null)
                await answered.WaitAsync(timeout, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes the packet to send next.</summary>
    /// <param name="append">The packet.</param>
    /// <param name="answered">Completes with its answer, which the loop waits for; null where it does not.</param>
    /// <returns>What sends it; null where there is nothing to send now: the loop ends.</returns>
    private Func<ReadOnlyMemory<byte>, ValueTask<bool>>? Next(out Append? append, out Task? answered)
    {
        lock (_gate)
        {
            (append, answered) = (null, null);
            if (_sendAsync is null)
            {
                // Attach begins anew.
            }
            else if (_waiting.Count > 0 && _waiting.First().Value is var oldest && oldest.Uid <= _inDoubtUntil)
            {
                append = oldest;
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

    /// <returns>What ends the pause; null where there is none.</returns>
    private Task? TakePause()
    {
        lock (_gate)
        {
            var pauses = _pauses;
            _pauses = false;
            return pauses ? _detached.Task : null;
        }
    }
}
