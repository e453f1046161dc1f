namespace TPacket.WebSockets.Connection;

/// <summary>What is to be made of a peer that sends nothing.</summary>
internal enum PeerSilence
{
    /// <summary>Nothing, or nothing yet.</summary>
    Short,

    /// <summary>It is time to ask whether it is there.</summary>
    Ask,

    /// <summary>It was asked, and has not answered in time.</summary>
    TooLong,
}
