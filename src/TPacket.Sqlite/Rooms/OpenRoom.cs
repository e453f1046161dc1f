using System.Text;
using Microsoft.Extensions.Logging;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>A room that somebody has open. Everything but the mailbox belongs to the writer's thread.</summary>
internal sealed class OpenRoom
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private RoomPosition _initial;

    /// <exception cref="RoomStoreException">The name is no valid text.</exception>
    public OpenRoom(string name, OperationQueue queue, Deliveries deliveries, ILogger logger)
    {
        Name = name;
        Mailbox = new Mailbox(this, queue, deliveries, logger);
        try
        {
            NameUtf8 = _strict.GetBytes(name);
        }
        catch (EncoderFallbackException e)
        {
            throw new RoomStoreException("The name of the room is no valid Unicode text.", isOutcomeUnknown: false, e);
        }
    }

    public string Name { get; }

    public byte[] NameUtf8 { get; }

    public Mailbox Mailbox { get; }

    /// <summary>The row as the current transaction leaves it; null before the room is loaded.</summary>
    public RoomRecord? Record { get; set; }

    /// <summary>The state as the current transaction leaves it; null before the room is loaded, and after a transaction that failed.</summary>
    public LogState? State { get; set; }

    /// <summary>The position of the last commit; null before the first load.</summary>
    public RoomPosition? Committed { get; set; }

    /// <summary>Whether the current transaction has changed the room.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether nobody has the room open any more; another instance may take its place.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The subscriptions of the room. The array is replaced, never changed.</summary>
    public Subscription[] Subscriptions { get; set; } = [];

    /// <summary>The first position of a log that has no row yet. Kept, so that its epoch survives a failure.</summary>
    public (RoomPosition Last, (ulong First, ulong Second) Key)? Draft { get; set; }

    /// <summary>The state is read again when it is needed.</summary>
    public void Forget() => (IsTouched, State, Record) = (false, null, null);

    /// <summary>The position of a reader that finds no row of the room. Read by any thread.</summary>
    public RoomPosition Initial
    {
        get
        {
            lock (Mailbox)
                return _initial;
        }

        set
        {
            lock (Mailbox)
                _initial = value;
        }
    }
}
