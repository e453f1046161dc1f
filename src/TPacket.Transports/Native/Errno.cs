using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>Error numbers of Linux that are told apart. They are the same on every architecture that .NET runs on.</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int MemoryExhausted = 12;
    public const int SystemFilesExhausted = 23;
    public const int ProcessFilesExhausted = 24;
    public const int BrokenPipe = 32;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int BuffersExhausted = 105;

    /// <summary>
    /// What the last call on this thread failed with; to be read right after one that has failed. Marshalling with <c>SetLastError</c> would read it in the same way, but after every call,
    /// and keep it for each thread: a hundredth of what a small message costs.
    /// </summary>
    public static int Last => Marshal.GetLastSystemError();

    /// <summary>Whether the process or the system has no room for another connection: a shortage that passes.</summary>
    public static bool IsShortage(int error) => error is MemoryExhausted or SystemFilesExhausted or ProcessFilesExhausted or BuffersExhausted;

    /// <summary>An exception for an error number.</summary>
    public static Exception ToException(int error) =>
        error is ConnectionReset ? new SocketException((int)SocketError.ConnectionReset) : new IOException(new Win32Exception(error).Message);
}
