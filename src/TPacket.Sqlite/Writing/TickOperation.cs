namespace TPacket.Server.Sqlite.Writing;

/// <summary>Runs once a second on the writer: checks whether a fault is gone, writes that the server runs where somebody depends on it, and drops events that are too old.</summary>
internal sealed class TickOperation : Operation
{
    private bool _isWaiting;

    /// <inheritdoc/>
    public override bool IsApart => true;

    /// <summary>Marks the operation as waiting.</summary>
    /// <returns>False when it waits already.</returns>
    public bool TryEnter() => !Interlocked.Exchange(ref _isWaiting, true);

    /// <inheritdoc/>
    public override void Execute(Writer writer) => writer.Tick();

    /// <inheritdoc/>
    public override void Commit() => Volatile.Write(ref _isWaiting, false);

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error) => Commit();
}
