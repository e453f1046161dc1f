namespace TPacket.Server;

/// <summary>
/// Carries the questions and answers of <see cref="ICluster"/> between the servers that share a store. A store that is not shared has no link.
/// One instance serves the whole server. The engine calls its members from many threads, including event loops: they may await, but must not block.
/// </summary>
public interface IServerLink
{
    /// <summary>
    /// Answers a question of another server. The engine sets the delegate before the first client connects.
    /// The delegate does not wait or throw, and the link may call it on several threads at once. The link sends every answer, even if it is empty.
    /// </summary>
    Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

    /// <summary>
    /// Sends a question to every other live server. The question must be sent before the first
    /// <see cref="IAsyncEnumerator{T}.MoveNextAsync"/> returns its task, so that questions arrive in the order of the calls.
    /// </summary>
    /// <param name="question">The question; the caller does not change it until the enumeration ends.</param>
    /// <param name="cancellationToken">Cancels the wait. The engine cancels it after <see cref="TPacketServerOptions.StoreTimeout"/>.</param>
    /// <returns>One answer per server, in the order of arrival. The enumeration ends when every other server that is still live has answered.</returns>
    /// <exception cref="RoomStoreException">The question cannot be sent.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, CancellationToken cancellationToken);
}
