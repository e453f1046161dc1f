using System.Collections.Concurrent;
using System.Globalization;

namespace TPacket.Interop.Tests.Peers;

/// <summary>A program with WebSockets that gets commands as lines, and reports events as lines. Every line begins with the id of a connection.</summary>
internal abstract class Steering
{
    private readonly ConcurrentDictionary<int, SteeredPeer> _peers = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _gone;
    private int _lastId;

    /// <summary>Completes with the first line, which is the program's own.</summary>
    protected Task<string> Ready => _ready.Task.WaitAsync(Deadline.Limit);

    public abstract void Write(string line);

    public SteeredPeer Add()
    {
        var peer = new SteeredPeer(this, Interlocked.Increment(ref _lastId));
        _peers[peer.Id] = peer;
        if (_gone is not null)
            peer.TellNoMore(_gone);
        return peer;
    }

    protected void OnLine(string line)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        var id = int.Parse(line.AsSpan(0, end), CultureInfo.InvariantCulture);
        var rest = line[(end + 1)..];
        if (id == 0)
            _ready.TrySetResult(rest);
        else
            _peers[id].Tell(rest);
    }

    protected void OnGone(string why)
    {
        _gone = new IOException(why);
        _ready.TrySetException(_gone);
        foreach (var peer in _peers.Values)
            peer.TellNoMore(_gone);
    }
}
