namespace TPacket.Transports.Accepting;

/// <summary>The state of one acceptor in the <see cref="AcceptGate"/>, which guards it with its lock.</summary>
internal sealed class AcceptTurn
{
    /// <summary>The number of connections that the acceptor may still accept during a shortage before it waits for its next turn.</summary>
    public int Left { get; set; }

    /// <summary>The number of the check at which an unused <see cref="Left"/> expires.</summary>
    public long LastCheck { get; set; }

    /// <summary>The callback that resumes the acceptor while it waits.</summary>
    public Action? Resume { get; set; }
}
