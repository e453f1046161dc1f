namespace TPacket.WebSockets.Tests;

/// <summary>The side of a connection that a test is about.</summary>
public enum Role
{
    /// <summary>Its peer's frames are masked.</summary>
    Server,

    /// <summary>Its peer's frames are plain.</summary>
    Client,
}
