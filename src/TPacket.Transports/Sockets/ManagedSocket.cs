using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Sockets;

/// <summary>
/// Calls on a <see cref="Socket"/> whose peer may have disconnected and which another thread may have closed. The methods ignore the resulting errors.
/// </summary>
internal static class ManagedSocket
{
    /// <summary>Returns the local address, or null if the socket is closed or has none.</summary>
    public static EndPoint? LocalEndPoint(Socket socket)
    {
        try
        {
            return NullIfUnnamed(socket.LocalEndPoint);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Returns the peer's address, or null if it has none.</summary>
    public static EndPoint? RemoteEndPoint(Socket socket) => NullIfUnnamed(socket.RemoteEndPoint);

    /// <summary>Returns whether a receive would find bytes, the end of the stream or an error.</summary>
    public static bool HasInput(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Shuts down the sending side.</summary>
    public static void ShutdownSend(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The next receive reports the error.
        }
    }

    /// <summary>
    /// Shuts down the sending side and closes the socket. On Linux, the system gives up on a TCP peer that acknowledges nothing for <paramref name="linger"/>.
    /// </summary>
    public static void Close(Socket socket, TimeSpan linger)
    {
        if (OperatingSystem.IsLinux() && socket.AddressFamily != AddressFamily.Unix && linger > TimeSpan.Zero)
            SetUserTimeout(socket, linger);
        // Without this shutdown, the disposal of a socket that waits for input drops unsent bytes and sends a reset.
        ShutdownSend(socket);
        socket.Dispose();
    }

    /// <summary>Closes the socket with a reset. The system drops unsent bytes.</summary>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // There is nothing to reset.
        }

        socket.Dispose();
    }

    private static void SetUserTimeout(Socket socket, TimeSpan timeout)
    {
        try
        {
            NativeSocket.SetUserTimeout(socket, timeout);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The system has nothing to send any more.
        }
    }

    /// <summary>Returns null for the empty address of an unbound Unix domain socket, such as a client's.</summary>
    private static EndPoint? NullIfUnnamed(EndPoint? endPoint) => endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is "" ? null : endPoint;
}
