namespace TPacket.Server;

/// <summary>A server, as it was when it was asked. The totals count from the start of the server, so two readings give a rate.</summary>
public sealed record ClusterServer
{
    /// <summary>Names this start of the server; another start has another id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The name of the machine and the id of the process, for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether new clients can come.</summary>
    public TPacketServerState State { get; init; }

    /// <summary>When the server was created.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the server gave these values, by its own clock.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Connections, those in their handshake included.</summary>
    public int Connections { get; init; }

    /// <summary><see cref="TPacketServerOptions.MaxConnections"/> as it is now.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Users with a nick, those away included.</summary>
    public int Users { get; init; }

    /// <summary>Users without a connection who may come back.</summary>
    public int AwayUsers { get; init; }

    /// <summary>Rooms that are open on this server. A room can be open on several servers.</summary>
    public int Rooms { get; init; }

    /// <summary>Users for whom data waits because their clients read slowly.</summary>
    public int SlowConsumers { get; init; }

    /// <summary>Packets that were handled.</summary>
    public long PacketsHandled { get; init; }

    /// <summary>Packets that rooms have given to their members' queues.</summary>
    public long PacketsDelivered { get; init; }

    /// <summary>Packets that were refused because a client or a room has sent too many.</summary>
    public long PacketsRefused { get; init; }

    /// <summary>Connections that were refused because there were too many.</summary>
    public long ConnectionsRefused { get; init; }

    /// <summary>Connections that were ended because their clients read too slowly.</summary>
    public long SlowConsumersEnded { get; init; }

    /// <summary>The memory of the process in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The processor time of the process in seconds.</summary>
    public double ProcessorSeconds { get; init; }
}
