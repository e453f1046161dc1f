namespace TPacket.Client;

/// <summary>What a client is doing.</summary>
public enum ClientPhase
{
    /// <summary>There is no connection, and none is sought.</summary>
    Closed,

    /// <summary>The server is being reached, and the connection upgraded.</summary>
    Connecting,

    /// <summary>The client asks for its session, or for its nick.</summary>
    SigningIn,

    /// <summary>The room is asked for, or its roster and history are on their way.</summary>
    Joining,

    /// <summary>The client is signed in, and in the room, if one was asked for.</summary>
    Ready,

    /// <summary>The connection is lost; the next attempt follows when the delay is over.</summary>
    Reconnecting,
}
