using StackExchange.Redis;

namespace TPacket.Server.Redis.Nodes;

/// <summary>The channel on which a node receives the messages of one partition, in order, with a bounded queue. Probes detect a dead connection.</summary>
/// <param name="node">The node.</param>
/// <param name="number">The partition.</param>
/// <param name="interval">The minimum time between two deliveries. Messages are collected meanwhile.</param>
/// <param name="received">Called with each message, one at a time.</param>
/// <param name="paused">Called when the queue is empty.</param>
/// <param name="missed">Called when messages may have been lost.</param>
internal sealed class NodeChannel(Node node, int number, TimeSpan interval, Action<byte[]> received, Action paused, Action missed)
{
    private static readonly RedisValue _probe = "p";

    private ChannelMessageQueue? _queue;

    // The timestamp of a probe that has not arrived yet; 0 for none.
    private long _probedAt;

    // Messages of a sharded channel stay on the shard of the partition.
    private RedisChannel Name => RedisChannel.Sharded(node.Store.Keys.Channels(number) + node.Id);

    /// <summary>Subscribes, unless the channel is subscribed already.</summary>
    public async Task SubscribeAsync()
    {
        if (Volatile.Read(ref _queue) is null)
            Receive(await node.Store.Subscriber.SubscribeAsync(Name).ConfigureAwait(false));
    }

    /// <summary>Subscribes on a new connection that replaces a dead one.</summary>
    public async Task SubscribeAgainAsync(ISubscriber subscriber)
    {
        Receive(await subscriber.SubscribeAsync(Name).ConfigureAwait(false));
        Volatile.Write(ref _probedAt, 0);
        missed();
    }

    /// <summary>Publishes a probe to the node itself, because a connection for notifications can be open and deliver nothing.</summary>
    /// <returns>Whether an earlier probe has timed out.</returns>
    public bool Probe()
    {
        var now = node.Store.Time.GetTimestamp();
        var probedAt = Volatile.Read(ref _probedAt);
        if (probedAt != 0)
            return node.Store.Time.GetElapsedTime(probedAt, now) > node.Store.Settings.ProbeTimeout;
        Volatile.Write(ref _probedAt, now);
        node.Store.Database.Publish(Name, _probe, CommandFlags.FireAndForget);
        return false;
    }

    /// <summary>Ends the subscription.</summary>
    public void Leave() => Volatile.Read(ref _queue)?.Unsubscribe(CommandFlags.FireAndForget);

    private void Receive(ChannelMessageQueue queue)
    {
        Volatile.Write(ref _queue, queue);
        _ = ReceiveAsync(queue);
    }

    private async Task ReceiveAsync(ChannelMessageQueue queue)
    {
        var time = node.Store.Time;
        var (isFirst, pausedAt) = (true, 0L);
        try
        {
            while (true)
            {
                var message = await queue.ReadAsync().ConfigureAwait(false);
                if (interval > TimeSpan.Zero && !isFirst && interval - time.GetElapsedTime(pausedAt) is { Ticks: > 0 } left)
                    await Task.Delay(left, time).ConfigureAwait(false);
                if (IsFlooded(queue))
                {
                    var dropped = 1;
                    while (queue.TryRead(out message))
                        dropped++;
                    node.Store.Metrics.Dropped(dropped);
                    missed();
                    continue;
                }

                do
                    OnMessage((byte[])message.Message!);
                while (!IsFlooded(queue) && queue.TryRead(out message));
                paused();
                (isFirst, pausedAt) = (false, interval > TimeSpan.Zero ? time.GetTimestamp() : 0);
            }
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // The node has left the partition.
        }
    }

    private bool IsFlooded(ChannelMessageQueue queue) => queue.TryGetCount(out var waiting) && waiting > node.Store.Settings.Options.QueueMessages;

    private void OnMessage(byte[] message)
    {
        if (message.Length == 1)
            Volatile.Write(ref _probedAt, 0);
        else
            received(message);
    }
}
