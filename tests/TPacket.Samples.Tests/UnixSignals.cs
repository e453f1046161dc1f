using System.Runtime.InteropServices;

namespace TPacket.Samples.Tests;

/// <summary>A shell that runs the tests in the background makes them ignore SIGINT, and what they start inherits that. This takes it back.</summary>
internal static partial class UnixSignals
{
    private const int Interrupt = 2;
    private const nint Default = 0;

    public static void ListenToInterrupt()
    {
        if (!OperatingSystem.IsWindows())
            _ = Signal(Interrupt, Default);
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int number, nint handler);
}
