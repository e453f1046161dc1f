using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Tests.Native;

/// <summary>Tokens pass through the kernel unchanged, and the set never uses a descriptor or memory that it does not own.</summary>
public class EpollSetTests
{
    private const ulong WakeToken = 0x1122334455667788;

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(0xFFFFFFFF00000000UL)]
    [InlineData(0x00000000FFFFFFFFUL)]
    [InlineData(0x8000000000000001UL)]
    [InlineData(0x0123456789ABCDEFUL)]
    [InlineData(ulong.MaxValue)]
    public void Every_bit_of_a_token_is_reported(ulong token)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var socket = Writable();
        using var epoll = new EpollSet(4, WakeToken);
        Assert.True(epoll.Add((int)socket.Handle, EpollInterest.Writable, token));
        Assert.Equal(1, epoll.Wait());
        Assert.Equal(EpollInterest.Writable, epoll.Report(0, out var reported) & EpollInterest.Writable);
        Assert.Equal(token, reported);

        epoll.Modify((int)socket.Handle, EpollInterest.Writable, ~token);
        Assert.Equal(1, epoll.Wait());
        epoll.Report(0, out reported);
        Assert.Equal(~token, reported);
    }

    [Fact]
    public void Each_of_many_descriptors_is_reported_with_its_own_token_in_several_waits()
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int Count = 300;
        const int Capacity = 7;
        var sockets = Enumerable.Range(0, Count).Select(static _ => Writable()).ToArray();
        using var epoll = new EpollSet(Capacity, WakeToken);
        for (var i = 0; i < Count; i++)
            Assert.True(epoll.Add((int)sockets[i].Handle, EpollInterest.Writable, Token(i)));
        var seen = new HashSet<ulong>();
        // The kernel reports the descriptors in turn.
        while (seen.Count < Count)
        {
            var reports = epoll.Wait();
            Assert.InRange(reports, 1, Capacity);
            for (var i = 0; i < reports; i++)
            {
                epoll.Report(i, out var token);
                Assert.InRange((int)(uint)token, 0, Count - 1);
                Assert.Equal(Token((int)(uint)token), token);
                seen.Add(token);
            }
        }

        foreach (var socket in sockets)
            socket.Dispose();

        static ulong Token(int i) => ((ulong)(i * 7_919) << 32) | (uint)i;
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void An_index_beyond_the_reports_of_the_last_wait_throws(int index)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var socket = Writable();
        using var epoll = new EpollSet(4, WakeToken);
        Assert.Throws<ArgumentOutOfRangeException>(() => epoll.Report(index, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => epoll.Report(0, out _));
        epoll.Wake();
        Assert.True(epoll.Add((int)socket.Handle, EpollInterest.Writable, 1));
        Assert.Equal(2, epoll.Wait());
        epoll.ClearWake();
        Assert.Equal(1, epoll.Wait());
        epoll.Report(0, out var token);
        Assert.Equal(1UL, token);
        Assert.Throws<ArgumentOutOfRangeException>(() => epoll.Report(index, out _));
    }

    [Fact]
    public void Any_number_of_wakes_ends_one_wait()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var epoll = new EpollSet(4, WakeToken);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 1_000; i++)
                epoll.Wake();
            Assert.Equal(1, epoll.Wait());
            epoll.Report(0, out var token);
            Assert.Equal(WakeToken, token);
            epoll.ClearWake();
            epoll.ClearWake();
        }
    }

    [Fact]
    public void A_poll_does_not_wait()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var epoll = new EpollSet(4, WakeToken);
        Assert.Equal(0, epoll.Poll());
        epoll.Wake();
        Assert.Equal(1, epoll.Poll());
    }

    [Fact]
    public async Task A_wake_ends_the_wait_of_another_thread()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var epoll = new EpollSet(4, WakeToken);
        var waiting = Task.Factory.StartNew(epoll.Wait, TaskCreationOptions.LongRunning);
        epoll.Wake();
        Assert.Equal(1, await waiting.WaitAsync(Harness.Deadline.Limit));
    }

    [Fact]
    public void An_invalid_descriptor_is_rejected()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var epoll = new EpollSet(4, WakeToken);
        Assert.False(epoll.Add(-1, EpollInterest.Readable, 1));
        Assert.False(epoll.Add(int.MaxValue, EpollInterest.Readable, 1));
        epoll.Modify(-1, EpollInterest.Readable, 1);
        epoll.Remove(-1);
    }

    [Fact]
    public void A_disposed_set_makes_no_system_call_and_reads_no_memory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var socket = Writable();
        var epoll = new EpollSet(4, WakeToken);
        epoll.Dispose();
        epoll.Dispose();
        // The new set reuses the closed descriptors.
        using var another = new EpollSet(4, WakeToken);
        Assert.False(epoll.Add((int)socket.Handle, EpollInterest.Writable, 1));
        epoll.Wake();
        another.Wake();
        epoll.ClearWake();
        Assert.Throws<ObjectDisposedException>(() => epoll.Wait());
        Assert.Throws<ObjectDisposedException>(() => epoll.Report(0, out _));
        Assert.Equal(1, another.Wait());
        another.Report(0, out var token);
        Assert.Equal(WakeToken, token);
    }

    /// <summary>Creates a socket that is always writable.</summary>
    private static Socket Writable()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
