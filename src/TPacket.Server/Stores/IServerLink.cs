namespace TPacket.Server;

/// <summary>
/// Carries questions from one server to the others that share its store, for <see cref="ICluster"/>. A store of one server has no link. One instance serves the whole server; its members are called from many threads, event loops
/// among them: they may wait, and must not block.
/// </summary>
public interface IServerLink
{
    /// <summary>
    /// Answers a question of another server. The engine sets it before the first client comes. It does not wait, does not throw, and may be called on several threads. The answer may be empty, and is sent nevertheless.
    /// </summary>
    Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

    /// <summary>
    /// Asks every other server that serves. The question is on its way when the first <see cref="IAsyncEnumerator{T}.MoveNextAsync"/> returns its task, so questions that are asked one after the other arrive in that order.
    /// </summary>
    /// <param name="question">The question; it does not change until the enumeration ends.</param>
    /// <param name="cancellationToken">Ends the wait. The engine cancels it after <see cref="TPacketServerOptions.StoreTimeout"/>.</param>
    /// <returns>One answer of each, in the order in which they come. The enumeration ends when every other server has answered that still serves.</returns>
    /// <exception cref="RoomStoreException">The others cannot be asked.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, CancellationToken cancellationToken);
}
