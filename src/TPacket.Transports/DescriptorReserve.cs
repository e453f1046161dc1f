using TPacket.Transports.Native;

namespace TPacket.Transports;

/// <summary>
/// The file descriptors that connections leave to the runtime, which ends the process when it cannot start a thread, and needs descriptors for assemblies that it loads late
/// (docs/decisions/0011-descriptors-are-kept-for-the-runtime.md).
/// </summary>
internal static class DescriptorReserve
{
    // The thread pool starts a thread for each processor without delay, and a thread has a pipe while it starts.
    private const int PerProcessor = 2;

    // A dozen assemblies, which have two each for as long as the process lives, and a few files that are open for a moment, as certificates are.
    private const int ForFiles = 32;

    // A process with few descriptors needs some for connections, too.
    private const int LargestShare = 8;

    /// <summary>How many descriptors the process may have; null where that is not known.</summary>
    public static int? Limit => OperatingSystem.IsLinux() ? DescriptorTable.Limit : null;

    /// <summary>Counts the descriptors that connections may take now.</summary>
    /// <param name="most">Counting ends at so many.</param>
    public static int CountSpare(int most)
    {
        if (Limit is not { } limit)
            return most;
        var size = Size(limit);
        return Math.Clamp(DescriptorTable.CountFree(limit, size + most) - size, 0, most);
    }

    /// <summary>Says that there are none.</summary>
    public static Exception Describe() => Limit is { } limit
        ? new IOException($"The process may have {limit} file descriptors, and has no more than the {Size(limit)} left that are kept for the runtime.")
        : new IOException("The process has no file descriptors left.");

    private static int Size(int limit) => Math.Min(limit / LargestShare, ForFiles + (PerProcessor * Environment.ProcessorCount));
}
