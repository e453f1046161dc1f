using System.Text;
using Microsoft.Extensions.Logging;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>An open room. Used by the writer's thread, except for the mailbox and <see cref="Initial"/>.</summary>
internal sealed class OpenRoom
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private RoomPosition _initial;

    /// <exception cref="RoomStoreException">The name is not valid Unicode text.</exception>
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
            throw new RoomStoreException("The name of the room is not valid Unicode text.", isOutcomeUnknown: false, e);
        }
    }

    public string Name { get; }

    public byte[] NameUtf8 { get; }

    public Mailbox Mailbox { get; }

    /// <summary>The row, with the changes of the current transaction; null before the room is loaded.</summary>
    public RoomRecord? Record { get; set; }

    /// <summary>The state, with the changes of the current transaction; null before the room is loaded and after a failed transaction.</summary>
    public LogState? State { get; set; }

    /// <summary>The position of the last commit; null before the first load.</summary>
    public RoomPosition? Committed { get; set; }

    /// <summary>Whether the current transaction has changed the room.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether the room is closed. Another instance may replace it.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The subscriptions of the room. The array is replaced, never changed.</summary>
    public Subscription[] Subscriptions { get; set; } = [];

    /// <summary>
    /// The first position and the key of a log that has no row yet. They are kept so that the epoch stays the same after a failed transaction.
    /// </summary>
    public (RoomPosition Last, (ulong First, ulong Second) Key)? Draft { get; set; }

    /// <summary>Drops the state, so that the next use reads it again.</summary>
    public void Forget() => (IsTouched, State, Record) = (false, null, null);

    /// <summary>The position that a reader reports if the room has no row. Read by any thread.</summary>
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
