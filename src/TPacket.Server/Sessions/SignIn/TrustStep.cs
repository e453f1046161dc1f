namespace TPacket.Server.Sessions.SignIn;

/// <summary>The action for a packet at a trust level.</summary>
internal enum TrustStep
{
    /// <summary>The magic string is right: the client may set a nick. The packet gets no answer.</summary>
    Trust,

    /// <summary>The magic string is wrong: the connection is closed.</summary>
    Reject,

    /// <summary>The packet is dispatched to its handler.</summary>
    Dispatch,

    /// <summary>The client has no nick yet: the packet is answered with RESP_ERROR.</summary>
    RequireNick,
}
