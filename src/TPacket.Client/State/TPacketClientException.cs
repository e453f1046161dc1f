namespace TPacket.Client;

/// <summary>Something could not be done because of the connection, or because of what the server said.</summary>
public class TPacketClientException : IOException
{
    internal TPacketClientException(string message, ClientState state)
        : base(message, state.Cause?.Error) => State = state;

    /// <summary>What the client was doing when this was thrown; its <see cref="ClientState.Cause"/> says why there is no connection.</summary>
    public ClientState State { get; }
}
