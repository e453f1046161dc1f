namespace TPacket.Server;

/// <summary>How a store of nicks has answered.</summary>
public enum NickClaimResult
{
    /// <summary>The nick is the user's.</summary>
    Reserved,

    /// <summary>Another user has a nick that reads the same.</summary>
    Taken,

    /// <summary>Another user has a nick that looks the same.</summary>
    LooksTaken,
}
