namespace TPacket.Server;

/// <summary>The scope in which a handler runs alone.</summary>
public enum CommandScope
{
    /// <summary>The client and the room that it is in: the room runs one handler at a time on each server.</summary>
    Room,

    /// <summary>The client only. For commands that do not concern the room or that take long.</summary>
    Client,
}
