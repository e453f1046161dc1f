using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>The file of a Unix domain socket. The file remains when its process ends without deleting it.</summary>
internal static class UnixSocketFile
{
    // The errors of opening a socket as a file: ENXIO on Linux, EOPNOTSUPP on macOS.
    private const int NoSuchDevice = 6;
    private const int NotSupportedByFile = 102;

    /// <summary>Deletes the file if it is a socket without a listener. Keeps a socket in use and every other kind of file.</summary>
    /// <remarks>Two processes that replace the same stale file at the same time may delete each other's socket. Only one process may listen at an address.</remarks>
    /// <returns>Whether the address is now free.</returns>
    public static bool TryRemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        if (IsAbstract(endPoint))
            return false;
        var path = endPoint.ToString();
        // The system also refuses a connection to a file that is no socket, so the kind of the file must be checked.
        if (!IsRefused(endPoint) || !IsSocket(path))
            return false;
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Sets the permissions of the file. Does nothing on Windows and for an address without a file.</summary>
    public static void SetMode(UnixDomainSocketEndPoint endPoint, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows() && !IsAbstract(endPoint))
            File.SetUnixFileMode(endPoint.ToString(), mode);
    }

    /// <summary>Returns whether the address is an abstract name (Linux): it begins with NUL and has no file.</summary>
    private static bool IsAbstract(UnixDomainSocketEndPoint endPoint)
    {
        // The text of an abstract name begins with '@', as the name of a file may.
        var address = endPoint.Serialize();
        return address.Size > 2 && address[2] == 0;
    }

    private static bool IsRefused(UnixDomainSocketEndPoint endPoint)
    {
        // Non-blocking, since a blocking call would wait for a listener with a full backlog.
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(endPoint);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static bool IsSocket(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                return (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
            // Opened for writing as well, since opening a pipe for reading waits for a writer.
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException e)
        {
            return e.HResult is NoSuchDevice or NotSupportedByFile;
        }
    }
}
