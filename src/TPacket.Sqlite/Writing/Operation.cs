namespace TPacket.Server.Sqlite.Writing;

/// <summary>Something that the writer's thread does. It is executed in a transaction with others, and completed once that is committed or has failed.</summary>
internal abstract class Operation
{
    /// <summary>How many bytes it counts of the queue's bound.</summary>
    public int Size { get; protected set; }

    /// <summary>Whether it has changed the file in the current transaction; one that has not is executed again when the others' changes fail.</summary>
    public virtual bool HasChanged => false;

    /// <summary>Whether it has a transaction to itself, so that its failure is nobody else's.</summary>
    public virtual bool IsApart => false;

    /// <summary>Reads and changes the state of rooms, and the file. Called by the writer's thread; an exception makes the transaction fail.</summary>
    public abstract void Execute(Writer writer);

    /// <summary>The transaction is committed. Called by the writer's thread.</summary>
    public abstract void Commit();

    /// <summary>The transaction has failed, and changed nothing or is unknown. Called by the writer's thread, after the state of rooms was dropped.</summary>
    public abstract void Fail(Writer writer, RoomStoreException error);
}
