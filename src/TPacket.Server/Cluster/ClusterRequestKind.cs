namespace TPacket.Server.Cluster;

/// <summary>The kinds of requests. Servers of several versions may share a store, so a number never changes its meaning.</summary>
internal enum ClusterRequestKind
{
    None = 0,
    FindById = 1,
    FindByNick = 2,
    Send = 3,
    Disconnect = 4,
    Rooms = 5,
    Count = 6,
    TakeOverNick = 7,
    Server = 20,
    Connections = 21,
    Room = 22,
    Announce = 23,
    CloseRoom = 24,
    Drain = 25,
}
