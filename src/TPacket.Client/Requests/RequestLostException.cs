namespace TPacket.Client;

/// <summary>Thrown when the connection ends before the reply. The server may have handled the request. The client does not send it again.</summary>
public sealed class RequestLostException : TPacketClientException
{
    internal RequestLostException(ClientState state)
        : base($"The connection has ended before the reply. {state}", state)
    {
    }
}
