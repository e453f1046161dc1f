using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nodes;

/// <summary>Asks the other nodes, and answers them. A question is a message on the channel of each node in the shared partition, and its answer one on the channel of the node that asks.</summary>
internal sealed class NodeLink
{
    // Callers wait for their answers, each for a store's timeout at most.
    private const int MostQuestions = 65_536;

    private readonly Node _node;
    private readonly NodeChannel _channel;
    private readonly ConcurrentDictionary<long, Channel<NodeMessage>> _questions = new();
    private long _lastNumber;

    public NodeLink(Node node)
    {
        _node = node;
        // A question or an answer that is lost is missed by the one who waits for it.
        _channel = new NodeChannel(node, KeySpace.Shared, TimeSpan.Zero, OnMessage, static () => { }, static () => { });
    }

    /// <summary>Begins to receive questions.</summary>
    public Task StartAsync() => _channel.SubscribeAsync();

    /// <inheritdoc cref="NodeChannel.Probe"/>
    public bool Probe() => _channel.Probe();

    /// <inheritdoc cref="NodeChannel.SubscribeAgainAsync"/>
    public Task SubscribeAgainAsync(ISubscriber subscriber) => _channel.SubscribeAgainAsync(subscriber);

    /// <summary>The lease is gone: nobody asks this node any more, and nobody answers it.</summary>
    public void Lose(Exception cause)
    {
        _channel.Leave();
        foreach (var question in _questions.Values)
            question.Writer.TryComplete(cause);
    }

    /// <inheritdoc cref="IServerLink.AskAsync"/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_questions.Count >= MostQuestions)
            throw new RoomStoreException($"This server waits for the answers to {MostQuestions} questions already.", isOutcomeUnknown: false);
        var number = Interlocked.Increment(ref _lastNumber);
        var answers = _questions[number] = Channel.CreateUnbounded<NodeMessage>();
        try
        {
            var message = new NodeMessage(IsAnswer: false, number, _node.Id, question).ToArray();
            HashSet<string> reached = [], answered = [];
            while (true)
            {
                var serving = await PublishAsync(message, reached).WaitAsync(cancellationToken).ConfigureAwait(false);
                while (!answered.IsSupersetOf(serving))
                {
                    if (!await HasAnswerAsync(answers.Reader, cancellationToken).ConfigureAwait(false))
                        break;
                    while (answers.Reader.TryRead(out var answer))
                    {
                        if (answered.Add(answer.Sender))
                            yield return answer.Content;
                    }
                }

                if (answered.IsSupersetOf(serving))
                    yield break;
            }
        }
        finally
        {
            _questions.TryRemove(number, out _);
        }
    }

    /// <summary>Publishes a question to each node that serves and was not reached yet. A node that renews its subscription receives the next attempt.</summary>
    /// <param name="message">The question.</param>
    /// <param name="reached">The nodes that have received it; the others are added.</param>
    /// <returns>The nodes that serve.</returns>
    private async Task<List<string>> PublishAsync(byte[] message, HashSet<string> reached)
    {
        var reply = await _node.Store.Scripts.RunAsync(
            Script.Ask, KeySpace.Shared, [_node.Store.Keys.Leases(KeySpace.Shared)],
            [_node.Id, _node.Store.Keys.Channels(KeySpace.Shared), message, .. reached.Select(static node => (RedisValue)node)]).ConfigureAwait(false);
        if (RedisReply.Status(reply) != "ok")
            throw new RoomStoreException("This node has no lease.", isOutcomeUnknown: false);
        List<string> serving = [];
        var nodes = reply[1];
        for (var i = 0; i < nodes.Length; i += 2)
        {
            serving.Add((string)nodes[i]!);
            if ((int)nodes[i + 1] > 0)
                reached.Add(serving[^1]);
        }

        return serving;
    }

    /// <summary>Waits for an answer.</summary>
    /// <returns>False when none has come for so long that the nodes may be others by now.</returns>
    private async Task<bool> HasAnswerAsync(ChannelReader<NodeMessage> answers, CancellationToken cancellationToken)
    {
        try
        {
            return await answers.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(_node.Store.Settings.Options.SweepPeriod, _node.Store.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void OnMessage(byte[] bytes)
    {
        if (!NodeMessage.TryRead(bytes, out var message))
            return;
        if (message.IsAnswer)
        {
            if (_questions.TryGetValue(message.Number, out var answers))
                answers.Writer.TryWrite(message);
            return;
        }

        try
        {
            Answer(message);
        }
        catch (Exception e)
        {
            // The channel goes on.
            RedisLog.QuestionUnanswered(_node.Store.Logger, e);
        }
    }

    private void Answer(NodeMessage question)
    {
        var content = _node.Store.Link.Answer?.Invoke(question.Content) ?? default;
        var channel = RedisChannel.Sharded(_node.Store.Keys.Channels(KeySpace.Shared) + question.Sender);
        _node.Store.Database.Publish(channel, new NodeMessage(IsAnswer: true, question.Number, _node.Id, content).ToArray(), CommandFlags.FireAndForget);
    }
}
