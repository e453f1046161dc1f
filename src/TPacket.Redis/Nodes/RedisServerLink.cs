using System.Runtime.CompilerServices;

namespace TPacket.Server.Redis.Nodes;

/// <summary>The way from this server to the others, whichever incarnation it has.</summary>
internal sealed class RedisServerLink(RedisStore store) : IServerLink
{
    /// <inheritdoc/>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var node = await store.LiveNodeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var answer in node.Link.AskAsync(question, cancellationToken).ConfigureAwait(false))
            yield return answer;
    }
}
