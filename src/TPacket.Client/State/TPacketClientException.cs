namespace TPacket.Client;

/// <summary>Thrown when an operation fails because of the connection or the server.</summary>
public class TPacketClientException : IOException
{
    internal TPacketClientException(string message, ClientState state)
        : base(message, state.Cause?.Error) => State = state;

    /// <summary>The client's state when the exception was thrown. Its <see cref="ClientState.Cause"/> says why there is no connection.</summary>
    public ClientState State { get; }
}
