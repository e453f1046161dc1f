using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>The error numbers of Linux that the library distinguishes. They are the same on every architecture that .NET supports.</summary>
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
    /// The error of the last failed call on this thread. Read it directly after the call. Marshalling with <c>SetLastError</c> would read and store it after every call, which would take
    /// 1 % of the time of a small message.
    /// </summary>
    public static int Last => Marshal.GetLastSystemError();

    /// <summary>Returns whether the process or the system has no room for another connection. Such a shortage is temporary.</summary>
    public static bool IsShortage(int error) => error is MemoryExhausted or SystemFilesExhausted or ProcessFilesExhausted or BuffersExhausted;

    /// <summary>Creates the exception for an error number.</summary>
    public static Exception ToException(int error) =>
        error is ConnectionReset ? new SocketException((int)SocketError.ConnectionReset) : new IOException(new Win32Exception(error).Message);
}
