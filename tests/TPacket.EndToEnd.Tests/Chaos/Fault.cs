namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A fault of the network that a connection meets.</summary>
internal enum Fault
{
    /// <summary>Both ends are reset.</summary>
    Reset,

    /// <summary>Both ends are closed.</summary>
    Close,

    /// <summary>The server sees the end of what the client sends; the other direction goes on.</summary>
    HalfCloseToServer,

    /// <summary>The client sees the end of what the server sends; the other direction goes on.</summary>
    HalfCloseToClient,

    /// <summary>Everything comes late.</summary>
    Delay,

    /// <summary>Little passes in a second.</summary>
    Throttle,

    /// <summary>Nothing arrives any more, at neither end.</summary>
    BlackHole,

    /// <summary>Nothing of the server arrives any more; what the client sends does.</summary>
    SilentServer,

    /// <summary>The client is reset, and the server does not learn of it.</summary>
    Ghost,
}
