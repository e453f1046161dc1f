namespace TPacket.Server;

/// <summary>The scope in which at most one handler runs at a time. The packets of one client are handled one after the other in every scope.</summary>
public enum CommandScope
{
    /// <summary>The room of the user: the handler holds the turn of the room, so no other handler with this scope runs in the room on this server.</summary>
    Room,

    /// <summary>The client only. For commands that do not concern the room, and for commands that take long.</summary>
    Client,
}
