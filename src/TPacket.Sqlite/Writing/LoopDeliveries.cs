using System.Collections.Concurrent;
using TPacket.Transports.Loops;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>The mailboxes to run on an event loop.</summary>
internal sealed class LoopDeliveries
{
    private readonly ConcurrentQueue<Mailbox> _ready = new();
    private readonly IEventLoop _loop;
    private readonly Action _run;
    private bool _isFilled;

    public LoopDeliveries(IEventLoop loop) => (_loop, _run) = (loop, Run);

    /// <summary>Adds a mailbox. Called by the writer's thread.</summary>
    /// <returns>Whether it is the first since the last start.</returns>
    public bool Add(Mailbox mailbox)
    {
        _ready.Enqueue(mailbox);
        var isFirst = !_isFilled;
        _isFilled = true;
        return isFirst;
    }

    /// <summary>Wakes the loop. Called by the writer's thread.</summary>
    public void Start()
    {
        _isFilled = false;
        _loop.Post(_run);
    }

    private void Run()
    {
        // Mailboxes that are added meanwhile are left to the run that their own start posts, so that the loop can do other work.
        for (var left = _ready.Count; left > 0 && _ready.TryDequeue(out var mailbox); left--)
            mailbox.RunOnLoop();
    }
}
