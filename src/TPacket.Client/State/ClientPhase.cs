namespace TPacket.Client;

/// <summary>The phase of a client.</summary>
public enum ClientPhase
{
    /// <summary>The client has no connection and makes none.</summary>
    Closed,

    /// <summary>The client connects to the server and performs the WebSocket handshake.</summary>
    Connecting,

    /// <summary>The client resumes its session, or requests its nick.</summary>
    SigningIn,

    /// <summary>The client has requested a room, or receives its roster and history.</summary>
    Joining,

    /// <summary>The client is signed in, and in the room if it has requested one.</summary>
    Ready,

    /// <summary>The connection is lost, and the client waits for the delay before the next attempt.</summary>
    Reconnecting,
}
