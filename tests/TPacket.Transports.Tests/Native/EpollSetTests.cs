using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Tests.Native;

/// <summary>What goes through the kernel comes back as it was, and nothing is read or called that is not there.</summary>
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
    public void Every_bit_of_a_token_comes_back(ulong token)
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
    public void Many_descriptors_are_reported_with_their_own_tokens_however_few_fit_into_one_wait()
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
        // The kernel reports them in turn.
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
    public void A_report_that_the_last_wait_did_not_bring_throws(int index)
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
        epoll.Awake();
        Assert.Equal(1, epoll.Wait());
        epoll.Report(0, out var token);
        Assert.Equal(1UL, token);
        Assert.Throws<ArgumentOutOfRangeException>(() => epoll.Report(index, out _));
    }

    [Fact]
    public void Wakes_of_any_number_end_one_wait()
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
            epoll.Awake();
            epoll.Awake();
        }
    }

    [Fact]
    public void A_poll_waits_for_nothing()
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
    public void A_descriptor_that_is_none_is_refused()
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
    public void After_Dispose_nothing_is_called_and_nothing_is_read()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var socket = Writable();
        var epoll = new EpollSet(4, WakeToken);
        epoll.Dispose();
        epoll.Dispose();
        // Takes the descriptors that were released.
        using var another = new EpollSet(4, WakeToken);
        Assert.False(epoll.Add((int)socket.Handle, EpollInterest.Writable, 1));
        epoll.Wake();
        another.Wake();
        epoll.Awake();
        Assert.Throws<ObjectDisposedException>(() => epoll.Wait());
        Assert.Throws<ObjectDisposedException>(() => epoll.Report(0, out _));
        Assert.Equal(1, another.Wait());
        another.Report(0, out var token);
        Assert.Equal(WakeToken, token);
    }

    /// <summary>A socket that can be written to at any time.</summary>
    private static Socket Writable()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
