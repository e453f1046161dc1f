using System.Net;
using System.Net.Sockets;

namespace TPacket.Tool.Check;

/// <summary>The step tcp.</summary>
internal static class Dialing
{
    /// <summary>Connects over TCP to the first address of the host that accepts.</summary>
    /// <exception cref="StepFailedException">The host has no address, or no address accepts in time.</exception>
    public static async Task<NetworkStream> ConnectAsync(CheckRequest request, CancellationToken cancellationToken)
    {
        var (host, port) = (request.Address.IdnHost, request.Address.Port);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await Step.WithinAsync(
                "tcp",
                request,
                $"port {port} of {host} did not answer",
                "A firewall probably drops the packets. Check host and port, and whether the firewall allows connections from this machine.",
                async token =>
                {
                    if (IPAddress.TryParse(request.Address.DnsSafeHost, out var address))
                        await socket.ConnectAsync(address, port, token);
                    else
                        await socket.ConnectAsync(await Dns.GetHostAddressesAsync(host, token), port, token);
                    return true;
                },
                cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new StepFailedException("tcp", $"the name {host} has no address",
                    "Check the spelling, and whether this machine can resolve names."),
                SocketError.ConnectionRefused => new StepFailedException("tcp", $"nothing listens on port {port} of {host}",
                    "Start the server; check the port (25021 unless the option Port is set) and that the server listens on more than a loopback address."),
                _ => new StepFailedException("tcp", $"no connection to {host}:{port}: {e.Message}", "Check host, port and network."),
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
