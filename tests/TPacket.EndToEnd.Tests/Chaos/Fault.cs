namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A network fault of a connection.</summary>
internal enum Fault
{
    /// <summary>Both ends are reset.</summary>
    Reset,

    /// <summary>Both ends are closed.</summary>
    Close,

    /// <summary>The server receives the end of the client's stream; the other direction continues.</summary>
    HalfCloseToServer,

    /// <summary>The client receives the end of the server's stream; the other direction continues.</summary>
    HalfCloseToClient,

    /// <summary>All data is delayed.</summary>
    Delay,

    /// <summary>The bandwidth is low.</summary>
    Throttle,

    /// <summary>All data of both directions is dropped.</summary>
    BlackHole,

    /// <summary>All data of the server is dropped; data of the client is forwarded.</summary>
    SilentServer,

    /// <summary>The client's end is reset, and the server's end stays open.</summary>
    Ghost,
}
