using TPacket.Server.Rules;

namespace TPacket.Server;

/// <summary>The rules of a room, whatever their types. Derive from <see cref="RoomRules{TState, TCommand, TEvent}"/>.</summary>
public abstract class RoomRules
{
    /// <summary>Names the rules.</summary>
    protected RoomRules(string name, int version)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        (Name, Version) = (name, version);
    }

    /// <summary>The name of the rules. A room keeps it in its log, and only a server that has rules of this name opens the room.</summary>
    public string Name { get; }

    /// <summary>
    /// The version of the rules, from 1. Raise it when the same events would lead to another state, or when there are new events: a server with an older version then does not open the room any more.
    /// </summary>
    public int Version { get; }

    /// <summary>The oldest version whose events <c>Evolve</c> still understands. A room of an older version is not opened. 1 to <see cref="Version"/>. Default: <see cref="Version"/>.</summary>
    public virtual int OldestVersion => Version;

    /// <summary>Whether <c>Evolve</c> looks at who enters, leaves, goes away and comes back. A decision then also fails and is made again when one of them does meanwhile. Default: false.</summary>
    public virtual bool ReadsPresence => false;

    /// <summary>After how many events the state is written to the store, so that the log before it is not needed any more. At least 1. Default: 256.</summary>
    public virtual int CheckpointEvents => 256;

    /// <summary>Whether members do not see who has acted: p1 of what they receive is 0 then. Default: false.</summary>
    public virtual bool HidesAuthors => false;

    internal abstract RulesReplica CreateReplica(string room);
}
