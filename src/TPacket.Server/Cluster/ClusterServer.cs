namespace TPacket.Server;

/// <summary>The status of a server at the time of the query. Totals count from the start of the server; the difference of two readings gives a rate.</summary>
public sealed record ClusterServer
{
    /// <summary>The id of this run of the server; after a restart the server has another id.</summary>
    public string Id { get; init; } = "";

    /// <summary>A name for people: the name of the machine and the id of the process.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether the server accepts new clients.</summary>
    public TPacketServerState State { get; init; }

    /// <summary>The time at which the server was created.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The time of these values by the clock of the server.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The number of connections, including connections in their handshake.</summary>
    public int Connections { get; init; }

    /// <summary><see cref="TPacketServerOptions.MaxConnections"/> as currently in effect.</summary>
    public int MaxConnections { get; init; }

    /// <summary>The number of users with a nick, including users that are away.</summary>
    public int Users { get; init; }

    /// <summary>The number of users without a connection that may resume their session.</summary>
    public int AwayUsers { get; init; }

    /// <summary>The number of rooms that are open on this server. A room can be open on several servers.</summary>
    public int Rooms { get; init; }

    /// <summary>The number of users with queued data because their clients read slowly.</summary>
    public int SlowConsumers { get; init; }

    /// <summary>The total of handled packets.</summary>
    public long PacketsHandled { get; init; }

    /// <summary>The total of packets that rooms have enqueued for their members.</summary>
    public long PacketsDelivered { get; init; }

    /// <summary>The total of packets that were refused by a rate limit of a client or a room.</summary>
    public long PacketsRefused { get; init; }

    /// <summary>The total of connections that were refused by a limit on connections.</summary>
    public long ConnectionsRefused { get; init; }

    /// <summary>The total of connections that were ended because their clients read too slowly.</summary>
    public long SlowConsumersEnded { get; init; }

    /// <summary>The working set of the process in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The processor time of the process in seconds; 0 on systems that do not report processor time.</summary>
    public double ProcessorSeconds { get; init; }
}
