namespace TPacket.Client;

/// <summary>No reply came in time: the server may have done the request, or still will. The connection goes on.</summary>
public sealed class RequestTimeoutException : TPacketClientException
{
    internal RequestTimeoutException(int command, TimeSpan timeout, ClientState state)
        : base($"No reply to command {command} within {timeout.TotalSeconds:0.###} s.", state)
    {
    }
}
