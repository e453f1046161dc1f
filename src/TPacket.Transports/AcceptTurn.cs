namespace TPacket.Transports;

/// <summary>What one acceptor is to the <see cref="AcceptGate"/>, which writes it under its lock.</summary>
internal sealed class AcceptTurn
{
    /// <summary>How many connections it may still accept during a shortage before it waits for its next turn.</summary>
    public int Left { get; set; }

    /// <summary>The look at the descriptors with which <see cref="Left"/> ends, if it was not used by then.</summary>
    public long LastLook { get; set; }

    /// <summary>Lets it on when it waits.</summary>
    public Action? Resume { get; set; }
}
