using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>The file that a Unix domain socket is bound to, which the system leaves behind when its process ends without a word.</summary>
internal static class UnixSocketFile
{
    // What opening a socket as a file fails with: ENXIO on Linux, EOPNOTSUPP on macOS.
    private const int NoSuchDevice = 6;
    private const int NotSupportedByFile = 102;

    /// <summary>Removes the file if it is a socket's that nobody listens on. Anything else stays: a socket in use, and every other kind of file.</summary>
    /// <remarks>Two processes that replace the same stale file at the same time are not told apart; an address has one owner.</remarks>
    /// <returns>Whether the address is free now.</returns>
    public static bool TryRemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        if (IsAbstract(endPoint))
            return false;
        var path = endPoint.ToString();
        // Connecting to a file that is no socket is refused, too: the kind of the file has to be known.
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

    /// <summary>Sets the rights to the file, where there is one and the system has such rights.</summary>
    public static void SetMode(UnixDomainSocketEndPoint endPoint, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows() && !IsAbstract(endPoint))
            File.SetUnixFileMode(endPoint.ToString(), mode);
    }

    /// <summary>Whether the address is a name without a file (Linux): its first character is NUL.</summary>
    private static bool IsAbstract(UnixDomainSocketEndPoint endPoint)
    {
        // As text, such a name begins with '@', as a file's may.
        var address = endPoint.Serialize();
        return address.Size > 2 && address[2] == 0;
    }

    private static bool IsRefused(UnixDomainSocketEndPoint endPoint)
    {
        // Not blocking: a listener whose backlog is full would keep this waiting.
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
            // For writing, too: a pipe would wait for a writer.
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
