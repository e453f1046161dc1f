using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nodes;

/// <summary>
/// Sends questions to the other nodes and answers theirs. A question is published on each node's channel in the shared partition,
/// its answer on the channel of the node that asked.
/// </summary>
internal sealed class NodeLink
{
    // The maximum number of questions that wait for answers. Each caller waits for at most StoreTimeout.
    private const int MaxQuestions = 65_536;

    private readonly Node _node;
    private readonly NodeChannel _channel;
    private readonly ConcurrentDictionary<long, Channel<NodeMessage>> _questions = new();
    private long _lastNumber;

    public NodeLink(Node node)
    {
        _node = node;
        // Lost messages need no handling here: AskAsync repeats the question to nodes that have not received it. If an answer is lost, the question times out.
        _channel = new NodeChannel(node, KeySpace.Shared, TimeSpan.Zero, OnMessage, static () => { }, static () => { });
    }

    /// <summary>Starts to receive questions.</summary>
    public Task StartAsync() => _channel.SubscribeAsync();

    /// <inheritdoc cref="NodeChannel.Probe"/>
    public bool Probe() => _channel.Probe();

    /// <inheritdoc cref="NodeChannel.SubscribeAgainAsync"/>
    public Task SubscribeAgainAsync(ISubscriber subscriber) => _channel.SubscribeAgainAsync(subscriber);

    /// <summary>Unsubscribes and fails all open questions, because the lease is lost.</summary>
    public void Lose(Exception cause)
    {
        _channel.Leave();
        foreach (var question in _questions.Values)
            question.Writer.TryComplete(cause);
    }

    /// <inheritdoc cref="IServerLink.AskAsync"/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_questions.Count >= MaxQuestions)
            throw new RoomStoreException($"This server already waits for the answers to {MaxQuestions} questions.", isOutcomeUnknown: false);
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

    /// <summary>
    /// Publishes a question to each serving node that has not received it yet. A node that is renewing its subscription receives the next attempt.
    /// </summary>
    /// <param name="message">The question.</param>
    /// <param name="reached">The nodes that have received the question. The call adds the nodes that receive it now.</param>
    /// <returns>The serving nodes, without this one.</returns>
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
    /// <returns>False if no answer arrives within the sweep period; the set of serving nodes may have changed by then.</returns>
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
            // An exception of the application's code must not end the channel.
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
