using TPacket.Server.Rules.State;

namespace TPacket.Server;

/// <summary>The base class of all rules of rooms. Derive from <see cref="RoomRules{TState, TCommand, TEvent}"/>.</summary>
public abstract class RoomRules
{
    /// <summary>Creates rules.</summary>
    /// <param name="name">The name of the rules, which rooms keep in their logs.</param>
    /// <param name="version">The version of the rules, at least 1.</param>
    protected RoomRules(string name, int version)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        (Name, Version) = (name, version);
    }

    /// <summary>The name of the rules. A room keeps the name in its log; a server opens the room only if it has rules of this name.</summary>
    public string Name { get; }

    /// <summary>
    /// The version of the rules, at least 1. Increase the version when the same events lead to another state, when events are added,
    /// or when the format of events or of the state changes. A server with an older version then no longer opens the room.
    /// </summary>
    public int Version { get; }

    /// <summary>
    /// The oldest version with events that <c>Evolve</c> still supports, 1 to <see cref="Version"/>.
    /// Rooms of older versions are not opened. Default: <see cref="Version"/>.
    /// </summary>
    public virtual int OldestVersion => Version;

    /// <summary>
    /// Whether <c>Evolve</c> receives the events of members that enter, leave, change their nick, go away and return.
    /// Such an event then also causes a conflict, after which the rules decide again. Default: false.
    /// </summary>
    public virtual bool ReadsPresence => false;

    /// <summary>
    /// The number of events after which the engine writes the state to the store, so that the store can drop the events before it. At least 1. Default: 256.
    /// </summary>
    public virtual int CheckpointEvents => 256;

    /// <summary>Whether the authors of events are hidden from members: p1 of the packets is then 0. Default: false.</summary>
    public virtual bool HidesAuthors => false;

    internal abstract RulesReplica CreateReplica(string room);
}
