using System.Runtime.InteropServices;

namespace TPacket.Samples.Tests.Harness;

/// <summary>Restores the default signal handling. A shell that runs the tests in the background makes them ignore SIGINT, or with nohup SIGHUP, and their child processes inherit that.</summary>
internal static partial class UnixSignals
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const nint Default = 0;

    public static void ListenToInterrupt()
    {
        if (OperatingSystem.IsWindows())
            return;
        _ = Signal(Hangup, Default);
        _ = Signal(Interrupt, Default);
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int number, nint handler);
}
