using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>
/// An epoll instance with its array of reports. Reports are level-triggered: unread input is reported again.
/// </summary>
/// <remarks>The kernel's <c>epoll_event</c> is packed on x64 and x86 and aligned on all other architectures.</remarks>
internal sealed unsafe class EpollSet : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int OperationAdd = 1;
    private const int OperationRemove = 2;
    private const int OperationModify = 3;
    private const int LongestEvent = 16;

    private static readonly bool _packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int _stride = _packed ? 12 : 16;
    private static readonly int _tokenOffset = _packed ? 4 : 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly int _capacity;
    private readonly Lock _gate = new();
    private byte* _events;
    private int _reports;

    /// <summary>Creates an instance.</summary>
    /// <param name="capacity">The largest number of reports of one wait.</param>
    /// <param name="wakeToken">The token of the report after <see cref="Wake"/>.</param>
    /// <exception cref="IOException">The process has no file descriptors left.</exception>
    public EpollSet(int capacity, ulong wakeToken)
    {
        _capacity = capacity;
        _epoll = Libc.epoll_create1(CloseOnExec);
        if (_epoll < 0)
            throw Errno.ToException(Errno.Last);
        _wake = Libc.eventfd(0, CloseOnExec | NonBlocking);
        if (_wake < 0)
        {
            var error = Errno.Last; // Read before the next call replaces it.
            _ = Libc.close(_epoll);
            throw Errno.ToException(error);
        }

        _events = (byte*)NativeMemory.Alloc((nuint)capacity, LongestEvent);
        Add(_wake, EpollInterest.Readable, wakeToken);
    }

    /// <summary>Begins to watch a descriptor.</summary>
    /// <returns>False if the system refuses.</returns>
    public bool Add(int descriptor, EpollInterest interest, ulong token) => Control(OperationAdd, descriptor, interest, token);

    /// <summary>Changes the events for which a descriptor is watched.</summary>
    public void Modify(int descriptor, EpollInterest interest, ulong token) => Control(OperationModify, descriptor, interest, token);

    /// <summary>Stops watching a descriptor.</summary>
    public void Remove(int descriptor) => Control(OperationRemove, descriptor, EpollInterest.None, 0);

    /// <summary>Waits for reports.</summary>
    /// <returns>The number of reports.</returns>
    public int Wait() => Take(timeout: -1);

    /// <summary>Takes the available reports without waiting.</summary>
    /// <returns>The number of reports.</returns>
    public int Poll() => Take(timeout: 0);

    /// <summary>Returns a report of the last wait.</summary>
    public EpollInterest Report(int index, out ulong token)
    {
        ObjectDisposedException.ThrowIf(_events is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_reports, nameof(index));
        var report = _events + (index * _stride);
        token = Unsafe.ReadUnaligned<ulong>(report + _tokenOffset);
        return *(EpollInterest*)report;
    }

    /// <summary>Ends the current wait or the next wait. Thread-safe.</summary>
    public void Wake()
    {
        // After the disposal, the descriptor may belong to another file.
        lock (_gate)
        {
            ulong one = 1;
            if (_events is not null)
                Libc.write(_wake, (byte*)&one, sizeof(ulong));
        }
    }

    /// <summary>Clears all wake-ups so far.</summary>
    public void ClearWake()
    {
        lock (_gate)
        {
            ulong count;
            if (_events is not null)
                Libc.read(_wake, (byte*)&count, sizeof(ulong));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_events is null)
                return;
            NativeMemory.Free(_events);
            _events = null;
            _ = Libc.close(_wake);
            _ = Libc.close(_epoll);
        }
    }

    private int Take(int timeout)
    {
        ObjectDisposedException.ThrowIf(_events is null, this);
        var count = Libc.epoll_wait(_epoll, _events, _capacity, timeout);
        if (count < 0)
        {
            var error = Errno.Last;
            if (error != Errno.Interrupted)
                throw Errno.ToException(error);
        }

        return _reports = Math.Max(count, 0);
    }

    private bool Control(int operation, int descriptor, EpollInterest interest, ulong token)
    {
        var report = stackalloc byte[LongestEvent];
        *(EpollInterest*)report = interest;
        Unsafe.WriteUnaligned(report + _tokenOffset, token);
        // As in Wake: after the disposal, the descriptor may belong to another file.
        lock (_gate)
            return _events is not null && Libc.epoll_ctl(_epoll, operation, descriptor, report) == 0;
    }
}
