namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// An operation of the writer's thread. It is executed in a transaction, usually with others, and completed when the transaction is committed or has failed.
/// </summary>
internal abstract class Operation
{
    /// <summary>The bytes that count towards <see cref="SqliteOptions.QueueBytes"/>.</summary>
    public int Size { get; protected set; }

    /// <summary>
    /// Whether the operation has changed the file in the current transaction. The writer retries an operation without changes when the transaction fails.
    /// </summary>
    public virtual bool HasChanged => false;

    /// <summary>Whether the operation needs a transaction of its own, so that its failure affects no other operation.</summary>
    public virtual bool RunsAlone => false;

    /// <summary>Reads and changes rooms and the file. Called by the writer's thread. An exception fails the transaction.</summary>
    public abstract void Execute(Writer writer);

    /// <summary>Completes the operation after the transaction was committed. Called by the writer's thread.</summary>
    public abstract void Commit();

    /// <summary>
    /// Fails the operation after the transaction was rolled back or its outcome is unknown. Called by the writer's thread,
    /// after it has dropped the rooms' state.
    /// </summary>
    public abstract void Fail(Writer writer, RoomStoreException error);
}
