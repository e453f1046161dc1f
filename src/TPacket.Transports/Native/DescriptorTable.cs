namespace TPacket.Transports.Native;

/// <summary>The table of this process's file descriptors, on Linux.</summary>
internal static unsafe class DescriptorTable
{
    private const int OpenFilesLimit = 7;
    private const int CloseOnExec = 0x80000;
    private const short NotOpen = 0x20;
    private const int EntriesPerCall = 128;

    // A table may have a million entries. Counting is limited to this many, even if few of them are free.
    private const int MaxCounted = 4096;

    /// <summary>The current limit of open descriptors (RLIMIT_NOFILE), or null if the system does not report it.</summary>
    public static int? Limit
    {
        get
        {
            var limits = stackalloc ulong[2];
            return Libc.getrlimit(OpenFilesLimit, limits) < 0 ? null : (int)Math.Min(*(nuint*)limits, int.MaxValue);
        }
    }

    /// <summary>Counts the free descriptors below a limit: first from the lowest free number, then among the highest numbers.</summary>
    /// <param name="limit">The exclusive upper bound of the descriptors.</param>
    /// <param name="enough">The number at which counting ends.</param>
    /// <returns>A lower bound of the number of free descriptors. The bound is exact if all of them are among the 4,096 numbers from the lowest free number on.</returns>
    public static int CountFree(int limit, int enough)
    {
        // The system returns the lowest free number.
        var lowest = Libc.eventfd(0, CloseOnExec);
        if (lowest < 0)
            return 0;
        _ = Libc.close(lowest);
        var counted = Math.Min(lowest + (long)MaxCounted, limit);
        var free = CountFreeBetween(lowest, (int)counted, enough);
        // Connections use the lowest numbers first, so the highest numbers stay free the longest.
        return free >= enough ? free : free + CountFreeBetween((int)Math.Max(counted, limit - enough), limit, enough - free);
    }

    /// <summary>
    /// Counts the free descriptors from <paramref name="first"/> to below <paramref name="end"/>, until at least <paramref name="enough"/> are found.
    /// </summary>
    internal static int CountFreeBetween(int first, int end, int enough)
    {
        var entries = stackalloc PollEntry[EntriesPerCall];
        var free = 0;
        while (first < end && free < enough)
        {
            var count = Math.Min(EntriesPerCall, end - first);
            for (var i = 0; i < count; i++)
                entries[i] = new PollEntry { Descriptor = first + i };
            if (Libc.poll(entries, (nuint)count, timeout: 0) < 0)
                return enough;
            for (var i = 0; i < count; i++)
                free += (entries[i].Reported & NotOpen) != 0 ? 1 : 0;
            first += count;
        }

        return free;
    }
}
