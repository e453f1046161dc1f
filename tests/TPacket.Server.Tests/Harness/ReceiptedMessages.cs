namespace TPacket.Server.Tests.Harness;

/// <summary>
/// The messages of a client with receipts that have no final answer yet. After RESP_ERROR -8 the client sends the oldest of them again until it has one, before any later one (docs/protocol.md, Receipts). Guarded by the
/// client's lock.
/// </summary>
/// <param name="post">Sends packets in the order of the calls.</param>
internal sealed class ReceiptedMessages(Action<Packet> post)
{
    private readonly SortedDictionary<int, (string Text, bool IsInDoubt)> _waiting = [];
    private int _lastSent;
    private int _inDoubtUntil;

    /// <summary>The number of messages without a final answer.</summary>
    public int Count => _waiting.Count;

    /// <summary>The number of messages without an answer, of those that the server can answer while its store hangs.</summary>
    public int Unanswered => _inDoubtUntil == 0 ? _waiting.Count : 0;

    public override string ToString() => string.Join(' ', _waiting.Select(static waiting => $"{waiting.Key:x} '{waiting.Value.Text}'{(waiting.Value.IsInDoubt ? "?" : "")}"));

    public void Say(int uid, string text)
    {
        _waiting.Add(uid, (text, false));
        if (_inDoubtUntil == 0)
            Post(uid, text);
    }

    /// <summary>Records an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="text">The message that it answers.</param>
    /// <param name="wasInDoubt">Whether the message may have been appended before, whatever the answer says.</param>
    /// <returns>Whether it is final; null where it answers no message.</returns>
    public bool? Answer(Packet answer, out string text, out bool wasInDoubt)
    {
        (text, wasInDoubt) = ("", false);
        if (!_waiting.TryGetValue(answer.Uid, out var waiting))
            return null;
        (text, wasInDoubt) = waiting;
        var isOldest = _waiting.First().Key == answer.Uid;
        if (answer is { Command: Wire.RespError, P1: Wire.ErrorUnknown })
        {
            _waiting[answer.Uid] = (text, true);
            _inDoubtUntil = _lastSent;
            if (isOldest)
                Post(answer.Uid, text);
            return false;
        }

        _waiting.Remove(answer.Uid);
        if (isOldest && _inDoubtUntil > 0)
            Continue();
        return true;
    }

    private void Continue()
    {
        if (_waiting.Count > 0 && _waiting.First() is var (uid, oldest) && uid <= _inDoubtUntil)
        {
            _waiting[uid] = (oldest.Text, true);
            Post(uid, oldest.Text);
            return;
        }

        _inDoubtUntil = 0;
        foreach (var (unsent, (text, _)) in _waiting)
            Post(unsent, text);
    }

    private void Post(int uid, string text)
    {
        _lastSent = Math.Max(_lastSent, uid);
        post(new Packet(uid, Wire.NewMsg, text));
    }
}
