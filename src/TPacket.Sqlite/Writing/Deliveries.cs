using TPacket.Transports.Loops;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// The mailboxes that a commit has filled. A mailbox runs on the event loop of its room's append, or else on the thread pool.
/// Each event loop is woken once for all rooms of a commit. Used by the writer's thread.
/// </summary>
internal sealed class Deliveries
{
    private readonly Dictionary<IEventLoop, LoopDeliveries> _loops = [];
    private readonly List<LoopDeliveries> _filled = [];
    private readonly List<Mailbox> _others = [];

    /// <summary>Adds a mailbox. It runs after <see cref="Start"/>.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="loop">The event loop that runs it; null for the thread pool.</param>
    public void Add(Mailbox mailbox, IEventLoop? loop)
    {
        if (loop is null)
        {
            _others.Add(mailbox);
            return;
        }

        if (!_loops.TryGetValue(loop, out var deliveries))
            _loops.Add(loop, deliveries = new LoopDeliveries(loop));
        if (deliveries.Add(mailbox))
            _filled.Add(deliveries);
    }

    /// <summary>Starts the mailboxes.</summary>
    public void Start()
    {
        foreach (var deliveries in _filled)
            deliveries.Start();
        _filled.Clear();
        foreach (var mailbox in _others)
            ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);
        _others.Clear();
    }
}
