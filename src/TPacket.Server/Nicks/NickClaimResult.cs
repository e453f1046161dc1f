namespace TPacket.Server;

/// <summary>The result of a reservation in an <see cref="INickStore"/>.</summary>
public enum NickClaimResult
{
    /// <summary>The nick is reserved for the user.</summary>
    Reserved,

    /// <summary>Another user has a nick with the same reading.</summary>
    Taken,

    /// <summary>Another user has a look-alike nick.</summary>
    LooksTaken,
}
