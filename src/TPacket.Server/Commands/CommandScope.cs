namespace TPacket.Server;

/// <summary>What a handler has to itself while it runs.</summary>
public enum CommandScope
{
    /// <summary>Its client, and the room that the client is in: one handler at a time runs in a room.</summary>
    Room,

    /// <summary>Its client only. For what is no concern of the room, or takes long.</summary>
    Client,
}
