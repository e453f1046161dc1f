using TPacket.Transports.Native;

namespace TPacket.Transports.Accepting;

/// <summary>
/// The file descriptors that are reserved for the runtime. The runtime ends the process when it cannot start a thread, and it needs descriptors for assemblies that it loads late
/// (docs/decisions/0011-descriptors-are-kept-for-the-runtime.md).
/// </summary>
internal static class DescriptorReserve
{
    // The thread pool starts one thread per processor without delay, and each thread uses a pipe, which has two descriptors, while it starts.
    private const int PerProcessor = 2;

    // A dozen assemblies, each with two descriptors for the life of the process, and a few files that are open for a moment, such as certificates.
    private const int ForFiles = 32;

    // The reserve is at most an eighth of the limit: in a process with few descriptors, most of them must remain for connections.
    private const int LargestShare = 8;

    /// <summary>The number of descriptors that the process may open, or null if it is unknown.</summary>
    public static int? Limit => OperatingSystem.IsLinux() ? DescriptorTable.Limit : null;

    /// <summary>Counts the descriptors that connections may use now.</summary>
    /// <param name="most">The number at which counting ends.</param>
    public static int CountSpare(int most)
    {
        if (Limit is not { } limit)
            return most;
        var size = Size(limit);
        return Math.Clamp(DescriptorTable.CountFree(limit, size + most) - size, 0, most);
    }

    /// <summary>Creates the exception for a process without descriptors for connections.</summary>
    public static Exception Describe() => Limit is { } limit
        ? new IOException($"The process may open {limit} file descriptors, and only the {Size(limit)} that are reserved for the runtime are left.")
        : new IOException("The process has no file descriptors left.");

    private static int Size(int limit) => Math.Min(limit / LargestShare, ForFiles + (PerProcessor * Environment.ProcessorCount));
}
