namespace TPacket.Server.Sqlite.Writing;

/// <summary>The periodic work of the writer, once a second: <see cref="Upkeep.Tick"/>.</summary>
internal sealed class TickOperation : Operation
{
    private bool _isWaiting;

    /// <inheritdoc/>
    public override bool RunsAlone => true;

    /// <summary>Marks the operation as queued.</summary>
    /// <returns>False if it is queued already.</returns>
    public bool TryEnter() => !Interlocked.Exchange(ref _isWaiting, true);

    /// <inheritdoc/>
    public override void Execute(Writer writer) => writer.Upkeep.Tick(writer);

    /// <inheritdoc/>
    public override void Commit() => Volatile.Write(ref _isWaiting, false);

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error) => Commit();
}
