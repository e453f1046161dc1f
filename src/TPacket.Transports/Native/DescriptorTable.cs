namespace TPacket.Transports.Native;

/// <summary>The file descriptors of this process, on Linux.</summary>
internal static unsafe class DescriptorTable
{
    private const int OpenFilesLimit = 7;
    private const int CloseOnExec = 0x80000;
    private const short NotOpen = 0x20;
    private const int EntriesPerCall = 128;

    // A table may have a million entries. Of one whose free descriptors are so sparse, no more are counted.
    private const int MaxCounted = 4096;

    /// <summary>How many descriptors the process may have (RLIMIT_NOFILE), as it is set now; null when the system does not tell.</summary>
    public static int? Limit
    {
        get
        {
            var limits = stackalloc ulong[2];
            return Libc.getrlimit(OpenFilesLimit, limits) < 0 ? null : (int)Math.Min(*(nuint*)limits, int.MaxValue);
        }
    }

    /// <summary>Counts descriptors that are free below a limit: from the lowest one on, then among the highest ones.</summary>
    /// <param name="limit">The number that no descriptor reaches.</param>
    /// <param name="enough">Counting ends when so many are found.</param>
    /// <returns>At least how many are free; exactly, when all of them are among the next 4096 numbers.</returns>
    public static int CountFree(int limit, int enough)
    {
        // The system gives the lowest one that is free.
        var lowest = Libc.eventfd(0, CloseOnExec);
        if (lowest < 0)
            return 0;
        _ = Libc.close(lowest);
        var counted = Math.Min(lowest + (long)MaxCounted, limit);
        var free = CountFreeBetween(lowest, (int)counted, enough);
        // Connections take the lowest numbers, so that the highest ones are the last to go.
        return free >= enough ? free : free + CountFreeBetween((int)Math.Max(counted, limit - enough), limit, enough - free);
    }

    /// <summary>Counts descriptors that are free from a number on and below another one.</summary>
    /// <returns>How many were found when counting ended: at least as many as are enough, if there are.</returns>
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
