namespace TPacket.Client;

/// <summary>The connection has ended before the reply came: the server may have done the request, or not. It is not sent again.</summary>
public sealed class RequestLostException : TPacketClientException
{
    internal RequestLostException(ClientState state)
        : base($"The connection has ended before the reply came. {state}", state)
    {
    }
}
