using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>The addresses behind a host's name.</summary>
internal static class NamedAddresses
{
    /// <summary>Connects to an address, or to the first one of a name's that answers.</summary>
    /// <param name="endPoint">The address or the name.</param>
    /// <param name="connect">Connects to one address; leaves nothing behind when it fails.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">The name is unknown, or what the last address failed with.</exception>
    public static async ValueTask<TransportConnection> TryEachAsync(
        EndPoint endPoint, Func<EndPoint, CancellationToken, ValueTask<TransportConnection>> connect, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (endPoint is not DnsEndPoint named)
            return await connect(endPoint, cancellationToken).ConfigureAwait(false);

        var addresses = await Dns.GetHostAddressesAsync(named.Host, named.AddressFamily, cancellationToken).ConfigureAwait(false);
        var failure = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            try
            {
                return await connect(new IPEndPoint(address, named.Port), cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw failure;
    }
}
