namespace TPacket.WebSockets.Tests;

/// <summary>Role of the connection under test.</summary>
public enum Role
{
    /// <summary>A server; its peer's frames are masked.</summary>
    Server,

    /// <summary>A client; its peer's frames are not masked.</summary>
    Client,
}
