using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>
/// An epoll instance and the array that it reports into. Reports are level-triggered: what was not read is reported again.
/// </summary>
/// <remarks>The kernel's <c>epoll_event</c> is packed on x64 and x86, and aligned everywhere else.</remarks>
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
    /// <param name="capacity">Most reports of one wait.</param>
    /// <param name="wakeToken">What is reported after <see cref="Wake"/>.</param>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    public EpollSet(int capacity, ulong wakeToken)
    {
        _capacity = capacity;
        _epoll = Libc.epoll_create1(CloseOnExec);
        if (_epoll < 0)
            throw Errno.ToException(Errno.Last);
        _wake = Libc.eventfd(0, CloseOnExec | NonBlocking);
        if (_wake < 0)
        {
            var error = Errno.Last; // Before the next call replaces it.
            _ = Libc.close(_epoll);
            throw Errno.ToException(error);
        }

        _events = (byte*)NativeMemory.Alloc((nuint)capacity, LongestEvent);
        Add(_wake, EpollInterest.Readable, wakeToken);
    }

    /// <summary>Watches a descriptor.</summary>
    /// <returns>False when the system refuses.</returns>
    public bool Add(int descriptor, EpollInterest interest, ulong token) => Control(OperationAdd, descriptor, interest, token);

    /// <summary>Changes what a descriptor is watched for.</summary>
    public void Modify(int descriptor, EpollInterest interest, ulong token) => Control(OperationModify, descriptor, interest, token);

    /// <summary>Watches a descriptor no more.</summary>
    public void Remove(int descriptor) => Control(OperationRemove, descriptor, EpollInterest.None, 0);

    /// <summary>Waits for reports.</summary>
    /// <returns>How many there are.</returns>
    public int Wait() => Take(timeout: -1);

    /// <summary>Takes the reports that there are, without waiting.</summary>
    /// <returns>How many there are.</returns>
    public int Poll() => Take(timeout: 0);

    /// <summary>A report of the last wait.</summary>
    public EpollInterest Report(int index, out ulong token)
    {
        ObjectDisposedException.ThrowIf(_events is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_reports, nameof(index));
        var report = _events + (index * _stride);
        token = Unsafe.ReadUnaligned<ulong>(report + _tokenOffset);
        return *(EpollInterest*)report;
    }

    /// <summary>Ends a wait, or the next one. From any thread.</summary>
    public void Wake()
    {
        // Not into a descriptor that was released and may be somebody else's now.
        lock (_gate)
        {
            ulong one = 1;
            if (_events is not null)
                Libc.write(_wake, (byte*)&one, sizeof(ulong));
        }
    }

    /// <summary>Takes the wake-ups so far as answered.</summary>
    public void Awake()
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
        // As with Wake: the descriptor may be another instance's once this one is disposed.
        lock (_gate)
            return _events is not null && Libc.epoll_ctl(_epoll, operation, descriptor, report) == 0;
    }
}
