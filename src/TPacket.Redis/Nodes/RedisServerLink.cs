using System.Runtime.CompilerServices;

namespace TPacket.Server.Redis.Nodes;

/// <summary>The link from this server to the others. It uses the current node.</summary>
internal sealed class RedisServerLink(RedisStore store) : IServerLink
{
    /// <inheritdoc/>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var node = await store.GetNodeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var answer in node.Link.AskAsync(question, cancellationToken).ConfigureAwait(false))
            yield return answer;
    }
}
